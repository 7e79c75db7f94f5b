"""A write that changed nothing leaves everything in the cache: refused, of an unknown id, or the same values again."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api_client import Api, data

UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


@dataclass(frozen=True)
class Warm:
    """A shop whose cached answers are all in the cache, and the bodies that would write its rows again."""

    client: Api
    paths: tuple[str, ...]
    bodies: dict[str, tuple[str, dict[str, Any]]]  # resource -> id, body

    async def states(self) -> set[str]:
        return {(await self.client.get(path)).headers["x-cache"] for path in self.paths}


@pytest.fixture
async def warm(client: Api) -> Warm:
    product, customer = await client.product(description="Bright"), await client.customer()
    order = await client.made(
        "/orders", customer_id=customer["id"], items=[{"product_id": product["id"], "quantity": 1}]
    )
    product = data(await client.get(f"/api/v1/products/{product['id']}"))
    category = product["category"]
    kept = {name: product[name] for name in ("name", "description", "stock_quantity", "is_active")}
    shop = Warm(
        client,
        (
            f"/api/v1/products/{product['id']}",
            f"/api/v1/orders/{order['id']}",
            "/api/v1/dashboard/products",
            "/api/v1/dashboard/top-customers",
            "/api/v1/dashboard/sales",
            "/api/v1/dashboard/categories",
            "/api/v1/dashboard/low-stock",
            "/api/v1/dashboard/top-products",
        ),
        {
            "categories": (
                category["id"],
                {"name": category["name"], "description": category["description"]},
            ),
            "products": (
                product["id"],
                {**kept, "category_id": category["id"], "price": float(product["price"])},
            ),
            "customers": (customer["id"], {"name": customer["name"], "email": customer["email"]}),
        },
    )
    await shop.states()
    assert await shop.states() == {"HIT"}
    return shop


@pytest.mark.parametrize("resource", ["categories", "products", "customers"])
async def test_the_same_values_again_invalidate_nothing(warm: Warm, resource: str) -> None:
    id_, body = warm.bodies[resource]
    assert (await warm.client.put(f"/api/v1/{resource}/{id_}", json=body)).status_code == 200
    assert await warm.states() == {"HIT"}


@pytest.mark.parametrize("resource", ["categories", "products", "customers"])
async def test_another_value_invalidates_what_shows_it(warm: Warm, resource: str) -> None:
    id_, body = warm.bodies[resource]
    answer = await warm.client.put(f"/api/v1/{resource}/{id_}", json={**body, "name": "Another name"})
    assert answer.status_code == 200
    assert "MISS" in await warm.states()


@pytest.mark.parametrize("resource", ["categories", "products", "customers"])
async def test_a_put_of_an_unknown_id_invalidates_nothing(warm: Warm, resource: str) -> None:
    _, body = warm.bodies[resource]
    assert (await warm.client.put(f"/api/v1/{resource}/{UNKNOWN}", json=body)).status_code == 404
    assert await warm.states() == {"HIT"}


@pytest.mark.parametrize("resource", ["categories", "products", "customers", "orders"])
async def test_a_delete_of_an_unknown_id_invalidates_nothing(warm: Warm, resource: str) -> None:
    assert (await warm.client.delete(f"/api/v1/{resource}/{UNKNOWN}")).status_code == 404
    assert await warm.states() == {"HIT"}


@pytest.mark.parametrize("resource", ["categories", "products", "customers"])
async def test_a_delete_that_is_refused_invalidates_nothing(warm: Warm, resource: str) -> None:
    id_, _ = warm.bodies[resource]
    assert (await warm.client.delete(f"/api/v1/{resource}/{id_}")).status_code == 409
    assert await warm.states() == {"HIT"}


async def test_an_order_that_is_refused_invalidates_nothing(warm: Warm) -> None:
    items = [{"product_id": warm.bodies["products"][0], "quantity": 1000}]
    order = {"customer_id": warm.bodies["customers"][0], "items": items}
    assert (await warm.client.post("/api/v1/orders", json=order)).status_code == 409
    assert await warm.states() == {"HIT"}
