"""No read that starts after a COMMIT brings what was before it, in each order of events that can be arranged."""

import asyncio
import random

import pytest

from product_dashboard.cache import Cache, Key, Tag, cached
from product_dashboard.errors import NotFound
from tests.cache.conftest import Opening
from tests.cache.internals import fences_are_down, never_lower_fences
from tests.cache.shop import HOUR, Shop, read_item, read_tagged, version
from tests.waiting import eventually
from tools.bench.cache.server import RedisServer


async def test_a_write_invalidates_its_keys_and_no_others(cache: Cache, shop: Shop) -> None:
    await asyncio.gather(*(read_item.response(cache, shop, key=key) for key in (1, 2)))
    await shop.write(cache, 1)
    assert version(await read_item.response(cache, shop, key=1)) == 1
    assert (await read_item.response(cache, shop, key=2)).state == "HIT"


async def test_a_tag_invalidates_every_answer_that_carries_it(cache: Cache, shop: Shop) -> None:
    await asyncio.gather(*(read_tagged.response(cache, shop, key=key) for key in (1, 2)))
    await shop.write(cache, 1, Tag("item-1"))
    assert version(await read_tagged.response(cache, shop, key=1)) == 1
    assert (await read_tagged.response(cache, shop, key=2)).state == "HIT"
    await shop.write(cache, 2, Tag("all"))
    answers = await asyncio.gather(*(read_tagged.response(cache, shop, key=key) for key in (1, 2)))
    assert [(version(a), a.state) for a in answers] == [(1, "MISS"), (1, "MISS")]


async def test_tags_that_do_not_depend_on_the_arguments_are_given_as_they_are(
    cache: Cache, shop: Shop
) -> None:
    @cached(name="listed", ttl=HOUR, tags=(Tag("items"), Tag("others")))
    async def read_listed(shop: Shop, *, key: int) -> int:
        return await shop.load(key)

    for tag in ("items", "others"):
        await asyncio.gather(*(read_listed.response(cache, shop, key=key) for key in (1, 2)))
        await shop.write(cache, 1, Tag(tag))
        answers = await asyncio.gather(*(read_listed.response(cache, shop, key=key) for key in (1, 2)))
        assert [answer.state for answer in answers] == ["MISS", "MISS"]


async def test_a_write_that_is_rolled_back_invalidates_nothing(cache: Cache, shop: Shop) -> None:
    await read_item.response(cache, shop, key=1)
    with pytest.raises(NotFound):
        async with cache.transaction(shop.database, invalidates=[read_item.key(key=1)]):
            raise NotFound.of("item", 1)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"


async def test_a_write_of_very_many_targets_invalidates_all_of_them(cache: Cache, shop: Shop) -> None:
    keys = range(5)
    for expected in ("MISS", "HIT"):
        answers = [await read_item.response(cache, shop, key=key) for key in keys]
        assert {answer.state for answer in answers} == {expected}
    targets: list[Key | Tag] = [Tag(f"other-{number}") for number in range(2500)]
    for key, place in zip(keys, (0, 998, 999, 1000, 2499), strict=True):
        targets[place] = read_item.key(key=key)
    await shop.write(cache, 1, *targets)
    await eventually(lambda: fences_are_down(cache))
    assert cache.metrics.counters.fences == len(targets)
    for expected in ("MISS", "HIT"):
        answers = [await read_item.response(cache, shop, key=key) for key in keys]
        assert {answer.state for answer in answers} == {expected}


async def test_the_end_of_one_writer_leaves_the_fence_of_another_up(cache: Cache, shop: Shop) -> None:
    shop.database.commit = (1.0, 1.0)
    slow = asyncio.create_task(shop.write(cache, 1, Tag("all"), Tag("item-1")))
    await eventually(lambda: cache.metrics.counters.fences == 2)
    shop.database.commit = (0.0, 0.0)
    await shop.write(cache, 2, Tag("all"), Tag("item-2"))
    await eventually(lambda: fences_are_down(cache))
    assert (await read_tagged.response(cache, shop, key=2)).state == "BYPASS"
    await slow
    await eventually(lambda: fences_are_down(cache))
    assert [(await read_tagged.response(cache, shop, key=2)).state for _ in range(2)] == ["MISS", "HIT"]


async def test_what_is_learnt_inside_the_transaction_is_invalidated_too(cache: Cache, shop: Shop) -> None:
    await read_item.response(cache, shop, key=1)
    async with cache.transaction(shop.database) as tx:
        await shop.database.increment(tx.conn, 1)
        tx.invalidates(read_item.key(key=1))
    assert version(await read_item.response(cache, shop, key=1)) == 1


