"""The list of products: filters, orders, pages and cursors, against a model in Python."""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from litestar import Litestar

from tests.api_client import Api, bad_fields, data, error, meta

PATH = "/api/v1/products"

Product = dict[str, Any]

SORTS: dict[str, tuple[Callable[[Product], Any], bool]] = {
    "name_asc": (lambda p: (p["name"], p["id"]), False),
    "name_desc": (lambda p: (p["name"], p["id"]), True),
    "price_asc": (lambda p: (p["price"], p["id"]), False),
    "price_desc": (lambda p: (p["price"], p["id"]), True),
    "stock_asc": (lambda p: (p["stock_quantity"], p["id"]), False),
    "stock_desc": (lambda p: (p["stock_quantity"], p["id"]), True),
    "sold_desc": (lambda p: (p["total_sold"], p["id"]), True),
    "newest": (lambda p: p["id"], True),
    "oldest": (lambda p: p["id"], False),
}


@pytest.fixture
async def products(client: Api) -> list[Product]:
    """24 products in two categories, with many equal names, prices, stocks and sales."""
    categories = [(await client.category(name))["id"] for name in ("Lamps", "Chairs")]
    made = [
        await client.product(
            categories[n % 2],
            name=f"item {n * 7 % 5}",
            price=round(1 + n * 5 % 4 * 0.5, 2),
            stock_quantity=n % 3,
        )
        for n in range(24)
    ]
    customer = await client.customer()
    for product in made:
        if product["stock_quantity"]:
            items = [{"product_id": product["id"], "quantity": 1}]
            await client.made("/orders", customer_id=customer["id"], items=items)
    return [data(await client.get(f"{PATH}/{product['id']}")) for product in made]


def expected(products: list[Product], sort: str, keep: Callable[[Product], bool] = bool) -> list[Product]:
    key, descending = SORTS[sort]
    return sorted(filter(keep, products), key=key, reverse=descending)


async def walk(client: Api, **params: Any) -> list[Product]:
    """All pages, each by the cursor of the one before."""
    found: list[Product] = []
    while True:
        response = await client.get(PATH, params=params)
        found += data(response)
        cursor = meta(response)["next_cursor"]
        if cursor is None:
            return found
        params["cursor"] = cursor


async def test_every_order_is_the_same_by_page_and_by_cursor(client: Api, products: list[Product]) -> None:
    for sort in SORTS:
        in_order = expected(products, sort)
        pages: list[Product] = []
        for page in range(1, 6):
            pages += data(await client.get(PATH, params={"sort": sort, "page": page, "page_size": 5}))
        assert pages == in_order, sort
        assert await walk(client, sort=sort, page_size=7) == in_order, sort


async def test_the_default_is_ten_by_name(client: Api, products: list[Product]) -> None:
    response = await client.get(PATH)
    assert data(response) == expected(products, "name_asc")[:10]
    assert {**meta(response), "next_cursor": None} == {
        "total": 24,
        "totalPages": 3,
        "page": 1,
        "pageSize": 10,
        "next_cursor": None,
    }


FILTERS: list[tuple[dict[str, Any], Callable[[Product], bool]]] = [
    ({"name": "ITEM 2"}, lambda p: p["name"] == "item 2"),
    ({"name": "m 3"}, lambda p: p["name"] == "item 3"),
    ({"min_price": "1.5"}, lambda p: p["price"] >= Decimal("1.5")),
    ({"max_price": "1.50"}, lambda p: p["price"] <= Decimal("1.5")),
    ({"min_price": "1.5", "max_price": "2"}, lambda p: Decimal("1.5") <= p["price"] <= 2),
    ({"min_stock": 1}, lambda p: p["stock_quantity"] >= 1),
    ({"max_stock": 0}, lambda p: p["stock_quantity"] <= 0),
    ({"min_stock": 1, "max_stock": 1}, lambda p: p["stock_quantity"] == 1),
    ({"name": "nothing like it"}, lambda _: False),
]


