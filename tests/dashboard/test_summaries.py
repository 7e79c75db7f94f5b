"""Any sequence of writes to the shop, also of several at once, keeps the reports and their summaries correct."""

import asyncio
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, given, settings

from tests.shop import Shop, data_of

PRICES = st.decimals("0.01", "9999.99", places=2)
STOCKS = st.integers(0, 20)
PICK = st.integers(0, 1000)

STEPS = st.one_of(
    st.tuples(st.just("create_product"), PRICES, STOCKS),
    st.tuples(st.just("update_product"), PICK, PRICES, STOCKS),
    st.tuples(st.just("patch_product"), PICK, PRICES),
    st.tuples(st.just("move_stock"), PICK, st.integers(-6, 6).filter(bool)),
    st.tuples(st.just("delete_product"), PICK),
    st.tuples(st.just("create_customer")),
    st.tuples(st.just("delete_customer"), PICK),
    st.tuples(
        st.just("create_order"), PICK, st.lists(st.tuples(PICK, st.integers(1, 6)), min_size=1, max_size=4)
    ),
    st.tuples(st.just("delete_order"), PICK),
    st.tuples(st.just("create_category")),
    st.tuples(st.just("delete_category"), PICK),
    st.tuples(st.just("rename_category"), PICK),
    st.tuples(st.just("move_product"), PICK, PICK),
)


