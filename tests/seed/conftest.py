"""Databases to seed, and functions that read their rows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from product_dashboard.database import Database
from product_dashboard.settings import load_settings
from tests.cache.without_redis import cache_without_redis
from tools.seed.plan import Sizes, Stage
from tools.seed.run import OnProgress, run

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

TABLES = {
    "categories": "id, name, description, created_at",
    "products": "id, category_id, name, description, price, stock_quantity, total_sold, total_revenue, created_at",
    "customers": "id, name, email, total_spent, total_orders, created_at",
    "orders": "id, customer_id, total_quantity, total_price, created_at",
    "order_items": "order_id, product_id, id, quantity, unit_price",
}


@pytest.fixture
async def database(migrated_database: str) -> AsyncIterator[Database]:
    settings = load_settings({"DATABASE_URL": migrated_database, "REDIS_URL": "redis://unused"})
    # The patience of the command: its statements are long, and a busy machine makes them longer.
    database = Database(msgspec.structs.replace(settings.database, query_timeout_s=60))
    await database.open()
    yield database
    await database.close()


def _nothing(_stage: Stage | None, _rows_done: int) -> None:
    """Ignore the progress."""


async def seed(
    database: Database, sizes: Sizes, *, append: bool = False, on_progress: OnProgress = _nothing
) -> int:
    return await run(database, cache_without_redis(), sizes, now=NOW, append=append, on_progress=on_progress)


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.execute(sql)
        return list(await cursor.fetchall())


async def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without the time of its last change; for those in stripes, their totals."""
    found = {
        table: await rows(database, f"SELECT {columns} FROM {table} ORDER BY 1, 2")
        for table, columns in TABLES.items()
    }
    found["daily_sales"] = await rows(
        database,
        "SELECT day, SUM(orders), SUM(quantity), SUM(revenue) FROM daily_sales GROUP BY day ORDER BY day",
    )
    found["category_totals"] = await rows(
        database,
        """
        SELECT category_id, SUM(products), SUM(stock), SUM(quantity_sold), SUM(revenue)
        FROM category_totals GROUP BY category_id ORDER BY category_id
        """,
    )
    found["statistics"] = await rows(
        database,
        """
        SELECT SUM(categories), SUM(products), SUM(stock), SUM(price_sum), SUM(customers), SUM(orders)
        FROM statistics
        """,
    )
    return found
