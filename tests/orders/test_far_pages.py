"""Pages after thousands of orders, which are found by the days of the orders."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from product_dashboard.database import Database
from product_dashboard.orders.pages import FAR, read_page
from product_dashboard.web.paging import PageQuery
from tests.shop import Shop

ORDERS, SIZE = 2600, 7
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
LAST_PAGE = -(-ORDERS // SIZE)
MOMENTS = [
    timedelta(),
    timedelta(microseconds=1),
    timedelta(hours=12),
    timedelta(hours=24) - timedelta(microseconds=1),
]
"""Many orders have the same one: their ids decide about their order."""


async def insert(database: Database, customer: Any, placed: Sequence[tuple[UUID, datetime]]) -> None:
    """Write orders without items, and the summaries that placing them would change."""
    days: dict[datetime, int] = {}
    for _, moment in placed:
        days[moment] = days.get(moment, 0) + 1
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at) VALUES (%s, %s, 1, 1, %s)",
            [(id_.bytes, UUID(customer["id"]).bytes, moment.replace(tzinfo=None)) for id_, moment in placed],
        )
        add = "ON DUPLICATE KEY UPDATE orders = orders + VALUES(orders)"
        await cursor.executemany(
            "INSERT INTO daily_sales (day, stripe, orders, quantity, revenue) VALUES (DATE(%s), %s, %s, %s, %s) "
            f"{add}, quantity = quantity + VALUES(quantity), revenue = revenue + VALUES(revenue)",
            [
                (moment.replace(tzinfo=None), n % 64, count, count, count)
                for n, (moment, count) in enumerate(days.items())
            ],
        )
        await cursor.execute(
            f"INSERT INTO statistics (stripe, orders, unreported_at) VALUES (0, %s, NULL) {add}, unreported_at = NULL",
            (len(placed),),
        )


@pytest.fixture
async def placed(shop: Shop) -> list[tuple[UUID, datetime]]:
    """Orders of four days, of which one has none, in the order that they are inserted in."""
    dice = random.Random(5)
    made = [
        (uuid4(), FIRST_DAY + timedelta(days=dice.choice((0, 1, 3))) + dice.choice(MOMENTS))
        for _ in range(ORDERS)
    ]
    await insert(shop.database, await shop.customer(), made)
    return made


def newest_first(placed: Sequence[tuple[UUID, datetime]]) -> list[UUID]:
    return [id_ for id_, _ in sorted(placed, key=lambda each: (each[1], each[0].bytes), reverse=True)]


async def page_of(shop: Shop, number: int) -> tuple[list[UUID], int, bool]:
    """Return the ids on a page, the total, and whether a page follows."""
    listing = await read_page(shop.database, query=PageQuery(page=number, page_size=SIZE), after=None)
    return [order.id for order in listing.data], listing.meta.total, listing.meta.next_cursor is not None


async def assert_pages_are_true(shop: Shop, ids: Sequence[UUID]) -> None:
    """Compare far pages, the last ones, and those past the end, with the list of all ids, newest first."""
    last = -(-len(ids) // SIZE)
    for number in (FAR // SIZE + 1, *range(FAR // SIZE + 2, last, 9), last - 1, last, last + 1, last + 100):
        start = (number - 1) * SIZE
        expected = list(ids[start : start + SIZE]), len(ids), len(ids) > start + SIZE
        assert await page_of(shop, number) == expected, number


async def test_far_pages_are_those_of_the_list_of_all_orders(
    shop: Shop, placed: list[tuple[UUID, datetime]]
) -> None:
    await assert_pages_are_true(shop, newest_first(placed))


async def test_a_day_that_the_summaries_miss_moves_no_page(
    shop: Shop, placed: list[tuple[UUID, datetime]]
) -> None:
    """A release that does not keep the sales of days leaves this record, and orders are counted one by one."""
    await shop.rows("UPDATE statistics SET unreported_at = NOW(6)")
    await shop.rows("DELETE FROM daily_sales WHERE day = '2026-03-04'")
    await assert_pages_are_true(shop, newest_first(placed))


async def test_an_order_that_is_deleted_moves_the_pages_after_it(
    shop: Shop, placed: list[tuple[UUID, datetime]]
) -> None:
    lamp = await shop.product()
    order = await shop.order(await shop.customer(), (lamp, 1))
    new = UUID(order["id"])
    await assert_pages_are_true(shop, [new, *newest_first(placed)])
    assert (await shop.client.delete(f"/api/v1/orders/{new}")).status_code == 200
    await assert_pages_are_true(shop, newest_first(placed))


async def test_a_page_and_its_total_are_of_one_state_while_orders_are_placed(
    shop: Shop, placed: list[tuple[UUID, datetime]]
) -> None:
    """The total tells how many of the orders were placed, and so what the page must show."""
    customer = await shop.customer()
    last = max(moment for _, moment in placed)
    later = [(uuid4(), last + timedelta(hours=5 * n)) for n in range(1, 31)]

    async def place() -> None:
        for each in later:
            await insert(shop.database, customer, [each])

    totals = set[int]()
    async with asyncio.TaskGroup() as group:
        placing = group.create_task(place())
        while not placing.done():
            number = random.randint(FAR // SIZE + 2, LAST_PAGE)
            ids, total, _ = await page_of(shop, number)
            totals.add(total)
            start = (number - 1) * SIZE
            assert ids == newest_first([*placed, *later[: total - ORDERS]])[start : start + SIZE]
    assert len(totals) > 1
