"""The primary of a group is found, followed, and confirmed: what another server answers does not count."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from product_dashboard.database import Database
from product_dashboard.errors import DatabaseUnavailable, QueryTimeout
from product_dashboard.settings import load_database_settings
from product_dashboard.startup import StartupError, wait_for_database
from tests.cluster.conftest import DATABASE
from tests.listener import listening
from tests.waiting import PATIENCE_S, eventually
from tools.stack.accounts import SERVING_USER
from tools.stack.mysql_group import Member, MysqlGroup

MARK = "SELECT epoch FROM cache_epoch"


@asynccontextmanager
async def opened(
    url: str, database_class: type[Database] = Database, **variables: str
) -> AsyncGenerator[Database]:
    settings = load_database_settings({"DATABASE_URL": url, "DB_POOL_SIZE": "2", **variables})
    database = database_class(settings)
    try:
        await database.open()
        yield database
    finally:
        await database.close()


async def ask(database: Database, sql: str) -> str:
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.execute(sql)
        return str((await cursor.fetchone())[0])


async def read(database: Database) -> str:
    return await ask(database, MARK)


async def write(database: Database, text: str) -> None:
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("UPDATE cache_epoch SET epoch = %s", (text,))


def place(member: Member) -> str:
    return f"{member.root.host}:{member.root.port}"


def secondary(group: MysqlGroup) -> Member:
    primary = group.primary()
    return next(member for member in group.members if member is not primary)


def make_primary(group: MysqlGroup, member: Member) -> None:
    ((uuid,),) = member.run("SELECT @@server_uuid")
    group.primary().run(f"SELECT group_replication_set_as_primary('{uuid}')")


async def test_everything_goes_to_the_primary_and_follows_it(group: MysqlGroup, database_url: str) -> None:
    async with opened(database_url) as database:
        for text in ("first", "second"):
            member = group.primary()
            assert database.primary == place(member)
            await write(database, text)
            assert member.run(f"{MARK[:-11]}{DATABASE}.cache_epoch") == [(text,)]
            assert await read(database) == text
            await asyncio.to_thread(make_primary, group, secondary(group))

            async def follows(old: str = place(member)) -> bool:
                return database.primary not in {None, old}

            await eventually(follows)
        async with database.connection() as conn:
            assert str(conn.server) == database.primary


@asynccontextmanager
async def unwatched(url: str) -> AsyncGenerator[Database]:
    """A database whose watch sees nothing any more, as in a process that was stopped for a moment."""
    async with opened(url, DB_QUERY_TIMEOUT="1") as database:
        await read(database)
        assert database.watch is not None
        await database.watch.close()
        yield database


async def test_a_server_that_has_left_its_group_does_not_answer_with_old_rows(
    group: MysqlGroup, database_url: str
) -> None:
    old = group.primary()
    async with unwatched(database_url) as database:
        await write(database, "old")
        await asyncio.to_thread(old.run, "STOP GROUP_REPLICATION")
        new = await asyncio.to_thread(group.primary, other_than=old)
        new.run(f"UPDATE {DATABASE}.cache_epoch SET epoch = 'new'")
        assert old.run(f"SELECT epoch FROM {DATABASE}.cache_epoch") == [("old",)], "it does answer others"
        with pytest.raises(DatabaseUnavailable):
            await read(database)
        with pytest.raises(DatabaseUnavailable):
            await write(database, "lost")


async def test_a_query_on_a_server_that_is_not_the_primary_any_more_is_ended(
    group: MysqlGroup, database_url: str
) -> None:
    async with opened(database_url, DB_QUERY_TIMEOUT="60") as database:
        running = asyncio.create_task(ask(database, "SELECT SLEEP(50)"))
        await read(database)
        old = await asyncio.to_thread(group.primary)
        await asyncio.to_thread(make_primary, group, secondary(group))
        with pytest.raises(DatabaseUnavailable):
            async with asyncio.timeout(PATIENCE_S):
                await running

        async def answers() -> bool:
            try:
                return bool(await read(database)) and database.primary != place(old)
            except DatabaseUnavailable:
                return False

        await eventually(answers)
        async with database.connection() as one, database.connection() as other:
            assert {str(one.server), str(other.server)} == {str(database.primary)}


async def test_a_secondary_that_was_the_primary_does_not_answer(group: MysqlGroup, database_url: str) -> None:
    async with unwatched(database_url) as database:
        await asyncio.to_thread(make_primary, group, secondary(group))
        with pytest.raises(DatabaseUnavailable):
            await read(database)


async def test_a_primary_that_is_cut_off_answers_nothing_and_is_replaced(
    group: MysqlGroup, database_url: str
) -> None:
    """Clients still reach it, and it does not know yet that it has no majority."""
    old = group.primary()
    async with unwatched(database_url) as unaware, opened(database_url) as database:
        await write(database, "old")
        await asyncio.to_thread(group.cut_off, old)
        try:
            with pytest.raises(QueryTimeout):
                await read(unaware)
            with pytest.raises((QueryTimeout, DatabaseUnavailable)):
                await write(unaware, "lost")
            new = await asyncio.to_thread(group.primary, other_than=old)
            new.run(f"UPDATE {DATABASE}.cache_epoch SET epoch = 'new'")
            assert old.run(f"SELECT epoch FROM {DATABASE}.cache_epoch") == [("old",)], "it does answer others"
            with pytest.raises((QueryTimeout, DatabaseUnavailable)):
                await read(unaware)

            async def follows() -> bool:
                return database.primary == place(new)

            await eventually(follows)
            assert await read(database) == "new"
        finally:
            await asyncio.to_thread(group.reconnect, old)


async def test_a_host_that_does_not_answer_delays_no_request(group: MysqlGroup, database_url: str) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(say_nothing) as port:
        url = database_url.replace("@", f"@127.0.0.1:{port},")
        async with opened(url, DB_CONNECT_TIMEOUT="1") as database:
            assert database.primary == place(group.primary())
            for _ in range(100):  # one second for each would be more than the whole session has
                await read(database)


async def test_a_group_with_several_primaries_stops_the_start(group: MysqlGroup, database_url: str) -> None:
    primary = group.primary()
    primary.run("SELECT group_replication_switch_to_multi_primary_mode()")
    try:
        database = Database(load_database_settings({"DATABASE_URL": database_url}))
        with pytest.raises(StartupError, match="its group has several primaries"):
            await wait_for_database(database, 60)
        await database.close()
    finally:
        ((uuid,),) = primary.run("SELECT @@server_uuid")
        primary.run(f"SELECT group_replication_switch_to_single_primary_mode('{uuid}')")


async def test_an_account_that_must_not_see_the_members_stops_the_start(
    group: MysqlGroup, database_url: str
) -> None:
    group.primary().run(
        f"CREATE USER IF NOT EXISTS blind@'%' IDENTIFIED BY '{group.members[0].root.password}'",
        f"GRANT SELECT ON {DATABASE}.* TO blind@'%'",
    )
    database = Database(load_database_settings({"DATABASE_URL": database_url.replace(SERVING_USER, "blind")}))
    with pytest.raises(StartupError, match="must be allowed to SELECT from performance_schema"):
        await wait_for_database(database, 60)
    await database.close()


async def test_a_group_without_a_majority_is_not_read_and_not_written(
    group: MysqlGroup, database_url: str
) -> None:
    others = [member for member in group.members if member is not group.primary()]
    async with opened(database_url, DB_QUERY_TIMEOUT="1") as database:
        for member in others:
            await asyncio.to_thread(group.freeze, member)
        try:
            attempts: tuple[Callable[[], Awaitable[object]], ...] = (
                lambda: read(database),
                lambda: write(database, "lost"),
            )
            while database.primary is not None:
                for attempt in attempts:
                    with pytest.raises((QueryTimeout, DatabaseUnavailable)):
                        await attempt()
            with pytest.raises(DatabaseUnavailable) as refused:
                await read(database)
            assert "no majority: 1 of 3" in str(refused.value.__cause__)
        finally:
            for member in others:
                await asyncio.to_thread(group.thaw, member)

        async def is_whole() -> bool:
            try:
                assert await read(database) != "lost"
            except (QueryTimeout, DatabaseUnavailable):
                return False  # the members suspect each other for some more seconds
            return True

        await eventually(is_whole)
