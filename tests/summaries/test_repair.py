"""A check finds every wrong total, a repair adds what is missing, and both run beside writes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from generated.connection import Connection
from product_dashboard.database import Database
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings
from product_dashboard.summaries import kept
from product_dashboard.summaries.kept import Missing
from product_dashboard.summaries.repair import (
    QUERY_TIMEOUT_S,
    SHOWING_TOTALS,
    check,
    completing_reports,
    for_repairs,
    repair,
)
from tests.shop import Shop, data_of

REPORTS = ("/dashboard/sales?days=3", "/dashboard/categories", "/dashboard/top-products")


class Steps:
    """Keeps what a check or a repair reports."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.found: dict[str, list[Missing]] = {}

    def __call__(self, name: str, places: int, found: Sequence[Missing]) -> None:
        self.places[name] = places
        if found:
            self.found.setdefault(name, []).extend(found)


async def fill(shop: Shop) -> tuple[Any, Any]:
    """Fill a shop: a customer and a product, with two orders of it and some of another category."""
    customer = await shop.customer()
    lamp, chair = await shop.product("10.00", 50), await shop.product("3.50", 50)
    await shop.order(customer, (lamp, 2), (chair, 1))
    await shop.order(customer, (lamp, 1))
    return customer, lamp


async def reports(shop: Shop) -> list[Any]:
    return [await shop.get(path) for path in REPORTS]


