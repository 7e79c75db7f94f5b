"""GET /orders and GET /orders/{id}: pages, cursors, and details that are never out of date."""

from typing import Any

import pytest

from tests.shop import Shop, body_of, data_of, error_of


async def orders_of(shop: Shop, number: int) -> list[Any]:
    """Ids of so many orders, newest first."""
    customer, lamp = await shop.customer(), await shop.product(stock=number)
    placed = [await shop.order(customer, (lamp, 1)) for _ in range(number)]
    return [order["id"] for order in reversed(placed)]


async def test_pages_of_orders_are_newest_first_with_a_total(shop: Shop) -> None:
    ids = await orders_of(shop, 5)
    answer = await shop.client.get("/api/v1/orders", params={"page": 2, "page_size": 2})
    assert [order["id"] for order in data_of(answer, 200)] == ids[2:4]
    meta = body_of(answer)["meta"]
    assert {key: meta[key] for key in ("total", "totalPages", "page", "pageSize")} == {
        "total": 5,
        "totalPages": 3,
        "page": 2,
        "pageSize": 2,
    }


async def test_a_listed_order_is_the_same_as_its_detail(shop: Shop) -> None:
    customer = await shop.customer()
    await shop.order(customer, (await shop.product(), 2), (await shop.product(), 1))
    (listed,) = await shop.get("/orders")
    assert listed == await shop.get(f"/orders/{listed['id']}")


async def test_an_order_without_items_has_an_empty_list_of_them(shop: Shop) -> None:
    order = await shop.order(await shop.customer(), (await shop.product(), 1))
    await shop.rows("DELETE FROM order_items")
    assert (await shop.get(f"/orders/{order['id']}"))["items"] == []
    assert (await shop.get("/orders"))[0]["items"] == []


async def test_without_orders_and_past_the_end_a_page_is_an_empty_list(shop: Shop) -> None:
    answer = await shop.client.get("/api/v1/orders")
    assert data_of(answer, 200) == []
    assert (body_of(answer)["meta"]["total"], body_of(answer)["meta"]["totalPages"]) == (0, 0)
    await orders_of(shop, 1)
    answer = await shop.client.get("/api/v1/orders", params={"page": 9})
    assert data_of(answer, 200) == []
    assert body_of(answer)["meta"]["total"] == 1


async def test_a_walk_by_cursor_meets_every_order_once_while_others_are_placed(shop: Shop) -> None:
    ids = await orders_of(shop, 7)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"page_size": "3"} | ({"cursor": cursor} if cursor else {})
        answer = await shop.client.get("/api/v1/orders", params=params)
        seen += [order["id"] for order in data_of(answer, 200)]
        cursor = body_of(answer)["meta"]["next_cursor"]
        if cursor is None:
            break
        await orders_of(shop, 1)
    assert seen == ids


async def test_a_walk_by_cursor_goes_on_when_the_order_it_stands_on_is_deleted(shop: Shop) -> None:
    ids = await orders_of(shop, 4)
    first = await shop.client.get("/api/v1/orders", params={"page_size": 2})
    await shop.client.delete(f"/api/v1/orders/{ids[1]}")
    rest = await shop.client.get("/api/v1/orders", params={"cursor": body_of(first)["meta"]["next_cursor"]})
    assert [order["id"] for order in data_of(rest, 200)] == ids[2:]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("page=0", ["page"]),
        ("page=-1&page_size=0", ["page", "page_size"]),
        ("page=x&page_size=101", ["page", "page_size"]),
        ("cursor=AAAA", ["cursor"]),
    ],
)
async def test_every_bad_query_value_is_named(query: str, fields: list[str], shop: Shop) -> None:
    error = error_of(await shop.client.get(f"/api/v1/orders?{query}"), 400, "VALIDATION_ERROR")
    assert [detail["field"] for detail in error["details"]] == fields


async def test_the_detail_comes_from_the_cache_with_an_etag(shop: Shop) -> None:
    order = await shop.order(await shop.customer(), (await shop.product(), 1))
    path = f"/api/v1/orders/{order['id']}"
    miss, hit = await shop.client.get(path), await shop.client.get(path)
    assert [answer.headers["x-cache"] for answer in (miss, hit)] == ["MISS", "HIT"]
    assert miss.content == hit.content
    unchanged = await shop.client.get(path, headers={"if-none-match": hit.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_the_detail_shows_new_names_at_once(shop: Shop) -> None:
    category, customer = await shop.category("Old category"), await shop.customer("Old customer")
    lamp = await shop.product(name="Old product", category_id=category["id"])
    order = await shop.order(customer, (lamp, 1))
    path = f"/orders/{order['id']}"

    async def names() -> list[str]:
        read = [await shop.get(path) for _ in range(2)]
        assert read[0] == read[1]
        (item,) = read[1]["items"]
        return [read[1]["customer_name"], item["product_name"], item["category_name"]]

    assert await names() == ["Old customer", "Old product", "Old category"]
    await shop.client.put(f"/api/v1/categories/{category['id']}", json={"name": "New category"})
    assert await names() == ["Old customer", "Old product", "New category"]
    await shop.replace_product(lamp, name="New product")
    assert await names() == ["Old customer", "New product", "New category"]
    renamed = {"name": "New customer", "email": customer["email"]}
    await shop.client.put(f"/api/v1/customers/{customer['id']}", json=renamed)
    assert await names() == ["New customer", "New product", "New category"]
