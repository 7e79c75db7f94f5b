"""The cost of a hit for the client: CPU of the process for each hit of 8 KB, with fifty readers at once.

redis-py's own GET is measured in the same process in alternating rounds, so that the ratio means something on a
machine that others use too.
"""

# The internals are measured on purpose.
# pyright: reportPrivateUsage=false

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from product_dashboard.cache import Cache, Tag, cached
from tools.bench.cache.database import FileDatabase

BODY = "x" * 8190  # 8 KB as JSON
WAYS = 50
HITS = 20_000


def _tags(*, key: int) -> tuple[Tag, ...]:
    return (Tag(f"page-{key % 7}"),)


@cached(name="page", ttl=timedelta(hours=1), tags=_tags)
async def read_page(source: None, *, key: int) -> str:
    del source, key
    return BODY


async def cpu_of(one: Callable[[int], Awaitable[Any]]) -> float:
    """Microseconds of CPU a call, with WAYS tasks that call one after the other."""

    async def reader(number: int) -> None:
        for _ in range(HITS // WAYS):
            await one(number)

    before = time.process_time()
    await asyncio.gather(*(reader(number) for number in range(WAYS)))
    return (time.process_time() - before) / HITS * 1e6


async def measure(url: str, folder: Path, *, rounds: int) -> dict[str, Any]:
    """Medians over `rounds` of each way to read."""
    database = FileDatabase(folder, 10, load=(0, 0), commit=(0, 0))
    pool: Any = cast("Any", BlockingConnectionPool).from_url(
        url, max_connections=WAYS, retry=Retry(NoBackoff(), 0), socket_timeout=1
    )
    redis = Redis(connection_pool=pool)
    async with Cache.open(url, epoch_store=database) as cache:
        for number in range(WAYS):
            await redis.set(f"plain:{number}", BODY)
            await read_page.response(cache, None, key=number)
        # The internals, so that a raw read is compared with a raw read. The other ways are whole answers.
        link, space = cache._link, cache._belief.space
        keys = [space.value(read_page.key(key=number).name) for number in range(WAYS)]
        ways: dict[str, Callable[[int], Awaitable[Any]]] = {
            "redis-py GET": lambda number: redis.get(f"plain:{number}"),
            "raw read, 50 keys": lambda number: link.fetch(space, keys[number : number + 1], (0,)),
            "hit with a tag, 50 keys": lambda number: read_page.response(cache, None, key=number),
            "hit with a tag, one key": lambda _: read_page.response(cache, None, key=0),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(rounds + 1):
            for name, one in ways.items():
                cost = await cpu_of(one)
                if turn:  # the first round warms up
                    found[name].append(cost)
        medians = {name: statistics.median(costs) for name, costs in found.items()}
        ratios = {
            name: statistics.median(c / r for c, r in zip(costs, found["redis-py GET"], strict=True))
            for name, costs in found.items()
        }
    await redis.aclose()
    return {"cpu_us": medians, "ratio": ratios}
