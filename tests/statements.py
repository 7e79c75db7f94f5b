"""Counts the statements that a use case sends, and the rows that they read."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from product_dashboard.database import Database


class Connections(ABC):
    """A database for reads, all of which use `connection`."""

    @abstractmethod
    def connection(self) -> AbstractAsyncContextManager[Any]:
        """Lend a connection."""

    async def read(self, load: Callable[[Any], Awaitable[Any]]) -> Any:
        async with self.connection() as conn:
            return await load(conn)


class CountedStatements(Connections):
    """A database for reads; `sent` is the number of statements."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sent = 0

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Any]:
        async with self._database.connection() as conn:
            yield _Connection(self, conn)


class OneConnection(Connections):
    """A database for reads that all use one connection, so that the status of its session counts their rows."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Any]:
        yield self._conn

    snapshot = connection  # only the test writes


async def rows_touched(conn: Any) -> int:
    """The number of rows that this session has read from tables."""
    async with conn.cursor() as cursor:
        await cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(
            int(value) for name, value in await cursor.fetchall() if name != "Handler_read_rnd_deleted"
        )


class _Connection:
    def __init__(self, counted: CountedStatements, conn: Any) -> None:
        self._counted = counted
        self._conn = conn

    @asynccontextmanager
    async def cursor(self, *arguments: Any) -> AsyncGenerator[Any]:
        async with self._conn.cursor(*arguments) as cursor:
            yield _Cursor(self._counted, cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


class _Cursor:
    def __init__(self, counted: CountedStatements, cursor: Any) -> None:
        self._counted = counted
        self._cursor = cursor

    async def execute(self, *arguments: Any) -> Any:
        self._counted.sent += 1
        return await self._cursor.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)
