"""A seeded database, and the server's plans for the queries of the service."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from generated.connection import Connection
from product_dashboard.database import Database
from product_dashboard.products.indexing import index_names
from product_dashboard.settings import load_settings
from tests.cache.without_redis import cache_without_redis
from tools.seed.plan import Sizes
from tools.seed.run import run

SIZES = Sizes(seed=7, categories=150, products=6000, customers=1500, orders=6000)


def open_database(url: str) -> Database:
    return Database(
        load_settings({"DATABASE_URL": url, "REDIS_URL": "redis://unused", "DB_POOL_SIZE": "2"}).database
    )


@pytest.fixture(scope="session")
async def seeded(create_database: Callable[[], str]) -> AsyncIterator[Database]:
    """A database with enough rows for the optimizer to choose between plans, and with current statistics.

    Its tables are built again: entries of indexes that were deleted stay for a while, and are read.
    """
    database = open_database(create_database())
    await database.open()
    await run(
        database,
        cache_without_redis(),
        SIZES,
        now=datetime.now(UTC),
        append=False,
        on_progress=lambda _stage, _rows: None,
    )
    await index_names(database)
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.execute(
            "OPTIMIZE TABLE categories, customers, products, product_trigrams, product_price_counts, orders, "
            "order_items"
        )
        await cursor.fetchall()
    yield database
    await database.close()


class Step(NamedTuple):
    """One table of a plan: alias, access type, index, and remarks of the server."""

    table: str
    type: str
    key: str | None
    extra: str

    @property
    def is_full_scan(self) -> bool:
        return self.type == "ALL" and not self.table.startswith("<")


class _ExplainedError(Exception):
    """Ends a generated function after its query has been explained."""


class _ExplainingConnection:
    """A connection that explains each statement instead of executing it."""

    def __init__(self, conn: Connection, server: str) -> None:
        self._conn = conn
        self._prefix = "EXPLAIN " if "mariadb" in server.lower() else "EXPLAIN FORMAT=TRADITIONAL "
        self.steps: list[Step] = []

    @asynccontextmanager
    async def cursor(self, _: Any = None, /) -> AsyncGenerator[Any]:
        async with self._conn.cursor() as cursor:
            self._cursor: Any = cursor
            yield self

    async def execute(self, sql: str, args: Any = None) -> None:
        await self._cursor.execute(self._prefix + sql, args)
        names = [column[0].lower() for column in self._cursor.description]
        for values in await self._cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            self.steps.append(Step(row["table"] or "", row["type"] or "", row["key"], row["extra"] or ""))
        raise _ExplainedError


Explain = Callable[..., Awaitable[dict[str, Step]]]


@pytest.fixture
async def explain(seeded: Database) -> Explain:
    """`await explain(products.list_products, limit=...)`: the plan of this call, by table alias."""

    async def explain(query: Callable[..., Awaitable[object]], **arguments: object) -> dict[str, Step]:
        async with seeded.connection() as conn:
            explaining = _ExplainingConnection(conn, conn.get_server_info())
            with suppress(_ExplainedError):
                await query(explaining, **arguments)
        return {step.table: step for step in explaining.steps}

    return explain
