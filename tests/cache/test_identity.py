"""Which Redis is believed: another database, another role and another memory make it another one."""

import asyncio

from product_dashboard.cache import Cache
from tests.cache.cluster import six_nodes, wait_for
from tests.cache.conftest import Opening
from tests.cache.internals import hold_messages, look, server_of, space_of
from tests.cache.shop import Shop, read_item, version
from tests.waiting import PATIENCE_S, eventually
from tools.bench.cache.server import RedisServer


async def believed(cache: Cache) -> None:
    await eventually(cache.ping, seconds=8)


async def test_two_databases_of_one_server_are_two_servers(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    """REDIS_URL changes from /0 to /1 while old processes still run, or is changed back after a while."""
    old = await open_cache(f"redis://127.0.0.1:{server.port}/0")
    await read_item.response(old, shop, key=1)
    assert (await read_item.response(old, shop, key=1)).state == "HIT"
    new = await open_cache(f"redis://127.0.0.1:{server.port}/1")
    await shop.write(new, 1)
    assert version(await read_item.response(old, shop, key=1)) == 1


async def test_a_server_that_was_a_replica_for_a_while_is_not_believed_again(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    """Failover to a replica that missed a write, and back: the run id is the one of before."""
    with RedisServer("--replicaof", f"127.0.0.1 {server.port}") as other:
        wait_for(other, ("INFO", "replication"), "master_link_status:up")
        cache = await open_cache(server.url)
        await read_item.response(cache, shop, key=1)
        assert (await read_item.response(cache, shop, key=1)).state == "HIT"
        wait_for(other, ("DBSIZE",), server.ask("DBSIZE").strip())
        other.ask("REPLICAOF", "NO", "ONE")  # cut off: it misses what follows
        await shop.write(cache, 1)
        assert server.ask("EXISTS", space_of(cache).value("item(1)").decode()).startswith(":0")
        # The failover, as Sentinel does it: the old master follows the new one, its clients are killed.
        server.ask("REPLICAOF", "127.0.0.1", str(other.port))
        server.ask("CLIENT", "KILL", "TYPE", "normal")
        wait_for(server, ("INFO", "replication"), "master_link_status:up")
        await asyncio.sleep(0.1)
        # And the next one, back.
        server.ask("REPLICAOF", "NO", "ONE")
        await believed(cache)
        assert version(await read_item.response(cache, shop, key=1)) == 1


async def test_an_idle_cluster_connection_is_not_believed_after_two_failovers(
    open_cache: Opening, shop: Shop
) -> None:
    """A master that was replaced and took its slots back keeps its run id, and a cluster kills no client."""
    with six_nodes() as nodes:
        first, replica = nodes[0], nodes[3]
        # The line for messages is elsewhere, so that nothing is sent to the first master but reads and writes.
        url = f"redis+cluster://127.0.0.1:{nodes[1].port}"
        cache = await open_cache(url)
        space = space_of(cache)
        key = next(k for k in range(1, 10) if space.slot(space.bucket(f"item({k})")) <= 5460)
        name = space.value(f"item({key})").decode()
        await read_item.response(cache, shop, key=key)
        assert (await read_item.response(cache, shop, key=key)).state == "HIT"
        await asyncio.sleep(0.3)
        replica.pause()
        first.ask("CLIENT", "KILL", "TYPE", "replica")  # the next write does not reach it
        await shop.write(cache, key)
        await asyncio.sleep(0.2)
        assert first.ask("EXISTS", name).startswith(":0")
        first.pause()
        replica.resume()
        wait_for(replica, ("INFO", "replication"), "role:master", 30)
        first.resume()
        wait_for(first, ("INFO", "replication"), "master_link_status:up", 30)
        assert first.ask("EXISTS", name).startswith(":1") or "MOVED" in first.ask("EXISTS", name)
        await asyncio.sleep(1.5)
        wait_for(first, ("CLUSTER", "FAILOVER"), "+OK")
        wait_for(first, ("INFO", "replication"), "role:master", 30)
        wait_for(first, ("CLUSTER", "INFO"), "cluster_state:ok", 30)
        await asyncio.sleep(0.5)
        assert version(await read_item.response(cache, shop, key=key)) == 1


async def test_a_look_that_began_while_redis_was_being_connected_asks_it_again(
    open_cache: Opening, server: RedisServer, shop: Shop
) -> None:
    """The identity that connecting found is older than the look, so belief must not count from the look."""
    cache = await open_cache(server.url, belief=5.0)
    asked, released = hold_messages(cache)
    server.ask("CLIENT", "KILL", "TYPE", "normal")
    await asyncio.wait_for(asked.wait(), PATIENCE_S)  # the master has been asked who it is
    read, row = shop.database.read, asyncio.Event()

    async def slow() -> object:
        state = await read()
        await row.wait()
        return state

    shop.database.read = slow  # type: ignore[method-assign]  # the database is slow
    server.ask("CONFIG", "RESETSTAT")
    looking = look(cache)
    await asyncio.sleep(0.02)
    released.set()
    await eventually(lambda: server_of(cache))
    row.set()
    await looking
    assert cache.state == "up"
    assert "cmdstat_info:calls=1," in server.ask("INFO", "commandstats")
