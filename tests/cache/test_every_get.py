"""Every GET is cached, and after every write it answers like a service without a cache."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from product_dashboard.app import create_app
from product_dashboard.settings import Settings
from tests.api_client import Api, data, meta, running
from tests.waiting import PATIENCE_S

LISTS = ("categories", "products", "customers", "orders")
BASE = "/api/v1"
NOT_COMPARED = {
    "get_overview",  # it consists of two reports that are compared, and has the time that it took
    "get_events",  # it has no end
}
"""Operations whose answers `Clerk.paths` leaves out."""


@pytest.fixture(scope="module")
async def uncached_app(settings: Settings) -> AsyncIterator[Litestar]:
    """The service on the same stores, with the cache switched off for its reads."""
    redis = msgspec.structs.replace(settings.redis, cache_reads=False)
    async with running(create_app(msgspec.structs.replace(settings, redis=redis))) as app:
        yield app


@pytest.fixture
async def plain(uncached_app: Litestar) -> AsyncIterator[Api]:
    async with Api(uncached_app) as api:
        yield api


class Clerk:
    """Writes at random, as clients do: most of its writes change something, some are refused."""

    def __init__(self, client: Api, seed: int) -> None:
        self.client = client
        self.dice = random.Random(seed)
        self.ids: dict[str, list[str]] = {name: [] for name in LISTS}
        self.made = 0
        self.statuses: list[int] = []
        self.stock_changes: list[str] = []

    def pick(self, resource: str) -> str:
        return self.dice.choice(self.ids[resource] or ["019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"])

    def body(self, resource: str) -> dict[str, Any]:
        self.made += 1
        name = f"{self.dice.choice('abc')} {self.made}"
        match resource:
            case "categories":
                return {"name": name, "description": self.dice.choice((None, "new"))}
            case "products":
                price = self.dice.choice((1, 2.5, 30))
                stock = self.dice.randrange(9)
                return {
                    "name": name, "price": price, "stock_quantity": stock, "category_id": self.pick("categories")
                }  # fmt: skip
            case "customers":
                return {"name": name, "email": f"{self.made}@example.org"}
            case _:
                items = [{"product_id": self.pick("products"), "quantity": self.dice.randint(1, 3)}]
                return {"customer_id": self.pick("customers"), "items": items}

    async def open_shop(self) -> None:
        """Make one of each resource, so that a write can refer to them, and a delete can be refused."""
        for resource in LISTS:
            made = await self.client.made(f"/{resource}", **_with_stock(self.body(resource)))
            self.ids[resource].append(made["id"])

    async def write(self) -> None:
        resource = self.dice.choice((*LISTS, "stock"))
        if resource == "stock":
            await self.move_stock()
            return
        method = self.dice.choice(("POST", "POST", "PUT", "PATCH", "DELETE"))
        if method in {"PUT", "PATCH"} and resource == "orders":
            method = "POST"
        path = f"{BASE}/{resource}" if method == "POST" else f"{BASE}/{resource}/{self.pick(resource)}"
        body = None if method == "DELETE" else self.body(resource)
        if body and method == "PATCH":
            field = self.dice.choice(list(body))
            body = {field: body[field]}
        response = await self.client.request(method, path, json=body)
        self.statuses.append(response.status_code)
        if response.status_code == 201:
            self.ids[resource].append(data(response)["id"])

    async def move_stock(self) -> None:
        path = f"/products/{self.pick('products')}/stock"
        change = {"delta": self.dice.choice((-9, -1, 3)), "reason": "counted"}
        response = await self.client.post(BASE + path, json=change)
        self.statuses.append(response.status_code)
        if response.status_code == 201:
            self.stock_changes.append(f"{path}/{data(response)['id']}")

    def paths(self) -> list[str]:
        """Every list in some forms, the detail of something, changes of stock, and the reports."""
        filters = (
            "sort=newest",
            "sort=sold_desc&page_size=3",
            "name=a",
            "min_price=2",
            "max_stock=4",
            "page=2",
        )
        found = [f"/products?{each}" for each in filters]
        found += [f"/products?category_id={self.pick('categories')}"]
        found += [
            f"/{name}{query}"
            for name in LISTS
            for query in ("", "?page_size=2", "?page=2&page_size=2", "?page=90")
        ]
        found += [f"/{name}/{self.pick(name)}" for name in LISTS]
        found += [f"/products/{self.pick('products')}/stock{query}" for query in ("", "?page_size=1")]
        found += self.stock_changes[-2:]
        found += ["/dashboard/products", "/dashboard/top-customers", "/dashboard/sales?days=2"]
        return [*found, "/dashboard/categories", "/dashboard/low-stock?below=4", "/dashboard/top-products"]


def shown(response: httpx.Response) -> Any:
    """The body, without the time at which a report was stored."""
    body = msgspec.json.decode(response.content)
    if isinstance(body["data"], dict):
        body["data"].pop("cached_at", None)
    return body


def operation_id(client: Api, path: str) -> str:
    found = client.contract.operation("GET", path)
    assert found is not None, path
    name: str = found["operationId"]
    return name


@pytest.mark.any_server  # both answers that it compares are read from the same server
@pytest.mark.parametrize("seed", [1, 2])
async def test_after_every_write_each_get_answers_like_a_service_without_a_cache(
    client: Api, plain: Api, seed: int
) -> None:
    clerk = Clerk(client, seed)
    await clerk.open_shop()
    states: list[str] = []
    for _ in range(60):
        await clerk.write()
        for path in clerk.paths():
            cached, truth = await client.get(BASE + path), await plain.get(BASE + path)
            assert shown(cached) == shown(truth), path
            assert cached.status_code == truth.status_code
            states.append(cached.headers.get("x-cache", ""))
    assert {"HIT", "MISS"} <= set(states)
    assert {200, 201, 409} <= set(clerk.statuses)


async def test_every_get_is_compared_with_a_service_without_a_cache(client: Api) -> None:
    clerk = Clerk(client, 1)
    await clerk.open_shop()
    while not clerk.stock_changes:
        await clerk.move_stock()
    compared = {operation_id(client, f"{BASE}{path}") for path in clerk.paths()}
    paths = [path for path, found in client.contract.document["paths"].items() if "get" in found]
    documented = {operation_id(client, path) for path in paths if path.startswith(BASE)}
    assert compared == documented - NOT_COMPARED, "add a new GET to Clerk.paths"


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_is_a_miss_then_a_hit_then_a_304(client: Api, name: str) -> None:
    await Clerk(client, 3).open_shop()
    answers = [await client.get(f"{BASE}/{name}?page_size=1") for _ in range(2)]
    assert [each.headers["x-cache"] for each in answers] == ["MISS", "HIT"]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["etag"] == answers[1].headers["etag"]
    assert answers[1].headers["cache-control"] == "no-cache"
    assert int(answers[1].headers["age"]) >= 0
    etag = answers[0].headers["etag"]
    unchanged = await client.get(f"{BASE}/{name}?page_size=1", headers={"if-none-match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == etag


def _with_stock(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "stock_quantity": 9} if "price" in body else body


async def test_each_filter_order_page_and_cursor_is_an_answer_of_its_own(client: Api) -> None:
    category = (await client.category())["id"]
    for number in range(3):
        await client.product(category, name=f"lamp {number}", price=number + 1)
    first = await client.get(f"{BASE}/products?page_size=1")
    queries = [
        "page_size=1",
        "page_size=2",
        "page=2&page_size=1",
        f"page_size=1&cursor={meta(first)['next_cursor']}",
        "sort=name_desc&page_size=1",
        "page_size=1&min_price=2",
        "page_size=1&max_price=1",
        "page_size=1&name=2",
    ]
    for _ in range(2):
        bodies = [(await client.get(f"{BASE}/products?{query}")).content for query in queries]
        assert len({*bodies}) == len(queries)


async def test_no_list_is_older_than_an_order_that_was_answered(client: Api) -> None:
    """Readers and buyers at the same time: an order that was answered is in every list that is read afterwards."""
    product, customer = await client.product(stock_quantity=1000), await client.customer()
    sold = 0
    stop = False

    async def buy() -> None:
        nonlocal sold
        items = [{"product_id": product["id"], "quantity": 1}]
        await client.made("/orders", customer_id=customer["id"], items=items)
        sold += 1
        await asyncio.sleep(0.01)

    async def watch() -> None:
        while not stop:
            least = sold
            products = await client.get(f"{BASE}/products?sort=sold_desc")
            orders = await client.get(f"{BASE}/orders?page_size=1")
            assert data(products)[0]["total_sold"] >= least
            assert data(products)[0]["stock_quantity"] == 1000 - data(products)[0]["total_sold"]
            assert meta(orders)["total"] >= least

    watchers = [asyncio.create_task(watch()) for _ in range(4)]
    for _ in range(40):
        await buy()
    stop = True
    await asyncio.gather(*watchers)
    # On a busy machine each order may have made the lists stale before they were read again. Now they stay.
    async with asyncio.timeout(PATIENCE_S):
        while (await client.get(f"{BASE}/orders?page_size=1")).headers["x-cache"] != "HIT":
            pass
