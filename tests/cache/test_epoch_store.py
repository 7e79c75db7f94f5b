"""The epoch row on a real database: an epoch is believed only in the database that it was opened in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from product_dashboard.cache import Cache, CacheOptions
from product_dashboard.database import Database
from product_dashboard.epoch_store import MySQLEpochStore, identify
from product_dashboard.errors import DatabaseUnavailable
from product_dashboard.settings import load_database_settings
from tests.cache.internals import server_of, space_of
from tests.cache.shop import Shop, read_item, version
from tests.waiting import eventually
from tools.bench.cache.server import RedisServer

OTHER = "f" * 40  # the digest of some other database


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def connected(stack: AsyncExitStack, url: str) -> Database:
    database = Database(load_database_settings({"DATABASE_URL": url, "DB_POOL_SIZE": "2"}))
    stack.push_async_callback(database.close)
    await database.open()
    return database


async def run(database: Database, *statements: str) -> list[tuple[object, ...]]:
    """Run statements; the rows of the last one."""
    async with database.connection() as conn, conn.cursor() as cursor:
        for statement in statements:
            await cursor.execute(statement)
        return list(await cursor.fetchall())


async def opened(stack: AsyncExitStack, server: RedisServer, database: Database) -> Cache:
    cache = await stack.enter_async_context(
        Cache.open(
            server.url, epoch_store=MySQLEpochStore(database), options=CacheOptions(belief=0.4, timeout=1.0)
        )
    )
    await eventually(cache.ping)
    return cache


async def test_a_new_epoch_is_open_where_it_was_opened(
    stack: AsyncExitStack, server: RedisServer, migrated_database: str
) -> None:
    database = await connected(stack, migrated_database)
    store = MySQLEpochStore(database)
    assert (await store.read()).server == ""
    cache = await opened(stack, server, database)
    state = await store.read()
    assert (state.server, state.closed) == (server_of(cache), False)
    async with database.connection() as conn:
        assert await run(database, "SELECT origin FROM cache_epoch") == [(await identify(conn),)]


async def test_what_a_server_cached_that_lost_commits_is_not_served_after_another_took_over(
    stack: AsyncExitStack, server: RedisServer, migrated_database: str, shop: Shop
) -> None:
    database = await connected(stack, migrated_database)
    cache = await opened(stack, server, database)
    shop.database.versions[1] = 5
    answers = [await read_item.response(cache, shop, key=1) for _ in range(2)]
    assert [(version(answer), answer.state) for answer in answers] == [(5, "MISS"), (5, "HIT")]
    # A replica has taken over that never got the last commits: its copy of the row names the other server.
    shop.database.versions[1] = 4
    await run(database, f"UPDATE cache_epoch SET origin = '{OTHER}'")
    await asyncio.sleep(0.45)
    assert version(await read_item.response(cache, shop, key=1)) == 4
    await eventually(cache.ping)
    assert version(await read_item.response(cache, shop, key=1)) == 4
    assert cache.metrics.counters.epochs_opened == 2


async def test_a_copy_of_a_database_in_another_schema_has_an_epoch_of_its_own(
    stack: AsyncExitStack, server: RedisServer, migrated_database: str, create_database: Callable[[], str]
) -> None:
    original, copy = [await connected(stack, url) for url in (migrated_database, create_database())]
    cache = await opened(stack, server, original)
    ((epoch, of_server, origin),) = await run(original, "SELECT epoch, server, origin FROM cache_epoch")
    await run(copy, f"UPDATE cache_epoch SET epoch='{epoch}', server='{of_server}', origin='{origin}'")
    assert (await MySQLEpochStore(copy).read()).closed
    of_copy = await opened(stack, server, copy)
    assert space_of(of_copy).epoch != epoch
    await asyncio.sleep(0.45)
    assert await cache.ping()
    assert space_of(cache).epoch == epoch


async def test_a_dump_that_was_loaded_into_the_same_schema_closes_the_epoch(
    stack: AsyncExitStack, server: RedisServer, migrated_database: str
) -> None:
    database = await connected(stack, migrated_database)
    await opened(stack, server, database)
    store = MySQLEpochStore(database)
    assert not (await store.read()).closed
    await asyncio.sleep(1.1)  # the age of a table is known in seconds
    await run(
        database,
        "CREATE TABLE dumped AS SELECT * FROM cache_epoch",
        "DROP TABLE cache_epoch",
        "CREATE TABLE cache_epoch (PRIMARY KEY (id)) AS SELECT * FROM dumped",
    )
    assert (await store.read()).closed


async def test_a_server_that_is_read_only_is_not_asked_what_to_believe(
    stack: AsyncExitStack, migrated_database: str
) -> None:
    """The primary of yesterday, which a connection may still lead to, knows nothing of today's writers."""
    database = await connected(stack, migrated_database)
    store = MySQLEpochStore(database)
    await run(database, "SET GLOBAL read_only = 1")
    try:
        with pytest.raises(DatabaseUnavailable):
            await store.read()
    finally:
        await run(database, "SET GLOBAL read_only = 0")
    await store.read()


async def test_a_writer_bars_the_opening_of_an_epoch_until_its_transaction_is_over(
    stack: AsyncExitStack, migrated_database: str
) -> None:
    database = await connected(stack, migrated_database)
    store = MySQLEpochStore(await connected(stack, migrated_database))
    before = await store.read()
    async with database.transaction() as conn:
        await store.hold(conn)
        assert not await store.barrier()
        assert not await store.open(expected=before.epoch, epoch="e" * 16, server="s")
    assert await store.barrier()
    assert not await store.open(expected="another epoch", epoch="e" * 16, server="s")
    assert await store.open(expected=before.epoch, epoch="e" * 16, server="s")
    await store.close("e" * 16)
    assert (await store.read()).closed