class Operator:
    """Executes the steps. A step picks by number one of the resources that exist."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.made: dict[str, list[Any]] = {"categories": [], "products": [], "customers": [], "orders": []}

    def pick(self, kind: str, number: int) -> Any:
        found = self.made[kind]
        return found[number % len(found)] if found else None

    async def delete(self, kind: str, number: int) -> None:
        if picked := self.pick(kind, number):
            answer = await self.shop.client.delete(f"/api/v1/{kind}/{picked['id']}")
            assert answer.status_code in {200, 409}
            if answer.status_code == 200:
                self.made[kind].remove(picked)

    async def step(self, name: str, *values: Any) -> None:
        match name, values:
            case "create_category", _:
                self.made["categories"].append(await self.shop.category())
            case "create_customer", _:
                self.made["customers"].append(await self.shop.customer())
            case "create_product", (price, stock):
                category = self.pick("categories", 0) or await self.shop.category()
                if category not in self.made["categories"]:
                    self.made["categories"].append(category)
                made = await self.shop.product(str(price), stock, category_id=category["id"])
                self.made["products"].append(made)
            case "update_product" | "patch_product" | "move_stock", (number, *more):
                if product := self.pick("products", number):
                    await self.change_product(name, product, *more)
            case "move_product", (number, category):
                await self.move_product(number, category)
            case "rename_category", (number,):
                if category := self.pick("categories", number):
                    path = f"/api/v1/categories/{category['id']}"
                    data_of(await self.shop.send("PATCH", path, {"name": f"Renamed {number}"}), 200)
            case "create_order", (number, lines):
                await self.order(number, lines)
            case _, (number,):
                plural = {"delete_category": "categories"}.get(name, name.removeprefix("delete_") + "s")
                await self.delete(plural, number)
            case _:
                raise AssertionError(name)

    async def change_product(self, name: str, product: Any, value: Any, stock: int = 0) -> None:
        path = f"/api/v1/products/{product['id']}"
        if name == "update_product":
            await self.shop.replace_product(product, price=value, stock_quantity=stock)
        elif name == "patch_product":
            data_of(await self.shop.send("PATCH", path, {"price": value}), 200)
        else:
            body = {"delta": value, "reason": "Counted"}
            assert (await self.shop.send("POST", f"{path}/stock", body)).status_code in {201, 409}

    async def move_product(self, number: int, category_number: int) -> None:
        product, category = self.pick("products", number), self.pick("categories", category_number)
        if product and category:
            body = {"category_id": category["id"], "stock_quantity": number % 30, "is_active": number % 5 > 0}
            data_of(await self.shop.send("PATCH", f"/api/v1/products/{product['id']}", body), 200)

    async def order(self, number: int, lines: list[tuple[int, int]]) -> None:
        customer = self.pick("customers", number)
        items = [(self.pick("products", pick), quantity) for pick, quantity in lines]
        if customer and all(product for product, _ in items):
            answer = await self.shop.try_order(customer, *items)
            assert answer.status_code in {201, 409}
            if answer.status_code == 201:
                self.made["orders"].append(data_of(answer, 201))


async def assert_reports_are_true(shop: Shop) -> None:
    """Each report equals the plain aggregate over the rows."""
    for path, (sql, names) in PLAIN.items():
        rows = await shop.rows(sql)
        expected = [dict(zip(names, (_json(value) for value in row), strict=True)) for row in rows]
        found = await shop.get(path)
        if "sales" in path:
            found = [day for day in found if day["orders"]]
        assert found == expected, path


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return str(UUID(bytes=value))
    return value.isoformat() if isinstance(value, date) else value


PLAIN = {
    "/dashboard/sales?days=2": (
        """
        SELECT DATE(created_at), COUNT(*), SUM(total_quantity), SUM(total_price)
        FROM orders GROUP BY DATE(created_at) ORDER BY DATE(created_at)
        """,
        ("day", "orders", "quantity", "revenue"),
    ),
    "/dashboard/categories?limit=5": (
        """
        SELECT c.id, c.name, COUNT(p.id), COALESCE(SUM(p.stock_quantity), 0), COALESCE(SUM(i.quantity), 0),
            COALESCE(SUM(i.revenue), 0) AS revenue
        FROM categories c
        LEFT JOIN products p ON p.category_id = c.id
        LEFT JOIN (
            SELECT product_id, SUM(quantity) AS quantity, SUM(quantity * unit_price) AS revenue
            FROM order_items GROUP BY product_id
        ) AS i ON i.product_id = p.id
        GROUP BY c.id, c.name ORDER BY revenue DESC, c.name, c.id LIMIT 5
        """,
        ("id", "name", "products", "stock", "quantity_sold", "revenue"),
    ),
    "/dashboard/low-stock?below=6&limit=3": (
        """
        SELECT id, name, price, stock_quantity,
            (SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i WHERE i.product_id = p.id)
        FROM products p WHERE stock_quantity < 6 AND is_active ORDER BY stock_quantity, id LIMIT 3
        """,
        ("id", "name", "price", "stock_quantity", "total_sold"),
    ),
    "/dashboard/top-products?limit=3": (
        """
        SELECT p.id, p.name, p.price, SUM(i.quantity) AS sold, SUM(i.quantity * i.unit_price)
        FROM products p JOIN order_items i ON i.product_id = p.id
        GROUP BY p.id, p.name, p.price ORDER BY sold DESC, p.id DESC LIMIT 3
        """,
        ("id", "name", "price", "total_sold", "revenue"),
    ),
}
"""For each report the query that counts it from the rows, and the names of its columns."""


# Not shrunk: every step is some round trips, and a failing list of steps is short enough to read.
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
async def test_summaries_equal_recounts_after_any_operations(steps: list[Any], shop: Shop) -> None:
    operator = Operator(shop)
    for step in steps:
        await operator.step(*step)
    await shop.assert_summaries_are_true()
    await assert_reports_are_true(shop)
    # The report equals the summaries.
    ((products, price_sum),) = await shop.rows("SELECT COUNT(*), COALESCE(SUM(price), 0) FROM products")
    report = await shop.get("/dashboard/products")
    assert report["total_products"] == products
    if products:
        assert abs(report["average_price"] - price_sum / products) <= Decimal("0.005")


async def test_reports_equal_plain_aggregates_after_writers_in_parallel(shop: Shop) -> None:
    first = Operator(shop)
    for _ in range(3):
        first.made["categories"].append(await shop.category())
    for number in range(12):
        await first.step("create_product", Decimal(number + 1), 1_000)  # enough for all orders
        await first.step("create_customer")
    counts: list[Any] = []

    async def write(seed: int) -> None:
        """Write to the products of all writers, and to orders of its own."""
        dice, operator = Random(seed), Operator(shop)
        operator.made |= {kind: list(first.made[kind]) for kind in ("categories", "products", "customers")}
        for _ in range(25):
            pick, other = dice.randrange(1000), dice.randrange(1000)
            lines = [(dice.randrange(1000), dice.randint(1, 3)) for _ in range(3)]
            steps: list[tuple[Any, ...]] = [
                *[("create_order", pick, lines)] * 5, ("delete_order", pick), ("move_stock", pick, 5),
                ("move_product", pick, other), ("patch_product", pick, Decimal(other + 1)),
            ]  # fmt: skip
            await operator.step(*dice.choice(steps))
        counts.append(len(operator.made["orders"]))

    await asyncio.gather(*(write(seed) for seed in range(6)))
    assert sum(counts) > 10
    await shop.assert_summaries_are_true()
    await assert_reports_are_true(shop)
