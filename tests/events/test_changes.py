"""Each commit is noticed by the next look, and only commits are changes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from product_dashboard import tags
from product_dashboard.cache import Cache, CacheOptions
from product_dashboard.database import Database
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.epoch_store import MySQLEpochStore
from product_dashboard.events.changes import Changes
from product_dashboard.events.listeners import TOPICS, Listener, Listeners
from product_dashboard.events.schemas import Change
from product_dashboard.resources import Resources
from tests.api_client import Api
from tests.waiting import PATIENCE_S


@dataclass
class Told:
    """The changes of a running application, and a listener for them."""

    changes: Changes
    listener: Listener

    async def look(self) -> tuple[str, ...]:
        """Look once; the resources in the event of the listener."""
        await self.changes.look()
        told = await self.listener.next(0)
        return told.changed if told else ()

    async def settle(self) -> None:
        """Look until nothing has changed: the end of the fences may be on its way."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.look():
                pass


@asynccontextmanager
async def watched(cache: Cache) -> AsyncGenerator[Told]:
    listeners = Listeners(1)
    with listeners.join() as listener:
        told = Told(Changes(cache, listeners), listener)
        assert await told.look() == TOPICS
        await told.settle()
        yield told


async def test_a_look_tells_what_was_committed_and_the_next_one_nothing(
    client: Api, resources: Resources
) -> None:
    async with watched(resources.cache) as told:
        await client.category()
        assert await told.look() == ("categories",)
        await told.settle()
        customer = await client.customer()
        assert await told.look() == ("customers",)
        await told.settle()
        product = await client.product()
        await told.settle()
        await client.made(
            "/orders", customer_id=customer["id"], items=[{"product_id": product["id"], "quantity": 1}]
        )
        assert await told.look() == ("products", "orders")
        await told.settle()
        assert await told.look() == ()


async def test_reads_and_refused_writes_are_no_changes(client: Api, resources: Resources) -> None:
    product = await client.product()
    async with watched(resources.cache) as told:
        await client.get("/api/v1/products")
        refused = await client.post("/api/v1/categories", json={"name": ""})
        assert refused.status_code == 400
        in_use = await client.delete(f"/api/v1/categories/{product['category']['id']}")
        assert in_use.status_code == 409
        assert await told.look() == ()


@dataclass
class HeldBeforeCommit:
    """Transactions that wait between the fences of the cache and their COMMIT."""

    database: Database
    fenced: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[TransactionConnection]:
        async with self.database.transaction() as conn:
            yield conn
            self.fenced.set()
            await self.go.wait()


async def test_a_commit_after_a_look_that_saw_its_fences_is_told_too(
    client: Api, resources: Resources
) -> None:
    del client
    held = HeldBeforeCommit(resources.database)

    async def write() -> None:
        async with resources.cache.transaction(held, invalidates=[tags.ORDERS]):
            pass

    async with watched(resources.cache) as told:
        writer = asyncio.create_task(write())
        await held.fenced.wait()
        assert await told.look() == ("orders",)
        assert await told.look() == ("orders",)
        held.go.set()
        await writer
        assert await told.look() == ("orders",)
        await told.settle()


async def test_without_the_cache_only_its_state_is_told(
    client: Api, resources: Resources, redis_url: str
) -> None:
    options = CacheOptions(timeout=5, reads=False)
    store = MySQLEpochStore(resources.database)
    async with Cache.open(redis_url, epoch_store=store, options=options) as cache:
        listeners = Listeners(1)
        with listeners.join() as listener:
            await listener.next(1)
            changes = Changes(cache, listeners)
            await changes.look()
            assert await listener.next(0) == Change((), "bypassed")
            await client.category()
            await changes.look()
            assert await listener.next(0) is None


async def test_a_look_that_fails_is_followed_by_the_next_one(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.events.changes.INTERVAL_S", 0.0)
    failed = asyncio.Event()

    class FailsOnce(Changes):
        async def look(self) -> None:
            if not failed.is_set():
                failed.set()
                raise RuntimeError("once")
            await super().look()

    listeners = Listeners(1)
    with listeners.join() as listener:
        await listener.next(1)
        task = asyncio.create_task(FailsOnce(resources.cache, listeners).watch())
        assert await listener.next(20) == Change(TOPICS, "up")
        task.cancel()
    assert failed.is_set()
