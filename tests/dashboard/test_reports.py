"""The reports: exact, cheap, and right at once after every write that changes them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from product_dashboard.dashboard.service import average, read_reports, read_sales
from product_dashboard.database import Database
from product_dashboard.readiness import Readiness
from product_dashboard.resources import Resources
from product_dashboard.summaries.repair import repair
from tests.cache.without_redis import cache_without_redis
from tests.shop import Shop, body_of, data_of, error_of
from tests.statements import Connections
from tests.waiting import PATIENCE_S

PATHS = ("/api/v1/dashboard/products", "/api/v1/dashboard/top-customers", "/api/v1/dashboard/overview")
OTHERS = tuple(f"/api/v1/dashboard/{name}" for name in ("sales", "categories", "low-stock", "top-products"))


async def test_an_empty_shop_has_reports_of_nothing(shop: Shop) -> None:
    report = await shop.get("/dashboard/products")
    assert report == {
        "total_products": 0,
        "total_stock": 0,
        "average_price": Decimal("0.00"),
        "recent_products": [],
    }
    assert await shop.get("/dashboard/top-customers") == []


async def test_the_product_report_counts_all_products_and_shows_the_newest_five(shop: Shop) -> None:
    category = (await shop.category())["id"]
    products = [
        await shop.product(price, stock, category_id=category)
        for price, stock in (("1.00", 1), ("2.00", 2), ("3.00", 0), ("4.00", 4), ("5.00", 5), ("6.01", 6))
    ]
    report = await shop.get("/dashboard/products")
    assert (report["total_products"], report["total_stock"]) == (6, 18)
    assert report["average_price"] == Decimal("3.50")  # 21.01 / 6 = 3.5016...
    newest = [
        {key: recent[key] for key in ("id", "name", "price", "stock_quantity")}
        for recent in report["recent_products"]
    ]
    assert newest == [
        {key: product[key] for key in ("id", "name", "price", "stock_quantity")}
        for product in reversed(products[1:])
    ]
    times = [msgspec.convert(recent["created_at"], datetime) for recent in report["recent_products"]]
    assert times == sorted(times, reverse=True)


@hypothesis_settings(deadline=None)
@given(st.lists(st.decimals("0.01", "9999999999.99", places=2), min_size=1, max_size=50))
def test_an_average_is_exact_to_the_cent_with_halves_rounded_up(prices: list[Decimal]) -> None:
    cents = sum(int(price * 100) for price in prices)
    assert int(average(sum(prices, Decimal()), len(prices)) * 100) == (2 * cents + len(prices)) // (
        2 * len(prices)
    )


async def test_the_best_customers_are_those_who_spent_most(shop: Shop) -> None:
    lamp = await shop.product("10.00", stock=100)
    low, high, none = [await shop.customer(name) for name in ("Low", "High", "None")]
    await shop.order(low, (lamp, 2))
    await shop.order(high, (lamp, 2))
    await shop.order(high, (lamp, 1))
    assert await shop.get("/dashboard/top-customers") == [
        {
            "id": high["id"],
            "name": "High",
            "email": high["email"],
            "total_spent": Decimal("30.00"),
            "total_orders": 2,
        },
        {
            "id": low["id"],
            "name": "Low",
            "email": low["email"],
            "total_spent": Decimal("20.00"),
            "total_orders": 1,
        },
    ]
    assert none["id"] not in (await shop.client.get(PATHS[1])).text


async def test_each_limit_has_its_own_answer(shop: Shop) -> None:
    lamp = await shop.product(stock=100)
    for _ in range(12):
        await shop.order(await shop.customer(), (lamp, 1))
    for path in ("/dashboard/top-customers", "/dashboard/overview"):
        for limit, length in ((3, 3), (1, 1), (None, 10), (100, 12), (3, 3)):
            found = await shop.get(path if limit is None else f"{path}?limit={limit}")
            customers = found["top_customers"] if path.endswith("overview") else found
            assert len(customers) == length


@pytest.mark.parametrize("path", PATHS[1:])
@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "1.5"])
async def test_a_bad_limit_is_refused(path: str, limit: str, shop: Shop) -> None:
    error = error_of(await shop.client.get(path, params={"limit": limit}), 400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in error["details"]] == ["limit"]


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("sales", {"days": "0"}),
        ("sales", {"days": "367"}),
        ("categories", {"limit": "0"}),
        ("categories", {"limit": "1001"}),
        ("low-stock", {"below": "0", "limit": "101"}),
        ("low-stock", {"below": "x", "limit": "-1"}),
        ("low-stock", {"below": "1000001"}),
        ("top-products", {"limit": "101"}),
    ],
)
async def test_each_bad_parameter_of_a_report_is_named(path: str, bad: dict[str, str], shop: Shop) -> None:
    answer = await shop.client.get(f"/api/v1/dashboard/{path}", params=bad)
    error = error_of(answer, 400, "VALIDATION_ERROR")
    assert {detail["field"] for detail in error["details"]} == set(bad)


def sales_of(days_ago: int, orders: int, quantity: int, revenue: str) -> dict[str, Any]:
    day = datetime.now(UTC).date() - timedelta(days=days_ago)
    return {"day": str(day), "orders": orders, "quantity": quantity, "revenue": Decimal(revenue)}


async def test_an_order_counts_on_its_own_day_in_utc_until_it_is_deleted(
    shop: Shop, resources: Resources
) -> None:
    lamp = await shop.product("2.50", 50)
    first, second = [await shop.order(await shop.customer(), (lamp, number)) for number in (2, 3)]
    assert await shop.get("/dashboard/sales?days=1") == [sales_of(0, 2, 5, "12.50")]

    # The last moment of a day, and the first one of the day after it.
    for order, days_ago, moment in ((first, 2, "23:59:59.999999"), (second, 1, "00:00:00")):
        number, day = order["id"].replace("-", ""), sales_of(days_ago, 0, 0, "0")["day"]
        await shop.rows(f"UPDATE orders SET created_at = '{day} {moment}' WHERE id = UNHEX('{number}')")
    await repair(resources.database, resources.cache, lambda _name, _places, _found: None)
    today, day_before = sales_of(0, 0, 0, "0.00"), sales_of(1, 1, 3, "7.50")
    assert await shop.get("/dashboard/sales?days=3") == [sales_of(2, 1, 2, "5.00"), day_before, today]

    assert (await shop.client.delete(f"/api/v1/orders/{first['id']}")).status_code == 200
    assert await shop.get("/dashboard/sales?days=3") == [sales_of(2, 0, 0, "0.00"), day_before, today]
    assert len(await shop.get("/dashboard/sales")) == 30
    await shop.assert_summaries_are_true()


async def test_a_category_has_the_figures_of_the_products_that_are_in_it_now(shop: Shop) -> None:
    lamps, chairs = await shop.category("Lamps"), await shop.category("Chairs")
    lamp = await shop.product("10.00", 9, category_id=lamps["id"])
    await shop.order(await shop.customer(), (lamp, 2))
    empty = {"products": 0, "stock": 0, "quantity_sold": 0, "revenue": Decimal("0.00")}
    full = {"products": 1, "stock": 7, "quantity_sold": 2, "revenue": Decimal("20.00")}
    ids = {"Lamps": {"id": lamps["id"], "name": "Lamps"}, "Chairs": {"id": chairs["id"], "name": "Chairs"}}
    assert await shop.get("/dashboard/categories") == [ids["Lamps"] | full, ids["Chairs"] | empty]

    await shop.replace_product(lamp, category_id=chairs["id"], stock_quantity=7, price=Decimal("11.00"))
    assert await shop.get("/dashboard/categories") == [ids["Chairs"] | full, ids["Lamps"] | empty]
    assert await shop.get("/dashboard/categories?limit=1") == [ids["Chairs"] | full]
    assert (await shop.client.delete(f"/api/v1/categories/{lamps['id']}")).status_code == 200
    assert await shop.get("/dashboard/categories") == [ids["Chairs"] | full]
    await shop.assert_summaries_are_true()


async def test_products_low_in_stock_are_those_for_sale_the_fewest_first(shop: Shop) -> None:
    made = [await shop.product("10.00", stock) for stock in (4, 10, 0, 9)]
    await shop.product("10.00", 1, is_active=False)
    shown = [
        {key: product[key] for key in ("id", "name", "price", "stock_quantity", "total_sold")}
        for product in (made[2], made[0], made[3])
    ]
    assert await shop.get("/dashboard/low-stock") == shown
    assert await shop.get("/dashboard/low-stock?below=9") == shown[:2]
    assert await shop.get("/dashboard/low-stock?below=9&limit=1") == shown[:1]
    await shop.replace_product(made[2], stock_quantity=5)
    assert [found["stock_quantity"] for found in await shop.get("/dashboard/low-stock")] == [4, 5, 9]


async def test_best_sellers_have_what_was_paid_for_them_whatever_they_cost_now(shop: Shop) -> None:
    lamp, chair, _ = await shop.product("10.00", 9), await shop.product("99.00", 9), await shop.product()
    await shop.order(await shop.customer(), (lamp, 3), (chair, 1))
    await shop.replace_product(lamp, price=Decimal("12.00"), stock_quantity=6, is_active=False)
    found = await shop.get("/dashboard/top-products")
    assert [(each["id"], each["price"], each["total_sold"], each["revenue"]) for each in found] == [
        (lamp["id"], Decimal("12.00"), 3, Decimal("30.00")),
        (chair["id"], Decimal("99.00"), 1, Decimal("99.00")),
    ]


async def test_the_sales_of_yesterday_are_not_those_of_today(shop: Shop, resources: Resources) -> None:
    await shop.order(await shop.customer(), (await shop.product(), 1))
    today = datetime.now(UTC).date()
    for until in (today, today + timedelta(days=1)):
        answer = await read_sales.response(resources.cache, resources.database, until=until, days=1)
        assert f'"day":"{until}"'.encode() in answer.body


@pytest.mark.parametrize("path", PATHS + OTHERS)
async def test_the_second_answer_comes_from_the_cache(path: str, shop: Shop) -> None:
    await shop.order(await shop.customer(), (await shop.product(), 1))
    miss, hit = await shop.client.get(path), await shop.client.get(path)
    assert [answer.headers["x-cache"] for answer in (miss, hit)] == ["MISS", "HIT"]
    first, second = data_of(miss, 200), data_of(hit, 200)
    if path in {PATHS[0], PATHS[2]}:
        reports = [data.get("product_report", data) for data in (first, second)]
        assert "cached_at" not in reports[0]
        cached_at = msgspec.convert(reports[1].pop("cached_at"), datetime)
        assert abs(datetime.now(UTC) - cached_at) < timedelta(seconds=30)
    if path.endswith("overview"):
        for data in (first, second):
            assert data.pop("total_time_ms") >= 0
    assert first == second


@pytest.mark.parametrize("path", PATHS + OTHERS)
async def test_an_unchanged_report_is_not_sent_again(path: str, shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product()
    await shop.client.get(path)
    etag = (await shop.client.get(path)).headers["etag"]
    assert etag.startswith('W/"') == path.endswith("overview")
    unchanged = await shop.client.get(path, headers={"if-none-match": etag})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)
    await shop.order(customer, (lamp, 1))
    assert (await shop.client.get(path, headers={"if-none-match": etag})).status_code == 200


async def test_the_overview_is_made_of_the_two_reports(shop: Shop) -> None:
    await shop.order(await shop.customer(), (await shop.product(), 1))
    for path in PATHS:
        await shop.client.get(path)
    began = time.perf_counter()
    answer = await shop.client.get(PATHS[2])
    took_ms = (time.perf_counter() - began) * 1000
    overview = data_of(answer, 200)
    assert body_of(answer)["meta"] is None
    assert overview["product_report"] == await shop.get("/dashboard/products")
    assert overview["top_customers"] == await shop.get("/dashboard/top-customers")
    name, _, duration = answer.headers["server-timing"].partition(";dur=")
    assert name == "total"
    assert 0 < float(duration) < took_ms
    assert type(overview["total_time_ms"]) is int
    assert overview["total_time_ms"] == round(float(duration))


async def test_the_parts_of_the_overview_are_loaded_in_parallel(database: Database) -> None:
    both_at_work = asyncio.Barrier(2)

    class Meeting(Connections):
        """A database that hands out no connection before both parts want one."""

        @asynccontextmanager
        async def connection(self) -> AsyncGenerator[Any, None]:
            async with asyncio.timeout(PATIENCE_S):
                await both_at_work.wait()
            async with database.connection() as conn:
                yield conn

    meeting, cache = cast("Database", Meeting()), cache_without_redis()
    resources = Resources(meeting, cache, Readiness(meeting, cache))
    answers = await read_reports(resources, limit=10)
    assert [answer.state for answer in answers] == ["BYPASS", "BYPASS"]


class World:
    """One of each: what the writes below start from."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def fill(self) -> None:
        self.category = await self.shop.category()
        self.customer = await self.shop.customer("Before")
        self.product = await self.shop.product("10.00", 10, category_id=self.category["id"])
        self.idle = await self.shop.product("20.00", 20, category_id=self.category["id"])
        self.order = await self.shop.order(self.customer, (self.product, 1))


