"""One load for any number of readers; waiters are woken; cancellations disturb no reader; takeover of dead loaders."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from product_dashboard import deadline
from product_dashboard.cache import Cache, CacheOptions
from product_dashboard.errors import DeadlineExceeded, NotFound, Unavailable
from tests.cache.conftest import Opening
from tests.cache.internals import close, fences_are_down
from tests.cache.shop import Shop, read_item, read_tagged, version
from tests.cache.without_redis import cache_without_redis
from tests.waiting import SLACK_S, eventually
from tools.bench.cache.database import FileDatabase
from tools.bench.cache.server import RedisServer


async def test_a_second_read_is_a_hit_with_the_same_bytes_and_etag(cache: Cache, shop: Shop) -> None:
    first = await read_item.response(cache, shop, key=1)
    second = await read_item.response(cache, shop, key=1)
    assert (first.state, second.state, shop.loads) == ("MISS", "HIT", 1)
    assert (first.body, first.etag) == (second.body, second.etag)


async def test_a_hundred_readers_of_a_cold_key_cause_one_load(cache: Cache, shop: Shop) -> None:
    shop.delay = 0.05
    answers = await asyncio.gather(*(read_tagged.response(cache, shop, key=1) for _ in range(100)))
    assert shop.loads == 1
    assert {version(answer) for answer in answers} == {0}


async def test_readers_of_several_processes_share_one_load_and_are_woken_by_a_message(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    caches = [await open_cache(shared_server.url) for _ in range(4)]
    for cache in caches:  # everything that happens once in a process has happened
        await read_item.response(cache, shop, key=9)
    shop.loads = 0
    shop.delay = 0.2
    before = sum(cache.metrics.commands for cache in caches)
    finished: list[float] = []

    async def read(cache: Cache) -> None:
        assert version(await read_item.response(cache, shop, key=1)) == 0
        finished.append(time.monotonic())

    await asyncio.gather(*(read(caches[n % 4]) for n in range(200)))
    await asyncio.sleep(0.05)
    assert shop.loads == 1
    assert sum(cache.metrics.commands for cache in caches) - before <= 20
    assert max(finished) - min(finished) < 2


async def test_a_load_that_takes_longer_than_its_lease_is_renewed_and_not_repeated(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    one, other = [await open_cache(shared_server.url, lease=3.0) for _ in range(2)]
    shop.delay = 4.0
    await asyncio.gather(
        *(read_item.response(cache, shop, key=2) for cache in (one, other) for _ in range(3)),
    )
    assert shop.loads == 1


async def test_a_failed_load_reaches_everybody_who_waited_and_nothing_is_kept(
    cache: Cache, shop: Shop
) -> None:
    shop.fails = NotFound.of("item", 3)
    shop.delay = 0.03
    outcomes = await asyncio.gather(
        *(read_item.response(cache, shop, key=3) for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(outcome, NotFound) for outcome in outcomes)
    assert shop.loads == 1
    shop.fails = None
    assert (await read_item.response(cache, shop, key=3)).state == "MISS"


async def test_cancelling_the_reader_that_began_a_load_disturbs_nobody(cache: Cache, shop: Shop) -> None:
    shop.gate.clear()
    first = asyncio.create_task(read_item.response(cache, shop, key=4))
    await shop.loading.wait()
    others = [asyncio.create_task(read_item.response(cache, shop, key=4)) for _ in range(5)]
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    shop.gate.set()
    assert [version(answer) for answer in await asyncio.gather(*others)] == [0] * 5
    assert shop.loads == 1


async def test_forty_nine_of_fifty_waiters_cancelled_at_random_leave_one_load_and_one_answer(
    cache: Cache, shop: Shop
) -> None:
    for turn in range(100):
        shop.loads = 0
        shop.delay = 0.002
        key = 5 + turn % 2
        await shop.write(cache, key)
        await eventually(lambda: fences_are_down(cache))
        tasks = [asyncio.create_task(read_item.response(cache, shop, key=key)) for _ in range(50)]
        survivor = tasks.pop(random.randrange(50))

        async def cancel(task: asyncio.Task[object]) -> None:
            await asyncio.sleep(random.choice((0, 0, 0.001, 0.002, 0.003)))
            task.cancel()

        await asyncio.gather(*(cancel(task) for task in tasks))
        assert version(await survivor) == shop.database.versions[key]
        assert shop.loads == 1, f"round {turn}"


LOADER = """
import asyncio, sys
from pathlib import Path
from product_dashboard.cache import Cache
from tools.bench.cache.database import FileDatabase
from tests.cache.shop import Shop, read_item

async def main():
    database = FileDatabase(Path(sys.argv[2]), 10, load=(0, 0), commit=(0, 0))
    async with Cache.open(sys.argv[1], epoch_store=database) as cache:
        shop = Shop(database)
        shop.gate.clear()
        asyncio.create_task(read_item.response(cache, shop, key=7))
        await shop.loading.wait()
        print("loading", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_loader_that_is_killed_is_replaced_soon_after_its_lease(
    cache: Cache, shared_server: RedisServer, shop: Shop, tmp_path: Path
) -> None:
    loader = subprocess.Popen(  # noqa: ASYNC220 - returns as soon as the process is there
        [sys.executable, "-c", LOADER, shared_server.url, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{Path.cwd()}:{Path.cwd() / 'src'}"},
    )
    try:
        assert loader.stdout is not None
        line = await asyncio.to_thread(loader.stdout.readline)
        assert line == "loading\n"
        waiting = asyncio.create_task(read_item.response(cache, shop, key=7))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        loader.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        assert version(await waiting) == 0
        assert time.monotonic() - killed < 0.8 + SLACK_S
    finally:
        loader.kill()
        loader.communicate()
    assert (shop.loads, cache.metrics.counters.takeovers) == (1, 1)


async def test_closing_a_cache_answers_whoever_still_waits(
    database: FileDatabase, shared_server: RedisServer, shop: Shop
) -> None:
    options = CacheOptions(close_timeout=0.05)
    shop.gate.clear()
    async with Cache.open(shared_server.url, epoch_store=database, options=options) as cache:
        waiting = asyncio.create_task(read_item.response(cache, shop, key=1))
        await shop.loading.wait()
    with pytest.raises(Exception, match=r"shutting down|cancelled"):
        await waiting


async def test_closing_a_cache_answers_a_reader_whose_load_has_not_begun(shop: Shop) -> None:
    cache = cache_without_redis()
    waiting = asyncio.create_task(read_item.response(cache, shop, key=1))
    await asyncio.sleep(0)  # the task of the load exists, and has not run yet
    await close(cache)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, SLACK_S)


@pytest.mark.parametrize("redis", ["up", "gone"])
async def test_the_deadline_of_the_request_that_started_a_load_disturbs_no_other_reader(
    cache: Cache, shop: Shop, redis: str
) -> None:
    reads_from = cache if redis == "up" else cache_without_redis()
    shop.gate.clear()

    async def read_within(seconds: float) -> int:
        token = deadline.begin(seconds)
        try:
            return version(await read_item.response(reads_from, shop, key=5))
        finally:
            deadline.end(token)

    hasty = asyncio.create_task(read_within(0.3))
    await eventually(shop.loading.is_set)
    others = [asyncio.create_task(read_within(5)) for _ in range(3)]
    with pytest.raises(DeadlineExceeded):
        await hasty
    shop.gate.set()
    assert await asyncio.gather(*others) == [0, 0, 0]
    assert shop.loads <= 2, "the load went on, and at most one more was needed for those who came during it"
