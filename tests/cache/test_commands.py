"""The commands of Redis that reads send: fewer for reads that miss, and later where no reader waits for the reply."""

import asyncio
import re

from product_dashboard.cache import Cache, Tag
from tests.cache.conftest import Opening
from tests.cache.internals import close
from tests.cache.shop import Shop, read_item, read_tagged, version
from tests.waiting import eventually
from tools.bench.cache.server import RedisServer


def calls(server: RedisServer, command: str) -> int:
    """Return how often the server has executed a command."""
    found = re.search(rf"cmdstat_{command}:calls=(\d+)", server.ask("INFO", "commandstats"))
    return int(found[1]) if found else 0


async def test_after_a_miss_the_next_read_asks_for_the_lease_at_once(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    for key in range(1, 6):
        assert (await read_item.response(cache, shop, key=key)).state == "MISS"
    assert calls(server, "mget") == 1


async def test_a_hit_that_was_found_in_place_of_a_lease_is_followed_by_plain_reads(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    for key in (1, 2):
        assert (await read_tagged.response(cache, shop, key=key)).state == "MISS"
    await eventually(lambda: cache.metrics.counters.stores == 2)
    before = calls(server, "evalsha")
    answers = [await read_tagged.response(cache, shop, key=1) for _ in range(3)]
    assert calls(server, "evalsha") - before == 1
    assert [each.state for each in answers] == ["HIT"] * 3
    assert len({each.entry for each in answers} - {None}) == 1
    assert {version(each) for each in answers} == {0}
    assert shop.loads == 2


async def test_a_value_that_was_invalidated_is_not_found_in_place_of_a_lease(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    reader, writer = [await open_cache(server.url) for _ in range(2)]
    for key in (1, 2):  # each next read of this name asks for the lease at once
        assert (await read_tagged.response(reader, shop, key=key)).state == "MISS"
    await shop.write(writer, 1, Tag("item-1"))
    assert version(await read_tagged.response(reader, shop, key=1)) == 1


async def test_a_value_is_stored_although_no_other_command_follows(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    one, other = [await open_cache(server.url) for _ in range(2)]
    assert (await read_item.response(one, shop, key=1)).state == "MISS"
    await eventually(lambda: one.metrics.counters.stores == 1)
    assert (await read_item.response(other, shop, key=1)).state == "HIT"


async def test_a_value_is_stored_before_the_next_read_of_its_process(cache: Cache, shop: Shop) -> None:
    states = [(await read_item.response(cache, shop, key=1)).state for _ in range(2)]
    assert states == ["MISS", "HIT"]


async def test_closing_waits_for_a_value_that_is_being_stored(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    one, other = [await open_cache(server.url) for _ in range(2)]
    assert (await read_item.response(one, shop, key=1)).state == "MISS"
    await close(one)
    assert (one.metrics.counters.stores, one.metrics.counters.errors) == (1, 0)
    assert (await read_item.response(other, shop, key=1)).state == "HIT"


async def test_a_value_is_stored_by_a_redis_that_has_forgotten_the_script(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    assert (await read_item.response(cache, shop, key=1)).state == "MISS"
    await eventually(lambda: cache.metrics.counters.stores == 1)
    shop.gate.clear()
    shop.loading.clear()
    read = asyncio.create_task(read_item.response(cache, shop, key=2))
    await shop.loading.wait()
    server.ask("SCRIPT FLUSH")  # between LEASE and SETTLE
    shop.gate.set()
    assert (await read).state == "MISS"
    await eventually(lambda: cache.metrics.counters.stores == 2)
    assert cache.metrics.counters.errors == 0


async def test_a_value_that_cannot_be_stored_fails_no_reader(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    shop.gate.clear()
    read = asyncio.create_task(read_item.response(cache, shop, key=1))
    await shop.loading.wait()
    server.kill()
    shop.gate.set()
    assert version(await read) == 0
    await eventually(lambda: cache.metrics.counters.errors >= 1)