async def create_product(world: World) -> None:
    await world.shop.product("7.00", 3, category_id=world.category["id"])


async def update_product(world: World) -> None:
    await world.shop.replace_product(world.product, price=Decimal("11.00"), stock_quantity=9)


async def delete_product(world: World) -> None:
    assert (await world.shop.client.delete(f"/api/v1/products/{world.idle['id']}")).status_code == 200


async def create_order(world: World) -> None:
    await world.shop.order(world.customer, (world.product, 2))


async def delete_order(world: World) -> None:
    assert (await world.shop.client.delete(f"/api/v1/orders/{world.order['id']}")).status_code == 200


async def update_customer(world: World) -> None:
    body = {"name": "After", "email": world.customer["email"]}
    path = f"/api/v1/customers/{world.customer['id']}"
    assert (await world.shop.client.put(path, json=body)).status_code == 200


async def reports(shop: Shop) -> list[Any]:
    """The two reports as the overview and as their own paths tell them, which must be the same."""
    overview = await shop.get("/dashboard/overview")
    parts = [await shop.get("/dashboard/products"), await shop.get("/dashboard/top-customers")]
    told = [overview["product_report"], overview["top_customers"]]
    for report in (parts[0], told[0]):
        report.pop("cached_at", None)
    assert told == parts
    return parts


