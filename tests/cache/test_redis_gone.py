"""Redis gone, slow, full, restarted, flushed, talking nonsense: reads are answered, and nothing stale ever."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from product_dashboard.cache import Cache
from product_dashboard.cache.scripts import LEASE
from product_dashboard.errors import Unavailable
from tests.cache.conftest import Opening
from tests.cache.internals import close, fences_are_down, hold_off_of, space_of
from tests.cache.shop import Shop, read_item, read_tagged, version
from tests.listener import connected, listening
from tests.waiting import SLACK_S, eventually
from tools.bench.cache.server import RedisServer, free_port

# A read that takes so long hangs. It is far more than any pause of a busy machine: 2 s was not enough.
NEVER_S = 30


async def believed(cache: Cache) -> None:
    """Wait until the cache is used again."""
    await eventually(cache.ping)


@asynccontextmanager
async def speaking(*replies: bytes) -> AsyncGenerator[str]:
    """A server that answers each request with the next of `replies`, and repeats the last one."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = list(replies)
        while await reader.read(65536):
            writer.write(said.pop(0) if len(said) > 1 else said[0])

    async with listening(talk) as port:
        yield f"redis://127.0.0.1:{port}"


async def test_without_redis_a_cache_opens_and_reads_come_from_the_database(
    open_cache: Opening, shop: Shop
) -> None:
    cache = await open_cache(f"redis://127.0.0.1:{free_port()}")
    answer = await read_item.response(cache, shop, key=1)
    assert (version(answer), answer.state) == (0, "BYPASS")
    assert cache.state == "down"
    assert await cache.ping() is False


async def test_without_redis_there_is_one_load_at_a_time_for_a_key(open_cache: Opening, shop: Shop) -> None:
    cache = await open_cache(f"redis://127.0.0.1:{free_port()}")
    shop.delay = 0.05
    running = most = 0
    load = shop.load

    async def counted(key: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return await load(key)
        finally:
            running -= 1

    shop.load = counted  # type: ignore[method-assign] # a spy
    began = time.monotonic()
    await asyncio.gather(*(read_item.response(cache, shop, key=1) for _ in range(100)))
    assert (most, shop.loads) == (1, 1)
    late = [asyncio.create_task(read_item.response(cache, shop, key=1)) for _ in range(10)]
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(read_item.response(cache, shop, key=1)) for _ in range(10)]
    await asyncio.gather(*late, *later)
    assert (most, shop.loads) == (1, 3)
    assert time.monotonic() - began < NEVER_S


