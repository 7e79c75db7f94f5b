"""What a read may allow by name, and that no such leave reaches across an invalidation."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from product_dashboard.cache import Cache, cached
from tests.cache.shop import (
    LoadFailed,
    Shop,
    eventually,
    read_fail_safe,
    read_item,
    read_refreshed_ahead,
    read_stale_allowed,
    version,
)
from tools.bench.cache_server import RedisServer


async def test_without_leave_nothing_outlives_its_ttl(cache: Cache, shop: Shop) -> None:
    @cached(name="brief", ttl=timedelta(milliseconds=50))
    async def read_brief(shop: Shop, *, key: int) -> int:
        return await shop.load(key)

    await read_brief.response(cache, shop, key=1)
    await asyncio.sleep(0.06)
    assert (await read_brief.response(cache, shop, key=1)).state == "MISS"


async def test_stale_is_served_while_it_is_reloaded_once_in_the_background(
    open_cache: Callable[..., Cache], shared_server: RedisServer, shop: Shop
) -> None:
    caches = [await open_cache(shared_server.url) for _ in range(2)]
    await read_stale_allowed.response(caches[0], shop, key=1)
    await asyncio.sleep(0.08)
    shop.loads, shop.delay = 0, 0.05
    shop.database.versions[1] = 9  # without an invalidation: time alone makes it stale
    answers = await asyncio.gather(
        *(read_stale_allowed.response(caches[n % 2], shop, key=1) for n in range(10))
    )
    assert {(version(answer), answer.state) for answer in answers} == {(0, "STALE")}
    await eventually(lambda: sum(cache.metrics.counters.refreshes for cache in caches) == 1)
    assert shop.loads == 1
    assert version(await read_stale_allowed.response(caches[1], shop, key=1)) == 9


async def test_an_answer_near_its_end_is_reloaded_ahead_and_stays_a_hit(cache: Cache, shop: Shop) -> None:
    await read_refreshed_ahead.response(cache, shop, key=1)
    shop.database.versions[1] = 4
    answer = await read_refreshed_ahead.response(cache, shop, key=1)
    assert (version(answer), answer.state) == (0, "HIT")
    await eventually(lambda: cache.metrics.counters.refreshes == 1)
    assert version(await read_refreshed_ahead.response(cache, shop, key=1)) == 4


@pytest.mark.parametrize("read", [read_stale_allowed, read_refreshed_ahead, read_fail_safe])
async def test_no_leave_reaches_across_an_invalidation(cache: Cache, shop: Shop, read: object) -> None:
    await read.response(cache, shop, key=1)
    await shop.write(cache, 1, read.key(key=1))
    await asyncio.sleep(0.08)
    assert version(await read.response(cache, shop, key=1)) == 1


async def test_a_reload_that_a_writer_overtook_is_not_stored(cache: Cache, shop: Shop) -> None:
    await read_refreshed_ahead.response(cache, shop, key=1)
    shop.gate.clear()
    shop.loading.clear()
    await read_refreshed_ahead.response(cache, shop, key=1)
    await shop.loading.wait()  # the reload has read version 0
    await shop.write(cache, 1, read_refreshed_ahead.key(key=1))
    shop.gate.set()
    await eventually(lambda: cache.metrics.counters.stores_refused == 1)
    assert version(await read_refreshed_ahead.response(cache, shop, key=1)) == 1


async def test_a_failed_reload_falls_back_where_that_is_allowed_and_only_for_the_named_errors(
    cache: Cache, shop: Shop
) -> None:
    await read_fail_safe.response(cache, shop, key=1)
    await asyncio.sleep(0.08)
    shop.fails = LoadFailed()
    for _ in range(3):
        answer = await read_fail_safe.response(cache, shop, key=1)
        assert (version(answer), answer.state) == (0, "STALE")
    shop.fails = KeyError()
    with pytest.raises(KeyError):
        await read_fail_safe.response(cache, shop, key=1)
    shop.fails = None
    assert (await read_fail_safe.response(cache, shop, key=1)).state == "MISS"


async def test_a_write_during_the_failing_reload_takes_the_fallback_away(cache: Cache, shop: Shop) -> None:
    await read_fail_safe.response(cache, shop, key=1)
    await asyncio.sleep(0.08)
    shop.fails = LoadFailed()
    shop.gate.clear()
    shop.loading.clear()
    reading = asyncio.create_task(read_fail_safe.response(cache, shop, key=1))
    await shop.loading.wait()
    await shop.write(cache, 1, read_fail_safe.key(key=1))
    shop.gate.set()
    with pytest.raises(LoadFailed):
        await reading


async def test_with_the_database_gone_for_good_the_fallback_is_what_redis_still_has(
    open_cache: Callable[..., Cache], server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, trust=0.1)
    await read_fail_safe.response(cache, shop, key=1)
    await read_item.response(cache, shop, key=1)

    async def gone() -> object:
        raise LoadFailed

    shop.database.read = gone  # type: ignore[method-assign] # the ledger's connection is gone too
    shop.fails = LoadFailed()
    await asyncio.sleep(0.2)
    assert (await read_fail_safe.response(cache, shop, key=1)).state == "STALE"
    with pytest.raises(LoadFailed):
        await read_item.response(cache, shop, key=1)


class Report(msgspec.Struct, frozen=True):
    total: int
    cached_at: datetime | None = None


@cached(
    name="report",
    ttl=timedelta(minutes=1),
    stamp=lambda report, at: msgspec.structs.replace(report, cached_at=at),
)
async def read_report(shop: Shop) -> Report:
    return Report(await shop.load(1))


async def test_only_stored_bytes_carry_the_stamp_and_each_body_has_its_own_etag(
    cache: Cache, shop: Shop
) -> None:
    fresh, hit = await read_report.response(cache, shop), await read_report.response(cache, shop)
    assert msgspec.json.decode(fresh.body, type=Report).cached_at is None
    stamped = msgspec.json.decode(hit.body, type=Report).cached_at
    assert stamped is not None
    assert abs(datetime.now(UTC) - stamped) < timedelta(seconds=5)
    assert fresh.etag != hit.etag
    assert (await read_report.response(cache, shop)).etag == hit.etag
