"""Reads from secondaries show all that their readers may have seen, and run on the primary where they cannot."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from typing import NamedTuple

import pytest
from prometheus_client import REGISTRY

from product_dashboard.database import Database
from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.secondary import REST_S
from product_dashboard.errors import NotFound, Unavailable
from product_dashboard.tracing.database import TracedDatabase
from tests.cluster.conftest import DATABASE
from tests.cluster.test_primary import MARK, make_primary, opened, place, read, write
from tests.waiting import eventually
from tools.bench.cache.lag import applying_nothing, committing_late
from tools.stack.mysql_group import Member, MysqlGroup


class Seen(NamedTuple):
    text: str
    server: str


async def load(conn: MySQLConnection) -> Seen:
    async with conn.cursor() as cursor:
        await cursor.execute(MARK)
        ((text,),) = await cursor.fetchall()
    return Seen(str(text), str(conn.server))


@asynccontextmanager
async def reading(
    url: str, database_class: type[Database] = Database, **variables: str
) -> AsyncGenerator[Database]:
    """A database that reads from secondaries, and has found both of them."""
    async with opened(url, database_class, DATABASE_READS="secondary", **variables) as database:
        await eventually(lambda: len(database.secondaries or ()) == 2)
        yield database


async def from_secondary(database: Database) -> Seen:
    """Read until a secondary answers."""
    seen = await database.read(load)

    async def answers() -> bool:
        nonlocal seen
        seen = await database.read(load)
        return seen.server != database.primary

    await eventually(answers)
    return seen


def secondaries(group: MysqlGroup) -> list[Member]:
    primary = group.primary()
    return [member for member in group.members if member is not primary]


def moved(reason: str) -> float:
    return REGISTRY.get_sample_value("db_reads_moved_total", {"reason": reason}) or 0


@pytest.mark.parametrize(
    ("database_class", "comments"), [(Database, "false"), (Database, "true"), (TracedDatabase, "true")]
)
async def test_a_secondary_shows_what_was_written_before_the_read(
    group: MysqlGroup, database_url: str, database_class: type[Database], comments: str
) -> None:
    servers: set[str] = set()
    async with reading(database_url, database_class, DB_QUERY_COMMENTS=comments) as database:
        for number in range(20):
            await write(database, f"write {number}")
            seen = await database.read(load)
            assert seen.text == f"write {number}"
            servers.add(seen.server)
        servers.add((await from_secondary(database)).server)
    assert servers & {place(member) for member in secondaries(group)}


async def test_statements_on_a_secondary_see_one_snapshot_and_cannot_write(
    group: MysqlGroup, database_url: str
) -> None:
    async def load_twice(conn: MySQLConnection) -> tuple[bool, str, str, int]:
        first = await load(conn)
        if is_secondary := first.server != place(group.primary()):
            await write(database, first.text + "+")
            await eventually(lambda: has(group, conn, first.text + "+"))
        second = await load(conn)
        async with conn.cursor() as cursor:
            await cursor.execute("SELECT @@session.transaction_read_only")
            ((read_only,),) = await cursor.fetchall()
        return is_secondary, first.text, second.text, read_only

    async with reading(database_url) as database:
        await write(database, "one")
        await from_secondary(database)

        async def ran_on_secondary() -> bool:
            is_secondary, first, second, read_only = await database.read(load_twice)
            assert second == first
            assert read_only == is_secondary
            return is_secondary

        await eventually(ran_on_secondary)


def has(group: MysqlGroup, conn: MySQLConnection, text: str) -> bool:
    member = next(each for each in group.members if place(each) == str(conn.server))
    return member.run(f"SELECT epoch FROM {DATABASE}.cache_epoch") == [(text,)]


async def test_secondaries_that_lag_show_no_old_row_and_delay_few_reads(
    group: MysqlGroup, database_url: str
) -> None:
    async with reading(database_url) as database:
        await write(database, "old")
        await from_secondary(database)
        with ExitStack() as held:
            members = secondaries(group)
            for member in members:
                held.enter_context(applying_nothing(member))
            before = moved("lag")
            await write(database, "new")
            assert {has_text(member) for member in members} == {"old"}
            primary = place(group.primary())
            began = time.monotonic()
            for _ in range(100):
                assert await database.read(load) == ("new", primary)
            tries_of_each = (time.monotonic() - began) / REST_S + 1
            assert 0 < moved("lag") - before <= len(members) * tries_of_each
            assert await read(database) == "new"
        assert (await from_secondary(database)).text == "new"


def has_text(member: Member) -> str:
    ((text,),) = member.run(f"SELECT epoch FROM {DATABASE}.cache_epoch")
    return str(text)


async def test_a_write_that_was_seen_on_a_secondary_is_not_missing_on_the_primary_afterwards(
    group: MysqlGroup, database_url: str
) -> None:
    """The primary holds up its commits for a second. The secondaries, which have the same write, do not."""
    member = secondaries(group)[0]
    async with reading(database_url) as database:
        await from_secondary(database)
        before = moved("ahead")
        number = 0

        async def the_primary_was_waited_for() -> bool:
            nonlocal number
            number += 1
            writing = asyncio.create_task(write(database, new := f"new {number}"))
            await eventually(lambda: has_text(member) == new)
            while not writing.done():
                seen = await database.read(load)
                assert await read(database) in {seen.text, new}
            await writing
            return moved("ahead") > before

        with committing_late(group.primary(), 1.0):
            await eventually(the_primary_was_waited_for)
        assert (await database.read(load)).text == f"new {number}"


async def test_a_read_waits_for_a_write_that_is_being_committed(group: MysqlGroup, database_url: str) -> None:
    """Its locks may be free already. The secondaries do not have it, and the primary holds it up."""
    primary = group.primary()
    async with reading(database_url) as database:
        await write(database, "old")
        await from_secondary(database)
        with ExitStack() as held:
            for member in secondaries(group):
                held.enter_context(applying_nothing(member))
            held.enter_context(committing_late(primary, 1.0))
            writing = asyncio.create_task(write(database, "new"))
            await eventually(lambda: primary.run("SELECT @@global.gtid_owned") != [("",)])
            assert (await database.read(load)).server == place(primary)
            await writing


async def test_a_refusal_that_comes_from_rows_is_answered_from_a_secondary(
    group: MysqlGroup, database_url: str
) -> None:
    servers: set[str] = set()

    async def refuse(conn: MySQLConnection) -> None:
        servers.add(str(conn.server))
        raise NotFound("There is no such row.")

    async with reading(database_url) as database:
        await from_secondary(database)
        with pytest.raises(NotFound):
            await database.read(refuse)
    assert len(servers) == 1


async def test_reads_continue_while_the_primary_changes_and_a_secondary_is_killed(
    group: MysqlGroup, database_url: str
) -> None:
    killed, new = secondaries(group)
    is_over = False
    floor = failed = 0

    async def read_all_the_time(database: Database) -> None:
        nonlocal failed
        while not is_over:
            expected = floor
            try:
                seen = await database.read(load)
            except Unavailable:
                failed += 1
                await asyncio.sleep(0.01)
            else:
                assert int(seen.text) >= expected

    async def write_some(database: Database) -> None:
        nonlocal floor
        for _ in range(20):
            await write(database, str(floor + 1))
            floor += 1

    async with reading(database_url) as database:
        await write(database, "0")
        await from_secondary(database)
        readers = [asyncio.create_task(read_all_the_time(database)) for _ in range(4)]
        try:
            await asyncio.to_thread(make_primary, group, new)
            await eventually(lambda: database.primary == place(new))
            await write_some(database)
            await eventually(lambda: len(database.secondaries or ()) == 2)
            await from_secondary(database)
            failed = 0  # some do while there is no primary
            await asyncio.to_thread(group.kill, killed)
            await write_some(database)
            await eventually(lambda: len(database.secondaries or ()) == 1)
            await from_secondary(database)
        finally:
            is_over = True
            group.start(killed)
            await asyncio.gather(*readers)
    assert not failed
