"""Questions of the tests to a live server."""

import asyncio
import warnings
from typing import Any

import asyncmy

SYNTAX_ERRORS = frozenset({1064, 1149})


class Server:
    """A connection whose current database is its own."""

    def __init__(self, connection: Any, database: str) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()
        self.database = database

    async def create(self) -> None:
        await self.execute(f"DROP DATABASE IF EXISTS `{self.database}`")
        await self.execute(
            f"CREATE DATABASE `{self.database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"
        )
        await self.execute(f"USE `{self.database}`")

    async def drop(self) -> None:
        await self.execute(f"DROP DATABASE IF EXISTS `{self.database}`")

    async def execute(self, sql: str) -> tuple[tuple[Any, ...], ...]:
        async with self._lock, self._connection.cursor() as cursor:
            with warnings.catch_warnings():
                # The server's notes, of deprecated syntax above all, come as Python warnings.
                warnings.simplefilter("ignore")
                await cursor.execute(sql)
                return tuple(await cursor.fetchall()) if cursor.description else ()

    async def understands(self, sql: str) -> bool:
        """True if the statement is grammatical; its tables need not exist."""
        quoted = sql.replace("\\", "\\\\").replace("'", "\\'")
        try:
            await self.execute(f"PREPARE understood_statement FROM '{quoted}'")
        except asyncmy.errors.MySQLError as error:
            return error.args[0] not in SYNTAX_ERRORS
        return True
