"""Statements of a transaction that are sent together: their order, their errors, and what is left of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asyncmy.errors import IntegrityError

from generated.connection import Connection
from product_dashboard.database import Database
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.database_url import Server
from product_dashboard.errors import Conflict, DatabaseUnavailable, Deadlock, DuplicateKey
from tests.database.test_database import ask, execute, fetch
from tests.idempotency.proxy import cut, proxied, statement_of
from tests.waiting import PATIENCE_S

Configure = Callable[..., Database]

ADD = "INSERT INTO parents VALUES (%s, %s)"
COUNT = "SELECT COUNT(*) FROM parents WHERE id > 2"


async def send(conn: Connection, sql: str, *args: object) -> None:
    async with conn.cursor() as cursor:
        await cursor.execute(sql, args)


async def add(database: Database, *names: str) -> None:
    """Add parents in a transaction, all of them in the pipeline."""
    async with database.transaction() as conn:
        for place, name in enumerate(names):
            await send(conn.pipelined, ADD, 3 + place, name)


async def number(conn: Connection) -> Any:
    """Count what was added. The statement is sent behind those that wait."""
    async with conn.cursor() as cursor:
        await cursor.execute(COUNT, ())
        return (await cursor.fetchall())[0][0]


@pytest.mark.parametrize("statement_cache", [0, 1, 200])
async def test_statements_that_wait_are_executed_in_order_before_the_next_one(
    database: Database, configure: Configure, statement_cache: int
) -> None:
    one = configure(pool_size=1, statement_cache=statement_cache)
    for first in (3, 5):  # the second time, the statements are prepared
        async with one.transaction() as conn:
            await send(conn.pipelined, ADD, first, f"no {first}")
            await send(conn.pipelined, "UPDATE parents SET name = 'größer 🦊' WHERE id = %s", first)
            await send(conn.pipelined, ADD, first + 1, f"no {first}")
            assert await number(conn) == first - 1
            assert await fetch(conn, "SELECT name FROM parents WHERE id = %s", first) == ("größer 🦊",)
            await execute(conn, "UPDATE parents SET name = CONCAT(name, id) WHERE id = %s", first)
    assert await ask(database, COUNT) == (4,)


async def test_they_are_one_round_trip(fresh_database: str, database: Database, configure: Configure) -> None:
    async with proxied(fresh_database) as proxy:
        port = int(proxy.url.rpartition(":")[2].partition("/")[0])
        one = configure(servers=(Server("127.0.0.1", port),), pool_size=1, statement_cache=0)
        async with one.transaction() as conn:
            await fetch(conn, "SELECT 1")
            proxy.statements.clear()
            await send(conn.pipelined, ADD, 3, "three")
            await send(conn.pipelined, ADD, 4, "four")
            assert proxy.statements == []
            assert await number(conn) == 2
    assert [(each.split()[0], each.is_pipelined) for each in proxy.statements] == [
        ("INSERT", False),
        ("INSERT", True),
        ("SELECT", True),
        ("COMMIT", False),
    ]
    assert await ask(database, COUNT) == (2,)


async def test_they_are_sent_before_commit_at_the_latest(database: Database) -> None:
    await add(database, "three", "four")
    assert await ask(database, COUNT) == (2,)


@pytest.mark.parametrize("statement_cache", [0, 200])
async def test_an_error_before_commit_rolls_all_of_them_back(
    database: Database, configure: Configure, statement_cache: int
) -> None:
    one = configure(pool_size=1, statement_cache=statement_cache)
    with pytest.raises(DuplicateKey) as caught:
        await add(one, "three", "one", "five")
    assert caught.value.key == "parents_name"
    assert await ask(database, COUNT) == (0,)
    async with one.transaction() as conn:
        assert await number(conn) == 0


async def test_after_an_error_no_answer_is_left_unread(database: Database) -> None:
    async with database.transaction() as conn:
        for sql, name in ((ADD, "one"), (ADD, "four"), ("DELETE FROM parents WHERE id = %s + %s", "0")):
            await send(conn.pipelined, sql, 3, name)
        with pytest.raises(
            IntegrityError, match="one"
        ):  # the first error, from where the last statement is sent
            await number(conn)
        assert await fetch(conn, "SELECT 7") == (7,)
        assert await number(conn) == 0


async def test_a_deadlock_commits_none_of_the_statements_behind_it(database: Database) -> None:
    """The server ends the transaction. In autocommit mode it would commit each statement that follows."""
    await fill(database)

    async def lose(heavier: TransactionConnection) -> None:
        async with database.transaction() as conn:
            await execute(conn, "UPDATE children SET amount = 2 WHERE id = 1")
            waiting = asyncio.create_task(execute(heavier, "UPDATE children SET amount = 3 WHERE id = 1"))
            await until_a_transaction_waits(database)
            await send(conn.pipelined, "UPDATE children SET amount = 2 WHERE id = 2")
            await send(conn.pipelined, ADD, 3, "three")
            try:
                await number(conn)
            finally:
                await waiting

    async with database.transaction() as heavier:
        await execute(heavier, "UPDATE children SET amount = 3 WHERE id > 1")
        with pytest.raises(Deadlock):
            await lose(heavier)
    assert await ask(database, COUNT) == (0,)
    assert await ask(database, "SELECT MIN(amount), MAX(amount) FROM children") == (3, 3)


async def fill(database: Database) -> None:
    async with database.connection() as conn:
        for child in range(2, 20):
            await execute(conn, "INSERT INTO children VALUES (%s, 1, 1)", child)


async def until_a_transaction_waits(database: Database) -> None:
    waits = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
    async with asyncio.timeout(PATIENCE_S):
        while (await ask(database, waits))[1] == "0":  # noqa: ASYNC110 - only the server knows
            await asyncio.sleep(0.02)


async def test_a_refusal_of_the_service_sends_none_of_them(database: Database) -> None:
    async def refuse() -> None:
        async with database.transaction() as conn:
            await send(conn.pipelined, ADD, 3, "three")
            raise Conflict("no")

    with pytest.raises(Conflict):
        await refuse()
    async with database.transaction() as conn:
        assert await number(conn) == 0


async def test_a_connection_that_is_lost_on_the_way_is_unavailable(
    fresh_database: str, database: Database, configure: Configure
) -> None:
    async with proxied(fresh_database) as proxy:
        port = int(proxy.url.rpartition(":")[2].partition("/")[0])
        one = configure(servers=(Server("127.0.0.1", port),), pool_size=1, statement_cache=0)
        for set_fault in (proxy.before, proxy.after):
            set_fault(statement_of("INSERT INTO parents VALUES (4"), cut)
            with pytest.raises(DatabaseUnavailable):
                await add(one, "three", "four", "five")
        async with one.transaction() as conn:
            assert await number(conn) == 0
    assert await ask(database, COUNT) == (0,)


async def test_a_statement_that_waits_has_no_answer_yet(database: Database) -> None:
    async with database.transaction() as conn, conn.pipelined.cursor() as cursor:
        await cursor.execute(ADD, (3, "three"))
        with pytest.raises(RuntimeError, match="pipeline"):
            await cursor.fetchall()
        with pytest.raises(RuntimeError, match="pipeline"):
            _ = cursor.rowcount


async def test_the_statement_behind_them_has_its_own_row_count_and_row(database: Database) -> None:
    async with database.transaction() as conn:
        await send(conn.pipelined, ADD, 3, "three")
        async with conn.cursor() as cursor:
            await cursor.execute("UPDATE parents SET name = CONCAT(name, '!')", ())
            assert cursor.rowcount == 3
        await send(conn.pipelined, ADD, 4, "four")
        async with conn.cursor() as cursor:
            await cursor.execute("SELECT name FROM parents WHERE id = %s", (4,))
            assert await cursor.fetchone() == ("four",)