async def test_a_load_that_began_before_a_commit_is_not_stored_nor_given_to_later_readers(
    cache: Cache, shop: Shop
) -> None:
    shop.gate.clear()
    early = asyncio.create_task(read_item.response(cache, shop, key=1))
    await shop.loading.wait()  # it has read version 0
    await shop.write(cache, 1)
    late = asyncio.create_task(read_item.response(cache, shop, key=1))
    await asyncio.sleep(0.05)
    shop.gate.set()
    assert version(await early) == 0
    assert version(await late) == 1
    assert version(await read_item.response(cache, shop, key=1)) == 1
    assert cache.metrics.counters.stores_refused == 1


async def test_the_same_holds_when_the_write_invalidates_by_tag(cache: Cache, shop: Shop) -> None:
    shop.gate.clear()
    early = asyncio.create_task(read_tagged.response(cache, shop, key=1))
    await shop.loading.wait()
    await shop.write(cache, 1, Tag("item-1"))
    late = asyncio.create_task(read_tagged.response(cache, shop, key=1))
    await asyncio.sleep(0.05)
    shop.gate.set()
    assert version(await early) == 0
    assert version(await late) == 1
    assert version(await read_tagged.response(cache, shop, key=1)) == 1


async def test_an_answer_not_found_before_a_commit_is_not_given_to_a_reader_after_it(
    cache: Cache, shop: Shop
) -> None:
    shop.gate.clear()
    shop.fails = NotFound.of("item", 1)
    early = asyncio.create_task(read_item.response(cache, shop, key=1))
    await shop.loading.wait()
    await shop.write(cache, 1)  # it is created
    late = asyncio.create_task(read_item.response(cache, shop, key=1))
    await asyncio.sleep(0.05)
    shop.gate.set()
    with pytest.raises(NotFound):
        await early
    shop.fails = None
    assert version(await late) == 1


async def test_while_a_writer_is_between_fence_and_commit_readers_load_and_store_nothing(
    cache: Cache, shop: Shop
) -> None:
    await read_item.response(cache, shop, key=1)
    shop.database.commit = (1.0, 1.0)
    writing = asyncio.create_task(shop.write(cache, 1))
    await eventually(lambda: cache.metrics.counters.fences)
    during = await read_item.response(cache, shop, key=1)
    assert (version(during), during.state) == (0, "BYPASS")
    await writing
    after = await read_item.response(cache, shop, key=1)
    assert version(after) == 1
    await eventually(lambda: fences_are_down(cache))
    await read_item.response(cache, shop, key=1)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"


async def test_a_fence_that_is_overdue_still_holds_while_its_writer_commits(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(shared_server.url, fence=0.02)
    await read_item.response(cache, shop, key=1)
    shop.database.commit = (1.0, 1.0)
    writing = asyncio.create_task(shop.write(cache, 1))
    await eventually(lambda: cache.metrics.counters.fences)
    await asyncio.sleep(0.1)  # long overdue, and the writer alive
    assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
    await writing
    assert version(await read_item.response(cache, shop, key=1)) == 1
    assert cache.metrics.counters.fences_cleared == 0


async def test_a_writer_that_dies_after_commit_leaves_nothing_stale_and_its_fence_is_cleared(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(shared_server.url, fence=0.1)
    await read_item.response(cache, shop, key=1)
    never_lower_fences(cache)
    await shop.write(cache, 1)
    assert version(await read_item.response(cache, shop, key=1)) == 1
    await asyncio.sleep(0.12)
    states = [(await read_item.response(cache, shop, key=1)).state for _ in range(2)]
    assert states == ["MISS", "HIT"]
    assert cache.metrics.counters.fences_cleared == 1


async def test_a_read_of_another_process_is_fresh_after_commit(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    one, other = [await open_cache(shared_server.url) for _ in range(2)]
    for turn in range(1, 30):
        await shop.write(one, 1)
        assert version(await read_item.response(other, shop, key=1)) == turn
        assert version(await read_item.response(one, shop, key=1)) == turn


async def test_an_invalidation_outside_a_write_is_one_too(cache: Cache, shop: Shop) -> None:
    await read_item.response(cache, shop, key=1)
    shop.database.versions[1] = 5  # changed by hand, past the cache
    await read_item.invalidate(cache, shop.database, key=1)
    assert version(await read_item.response(cache, shop, key=1)) == 5


async def test_readers_never_share_a_load_that_a_writer_overtook_however_often(
    cache: Cache, shop: Shop
) -> None:
    stop = asyncio.Event()
    stale = 0

    async def reader() -> None:
        nonlocal stale
        while not stop.is_set():
            await asyncio.sleep(random.uniform(0, 0.005))
            floor = shop.database.floors[1]
            stale += version(await read_item.response(cache, shop, key=1)) < floor

    shop.delay = 0.003
    readers = [asyncio.create_task(reader()) for _ in range(20)]
    for _ in range(150):
        await shop.write(cache, 1)
        await asyncio.sleep(0.004)
    stop.set()
    await asyncio.gather(*readers)
    assert stale == 0
    assert cache.metrics.counters.retries > 0