async def test_a_breaker_stops_asking_and_closes_when_redis_is_back(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    await read_item.response(cache, shop, key=1)
    server.kill()
    await eventually(lambda: cache.state == "down")
    began = time.monotonic()
    for _ in range(50):
        assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
    assert time.monotonic() - began < NEVER_S
    server.start()
    await believed(cache)
    assert [(await read_item.response(cache, shop, key=1)).state for _ in range(2)] == ["MISS", "HIT"]
    assert cache.metrics.link_losses >= 1


async def test_when_redis_stands_still_a_read_waits_its_timeout_once_and_no_more(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    timeout = 3.0
    cache = await open_cache(server.url, timeout=timeout)
    await read_item.response(cache, shop, key=1)
    server.pause()
    began = time.monotonic()
    answers = await asyncio.gather(*(read_item.response(cache, shop, key=1) for _ in range(20)))
    assert time.monotonic() - began < timeout + SLACK_S
    assert {answer.state for answer in answers} == {"BYPASS"}
    began = time.monotonic()
    for _ in range(5):
        assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
    assert time.monotonic() - began < SLACK_S
    server.resume()
    await believed(cache)


async def test_redis_is_not_lost_when_the_event_loop_is_blocked_for_longer_than_the_timeout(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, timeout=0.6)

    async def hit() -> bool:
        return (await read_item.response(cache, shop, key=1)).state == "HIT"

    await eventually(hit)
    server.pause()
    reading = asyncio.create_task(read_item.response(cache, shop, key=1))
    await asyncio.sleep(0.02)  # the command is sent
    server.resume()
    time.sleep(0.9)  # noqa: ASYNC251 - a callback that computes for too long; Redis answers meanwhile
    assert (await reading).state == "HIT"
    assert cache.metrics.link_losses == 0


async def test_a_write_while_redis_is_gone_commits_and_nothing_is_stale_when_it_comes_back_as_it_was(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    one, other = [await open_cache(server.url, timeout=0.5) for _ in range(2)]
    await read_item.response(other, shop, key=1)
    server.pause()
    await shop.write(one, 1)
    assert version(await read_item.response(one, shop, key=1)) == 1
    server.resume()
    for _ in range(60):
        assert version(await read_item.response(other, shop, key=1)) == 1
        assert version(await read_item.response(one, shop, key=1)) == 1
        await asyncio.sleep(0.02)
    await believed(other)

    async def hit() -> bool:
        return (await read_item.response(other, shop, key=1)).state == "HIT"

    await eventually(hit)


async def test_a_write_of_a_process_that_alone_cannot_reach_redis_is_seen_by_all_others(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    """Half a partition: readers still reach a Redis that this writer cannot reach."""
    reader = await open_cache(server.url)
    cut_off = await open_cache(f"redis://127.0.0.1:{free_port()}")
    await read_item.response(reader, shop, key=1)
    writing = asyncio.create_task(shop.write(cut_off, 1))
    while not writing.done():
        floor = shop.database.floors[1]
        assert version(await read_item.response(reader, shop, key=1)) >= floor
    await writing
    assert version(await read_item.response(reader, shop, key=1)) == 1
    assert cut_off.metrics.counters.unfenced_writes == 1


async def test_the_second_write_without_redis_does_not_wait(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    belief = 1.0  # how long the first write waits
    cache = await open_cache(server.url, belief=belief)
    server.kill()
    await shop.write(cache, 1)
    began = time.monotonic()
    for _ in range(20):
        await shop.write(cache, 1)
    assert time.monotonic() - began < SLACK_S < 20 * belief


async def test_a_writer_without_redis_waits_before_it_takes_a_connection(
    open_cache: Opening, server: RedisServer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = await open_cache(server.url)
    closed_at_begin: list[bool] = []
    begin = shop.database.transaction

    @asynccontextmanager
    async def watched() -> AsyncGenerator[object]:
        closed_at_begin.append((await shop.database.read()).closed)
        async with begin() as pending:
            yield pending

    monkeypatch.setattr(shop.database, "transaction", watched)
    server.kill()
    await eventually(lambda: cache.state == "down")
    await shop.write(cache, 1)
    assert closed_at_begin == [True]


async def test_few_writers_keep_their_connections_when_redis_leaves_them_in_the_middle(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, waiting_writers=1)
    commits = asyncio.Event()
    begun = 0

    async def write(key: int) -> None:
        nonlocal begun
        async with cache.transaction(shop.database, invalidates=[read_item.key(key=key)]) as tx:
            await shop.database.increment(tx.conn, key)
            begun += 1
            await commits.wait()

    writers = [asyncio.create_task(write(key)) for key in range(3)]
    await eventually(lambda: begun == 3)
    server.kill()
    await eventually(lambda: cache.state == "down")
    commits.set()
    outcomes = await asyncio.gather(*writers, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "NoneType",
        "Unavailable",
        "Unavailable",
    ]
    assert sum(shop.database.versions[key] for key in range(3)) == 1


async def test_a_write_is_refused_when_neither_redis_nor_the_epoch_can_be_reached(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    server.kill()
    shop.database.close = _broken  # type: ignore[method-assign] # the epoch store's connection is gone
    with pytest.raises(Unavailable):
        await shop.write(cache, 1)
    assert shop.database.versions[1] == 0


async def _broken(epoch: str) -> None:
    raise ConnectionError(epoch)


async def test_a_restart_from_an_old_snapshot_brings_no_old_value_back(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    await read_item.response(cache, shop, key=1)
    await read_tagged.response(cache, shop, key=2)
    assert server.ask("SAVE").startswith("+OK")
    await shop.write(cache, 1)
    await shop.write(cache, 2, read_tagged.key(key=2))
    server.restart()
    assert int(server.ask("DBSIZE")[1:]) > 0
    for _ in range(80):
        assert version(await read_item.response(cache, shop, key=1)) == 1
        assert version(await read_tagged.response(cache, shop, key=2)) == 1
        await asyncio.sleep(0.02)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"


async def test_a_restart_between_fence_and_commit_lets_nothing_old_be_stored(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, belief=0.1)
    await read_item.response(cache, shop, key=1)
    shop.database.commit = (1.5, 1.5)
    writing = asyncio.create_task(shop.write(cache, 1))
    await eventually(lambda: cache.metrics.counters.fences)
    server.restart()  # the fence is gone
    while not writing.done():
        await read_item.response(cache, shop, key=1)
        await asyncio.sleep(0.01)
    await writing
    assert version(await read_item.response(cache, shop, key=1)) == 1


async def test_a_flush_between_fence_and_commit_lets_nothing_old_be_stored(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    await read_item.response(cache, shop, key=1)
    shop.database.commit = (0.5, 0.5)
    writing = asyncio.create_task(shop.write(cache, 1))
    await eventually(lambda: cache.metrics.counters.fences)
    server.ask("FLUSHALL")
    while not writing.done():
        answer = await read_item.response(cache, shop, key=1)
        assert answer.state == "BYPASS" or version(answer) == 1
    await writing
    assert version(await read_item.response(cache, shop, key=1)) == 1
    assert [(await read_item.response(cache, shop, key=1)).state for _ in range(2)][1] == "HIT"
    assert cache.metrics.counters.gates_opened == 1


async def test_an_evicted_gate_is_found_and_made_valid_again(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    server.ask("DEL", space_of(cache).gate(0).decode())
    states = [(await read_item.response(cache, shop, key=1)).state for _ in range(2)]
    assert states == ["MISS", "HIT"]


async def test_a_flush_during_a_load_refuses_its_value(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    shop.gate.clear()
    reading = asyncio.create_task(read_item.response(cache, shop, key=1))
    await shop.loading.wait()
    server.ask("FLUSHALL")
    shop.gate.set()
    await reading
    await eventually(lambda: cache.metrics.counters.stores_refused == 1)


async def test_a_full_redis_refuses_to_store_and_reads_and_writes_go_on(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    belief = 1.0  # how long the first write without a fence waits
    cache = await open_cache(server.url, belief=belief)
    await read_item.response(cache, shop, key=1)
    server.ask("CONFIG SET maxmemory 1")
    assert (await read_item.response(cache, shop, key=2)).state == "BYPASS"
    await shop.write(cache, 1)
    assert version(await read_item.response(cache, shop, key=1)) == 1
    began = time.monotonic()
    for _ in range(20):
        await shop.write(cache, 1)
    assert time.monotonic() - began < SLACK_S < 20 * belief
    server.ask("CONFIG SET maxmemory 0")
    await believed(cache)
    assert version(await read_item.response(cache, shop, key=1)) == 21


async def test_that_writes_have_no_fences_is_logged_once_until_they_have_them_again(
    open_cache: Opening, server: RedisServer, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    cache = await open_cache(server.url)
    for times_full in (1, 2):
        server.ask("CONFIG SET maxmemory 1")
        for _ in range(5):
            await shop.write(cache, 1)
        said = [record for record in caplog.records if "fences cannot be raised" in record.message]
        assert len(said) == times_full
        server.ask("CONFIG SET maxmemory 0")
        await believed(cache)
        await shop.write(cache, 1)


async def test_scripts_forgotten_by_redis_are_sent_again(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    await read_item.response(cache, shop, key=1)
    server.ask("SCRIPT FLUSH")
    await shop.write(cache, 1)
    await eventually(lambda: fences_are_down(cache))
    assert (await read_item.response(cache, shop, key=1)).state == "MISS"
    assert (await read_item.response(cache, shop, key=1)).state == "HIT", "a fence is up"
    server.ask("SCRIPT FLUSH")
    await shop.write(cache, 1)
    gate = space_of(cache).gate(0).decode()
    await close(cache)
    assert server.ask(f"HKEYS {gate}") == "*1\r\n$1\r\n!\r\n", "closing left a fence"
    assert cache.metrics.counters.errors == 0


@pytest.mark.parametrize("junk", ["SET {} junk", "SET {} V", "LPUSH {} 1", "SET {} L0", "HSET {} a 1"])
async def test_what_is_not_ours_in_a_keys_place_is_loaded_over(
    open_cache: Opening, server: RedisServer, shop: Shop, junk: str
) -> None:
    cache = await open_cache(server.url)
    server.ask(junk.format(space_of(cache).value("item(1)").decode()))
    first = await asyncio.wait_for(read_item.response(cache, shop, key=1), NEVER_S)
    assert version(first) == 0
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"


@pytest.mark.parametrize(
    "replies",
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"\x00\xff\x00\xff",),
        (b"$-5\r\n",),
        (b"+OK\r\n+OK\r\n+OK\r\n",),
        (b"*-7\r\n",),
        (b"-LOADING Redis is loading the dataset in memory\r\n",),
        (b"-NOAUTH Authentication required.\r\n",),
        (b"%0\r\n", b"$45\r\nrun_id:abcdef\r\nrole:slave\r\nmaster_replid:12\r\n\r\n"),
        (b"%0\r\n", b"$46\r\nrun_id:abcdef\r\nrole:master\r\nmaster_replid:12\r\n\r\n", b":7\r\n"),
    ],
)
async def test_a_server_that_talks_nonsense_is_not_believed(
    open_cache: Opening, shop: Shop, replies: tuple[bytes, ...]
) -> None:
    async with speaking(*replies) as url:
        cache = await open_cache(url, timeout=0.1)
        for _ in range(5):
            assert (await asyncio.wait_for(read_item.response(cache, shop, key=1), NEVER_S)).state == "BYPASS"
            await asyncio.sleep(0.02)
        await shop.write(cache, 1)
        assert version(await read_item.response(cache, shop, key=1)) == 1


async def test_a_wrong_password_is_no_reason_to_fail(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    server.ask("CONFIG SET requirepass right")
    cache = await open_cache(f"redis://:wrong@127.0.0.1:{server.port}")
    assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
    right = await open_cache(f"redis://:right@127.0.0.1:{server.port}/3")
    assert [(await read_item.response(right, shop, key=1)).state for _ in range(2)] == ["MISS", "HIT"]


async def test_while_the_epoch_row_cannot_be_read_reads_go_past_the_cache(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, belief=0.2)
    await read_item.response(cache, shop, key=1)
    read = shop.database.read

    async def gone() -> object:
        raise ConnectionError("no database")

    shop.database.read = gone  # type: ignore[method-assign] # the epoch store's connection is gone
    await asyncio.sleep(0.25)
    assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
    shop.database.read = read  # type: ignore[method-assign]  # it is back
    await believed(cache)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"


async def test_when_the_messages_are_cut_off_the_link_is_made_again_and_the_epoch_stays(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url)
    for _ in range(2):
        await read_item.response(cache, shop, key=1)
    epoch = space_of(cache).epoch
    server.ask("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: cache.metrics.link_losses == 1)
    await believed(cache)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"
    assert space_of(cache).epoch == epoch


async def test_a_command_whose_reply_is_lost_is_not_sent_again(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    leases = 0

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal leases
        async with connected("127.0.0.1", server.port) as (back_reader, back_writer):
            while data := await reader.read(65536):
                if LEASE.sha.encode() in data:
                    leases += 1
                    break  # received, and the connection lost before its reply
                back_writer.write(data)
                writer.write(await back_reader.read(65536))

    await open_cache(server.url)  # opens the epoch and its gate
    async with listening(forward) as port:
        cache = await open_cache(f"redis://127.0.0.1:{port}/0")
        await believed(cache)
        assert (await read_item.response(cache, shop, key=1)).state == "BYPASS"
        await eventually(lambda: cache.metrics.link_losses >= 1)
        assert leases == 1
        await close(cache)


async def test_the_state_is_up_bypassed_or_down(open_cache: Opening, server: RedisServer, shop: Shop) -> None:
    cache = await open_cache(server.url, prefix="state")
    switched_off = await open_cache(server.url, prefix="state", reads=False)
    assert (cache.state, switched_off.state) == ("up", "bypassed")
    server.ask("CONFIG SET maxmemory 1")
    await shop.write(cache, 1)  # cannot raise its fence: the epoch is closed, and no new one can be opened
    await cache.ping()
    assert [cache.state] == ["bypassed"]
    server.ask("CONFIG SET maxmemory 0")
    await believed(cache)
    await asyncio.sleep(0.6)  # idle for longer than a look is believed
    assert switched_off.state == "bypassed"
    assert [one.state for one in (cache, switched_off)] == ["up", "bypassed"]
    server.kill()
    await eventually(lambda: cache.state == "down")


async def test_two_processes_that_see_two_servers_do_not_wear_each_other_out(
    open_cache: Opening, server: RedisServer, shared_server: RedisServer, shop: Shop
) -> None:
    one, other = await open_cache(server.url), await open_cache(shared_server.url)
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        for cache in (one, other):
            floor = shop.database.floors[1]
            assert version(await read_item.response(cache, shop, key=1)) >= floor
        await shop.write(one, 1)
        await asyncio.sleep(0.02)
    opened = one.metrics.counters.epochs_opened + other.metrics.counters.epochs_opened
    assert opened < 10


async def test_outages_in_a_row_do_not_hold_off_the_next_epoch(
    open_cache: Opening, server: RedisServer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.cache.opening._FIRST_HOLD_OFF", 3600.0)
    monkeypatch.setattr("product_dashboard.cache.opening._LONGEST_HOLD_OFF", 3600.0)
    cache = await open_cache(server.url, belief=0.1)
    for number in range(1, 4):
        server.pause()
        await shop.write(cache, 1)  # closes the epoch
        server.resume()
        await believed(cache)
        assert version(await read_item.response(cache, shop, key=1)) == number
        assert cache.metrics.counters.epochs_closed == number


async def test_an_epoch_that_is_closed_again_and_again_without_an_outage_is_held_off(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    cache = await open_cache(server.url, belief=0.1)
    assert hold_off_of(cache) == 0.0
    for _ in range(2):  # as a writer does that cannot reach this Redis
        await shop.database.close((await shop.database.read()).epoch)
        await eventually(lambda: not cache.metrics.believed)
        await believed(cache)
    assert hold_off_of(cache) > 0.0
    assert cache.metrics.link_losses == 0
