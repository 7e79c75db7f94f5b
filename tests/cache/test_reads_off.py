"""A process whose reads pass the cache by: a measurement's other half, or an operator's way out."""

from tests.cache.conftest import Opening
from tests.cache.shop import Shop, read_item, version
from tools.bench.cache.server import RedisServer


async def test_with_reads_off_every_read_is_a_load(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(shared_server.url, prefix="off1", reads=False)
    answers = [await read_item.response(cache, shop, key=1) for _ in range(3)]
    assert [answer.state for answer in answers] == ["BYPASS"] * 3
    assert cache.metrics.counters.direct_loads == 3


async def test_with_reads_off_a_write_still_invalidates_what_another_process_cached(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    reading = await open_cache(shared_server.url, prefix="off2")
    writing = await open_cache(shared_server.url, prefix="off2", reads=False)
    await read_item.response(reading, shop, key=1)
    cached = await read_item.response(reading, shop, key=1)
    assert (cached.state, version(cached)) == ("HIT", 0)
    await shop.write(writing, 1, read_item.key(key=1))
    assert version(await read_item.response(reading, shop, key=1)) == 1
