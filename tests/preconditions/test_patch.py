"""PATCH: what the body names is changed, and nothing else (RFC 7396)."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.api_client import Api, bad_fields, data, error

MERGE_PATCH = "application/merge-patch+json"
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("categories", {"name": "Other"}),
    ("categories", {"description": None}),
    ("categories", {"name": "Other", "description": "Another"}),
    ("customers", {"name": "Other"}),
    ("customers", {"email": "other@example.org"}),
    ("products", {"name": "Other"}),
    ("products", {"price": 2.5}),
    ("products", {"description": None}),
    ("products", {"description": "Another"}),
    ("products", {"stock_quantity": 3}),
    ("products", {"is_active": False}),
    ("products", {"name": "Other", "price": 3, "stock_quantity": 0}),
]


async def made(client: Api, resource: str) -> Any:
    category = await client.category(description="Light")
    if resource == "categories":
        return category
    if resource == "customers":
        return await client.customer()
    return await client.product(category["id"], description="Oak")


@pytest.mark.parametrize(("resource", "changes"), CHANGES)
async def test_only_what_is_named_changes(client: Api, resource: str, changes: dict[str, Any]) -> None:
    before = await made(client, resource)
    path = f"/api/v1/{resource}/{before['id']}"
    await client.get(path)
    answer = await client.patch(path, json=changes)
    assert answer.status_code == 200, answer.text
    assert data(answer) == {**before, **changes}
    assert data(await client.get(path)) == {**before, **changes}


@pytest.mark.parametrize("resource", ["categories", "customers", "products"])
async def test_an_empty_patch_changes_nothing(client: Api, resource: str) -> None:
    before = await made(client, resource)
    path = f"/api/v1/{resource}/{before['id']}"
    etag = (await client.get(path)).headers["etag"]
    for body in ({}, {"unknown": 1}):
        answer = await client.patch(path, json=body)
        assert (answer.status_code, data(answer), answer.headers["etag"]) == (200, before, etag)


async def test_a_product_moves_to_another_category(client: Api) -> None:
    product, other = await client.product(), await client.category("Other")
    path = f"/api/v1/products/{product['id']}"
    answer = await client.patch(path, json={"category_id": other["id"]})
    assert data(answer) == {**product, "category": other}
    refused = await client.patch(path, json={"category_id": product["id"]})
    assert (refused.status_code, error(refused)["code"]) == (422, "UNKNOWN_REFERENCE")
    assert error(refused)["details"][0]["field"] == "category_id"


async def test_a_change_of_the_price_leaves_the_stock_to_the_orders(client: Api) -> None:
    """A PUT with the stock as it was read would give the sold pieces back; a PATCH does not write the stock."""
    product, customer = await client.product(stock_quantity=50), await client.customer()
    path = f"/api/v1/products/{product['id']}"
    order = {
        "customer_id": customer["id"],
        "items": [{"product_id": product["id"], "quantity": 2}],
    }
    answers = await asyncio.gather(
        *(client.patch(path, json={"price": number}) for number in range(1, 11)),
        *(client.post("/api/v1/orders", json=order) for _ in range(10)),
    )
    assert [each.status_code for each in answers] == [200] * 10 + [201] * 10
    after = data(await client.get(path))
    assert (after["stock_quantity"], after["total_sold"]) == (30, 20)
    report = data(await client.get("/api/v1/dashboard/products"))
    assert (report["total_stock"], report["average_price"]) == (30, after["price"])


async def test_the_address_of_a_patch_is_stored_in_small_letters_and_belongs_to_one_customer(
    client: Api,
) -> None:
    await client.customer(email="taken@example.org")
    customer = await client.customer(email="ada@example.org")
    path = f"/api/v1/customers/{customer['id']}"
    assert data(await client.patch(path, json={"email": "ADA.B@Example.org"}))["email"] == "ada.b@example.org"
    refused = await client.patch(path, json={"email": "Taken@example.org"})
    assert (refused.status_code, error(refused)["code"]) == (409, "EMAIL_IN_USE")
    too_long = "\u0130" * 126 + "@b.c"
    assert bad_fields(await client.patch(path, json={"email": too_long})) == ["email"]


@pytest.mark.parametrize(
    ("resource", "body", "fields"),
    [
        ("categories", {"name": None, "description": 1}, ["name", "description"]),
        ("customers", {"name": "", "email": None}, ["name", "email"]),
        (
            "products",
            {"name": None, "price": 0, "category_id": None, "stock_quantity": None, "is_active": None},
            ["name", "price", "category_id", "stock_quantity", "is_active"],
        ),
        ("products", {"price": 1.001, "stock_quantity": 1_000_000_001}, ["price", "stock_quantity"]),
    ],
)
async def test_a_field_that_is_given_obeys_the_rules_of_a_post(
    client: Api, resource: str, body: dict[str, Any], fields: list[str]
) -> None:
    before = await made(client, resource)
    path = f"/api/v1/{resource}/{before['id']}"
    assert bad_fields(await client.patch(path, json=body)) == fields
    assert data(await client.get(path)) == before


async def test_a_name_that_the_collation_takes_for_empty_is_refused(client: Api) -> None:
    before = await made(client, "products")
    answer = await client.patch(f"/api/v1/products/{before['id']}", json={"name": "\u200b"})
    assert bad_fields(answer) == ["name"]


@pytest.mark.parametrize("resource", ["categories", "customers", "products"])
async def test_a_patch_is_json_or_a_merge_patch_and_nothing_else(client: Api, resource: str) -> None:
    before = await made(client, resource)
    path = f"/api/v1/{resource}/{before['id']}"
    for kind in ("application/json", MERGE_PATCH, f"{MERGE_PATCH}; charset=utf-8"):
        answer = await client.patch(path, content=b'{"name": "Other"}', headers={"content-type": kind})
        assert answer.status_code == 200, kind
    for kind in ("application/json-patch+json", "text/plain"):
        answer = await client.patch(path, content=b'{"name": "Third"}', headers={"content-type": kind})
        assert (answer.status_code, error(answer)["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
        assert MERGE_PATCH in error(answer)["message"]
    assert data(await client.get(path)) == {**before, "name": "Other"}


async def test_accept_patch_is_told_where_allow_is(client: Api) -> None:
    path = f"/api/v1/products/{(await client.product())['id']}"
    for answer in (await client.options(path), await client.post(path)):
        assert answer.headers["accept-patch"] == f"application/json, {MERGE_PATCH}"
        assert "PATCH" in answer.headers["allow"]
    assert "accept-patch" not in (await client.patch("/api/v1/products")).headers


async def test_a_price_is_exact(client: Api) -> None:
    path = f"/api/v1/products/{(await client.product())['id']}"
    answer = await client.patch(
        path, content=b'{"price": 8888888888.88}', headers={"content-type": "application/json"}
    )
    assert data(answer)["price"] == Decimal("8888888888.88")


OF_ORDERS = {"top-customers", "sales"}
OF_PRODUCTS = {"report", "categories", "low-stock", "top-products"}


# The change of a field invalidates the answers that show it, and those with the same tags: the report has the tag of
# the pages of products, which show every field. Sales have the tag of orders, as the best customers have.
SHOWN: list[tuple[str, dict[str, Any], set[str]]] = [
    ("categories", {"name": "Other"}, {"product", "order", "categories"}),
    ("customers", {"name": "Other"}, {"order", *OF_ORDERS}),
    ("products", {"name": "Other"}, {"product", "order", *OF_PRODUCTS}),
    ("products", {"price": 77}, {"product", *OF_PRODUCTS}),
    ("products", {"stock_quantity": 77}, {"product", *OF_PRODUCTS}),
    ("products", {"description": "Other"}, {"product", *OF_PRODUCTS}),
    ("products", {"is_active": False}, {"product", *OF_PRODUCTS}),
    ("categories", {}, set()),
    ("customers", {}, set()),
    ("products", {}, set()),
]


@pytest.mark.parametrize(("resource", "changes", "stale"), SHOWN)
async def test_what_shows_a_changed_field_is_loaded_again_and_nothing_else(
    client: Api, resource: str, changes: dict[str, Any], stale: set[str]
) -> None:
    product, customer = await client.product(), await client.customer()
    order = await client.made(
        "/orders", customer_id=customer["id"], items=[{"product_id": product["id"], "quantity": 1}]
    )
    ids = {
        "categories": product["category"]["id"],
        "customers": customer["id"],
        "products": product["id"],
    }
    cached = {
        "product": f"/products/{product['id']}",
        "order": f"/orders/{order['id']}",
        "report": "/dashboard/products",
        **{name: f"/dashboard/{name}" for name in (OF_ORDERS | OF_PRODUCTS) - {"report"}},
    }
    for path in cached.values():
        await client.get(f"/api/v1{path}")
    assert (await client.patch(f"/api/v1/{resource}/{ids[resource]}", json=changes)).status_code == 200
    states = {name: (await client.get(f"/api/v1{path}")).headers["x-cache"] for name, path in cached.items()}
    assert {name for name, state in states.items() if state != "HIT"} == stale
