"""Any sequence of writes to the shop keeps the summaries, from which the reports are read, correct."""

from decimal import Decimal
from typing import Any

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

    async def order(self, number: int, lines: list[tuple[int, int]]) -> None:
        customer = self.pick("customers", number)
        items = [(self.pick("products", pick), quantity) for pick, quantity in lines]
        if customer and all(product for product, _ in items):
            answer = await self.shop.try_order(customer, *items)
            assert answer.status_code in {201, 409}
            if answer.status_code == 201:
                self.made["orders"].append(data_of(answer, 201))


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
    # The report equals the summaries.
    ((products, price_sum),) = await shop.rows("SELECT COUNT(*), COALESCE(SUM(price), 0) FROM products")
    report = await shop.get("/dashboard/products")
    assert report["total_products"] == products
    if products:
        assert abs(report["average_price"] - price_sum / products) <= Decimal("0.005")
