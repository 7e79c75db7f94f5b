"""One product over HTTP: what it may be, and what follows from changing it."""

import asyncio
from decimal import Decimal

import pytest

from product_dashboard.database import Database
from tests.api_client import Api, bad_fields, data, error, meta
from tests.products.tables import column, wrong_trigrams

PATH = "/api/v1/products"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


async def totals(client: Api) -> tuple[int, int, Decimal | int]:
    report = data(await client.get("/api/v1/dashboard/products"))
    return report["total_products"], report["total_stock"], report["average_price"]


async def test_a_created_product_is_answered_with_its_category(client: Api) -> None:
    category = await client.category("Lamps", description="Light")
    response = await client.post(
        PATH,
        json={
            "name": "Desk lamp",
            "description": "Oak",
            "price": 119.9,
            "category_id": category["id"],
            "stock_quantity": 41,
            "is_active": False,
        },
    )
    assert response.status_code == 201
    created = data(response)
    assert created == {
        "id": created["id"],
        "name": "Desk lamp",
        "description": "Oak",
        "price": Decimal("119.90"),
        "stock_quantity": 41,
        "is_active": False,
        "total_sold": 0,
        "category": category,
    }
    assert b'"price":119.90,' in response.content
    assert response.headers["location"] == f"{PATH}/{created['id']}"
    assert data(await client.get(response.headers["location"])) == created


async def test_what_is_left_out_gets_its_default(client: Api) -> None:
    category = await client.category()
    created = data(await client.post(PATH, json={"name": "x", "price": 1, "category_id": category["id"]}))
    assert (created["description"], created["stock_quantity"], created["is_active"]) == (None, 0, True)


async def test_every_bad_field_is_named_at_once(client: Api) -> None:
    body = {
        "name": 1,
        "price": 0,
        "category_id": "x",
        "description": "d" * 2001,
        "stock_quantity": -1,
        "is_active": 1,
    }
    response = await client.post(PATH, json=body)
    assert bad_fields(response) == [
        "name",
        "price",
        "category_id",
        "description",
        "stock_quantity",
        "is_active",
    ]
    messages = {detail["field"]: detail["message"] for detail in error(response)["details"]}
    assert messages["price"] == "must be an amount from 0.01 to 9999999999.99 with at most two decimals"
    assert messages["category_id"] == "must be a UUID"
    assert messages["stock_quantity"] == "must be a whole number from 0 to 1000000000"
    assert messages["is_active"] == "must be true or false"
    assert len(next(d["value"] for d in error(response)["details"] if d["field"] == "description")) == 103


@pytest.mark.parametrize(
    "price",
    [
        "0",
        "-1",
        "0.001",
        "1.005",
        "10000000000",
        "9999999999.991",
        '"1"',
        '"NaN"',
        "true",
        "null",
        "1e400",
        "-0.0",
        "123456789012345678901234567890",
        "0.1e-400",
        "[1]",
    ],
)
async def test_a_price_that_is_none_is_refused(client: Api, price: str) -> None:
    category = await client.category()
    body = f'{{"name": "x", "category_id": "{category["id"]}", "price": {price}}}'
    response = await client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert bad_fields(response) == ["price"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("0.01", "0.01"),
        ("9999999999.99", "9999999999.99"),
        ("5", "5.00"),
        ("1.10", "1.10"),
        ("1e2", "100.00"),
        ("0.1", "0.10"),
        ("2.500", "2.50"),
        ("8888888888.88", "8888888888.88"),
    ],
)
async def test_a_price_is_exact(client: Api, sent: str, stored: str) -> None:
    category = await client.category()
    body = f'{{"name": "x", "category_id": "{category["id"]}", "price": {sent}}}'
    response = await client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert f'"price":{stored},' in response.text
    again = await client.get(response.headers["location"])
    assert f'"price":{stored},' in again.text


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_an_unknown_category_is_422(client: Api, method: str) -> None:
    path = PATH if method == "POST" else f"{PATH}/{(await client.product())['id']}"
    response = await client.request(method, path, json={"name": "x", "price": 1, "category_id": UNKNOWN})
    assert response.status_code == 422
    assert error(response) == {
        "code": "UNKNOWN_REFERENCE",
        "message": "The category of the product does not exist.",
        "details": [{"field": "category_id", "message": "names no category", "value": UNKNOWN}],
    }


async def test_a_put_replaces_all_of_a_product(client: Api) -> None:
    product = await client.product(description="Oak")
    other = await client.category("Other")
    path = f"{PATH}/{product['id']}"
    response = await client.put(path, json={"name": "New", "price": 5, "category_id": other["id"]})
    assert data(response) == {
        "id": product["id"],
        "name": "New",
        "description": None,
        "price": Decimal("5.00"),
        "stock_quantity": 0,
        "is_active": True,
        "total_sold": 0,
        "category": other,
    }
    assert data(await client.get(path)) == data(response)


async def test_a_changed_product_is_seen_at_once_although_it_is_cached(client: Api) -> None:
    product = await client.product()
    path = f"{PATH}/{product['id']}"
    for price in (1, 2, 3):
        await client.get(path)
        assert (await client.get(path)).headers["x-cache"] == "HIT"
        body = {"name": "x", "price": price, "category_id": product["category"]["id"]}
        await client.put(path, json=body)
        assert data(await client.get(path))["price"] == price


