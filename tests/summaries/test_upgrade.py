"""The data of an installation is in the reports after its upgrade, without a step of the operator."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from product_dashboard.dashboard.service import read_category_report, read_sales, read_top_products
from product_dashboard.database import Database
from product_dashboard.migrate import upgrade
from product_dashboard.migrate.files import read_migrations
from product_dashboard.products.price_counting import count_prices
from product_dashboard.settings import load_settings
from product_dashboard.summaries import kept
from product_dashboard.summaries.repair import repair
from tests.cache.without_redis import cache_without_redis
from tests.seed.conftest import NOW, rows
from tests.shop import SUMMARIES

BEFORE_REPORTS = 18
SHOP = (
    "INSERT INTO categories (id, name) VALUES (UNHEX(REPEAT('c1', 16)), 'Lamps')",
    """
    INSERT INTO products (id, category_id, name, price, stock_quantity, total_sold)
    VALUES (UNHEX(REPEAT('d1', 16)), UNHEX(REPEAT('c1', 16)), 'Lamp', 10, 7, 3)
    """,
    """
    INSERT INTO customers (id, name, email, total_orders, total_spent)
    VALUES (UNHEX(REPEAT('e1', 16)), 'Ada', 'ada@example.org', 1, 30)
    """,
    """
    INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
    VALUES (UNHEX(REPEAT('f1', 16)), UNHEX(REPEAT('e1', 16)), 3, 30, '2026-11-22 09:30:00')
    """,
    """
    INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
    VALUES (UNHEX(REPEAT('f1', 16)), UNHEX(REPEAT('d1', 16)), UNHEX(REPEAT('a1', 16)), 3, 10)
    """,
    """
    INSERT INTO statistics (stripe, categories, products, stock, price_sum, customers, orders)
    VALUES (5, 1, 1, 7, 10, 1, 1)
    """,
)


@pytest.fixture
async def older(fresh_database: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with a shop, before the migrations of the reports."""
    for migration in read_migrations()[:BEFORE_REPORTS]:
        for path in (migration.apply.path, migration.rollback.path):
            shutil.copy(path, tmp_path)
    upgrade(fresh_database, folder=tmp_path)
    database = Database(
        load_settings({"DATABASE_URL": fresh_database, "REDIS_URL": "redis://unused"}).database
    )
    await database.open()
    for statement in SHOP:
        await rows(database, statement)
    yield database
    await database.close()


async def test_reports_show_the_orders_from_before_an_upgrade_at_once_and_after_their_completion(
    older: Database, fresh_database: str
) -> None:
    async def figures() -> list[object]:
        (day,) = await read_sales(older, until=NOW.date(), days=1)
        (category,) = await read_category_report(older, limit=5)
        (product,) = await read_top_products(older, limit=5)
        return [day.orders, str(day.revenue), category.stock, str(category.revenue), str(product.revenue)]

    upgrade(fresh_database)
    assert await figures() == [1, "30.00", 7, "30.00", "30.00"]
    assert await repair(older, cache_without_redis(), lambda _name, _places, _found: None, kept.REPORTS) == 3
    assert await rows(older, "SELECT COUNT(unreported_at) FROM statistics") == [(0,)]
    assert await count_prices(older) == 1
    for told, counted in SUMMARIES:
        assert await rows(older, told) == await rows(older, counted), told
    assert await figures() == [1, "30.00", 7, "30.00", "30.00"]
