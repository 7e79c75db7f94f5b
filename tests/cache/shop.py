"""The cached reads and the writes of the tests: counters, as plain and as tagged answers."""

import asyncio
from datetime import timedelta

from product_dashboard.cache import Cache, CachedAnswer, Key, Tag, cached
from tools.bench.cache.database import FileDatabase

HOUR = timedelta(hours=1)


class Shop:
    """A source of cached reads. `gate` holds loads up while it is cleared; `fails` is raised by them."""

    def __init__(self, database: FileDatabase) -> None:
        self.database = database
        self.loads = 0
        self.delay = 0.0
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails: Exception | None = None
        self.loading = asyncio.Event()

    async def load(self, key: int) -> int:
        self.loads += 1
        self.loading.set()
        version = await self.database.get(key)
        await self.gate.wait()
        await asyncio.sleep(self.delay)
        if self.fails is not None:
            raise self.fails
        return version

    async def write(self, cache: Cache, key: int, *targets: Key | Tag) -> None:
        async with cache.transaction(self.database, invalidates=targets or [read_item.key(key=key)]) as tx:
            await self.database.increment(tx.conn, key)


@cached(name="item", ttl=HOUR)
async def read_item(shop: Shop, *, key: int) -> int:
    return await shop.load(key)


def tags_of_item(*, key: int) -> tuple[Tag, ...]:
    return Tag("all"), Tag(f"item-{key}")


@cached(name="tagged", ttl=HOUR, tags=tags_of_item)
async def read_tagged(shop: Shop, *, key: int) -> int:
    return await shop.load(key)


def version(answer: CachedAnswer[int]) -> int:
    return int(answer.body)
