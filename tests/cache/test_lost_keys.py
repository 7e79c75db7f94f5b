"""Any key of the protocol may expire or be evicted at any time: nothing is stale, and the next write is not slow."""

import asyncio
import time

import pytest

from product_dashboard.cache import Cache, Tag
from tests.cache.conftest import Opening
from tests.cache.internals import fences_are_down, space_of
from tests.cache.shop import Shop, read_tagged, version
from tests.waiting import PATIENCE_S, SLACK_S, eventually
from tools.bench.cache.server import RedisServer

KINDS = ("gate", "value", "nonce", "lease")
BELIEF = 2 * SLACK_S
"""Seconds that a write waits for readers who still believe in an epoch that it closes. No other write takes so long."""
WAYS = {"expires": ("PEXPIRE", "1"), "is evicted": ("DEL",)}


def keys_of(server: RedisServer, cache: Cache) -> dict[str, list[str]]:
    """All keys in Redis, by kind."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    gate = space_of(cache).gate(0).decode()
    for key in server.ask("KEYS", "*").split("\r\n")[2::2]:
        assert key.startswith(gate), f"{key} is no key of the protocol that this test knows"
        rest = key.removeprefix(gate)
        if rest.startswith("v"):
            value = server.ask("GETRANGE", key, "0", "0").split("\r\n")[1]
            found["lease" if value == "L" else "value"].append(key)
        else:
            found["nonce" if rest.startswith("t") else "gate"].append(key)
    return found


def lose(server: RedisServer, key: str, way: str) -> None:
    command, *arguments = WAYS[way]
    server.ask(command, key, *arguments)
    deadline = time.monotonic() + PATIENCE_S
    while not server.ask("EXISTS", key).startswith(":0"):
        assert time.monotonic() < deadline


async def timed_write(cache: Cache, shop: Shop) -> float:
    began = time.monotonic()
    await shop.write(cache, 1, Tag("item-1"))
    return time.monotonic() - began


async def warm(cache: Cache, shop: Shop) -> None:
    async def hit() -> bool:
        return (await read_tagged.response(cache, shop, key=1)).state == "HIT"

    await eventually(hit)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["gate", "value", "nonce"])
async def test_a_key_that_is_lost_at_rest_makes_nothing_stale_and_no_write_slow(
    open_cache: Opening, server: RedisServer, shop: Shop, kind: str, way: str
) -> None:
    caches = [await open_cache(server.url, belief=BELIEF) for _ in range(2)]
    await warm(caches[0], shop)
    keys = keys_of(server, caches[0])[kind]
    assert keys
    for key in keys:
        await warm(caches[1], shop)
        lose(server, key, way)
        for _ in range(3):
            assert await timed_write(caches[0], shop) < SLACK_S
            for cache in caches:
                assert version(await read_tagged.response(cache, shop, key=1)) == shop.database.floors[1]
        await warm(caches[1], shop)


@pytest.mark.parametrize("way", WAYS)
async def test_a_lease_that_is_lost_during_its_load_makes_nothing_stale_and_no_write_slow(
    open_cache: Opening, server: RedisServer, shop: Shop, way: str
) -> None:
    cache = await open_cache(server.url, belief=BELIEF)
    await warm(cache, shop)
    await shop.write(cache, 1, read_tagged.key(key=1))
    await eventually(lambda: fences_are_down(cache))
    shop.loading.clear()
    shop.gate.clear()
    reading = asyncio.create_task(read_tagged.response(cache, shop, key=1))
    await shop.loading.wait()  # it has read version 1
    (lease,) = keys_of(server, cache)["lease"]
    lose(server, lease, way)
    assert await timed_write(cache, shop) < SLACK_S
    shop.gate.set()
    assert version(await reading) == 1
    assert version(await read_tagged.response(cache, shop, key=1)) == 2


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["gate", "value", "nonce"])
async def test_a_key_that_is_lost_between_fence_and_commit_lets_nothing_old_be_stored(
    open_cache: Opening, server: RedisServer, shop: Shop, kind: str, way: str
) -> None:
    cache = await open_cache(server.url, belief=BELIEF)
    await warm(cache, shop)
    keys = keys_of(server, cache)[kind]
    shop.database.commit = (0.2, 0.2)
    for key in keys:
        before = cache.metrics.counters.fences
        writing = asyncio.create_task(timed_write(cache, shop))
        await eventually(lambda before=before: cache.metrics.counters.fences > before)
        lose(server, key, way)
        while not writing.done():
            floor = shop.database.floors[1]
            assert version(await read_tagged.response(cache, shop, key=1)) >= floor
            await asyncio.sleep(0.005)
        assert await writing < 0.2 + SLACK_S
        assert version(await read_tagged.response(cache, shop, key=1)) == shop.database.floors[1]
    shop.database.commit = (0.0, 0.0)
    await warm(cache, shop)


async def test_after_a_flush_writes_are_as_fast_as_before(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, belief=BELIEF)
    await shop.write(cache, 1)
    server.ask("FLUSHALL")
    for _ in range(4):
        assert await timed_write(cache, shop) < SLACK_S


async def test_each_write_renews_the_time_of_its_gate(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, belief=BELIEF)
    gate = space_of(cache).gate(0).decode()
    server.ask("PEXPIRE", gate, "60000")
    await shop.write(cache, 1)
    assert int(server.ask("PTTL", gate)[1:]) > 24 * 3600 * 1000
