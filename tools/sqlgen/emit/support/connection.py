"""What the generated functions ask of a database connection."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from msgspec import Struct


class Cursor(Protocol):
    """The part of a DB-API cursor that is used; asyncmy's fit."""

    @property
    def rowcount(self) -> Any: ...

    @property
    def lastrowid(self) -> int: ...

    async def execute(self, query: str, args: tuple[Any, ...], /) -> object: ...

    async def fetchone(self) -> Any: ...

    async def fetchmany(self, size: int, /) -> Sequence[tuple[Any, ...]]: ...

    async def fetchall(self) -> Sequence[tuple[Any, ...]]: ...


class Connection(Protocol):
    """A connection to MySQL; the functions never begin or commit on it."""

    def cursor(self, cursor: Any = None, /) -> AbstractAsyncContextManager[Cursor]:
        """A new cursor, of the class that is given or else of the connection's own."""
        ...


class ExecResult(Struct, frozen=True, gc=False):
    """What a statement without rows did."""

    rowcount: int
    """Rows that it changed; rows that it matched on a connection with the flag FOUND_ROWS."""
    lastrowid: int
    """The first AUTO_INCREMENT value that it made; 0 without one."""