async def test_the_same_answer_is_not_sent_twice_to_who_has_it(client: Api) -> None:
    path = f"{PATH}/{(await client.product())['id']}"
    etag = (await client.get(path)).headers["etag"]
    response = await client.get(path, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == etag
    for others in ('"another"', '"a,*,b"', f'W/"a", "{etag[1:-1]}x"', etag.strip('"')):
        assert (await client.get(path, headers={"if-none-match": others})).status_code == 200, others
    for naming in ("*", f"W/{etag}", f'"a,b", {etag}', f' "a" ,{etag}'):
        assert (await client.get(path, headers={"if-none-match": naming})).status_code == 304, naming


async def test_the_product_report_follows_every_write(client: Api) -> None:
    assert await totals(client) == (0, 0, 0)
    category = (await client.category())["id"]
    first = await client.product(category, price=1, stock_quantity=3)
    assert await totals(client) == (1, 3, 1)
    second = await client.product(category, price=2.01, stock_quantity=4)
    assert await totals(client) == (2, 7, Decimal("1.51"))
    body = {"name": "x", "price": 4.01, "category_id": category, "stock_quantity": 1}
    await client.put(f"{PATH}/{second['id']}", json=body)
    assert await totals(client) == (2, 4, Decimal("2.51"))
    await client.delete(f"{PATH}/{first['id']}")
    assert await totals(client) == (1, 1, Decimal("4.01"))
    await client.delete(f"{PATH}/{second['id']}")
    assert await totals(client) == (0, 0, 0)


async def test_a_write_that_fails_changes_no_total(client: Api) -> None:
    product = await client.product(price=1, stock_quantity=3)
    await client.put(f"{PATH}/{product['id']}", json={"name": "x", "price": 9, "category_id": UNKNOWN})
    await client.post(PATH, json={"name": "x", "price": 9, "category_id": UNKNOWN})
    await client.delete(f"{PATH}/{UNKNOWN}")
    assert await totals(client) == (1, 3, 1)
    assert meta(await client.get(PATH))["total"] == 1


async def test_concurrent_puts_leave_totals_that_agree_with_the_product(client: Api) -> None:
    product = await client.product(price=1, stock_quantity=1)
    path = f"{PATH}/{product['id']}"
    base = {"name": "x", "category_id": product["category"]["id"]}
    responses = await asyncio.gather(
        *(client.put(path, json={**base, "price": n, "stock_quantity": n}) for n in range(1, 21))
    )
    assert {response.status_code for response in responses} == {200}
    final = data(await client.get(path))
    assert await totals(client) == (1, final["stock_quantity"], final["price"])


async def test_a_deleted_product_is_gone_although_it_was_cached(client: Api) -> None:
    path = f"{PATH}/{(await client.product())['id']}"
    await client.get(path)
    assert (await client.delete(path)).status_code == 200
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404


async def test_a_product_that_orders_name_cannot_be_deleted(client: Api) -> None:
    customer, product = await client.customer(), await client.product(stock_quantity=5)
    items = [{"product_id": product["id"], "quantity": 2}]
    order = await client.made("/orders", customer_id=customer["id"], items=items)
    path = f"{PATH}/{product['id']}"
    response = await client.delete(path)
    assert (response.status_code, error(response)["code"]) == (409, "PRODUCT_IN_USE")
    assert data(await client.get(path))["total_sold"] == 2
    await client.delete(f"/api/v1/orders/{order['id']}")
    assert data(await client.get(path))["total_sold"] == 0
    assert (await client.delete(path)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_product_is_404(client: Api, method: str) -> None:
    category = await client.category()
    body = {"name": "x", "price": 1, "category_id": category["id"]} if method == "PUT" else None
    response = await client.request(method, f"{PATH}/{UNKNOWN}", json=body)
    assert response.status_code == 404
    assert error(response)["details"] == [{"resource": "product", "id": UNKNOWN}]


async def test_the_trigrams_of_a_name_are_written_changed_and_deleted_with_it(
    client: Api, database: Database
) -> None:
    category = await client.category()
    product = await client.product(category["id"], name="Oak desk lamp")
    path = f"{PATH}/{product['id']}"
    assert await wrong_trigrams(database) == []
    for body in ({"name": "Oak desk Lamp"}, {"name": "Öak desk lamp "}, {"name": "x"}, {"name": "Aaaaaaaa"}):
        await client.patch(path, json=body, headers={"Content-Type": "application/merge-patch+json"})
        assert await wrong_trigrams(database) == []
        assert await column(database, "SELECT DISTINCT name FROM product_trigrams") in ([body["name"]], [])
    before = await column(database, "SELECT COUNT(*) FROM product_trigrams")
    assert before == [1]
    await client.patch(path, json={"price": 2}, headers={"Content-Type": "application/merge-patch+json"})
    assert await wrong_trigrams(database) == []
    assert (
        await client.put(path, json={"name": "Pine", "price": 1, "category_id": category["id"]})
    ).is_success
    assert await wrong_trigrams(database) == []
    assert (await client.delete(path)).is_success
    assert await column(database, "SELECT COUNT(*) FROM product_trigrams") == [0]
