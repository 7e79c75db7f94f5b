"""The checker on the real thing: MySQL or MariaDB, with the service's own pool, transactions and epoch store."""

import asyncio
import random
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
from prometheus_client import REGISTRY

from product_dashboard.database import Database
from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.epoch_store import MySQLEpochStore
from product_dashboard.settings import DatabaseReads, load_settings
from tools.bench.cache.database import Board, Epoch

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS checked (id INT PRIMARY KEY, version BIGINT NOT NULL)",
    "INSERT IGNORE INTO checked (id, version) VALUES {rows}",
)


@dataclass(slots=True)
class Pending:
    """An open transaction, and what it will have committed."""

    conn: TransactionConnection
    key: int = -1
    version: int = 0


class MySQLDatabase:
    """A table of counters in a migrated database."""

    def __init__(
        self, url: str, folder: Path, keys: int, *, load: tuple[float, float], reads: DatabaseReads
    ) -> None:
        settings = load_settings({"DATABASE_URL": url, "REDIS_URL": "redis://unused"}).database
        self._database = Database(msgspec.structs.replace(settings, reads=reads))
        epoch_settings = msgspec.structs.replace(settings, pool_size=2)
        self._epoch_database = Database(epoch_settings, self._database.watch)
        self._epoch_store = MySQLEpochStore(self._epoch_database)
        self._keys = keys
        self._load = load
        self.floors = Board(folder / "floors", keys).numbers

    async def start(self) -> None:
        # The standard output is for the counts.
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
        await self._database.open()
        await self._epoch_database.open()
        async with self._database.connection() as conn, conn.cursor() as cursor:
            rows = ",".join(f"({key},0)" for key in range(self._keys))
            for statement in SCHEMA:
                await cursor.execute(statement.format(rows=rows))

    async def stop(self) -> None:
        await self._database.close()
        await self._epoch_database.close()

    async def get(self, key: int) -> int:
        async def load(conn: MySQLConnection) -> int:
            async with conn.cursor() as cursor:
                await cursor.execute("SELECT version FROM checked WHERE id = %s", (key,))
                ((version,),) = await cursor.fetchall()
            return int(version)

        version = await self._database.read(load)
        await asyncio.sleep(random.uniform(*self._load))
        return version

    def counts(self) -> dict[str, int]:
        """The numbers of loads that ran on the primary and on secondaries."""
        return {
            f"loads on {server}": int(REGISTRY.get_sample_value("db_reads_total", {"server": server}) or 0)
            for server in ("primary", "secondary")
        }

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Pending]:
        async with self._database.transaction() as conn:
            pending = Pending(conn)
            yield pending
        # COMMIT is known here: from now on an older version is stale. Rows are locked until COMMIT, so that floors
        # are published nearly in order; a later one must not be lowered again.
        if pending.key >= 0:
            self.floors[pending.key] = max(int(self.floors[pending.key]), pending.version)

    async def increment(self, pending: Pending, key: int) -> None:
        async with pending.conn.cursor() as cursor:
            await cursor.execute("UPDATE checked SET version = version + 1 WHERE id = %s", (key,))
            await cursor.execute("SELECT version FROM checked WHERE id = %s", (key,))
            row = await cursor.fetchone()
        pending.key, pending.version = key, int(row[0])

    async def read(self) -> Any:
        return await self._epoch_store.read()

    async def close(self, epoch: str) -> None:
        await self._epoch_store.close(epoch)

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        return await self._epoch_store.open(expected=expected, epoch=epoch, server=server)

    async def barrier(self) -> bool:
        return await self._epoch_store.barrier()

    async def hold(self, conn: Pending) -> Epoch:
        state = await self._epoch_store.hold(conn.conn)
        return Epoch(state.epoch, state.server, state.closed)
