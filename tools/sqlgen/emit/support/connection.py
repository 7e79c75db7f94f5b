"""The interface of a database connection that the generated functions use."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from msgspec import Struct


class Cursor(Protocol):
    """The used part of a DB-API cursor. The cursors of asyncmy satisfy it."""

    @property
    def rowcount(self) -> Any: ...

    @property
    def lastrowid(self) -> int: ...

    async def execute(self, query: str, args: tuple[Any, ...], /) -> object: ...

    async def fetchone(self) -> Any: ...

    async def fetchmany(self, size: int, /) -> Sequence[tuple[Any, ...]]: ...

    async def fetchall(self) -> Sequence[tuple[Any, ...]]: ...


class Connection(Protocol):
    """A connection to MySQL. The generated functions never begin or commit a transaction."""

    def cursor(self, cursor: Any = None, /) -> AbstractAsyncContextManager[Cursor]:
        """Return a new cursor, of the given class or else of the connection's default class."""
        ...


class ExecResult(Struct, frozen=True, gc=False):
    """Result of a statement without rows."""

    rowcount: int
    """Changed rows; matched rows on a connection with the flag FOUND_ROWS."""
    lastrowid: int
    """The first AUTO_INCREMENT value that the statement created; 0 without one."""
