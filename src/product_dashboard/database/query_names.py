"""The names of queries, for spans and for comments that the database server shows.

A query is named for its file and its `-- name:`, as `products.list_products`. A generated function has this name
already, in its module and its own name, and executes its statement itself. So the name is looked up in the running
function, and only where a span or a comment needs it: no other statement pays for it.
"""

import inspect
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from asyncmy.cursors import Cursor

from product_dashboard.database.driver import Statement

_PACKAGE = "generated."
_SUPPORT = frozenset({"generated.connection", "generated.runtime"})
_is_harmless = re.compile(r"[A-Za-z0-9_.]+").fullmatch


def running_query() -> str | None:
    """Return the name of the query whose generated function is running; None outside of one."""
    frame = inspect.currentframe()
    while frame is not None:
        module: str = frame.f_globals.get("__name__", "")
        if module.startswith(_PACKAGE) and module not in _SUPPORT:
            return f"{module.removeprefix(_PACKAGE)}.{frame.f_code.co_name}"
        frame = frame.f_back
    return None


def with_name(query: str) -> str:
    """Return the text of the running query behind a comment with its name; other texts as they are.

    The comment is the same in each call, so that the server prepares one statement and not one for each request. A name
    with anything but letters, digits, _ and . is left out: it could end the comment.
    """
    name = running_query()
    return f"/* {name} */ {query}" if name is not None and _is_harmless(name) else query


def named_statement(query: str, args: tuple[Any, ...]) -> Statement:
    """Make a statement for a pipeline, with the name of the running query in its text."""
    return Statement(with_name(query), args)


class CursorProxy(AbstractAsyncContextManager["CursorProxy"]):
    """A cursor that passes everything to one of the driver, which is slower with subclasses of its own cursor."""

    def __init__(self, connection: Any, **options: Any) -> None:
        self._cursor: Any = Cursor(connection, **options)

    @property
    def rowcount(self) -> Any:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int:
        number: int = self._cursor.lastrowid
        return number

    async def execute(self, query: str, args: tuple[Any, ...] | None = None) -> object:
        return await self._cursor.execute(query, args)

    async def fetchone(self) -> Any:
        return await self._cursor.fetchone()

    async def fetchmany(self, size: int) -> Sequence[tuple[Any, ...]]:
        rows: Sequence[tuple[Any, ...]] = await self._cursor.fetchmany(size)
        return rows

    async def fetchall(self) -> Sequence[tuple[Any, ...]]:
        rows: Sequence[tuple[Any, ...]] = await self._cursor.fetchall()
        return rows

    async def __aenter__(self) -> Self:
        await self._cursor.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._cursor.__aexit__(kind, error, trace)


class NamingCursor(CursorProxy):
    """A cursor that puts the name of each query into its text."""

    async def execute(self, query: str, args: tuple[Any, ...] | None = None) -> object:
        return await super().execute(with_name(query), args)
