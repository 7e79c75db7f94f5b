"""The promises of the cache on a cluster of six nodes, behind sentinels, and over TLS."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from product_dashboard.cache import Cache, Tag
from tests.cache.cluster import Watched, six_nodes, wait_for, watched_master
from tests.cache.conftest import Opening
from tests.cache.internals import close, fences_are_down, space_of
from tests.cache.shop import Shop, read_item, read_tagged, version
from tests.certificates import certificates
from tests.listener import listening
from tests.relay import Relay
from tests.waiting import eventually
from tools.bench.cache.server import RedisServer


@pytest.fixture(scope="module")
def cluster() -> Iterator[list[RedisServer]]:
    with six_nodes() as nodes:
        yield nodes


@pytest.fixture
def watched() -> Iterator[Watched]:
    with watched_master() as found:
        yield found


def cluster_url(nodes: list[RedisServer]) -> str:
    return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)


async def fresh_everywhere(caches: list[Cache], shop: Shop, turns: int) -> None:
    """Write and read back through every cache, by key and by tag."""
    for _ in range(turns):
        for key in range(1, 7):
            targets = (read_item.key(key=key), Tag(f"item-{key}"))
            await shop.write(caches[0], key, *targets)
            for cache in caches:
                floor = shop.database.floors[key]
                assert version(await read_item.response(cache, shop, key=key)) >= floor
                assert version(await read_tagged.response(cache, shop, key=key)) >= floor


async def hits(cache: Cache, shop: Shop) -> bool:
    keys = [*range(1, 7), *range(1, 7)]
    answers = [await read_tagged.response(cache, shop, key=key) for key in keys]
    return all(answer.state == "HIT" for answer in answers[6:])


async def test_on_a_cluster_keys_tags_and_writes_work_and_messages_arrive(
    open_cache: Opening, cluster: list[RedisServer], shop: Shop
) -> None:
    caches = [await open_cache(cluster_url(cluster)) for _ in range(2)]
    await fresh_everywhere(caches, shop, 3)
    assert await hits(caches[1], shop)
    used = [int(node.ask("DBSIZE")[1:]) for node in cluster[:3]]
    assert min(used) > 0, "keys are spread over all masters"
    shop.loads, shop.delay = 0, 0.2
    await asyncio.gather(*(read_item.response(caches[n % 2], shop, key=9) for n in range(40)))
    assert shop.loads == 1


async def test_on_a_cluster_a_write_is_two_calls_a_bucket_however_many_targets_it_has(
    open_cache: Opening, cluster: list[RedisServer], shop: Shop
) -> None:
    cache = await open_cache(cluster_url(cluster))
    targets = [Tag(f"target-{number}") for number in range(200)]
    await shop.write(cache, 1, *targets)  # every node knows the scripts now
    await eventually(lambda: fences_are_down(cache))
    space = space_of(cache)
    buckets = {space.bucket(target.name) for target in targets}
    # One read of the epoch row may fall into it, which asks the three masters who they are.
    before = cache.metrics.commands
    await shop.write(cache, 1, *targets)
    await eventually(lambda: fences_are_down(cache))
    assert 2 * len(buckets) <= cache.metrics.commands - before <= 2 * len(buckets) + 3


async def test_a_failover_in_a_cluster_leaves_nothing_stale(
    open_cache: Opening, cluster: list[RedisServer], shop: Shop
) -> None:
    caches = [await open_cache(cluster_url(cluster)) for _ in range(2)]
    await fresh_everywhere(caches, shop, 1)
    cluster[0].kill()
    wait_for(cluster[3], ("INFO", "replication"), "role:master")
    await fresh_everywhere(caches, shop, 3)

    async def used_again() -> bool:
        await fresh_everywhere(caches, shop, 1)
        return await hits(caches[0], shop)

    await eventually(used_again)


async def test_a_failover_behind_sentinels_to_a_replica_that_missed_writes_leaves_nothing_stale(
    open_cache: Opening, watched: Watched, shop: Shop
) -> None:
    cache = await open_cache(watched.url)
    await read_item.response(cache, shop, key=1)
    assert (await read_item.response(cache, shop, key=1)).state == "HIT"
    name = space_of(cache).value("item(1)").decode()
    wait_for(watched.replica, ("EXISTS", name), ":1")
    watched.replica.pause()
    # Without this the kernel would keep what the master sends, and deliver it when the replica runs again.
    watched.master.ask("CLIENT", "KILL", "TYPE", "replica")
    await shop.write(cache, 1)
    assert watched.master.ask("EXISTS", name).startswith(":0")
    watched.master.kill()
    watched.replica.resume()
    wait_for(watched.replica, ("INFO", "replication"), "role:master")
    assert watched.replica.ask("EXISTS", name).startswith(":1"), "the old value is there to be found"

    async def used_again() -> bool:
        answer = await read_item.response(cache, shop, key=1)
        assert version(answer) == 1
        return answer.state == "HIT"

    await eventually(used_again)


@asynccontextmanager
async def over_tls(server: RedisServer, folder: Path) -> AsyncGenerator[int]:
    """A TLS port in front of a server, as a load balancer has one: not every build of a server can do TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    async with listening(Relay("127.0.0.1", server.port).serve, tls=context) as port:
        yield port


async def test_on_the_session_s_server_keys_tags_and_writes_work(
    open_cache: Opening, redis_url: str, shop: Shop
) -> None:
    """Redis 8 from a container, or the server of this machine: see `--stores`."""
    caches = [await open_cache(redis_url, prefix="topologies") for _ in range(2)]
    await fresh_everywhere(caches, shop, 3)
    assert await hits(caches[1], shop)


async def test_over_tls_the_certificate_is_verified(
    open_cache: Opening, server: RedisServer, tmp_path: Path, shop: Shop
) -> None:
    certificates(tmp_path)
    async with over_tls(server, tmp_path) as port:
        trusted = await open_cache(f"rediss://127.0.0.1:{port}?ssl_ca_certs={tmp_path / 'cert.pem'}")
        assert [(await read_item.response(trusted, shop, key=1)).state for _ in range(2)] == ["MISS", "HIT"]
        unknown = await open_cache(f"rediss://127.0.0.1:{port}")
        assert (await read_item.response(unknown, shop, key=1)).state == "BYPASS"
        await close(trusted)
        await close(unknown)
        await asyncio.sleep(0.05)
