"""POST /products/{id}/stock moves the stock by a difference, and keeps the reason."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from product_dashboard.web.fields import MAX_STOCK
from tests.shop import Shop, body_of, data_of, error_of

UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


async def move(shop: Shop, product: Any, delta: int, reason: str = "Counted") -> httpx.Response:
    path = f"/api/v1/products/{product['id']}/stock"
    return await shop.client.post(path, json={"delta": delta, "reason": reason})


async def test_the_stock_moves_by_the_difference_and_the_change_can_be_read(shop: Shop) -> None:
    product = await shop.product(stock=10)
    answer = await move(shop, product, -3, "Broken")
    change = data_of(answer, 201)
    assert (change["delta"], change["reason"], change["stock_after"]) == (-3, "Broken", 7)
    assert answer.headers["location"] == f"/api/v1/products/{product['id']}/stock/{change['id']}"
    read = await shop.client.get(answer.headers["location"])
    assert (data_of(read, 200), read.headers["etag"]) == (change, answer.headers["etag"])
    assert await shop.get(f"/products/{product['id']}") == {**product, "stock_quantity": 7}
    await shop.assert_summaries_are_true()


async def test_a_change_is_seen_at_once_in_the_product_and_in_the_report(shop: Shop) -> None:
    product = await shop.product(stock=10)
    for stock in range(11, 15):
        for path in (f"/products/{product['id']}", "/dashboard/products"):
            await shop.get(path)
            assert (await shop.client.get(f"/api/v1{path}")).headers["x-cache"] == "HIT"
        data_of(await move(shop, product, 1), 201)
        assert (await shop.get(f"/products/{product['id']}"))["stock_quantity"] == stock
        report = await shop.get("/dashboard/products")
        assert report["total_stock"] == report["recent_products"][0]["stock_quantity"] == stock


@pytest.mark.parametrize(
    ("stock", "delta", "code", "detail"),
    [
        (10, -11, "INSUFFICIENT_STOCK", {"requested": 11, "available": 10}),
        (MAX_STOCK, 1, "STOCK_LIMIT", {"added": 1, "stock_quantity": MAX_STOCK}),
        (1, MAX_STOCK, "STOCK_LIMIT", {"added": MAX_STOCK, "stock_quantity": 1}),
        (0, -MAX_STOCK, "INSUFFICIENT_STOCK", {"requested": MAX_STOCK, "available": 0}),
    ],
)
async def test_the_stock_stays_within_its_limits_and_a_refusal_changes_and_invalidates_nothing(
    shop: Shop, stock: int, delta: int, code: str, detail: dict[str, int]
) -> None:
    product = await shop.product(stock=stock)
    paths = [f"/api/v1/products/{product['id']}", "/api/v1/dashboard/products"]
    for path in paths:
        await shop.client.get(path)
    error = error_of(await move(shop, product, delta), 409, code)
    named = {"product_id": product["id"], "product_name": product["name"]}
    assert error["details"] == [{**named, **detail}]
    for path in paths:
        assert (await shop.client.get(path)).headers["x-cache"] == "HIT"
    assert await shop.get(f"/products/{product['id']}/stock") == []
    await shop.assert_summaries_are_true()


async def test_the_limits_themselves_are_reached(shop: Shop) -> None:
    product = await shop.product(stock=0)
    assert data_of(await move(shop, product, MAX_STOCK), 201)["stock_after"] == MAX_STOCK
    assert data_of(await move(shop, product, -MAX_STOCK), 201)["stock_after"] == 0


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["delta", "reason"]),
        ({"delta": 0, "reason": "x"}, ["delta"]),
        ({"delta": 1.5, "reason": ""}, ["delta", "reason"]),
        ({"delta": MAX_STOCK + 1, "reason": "x" * 201}, ["delta", "reason"]),
        ({"delta": "1", "reason": "  "}, ["delta", "reason"]),
        ({"delta": 1, "reason": "\u200b"}, ["reason"]),
    ],
)
async def test_a_bad_body_names_every_bad_field(shop: Shop, body: dict[str, Any], fields: list[str]) -> None:
    product = await shop.product()
    answer = await shop.client.post(f"/api/v1/products/{product['id']}/stock", json=body)
    error = error_of(answer, 400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in error["details"]] == fields


async def test_changes_are_listed_newest_first_by_page_and_by_cursor(shop: Shop) -> None:
    product, other = await shop.product(stock=0), await shop.product(stock=5)
    changes = [data_of(await move(shop, product, number), 201) for number in range(1, 8)][::-1]
    foreign = data_of(await move(shop, other, -5), 201)
    path = f"/api/v1/products/{product['id']}/stock"
    first = body_of(await shop.client.get(path, params={"page_size": 3}))
    assert first["data"] == changes[:3]
    assert (first["meta"]["total"], first["meta"]["totalPages"]) == (7, 3)
    by_page = body_of(await shop.client.get(path, params={"page_size": 3, "page": 2}))
    query = {"page_size": 3, "cursor": first["meta"]["next_cursor"]}
    by_cursor = body_of(await shop.client.get(path, params=query))
    assert by_page["data"] == by_cursor["data"] == changes[3:6]
    assert await shop.get(f"/products/{other['id']}/stock") == [foreign]
    error_of(await shop.client.get(f"{path}/{foreign['id']}"), 404, "NOT_FOUND")
    assert [each["stock_after"] for each in changes[::-1]] == [1, 3, 6, 10, 15, 21, 28]


async def test_an_unknown_product_has_no_stock_to_move_and_no_list(shop: Shop) -> None:
    error_of(await move(shop, {"id": UNKNOWN}, 1), 404, "NOT_FOUND")
    error_of(await shop.client.get(f"/api/v1/products/{UNKNOWN}/stock"), 404, "NOT_FOUND")
    product = await shop.product()
    error_of(await shop.client.get(f"/api/v1/products/{product['id']}/stock/{UNKNOWN}"), 404, "NOT_FOUND")
    error_of(await shop.client.get("/api/v1/products/7/stock"), 400, "VALIDATION_ERROR")


async def test_a_product_is_deleted_with_the_changes_of_its_stock(shop: Shop) -> None:
    product = await shop.product(stock=0)
    data_of(await move(shop, product, 4), 201)
    assert (await shop.client.delete(f"/api/v1/products/{product['id']}")).status_code == 200
    assert await shop.rows("SELECT * FROM stock_changes") == []
    await shop.assert_summaries_are_true()


async def test_of_many_who_take_the_last_pieces_exactly_so_many_get_one(shop: Shop) -> None:
    product = await shop.product(stock=20)
    customer = await shop.customer()
    answers = await asyncio.gather(
        *(move(shop, product, -1) for _ in range(30)),
        *(shop.try_order(customer, (product, 1)) for _ in range(30)),
    )
    assert Counter(answer.status_code for answer in answers) == {201: 20, 409: 40}
    assert {each.json()["error"]["code"] for each in answers if each.status_code == 409} == {
        "INSUFFICIENT_STOCK"
    }
    read = await shop.get(f"/products/{product['id']}")
    assert read["stock_quantity"] == 0
    taken = await shop.get(f"/products/{product['id']}/stock?page_size=100")
    assert len(taken) + read["total_sold"] == 20
    await shop.assert_summaries_are_true()