BROKEN = {
    "statistics": "UPDATE statistics SET orders = orders - 5, unreported_at = unreported_at LIMIT 1",
    "customers": "UPDATE customers SET total_spent = total_spent + 1, updated_at = updated_at",
    "products": "UPDATE products SET total_revenue = 0, total_sold = 0, updated_at = updated_at",
    "daily_sales": "DELETE FROM daily_sales",
    "category_totals": "UPDATE category_totals SET stock = stock + 7 LIMIT 1",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_wrong_total_is_found_and_repaired(name: str, shop: Shop, resources: Resources) -> None:
    await fill(shop)
    assert await check(resources.database, Steps()) == 0
    await shop.rows(BROKEN[name])

    checked = Steps()
    assert await check(resources.database, checked) > 0
    assert name in checked.found
    assert set(checked.places) == {summary.name for summary in kept.ALL}

    assert await repair(resources.database, resources.cache, Steps()) > 0
    assert await check(resources.database, Steps()) == 0
    await shop.assert_summaries_are_true()


async def test_a_check_says_what_is_missing_and_where(shop: Shop, resources: Resources) -> None:
    await fill(shop)
    await shop.rows("DELETE FROM daily_sales")
    checked = Steps()
    await check(resources.database, checked)
    today = datetime.now(UTC).date()
    assert [str(missing) for missing in checked.found["daily_sales"]] == [
        f"{today}: orders +2, quantity +4, revenue +33.50"
    ]


async def test_sales_of_a_day_without_orders_are_too_much(shop: Shop, resources: Resources) -> None:
    await fill(shop)
    await shop.rows("INSERT INTO daily_sales (day, stripe, orders, revenue) VALUES ('1999-12-31', 3, 1, 2.5)")
    checked = Steps()
    assert await check(resources.database, checked) == 1
    (missing,) = checked.found["daily_sales"]
    assert (missing.where, missing.amounts["orders"]) == (date(1999, 12, 31), -1)
    await repair(resources.database, resources.cache, Steps())
    await shop.assert_summaries_are_true()


async def test_a_repair_shows_in_cached_answers(shop: Shop, resources: Resources) -> None:
    await fill(shop)
    right = await reports(shop)
    await shop.rows("UPDATE category_totals SET revenue = revenue + 1")
    await shop.rows("DELETE FROM daily_sales")
    await shop.category("Nothing in it")  # replaces the tag of the report by category
    assert await reports(shop) != right
    await repair(resources.database, resources.cache, Steps())
    repaired = await reports(shop)
    assert [repaired[0], repaired[1][:2], repaired[2]] == right


async def test_a_repair_beside_writes_leaves_right_totals(shop: Shop, resources: Resources) -> None:
    customer, lamp = await fill(shop)
    for broken in BROKEN.values():
        await shop.rows(broken)
    done = False

    async def buy() -> None:
        while not done:
            order = data_of(await shop.try_order(customer, (lamp, 1)), 201)
            assert (await shop.client.delete(f"/api/v1/orders/{order['id']}")).status_code == 200

    buyers = [asyncio.create_task(buy()) for _ in range(3)]
    for _ in range(3):  # two at once, which must not add the same twice
        await asyncio.gather(*(repair(resources.database, resources.cache, Steps()) for _ in range(2)))
    done = True
    await asyncio.gather(*buyers)
    assert await check(resources.database, Steps()) == 0
    await shop.assert_summaries_are_true()


PLACED_BY_OLDER_RELEASE = (
    """
    INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at)
    SELECT UNHEX(REPEAT('ab', 16)), c.id, 4, 40, UTC_TIMESTAMP(6) FROM customers AS c LIMIT 1
    """,
    """
    INSERT INTO order_items (order_id, product_id, id, quantity, unit_price)
    SELECT UNHEX(REPEAT('ab', 16)), p.id, UNHEX(REPEAT('cd', 16)), 4, 10 FROM products AS p WHERE p.price = 10
    """,
    "UPDATE products SET stock_quantity = stock_quantity - 4, total_sold = total_sold + 4 WHERE price = 10",
    "UPDATE customers SET total_orders = total_orders + 1, total_spent = total_spent + 40",
    """
    INSERT INTO statistics (stripe, orders, stock) VALUES (CONNECTION_ID() % 64, 1, -4)
    ON DUPLICATE KEY UPDATE orders = orders + 1, stock = stock - 4
    """,
)
"""The statements of an order in the release before the reports, which does not know their totals."""


async def order_by_older_release(shop: Shop, resources: Resources) -> None:
    for statement in PLACED_BY_OLDER_RELEASE:
        await shop.rows(statement)
    async with resources.cache.transaction(resources.database, invalidates=SHOWING_TOTALS):
        pass


async def unreported_stripes(shop: Shop) -> int:
    ((count,),) = await shop.rows("SELECT COUNT(unreported_at) FROM statistics")
    return int(count)


async def test_reports_are_right_at_once_after_a_write_of_an_older_release(
    shop: Shop, resources: Resources
) -> None:
    await fill(shop)
    assert await unreported_stripes(shop) == 0
    await order_by_older_release(shop, resources)
    assert await unreported_stripes(shop) == 1

    sales, categories, products = await reports(shop)
    assert (sales[2]["orders"], sales[2]["quantity"], str(sales[2]["revenue"])) == (3, 8, "73.50")
    assert (categories[0]["stock"], categories[0]["quantity_sold"]) == (43, 7)
    assert str(categories[0]["revenue"]) == "70.00"
    assert (products[0]["total_sold"], str(products[0]["revenue"])) == (7, "70.00")

    assert await repair(resources.database, resources.cache, Steps(), kept.REPORTS) == 3
    await shop.assert_summaries_are_true()
    assert await unreported_stripes(shop) == 0
    assert await reports(shop) == [sales, categories, products]


async def test_a_write_of_an_older_release_during_a_repair_is_left_to_the_next(
    shop: Shop, resources: Resources
) -> None:
    await fill(shop)
    older_write = "UPDATE statistics SET orders = orders + 1 WHERE stripe < 64"
    await shop.rows(older_write)
    before = await unreported_stripes(shop)

    async def compare(conn: Connection, days: Sequence[date]) -> Sequence[Missing]:
        await shop.rows(older_write)
        return await kept.DAILY_SALES.compare(conn, days)

    interrupted = replace(kept.DAILY_SALES, compare=compare)
    await repair(resources.database, resources.cache, Steps(), [interrupted])
    assert await unreported_stripes(shop) == before > 0
    await repair(resources.database, resources.cache, Steps())
    assert await unreported_stripes(shop) == 0
    await shop.assert_summaries_are_true()


async def test_a_running_service_completes_the_reports_by_itself(
    shop: Shop, resources: Resources, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison may take longer than a query of a request: a category may have any number of products."""
    await fill(shop)
    await order_by_older_release(shop, resources)
    limits_s: set[float] = set()

    async def compare(conn: Connection, ids: Sequence[UUID]) -> Sequence[Missing]:
        limits_s.add(await time_limit_s(conn))
        return await kept.CATEGORY_TOTALS.compare(conn, ids)

    watched = replace(kept.CATEGORY_TOTALS, compare=compare)
    monkeypatch.setattr("product_dashboard.summaries.repair.REPORTS", (*kept.REPORTS[:2], watched))
    monkeypatch.setattr("product_dashboard.summaries.repair.LOOK_EVERY_S", 0.01)
    patient = Database(for_repairs(settings.database))
    async with completing_reports(resources.database, resources.cache, patient), asyncio.timeout(30):
        while await unreported_stripes(shop):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
    await shop.assert_summaries_are_true()
    assert limits_s == {QUERY_TIMEOUT_S}


async def test_a_move_that_left_no_record_is_found_some_time_after_the_completion(
    shop: Shop, resources: Resources, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lamp = await fill(shop)
    await order_by_older_release(shop, resources)
    elsewhere = UUID((await shop.category("Elsewhere"))["id"]).hex
    move = (
        f"UPDATE products SET category_id = UNHEX('{elsewhere}') WHERE id = UNHEX('{UUID(lamp['id']).hex}')"
    )
    rounds = 0

    async def compare(conn: Connection, ids: Sequence[UUID]) -> Sequence[Missing]:
        nonlocal rounds
        found = await kept.CATEGORY_TOTALS.compare(conn, ids)
        if not rounds:
            await shop.rows(move)  # by an older release, which the completion has just missed
        rounds += 1
        return found

    watched = replace(kept.CATEGORY_TOTALS, compare=compare)
    monkeypatch.setattr("product_dashboard.summaries.repair.REPORTS", (*kept.REPORTS[:2], watched))
    monkeypatch.setattr("product_dashboard.summaries.repair.CATEGORY_TOTALS", watched)
    monkeypatch.setattr("product_dashboard.summaries.repair.AGAIN_AFTER_S", 0)
    monkeypatch.setattr("product_dashboard.summaries.repair.LOOK_EVERY_S", 0.01)
    patient = Database(for_repairs(settings.database))
    async with completing_reports(resources.database, resources.cache, patient), asyncio.timeout(30):
        while await check(resources.database, Steps(), [kept.CATEGORY_TOTALS]) or not rounds:  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.01)
    assert rounds == 2
    await shop.assert_summaries_are_true()


async def time_limit_s(conn: Connection) -> float:
    """The server's limit for a statement of this session."""
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SHOW VARIABLES WHERE Variable_name IN ('max_statement_time', 'max_execution_time')", ()
        )
        ((name, limit),) = await cursor.fetchall()
    return float(limit) / (1000 if name == "max_execution_time" else 1)