@pytest.mark.parametrize(("params", "keep"), FILTERS)
async def test_filters_keep_what_they_say_and_the_total_agrees(
    client: Api, products: list[Product], params: dict[str, Any], keep: Callable[[Product], bool]
) -> None:
    in_order = expected(products, "price_asc", keep)
    assert await walk(client, sort="price_asc", page_size=3, **params) == in_order
    response = await client.get(PATH, params={"sort": "price_asc", "page_size": 3, **params})
    assert data(response) == in_order[:3]
    assert meta(response)["total"] == len(in_order)


async def test_a_category_keeps_its_products_alone(client: Api, products: list[Product]) -> None:
    category = products[0]["category"]["id"]
    in_order = expected(products, "newest", lambda p: p["category"]["id"] == category)
    assert await walk(client, sort="newest", category_id=category, page_size=5) == in_order
    assert len(in_order) == 12


async def test_an_unknown_category_has_no_products(client: Api, products: list[Product]) -> None:
    response = await client.get(PATH, params={"category_id": products[0]["id"]})
    assert data(response) == []
    assert meta(response)["total"] == 0


async def test_a_filter_without_a_value_does_not_filter(client: Api, products: list[Product]) -> None:
    response = await client.get(f"{PATH}?name=&category_id=&min_price=&sort=&page=")
    assert meta(response)["total"] == len(products)


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "'; DROP TABLE products; --"])
async def test_a_name_is_searched_as_it_is_written(client: Api, text: str) -> None:
    category = (await client.category())["id"]
    for name in (text, "100 percent", "axb", "backslash"):
        await client.product(category, name=name)
    assert [product["name"] for product in data(await client.get(PATH, params={"name": text}))] == [text]


async def test_a_cursor_skips_and_repeats_nothing_while_products_come_and_go(
    client: Api, products: list[Product]
) -> None:
    category = products[0]["category"]["id"]
    params: dict[str, Any] = {"sort": "name_asc", "page_size": 4}
    seen: list[str] = []
    while True:
        response = await client.get(PATH, params=params)
        seen += [product["id"] for product in data(response)]
        if meta(response)["next_cursor"] is None:
            break
        params["cursor"] = meta(response)["next_cursor"]
        await client.product(category, name="a before all")
    assert seen == [product["id"] for product in expected(products, "name_asc")]


async def test_a_cursor_of_another_order_is_refused(client: Api, products: list[Product]) -> None:
    assert products
    cursor = meta(await client.get(PATH, params={"sort": "newest"}))["next_cursor"]
    response = await client.get(PATH, params={"sort": "oldest", "cursor": cursor})
    assert bad_fields(response) == ["cursor"]
    assert error(response)["details"][0]["message"] == "belongs to another sort than oldest"


@pytest.mark.parametrize("cursor", ["x", "!!!", "eyJvcmRlciI6Im5ld2VzdCJ9", "bm90IGpzb24", "ü", "x" * 2001])
async def test_a_cursor_that_is_not_ours_is_refused(client: Api, cursor: str) -> None:
    assert bad_fields(await client.get(PATH, params={"sort": "newest", "cursor": cursor})) == ["cursor"]


@pytest.mark.parametrize(
    ("sort", "field", "value"),
    [
        ("stock_asc", "stock_quantity", "1" + "0" * 30),
        ("stock_desc", "stock_quantity", "-9223372036854775809"),
        ("sold_desc", "total_sold", "9223372036854775808"),
        ("price_asc", "price", "1e99999999999999999999"),
        ("price_asc", "price", '"NaN"'),
        ("price_desc", "price", '"1e400"'),
        ("newest", "created_at", '"2026-01-01T00:00:00"'),
        ("oldest", "created_at", '"0001-01-01T00:00:00+23:00"'),
        ("newest", "created_at", '"9999-12-31T23:59:59-12:00"'),
    ],
)
async def test_a_cursor_that_somebody_made_up_is_refused_before_it_is_asked_for(
    client: Api, sort: str, field: str, value: str
) -> None:
    text = f'{{"order":"{sort}","{field}":{value},"id":"01941f29-7c00-7000-90a3-8ed2fc1b94be"}}'
    cursor = base64.urlsafe_b64encode(text.encode()).decode()
    assert bad_fields(await client.get(PATH, params={"sort": sort, "cursor": cursor})) == ["cursor"]