@pytest.mark.parametrize(
    ("write", "changed"),
    [
        (create_product, (True, False)),
        (update_product, (True, False)),
        (delete_product, (True, False)),
        (create_order, (True, True)),
        (delete_order, (True, True)),
        (update_customer, (False, True)),
    ],
)
async def test_reports_are_right_at_once_after_every_write(
    write: Callable[[World], Awaitable[None]], changed: tuple[bool, bool], shop: Shop
) -> None:
    world = World(shop)
    await world.fill()
    before = await reports(shop)
    assert await reports(shop) == before

    await write(world)

    after = await reports(shop)
    assert (after[0] != before[0], after[1] != before[1]) == changed
    ((products, stock, price_sum),) = await shop.rows(
        "SELECT COUNT(*), SUM(stock_quantity), SUM(price) FROM products"
    )
    assert after[0]["total_products"] == products
    assert after[0]["total_stock"] == stock
    assert after[0]["average_price"] == (price_sum / products).quantize(Decimal("0.01"))
    spent = await shop.rows(
        """
        SELECT c.name, SUM(o.total_price) FROM customers c JOIN orders o ON o.customer_id = c.id
        GROUP BY c.id, c.name
        """
    )
    assert [(found["name"], found["total_spent"]) for found in after[1]] == [tuple(row) for row in spent]
    await shop.assert_summaries_are_true()
