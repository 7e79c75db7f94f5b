"""Random writers at once, over two applications on the same stores: no change is lost, and every sum is exact.

Each writer is a task of its own with random numbers of its own, and does a fixed number of operations. Its answers are
counted, and compared at the end with what the applications and the tables show.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
import pytest
from litestar import Litestar

from product_dashboard.app import create_app
from product_dashboard.resources import Resources
from product_dashboard.settings import load_settings
from tests.api_client import Api, running
from tests.shop import Shop, data_of, error_of

APPS = 2
WRITERS = 10
OPERATIONS = 20
PRODUCTS = 4
INITIAL_STOCK = 60
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
async def apps(create_database: Callable[[], str], redis_url: str) -> AsyncIterator[list[Litestar]]:
    database = create_database()
    settings = load_settings(
        {
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "DB_POOL_SIZE": "8",
            "DB_ACQUIRE_TIMEOUT": "30",  # a slow machine must not end a write whose outcome the test has to know
            "LOG_REQUESTS": "false",
        }
    )
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(create_app(settings))) for _ in range(APPS)]


@pytest.fixture
async def shops(apps: list[Litestar]) -> AsyncIterator[list[Shop]]:
    async with AsyncExitStack() as stack:
        yield [Shop(await stack.enter_async_context(Api(app)), _resources(app).database) for app in apps]


def _resources(app: Litestar) -> Resources:
    found: Resources = app.state["resources"]
    return found


@dataclass
class World:
    """The rows that the writers share, and the answers that they got."""

    category: Any
    products: list[Any]
    customers: list[Any]
    orders: list[str] = field(default_factory=list[str])
    deltas: Counter[str] = field(default_factory=Counter[str])
    movements: Counter[str] = field(default_factory=Counter[str])
    raised: Counter[str] = field(default_factory=Counter[str])
    renamed: int = 0
    statuses: Counter[str] = field(default_factory=Counter[str])

    def expect(self, operation: str, answer: httpx.Response, *statuses: int) -> bool:
        """Count the answer, which must have one of the statuses. Returns True if it is a success.

        On a slow machine a row may be locked for too long: BUSY says that nothing was done, which the sums then prove.
        """
        self.statuses[f"{operation} {answer.status_code}"] += 1
        if answer.status_code == 503:
            error_of(answer, 503, "BUSY")
            return False
        assert answer.status_code in statuses, f"{operation}: {answer.status_code} {answer.text}"
        return answer.is_success


@dataclass(frozen=True)
class Writer:
    shop: Shop
    world: World
    rng: random.Random

    async def work(self) -> None:
        operations = (
            self.buy,
            self.buy,
            self.buy,
            self.cancel,
            self.replace,
            self.reprice,
            self.move,
            self.rename,
        )
        for _ in range(OPERATIONS):
            await self.rng.choice(operations)()

    async def buy(self) -> None:
        some = self.rng.sample(self.world.products, self.rng.randint(1, 3))
        lines = [(product, self.rng.randint(1, 4)) for product in some]
        answer = await self.shop.try_order(self.rng.choice(self.world.customers), *lines)
        if self.world.expect("buy", answer, 201, 409):
            self.world.orders.append(data_of(answer, 201)["id"])

    async def cancel(self) -> None:
        if self.world.orders:
            order = self.rng.choice(self.world.orders)
            answer = await self.shop.client.delete(f"/api/v1/orders/{order}")
            if self.world.expect("cancel", answer, 200, 404):
                self.world.orders.remove(order)

    async def replace(self) -> None:
        """Raise the price by a cent with a PUT of everything that was read, the stock too."""
        await self._raise_price("PUT")

    async def reprice(self) -> None:
        """Raise the price by a cent with a PATCH of the price that was read."""
        await self._raise_price("PATCH")

    async def _raise_price(self, method: str) -> None:
        id_ = self.rng.choice(self.world.products)["id"]
        path = f"/api/v1/products/{id_}"
        done = False
        while not done:
            read = await self.shop.client.get(path)
            product = data_of(read, 200)
            await asyncio.sleep(self.rng.uniform(0, 0.01))
            body = {"price": product["price"] + CENT}
            if method == "PUT":
                kept = ("name", "description", "stock_quantity", "is_active")
                body |= {name: product[name] for name in kept} | {"category_id": product["category"]["id"]}
            answer = await self.shop.send(method, path, body, {"if-match": read.headers["etag"]})
            done = self.world.expect(method, answer, 200, 412)
        self.world.raised[id_] += 1

    async def move(self) -> None:
        id_ = self.rng.choice(self.world.products)["id"]
        delta = self.rng.choice((-5, -2, -1, 1, 2, 4))
        path = f"/api/v1/products/{id_}/stock"
        answer = await self.shop.client.post(path, json={"delta": delta, "reason": "Counted"})
        if self.world.expect("move", answer, 201, 409):
            self.world.deltas[id_] += delta
            self.world.movements[id_] += 1
            assert data_of(answer, 201)["stock_after"] >= 0

    async def rename(self) -> None:
        """Count up in the name of the category, which every product and every order shows."""
        path = f"/api/v1/categories/{self.world.category['id']}"
        read = await self.shop.client.get(path)
        body = {"name": str(int(data_of(read, 200)["name"]) + 1)}
        answer = await self.shop.client.patch(path, json=body, headers={"if-match": read.headers["etag"]})
        if self.world.expect("rename", answer, 200, 412):
            self.world.renamed += 1


async def opened(shop: Shop) -> World:
    category = await shop.category("0")
    made = [await shop.product("10.00", INITIAL_STOCK, category_id=category["id"]) for _ in range(PRODUCTS)]
    return World(category, made, [await shop.customer() for _ in range(3)])


@pytest.mark.parametrize("seed", range(4))
async def test_no_change_is_lost_nothing_is_oversold_and_every_sum_is_exact(
    shops: list[Shop], seed: int
) -> None:
    world = await opened(shops[0])
    writers = [
        Writer(shops[number % APPS], world, random.Random(seed * 1000 + number)) for number in range(WRITERS)
    ]
    async with asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(writer.work())

    for operation in ("buy 201", "cancel 200", "PUT 200", "PATCH 200", "move 201", "rename 200"):
        assert world.statuses[operation] > 0, world.statuses
    assert world.statuses["PUT 412"] + world.statuses["PATCH 412"] > 0, world.statuses
    for shop in shops:
        await assert_exact(shop, world)
    await shops[0].assert_summaries_are_true()


async def assert_exact(shop: Shop, world: World) -> None:
    """Compare what the answers said with what this application shows."""
    sold: Counter[str] = Counter()
    for id_ in world.orders:
        for item in (await shop.get(f"/orders/{id_}"))["items"]:
            sold[item["product_id"]] += item["quantity"]
            assert item["category_name"] == str(world.renamed)
    for product in world.products:
        id_ = product["id"]
        now = await shop.get(f"/products/{id_}")
        assert now["stock_quantity"] >= 0
        assert now["total_sold"] == sold[id_]
        assert now["stock_quantity"] + sold[id_] == INITIAL_STOCK + world.deltas[id_]
        assert now["price"] == Decimal("10.00") + world.raised[id_] * CENT, "a change of the price was lost"
        assert now["category"]["name"] == str(world.renamed), "a name of the category was lost"
        await assert_the_changes_add_up(shop, id_, world)


async def assert_the_changes_add_up(shop: Shop, product_id: str, world: World) -> None:
    listed = await shop.get(f"/products/{product_id}/stock?page_size=100")
    assert len(listed) == world.movements[product_id]
    assert sum(change["delta"] for change in listed) == world.deltas[product_id]