async def test_the_cursor_of_the_longest_name_is_taken_back(client: Api) -> None:
    category = (await client.category())["id"]
    names = ["\x01" * 199 + letter for letter in "abc"]
    for name in names:
        await client.product(category, name=name)
    first = await client.get(PATH, params={"page_size": 1})
    second = await client.get(PATH, params={"page_size": 2, "cursor": meta(first)["next_cursor"]})
    assert [product["name"] for product in data(first) + data(second)] == names


async def test_a_cursor_and_a_page_together_are_refused(client: Api, products: list[Product]) -> None:
    assert products
    cursor = meta(await client.get(PATH))["next_cursor"]
    assert bad_fields(await client.get(PATH, params={"page": 2, "cursor": cursor})) == ["cursor"]


async def test_every_bad_parameter_is_named_at_once(client: Api) -> None:
    response = await client.get(
        f"{PATH}?page=0&page_size=101&category_id=1&min_price=-1&max_price=1.005&min_stock=x&max_stock=1.5&sort=random"
        "&name=a&name=b"
    )
    prices = ["min_price", "max_price"]
    stocks = ["min_stock", "max_stock"]
    named = ["page", "page_size", "category_id", *prices, *stocks, "sort", "name"]
    assert sorted(bad_fields(response)) == sorted(named)


async def test_parameters_that_nobody_knows_change_nothing(client: Api, products: list[Product]) -> None:
    plain = await client.get(PATH)
    assert (
        await client.get(f"{PATH}?_=1763834400&utm_source=letter&{'x' * 5000}=1")
    ).content == plain.content


@pytest.mark.parametrize("page", ["0", "-1", "1.0", "1e2", "+1", " 1", "٣", "x", "1000001", "9" * 30])
async def test_a_page_that_is_none_is_refused(client: Api, page: str) -> None:
    assert bad_fields(await client.get(PATH, params={"page": page})) == ["page"]


@pytest.mark.parametrize("size", ["0", "101", "-5", "ten"])
async def test_a_page_size_beyond_its_bounds_is_refused(client: Api, size: str) -> None:
    assert bad_fields(await client.get(PATH, params={"page_size": size})) == ["page_size"]


async def test_bounds_that_exclude_everything_are_named(client: Api) -> None:
    params = {"min_price": 2, "max_price": 1, "min_stock": 5, "max_stock": 4}
    response = await client.get(PATH, params=params)
    assert bad_fields(response) == ["min_price", "min_stock"]
    assert error(response)["details"][0]["message"] == "must not be above max_price (1.00)"


async def test_a_page_far_past_the_end_is_empty(client: Api, products: list[Product]) -> None:
    response = await client.get(PATH, params={"page": 1_000_000, "page_size": 100})
    assert data(response) == []
    assert meta(response)["total"] == len(products)


async def test_the_list_is_read_with_one_connection(app: Litestar, client: Api) -> None:
    """A handler that takes a second connection while it holds one could block the pool forever."""
    pool = app.state["resources"].database.pool
    most = 0
    acquire = pool.acquire

    async def counting() -> Any:
        nonlocal most
        connection = await acquire()
        most = max(most, pool.taken)
        return connection

    pool.acquire = counting
    try:
        await client.get(PATH)
        await client.get(PATH, params={"name": "x"})
    finally:
        del pool.acquire
    assert most == 1
