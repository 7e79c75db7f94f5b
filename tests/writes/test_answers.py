"""The answer of a write equals, byte for byte, the answer of the next GET."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from product_dashboard.database import Database
from tests.api_client import Api, data
from tests.shop import Shop


@pytest.fixture
def shop(client: Api, database: Database) -> Shop:
    return Shop(client, database)


def body(answer: httpx.Response) -> bytes:
    """Return the bytes of `data`. The bytes after it differ: they tell whether the answer came from the cache."""
    assert answer.is_success, answer.text
    start = answer.content.index(b'"data":')
    return answer.content[start : answer.content.index(b',"meta":', start)]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
async def test_an_order_is_answered_as_it_is_read(count: int, shop: Shop) -> None:
    categories = [await shop.category(name) for name in ("Lamps", 'Größen, "quoted" \\ 🛋')]
    prices = ("0.01", "9.90", "10.00", "1234567890.55")
    products = [
        await shop.product(prices[n % 4], 100, category_id=categories[n % 2]["id"]) for n in range(count)
    ]
    customer = await shop.customer("Zoë 😀 O'Brien")
    lines = [(product, 1 + n % 3) for n, product in enumerate(reversed(products))]
    made = await shop.try_order(customer, *lines, lines[0])
    path = f"/api/v1/orders/{data(made)['id']}"
    read = await shop.client.get(path)
    assert body(made) == body(read)
    assert made.headers["etag"] == read.headers["etag"]
    assert len(data(read)["items"]) == count
    deleted = await shop.client.delete(path, headers={"If-Match": made.headers["etag"]})
    assert deleted.status_code == 200
    await shop.assert_summaries_are_true()


async def test_an_order_that_nobody_has_changed_can_be_deleted_with_the_tag_of_its_read(shop: Shop) -> None:
    lamp = await shop.product(stock=10)
    order = await shop.order(await shop.customer(), (lamp, 2), (await shop.product(), 1))
    path = f"/api/v1/orders/{order['id']}"
    tag = (await shop.client.get(path)).headers["etag"]
    category = {"name": "Lights"}
    renamed = await shop.client.put(f"/api/v1/categories/{lamp['category']['id']}", json=category)
    assert renamed.status_code == 200
    refused = await shop.client.delete(path, headers={"If-Match": tag})
    assert refused.status_code == 412
    tag = (await shop.client.get(path)).headers["etag"]
    assert (await shop.client.delete(path, headers={"If-Match": tag})).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Light 😀"},
        {"description": "new"},
        {"price": Decimal("0.10")},
        {"stock_quantity": 0, "is_active": False},
        {"category_id": "another"},
        {},
    ],
    ids=["name", "description", "price", "stock", "category", "nothing"],
)
async def test_a_changed_product_is_answered_as_it_is_read(changes: dict[str, Any], shop: Shop) -> None:
    lamp = await shop.product("12.30", 5)
    await shop.order(await shop.customer(), (lamp, 2))  # so that total_sold is not 0
    if "category_id" in changes:
        changes = {"category_id": (await shop.category("Furniture 🛋"))["id"]}
    path = f"/api/v1/products/{lamp['id']}"
    fields = ("name", "description", "price", "stock_quantity", "is_active")
    whole = {key: lamp[key] for key in fields} | {"category_id": lamp["category"]["id"]} | changes
    answer = await shop.send("PUT", path, whole)
    read = await shop.client.get(path)
    assert body(answer) == body(read)
    assert answer.headers["etag"] == read.headers["etag"]


async def test_an_unknown_customer_and_unknown_products_are_named_together(shop: Shop) -> None:
    lamp = await shop.product()
    nobody, nothing = (
        {"id": "01900000-0000-7000-8000-000000000000"},
        {"id": "01900000-0000-7000-8000-000000000001"},
    )
    customer = await shop.customer()
    expected = {
        (0, 1): ["items[1].product_id"],
        (1, 0): ["customer_id"],
        (1, 1): ["customer_id", "items[1].product_id"],
    }
    for (no_customer, no_product), names in expected.items():
        lines = [(lamp, 1), (nothing if no_product else lamp, 1)]
        answer = await shop.try_order(nobody if no_customer else customer, *lines)
        assert answer.status_code == 422
        assert [detail["field"] for detail in answer.json()["error"]["details"]] == names
    only = await shop.try_order(nobody, (nothing, 1))
    assert [detail["field"] for detail in only.json()["error"]["details"]] == [
        "customer_id",
        "items[0].product_id",
    ]
