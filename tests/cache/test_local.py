"""The layer in the process's own memory: off by default, and as strict as Redis."""

import asyncio
import time
from collections.abc import Callable

from product_dashboard.cache import Cache, Tag
from tests.cache.shop import Shop, eventually, read_item, read_tagged, version
from tools.bench.cache_server import RedisServer

Opening = Callable[..., Cache]


async def with_memory(open_cache: Opening, url: str) -> Cache:
    cache = await open_cache(url, local_entries=3)
    await eventually(lambda: cache._local is not None and cache._local.ticket() is not None)
    return cache


async def warm(cache: Cache, shop: Shop, *keys: int) -> None:
    for key in keys:
        for _ in range(3):
            await read_item.response(cache, shop, key=key)


async def test_it_is_off_unless_asked_for(cache: Cache, shop: Shop) -> None:
    await warm(cache, shop, 1)
    assert cache.metrics.counters.local_hits == 0


async def test_a_remembered_answer_asks_nobody(open_cache: Opening, server: RedisServer, shop: Shop) -> None:
    cache = await with_memory(open_cache, server.url)
    await warm(cache, shop, 1)
    before = cache.metrics.counters.local_hits
    answers = [await read_item.response(cache, shop, key=1) for _ in range(10)]
    assert {answer.state for answer in answers} == {"HIT"}
    assert cache.metrics.counters.local_hits - before == 10


async def test_a_write_of_another_process_is_seen_at_once_by_key_and_by_tag(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    remembering, writing = await with_memory(open_cache, server.url), await open_cache(server.url)
    for turn in range(1, 30):
        await warm(remembering, shop, 1)
        for _ in range(3):
            await read_tagged.response(remembering, shop, key=1)
        began = time.monotonic()
        await shop.write(writing, 1, read_item.key(key=1), Tag("all"))
        assert time.monotonic() - began < 0.5  # acknowledged, not waited out
        assert version(await read_item.response(remembering, shop, key=1)) == turn
        assert version(await read_tagged.response(remembering, shop, key=1)) == turn
    assert remembering.metrics.counters.local_hits > 0


async def test_a_process_that_does_not_answer_is_waited_out_and_believes_nothing_afterwards(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    silent, writing = await with_memory(open_cache, server.url), await open_cache(server.url)
    await warm(silent, shop, 1)
    silent._local.heard = lambda message: None  # its message line is dead and nobody noticed
    began = time.monotonic()
    write = asyncio.create_task(shop.write(writing, 1))
    while not write.done():
        floor = shop.database.floors[1]
        assert version(await read_item.response(silent, shop, key=1)) >= floor
        await asyncio.sleep(0.001)
    await write
    assert version(await read_item.response(silent, shop, key=1)) == 1
    assert time.monotonic() - began < 1.6


async def test_a_flush_of_redis_makes_writers_wait_and_memory_is_given_up(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    remembering, writing = await with_memory(open_cache, server.url), await open_cache(server.url)
    await warm(remembering, shop, 1)
    server.ask("FLUSHALL")
    await shop.write(writing, 1)
    assert version(await read_item.response(remembering, shop, key=1)) == 1
    await eventually(lambda: remembering._local.ticket() is not None, seconds=8)


async def test_when_redis_goes_memory_is_not_believed_either(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await with_memory(open_cache, server.url)
    await warm(cache, shop, 1)
    server.kill()
    await eventually(lambda: cache.metrics.breaker != "closed")
    assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"


async def test_memory_is_bounded(open_cache: Opening, server: RedisServer, shop: Shop) -> None:
    cache = await with_memory(open_cache, server.url)
    await warm(cache, shop, *range(8))
    assert len(cache._local._entries) == 3
