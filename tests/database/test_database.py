"""The database as services see it: sessions, transactions, and the service's errors in place of the driver's."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from asyncmy.errors import MySQLError

from product_dashboard.database.database import ATTEMPTS_ON_DEADLOCK, LOCK_WAIT_S, Database
from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.schema import MIGRATIONS, SchemaVersion, schema_version
from product_dashboard.database_url import Server
from product_dashboard.errors import (
    Busy,
    Conflict,
    DatabaseUnavailable,
    Deadlock,
    DuplicateKey,
    MissingReference,
    Overloaded,
    QueryTimeout,
    RuleViolation,
    StillReferenced,
    Unavailable,
)
from product_dashboard.migrate import downgrade, upgrade
from product_dashboard.settings import Secret
from tests.listener import listening
from tests.relay import relay_to
from tests.waiting import SLACK_S, eventually

Configure = Callable[..., Database]


async def execute(conn: Any, sql: str, *args: object) -> int:
    async with conn.cursor() as cursor:
        await cursor.execute(sql, args or None)
        rowcount: int = cursor.rowcount
        return rowcount


async def fetch(conn: Any, sql: str, *args: object) -> Any:
    async with conn.cursor() as cursor:
        await cursor.execute(sql, args or None)
        return (await cursor.fetchall())[0]


async def ask(database: Database, sql: str, *args: object) -> Any:
    async with database.connection() as conn:
        return await fetch(conn, sql, *args)


async def is_running(database: Database, pattern: str) -> bool:
    """Return whether another session runs a statement that is LIKE `pattern`."""
    counted = (
        "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE %s AND id <> CONNECTION_ID()"
    )
    return bool(await ask(database, counted, pattern) != (0,))


async def is_not_running(database: Database, pattern: str) -> bool:
    """Return whether no other session runs a statement that is LIKE `pattern`."""
    return not await is_running(database, pattern)


async def is_gone(database: Database, thread: object) -> bool:
    """Return whether the server has ended a connection."""
    counted = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s"
    return bool(await ask(database, counted, thread) == (0,))


async def test_the_statements_of_a_snapshot_read_the_same_state(database: Database) -> None:
    count = "SELECT COUNT(*) FROM parents"
    async with database.snapshot() as conn:
        before = await fetch(conn, count)
        async with database.transaction() as other:
            await execute(other, "INSERT INTO parents VALUES (3, 'three')")
        assert await ask(database, count) == (3,)
        assert await fetch(conn, count) == before == (2,)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_connection_leaves_its_snapshot_with_the_block(
    database: Database, configure: Configure, *, fails: bool
) -> None:
    one = configure(pool_size=1)
    count = "SELECT COUNT(*) FROM children"
    with suppress(ZeroDivisionError):
        async with one.snapshot() as conn:
            assert await fetch(conn, count) == (1,)
            if fails:
                raise ZeroDivisionError
    async with one.transaction() as other:
        await execute(other, "INSERT INTO children VALUES (2, 1, 2.50)")
    assert await ask(one, count) == await ask(database, count) == (2,)


async def test_a_session_is_strict_in_utc_and_utf8(database: Database) -> None:
    found = await ask(
        database,
        "SELECT @@time_zone, @@character_set_client, @@autocommit, @@innodb_lock_wait_timeout, @@sql_mode",
    )
    assert found[:4] == ("+00:00", "utf8mb4", 1, 2)
    assert {"STRICT_ALL_TABLES", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO"} <= set(found[4].split(","))


async def test_text_beyond_the_basic_plane_comes_back_as_it_was(database: Database) -> None:
    assert await ask(database, "SELECT %s", "naïve 🦊 漢字") == ("naïve 🦊 漢字",)


async def test_a_row_count_is_of_matched_rows(database: Database) -> None:
    async with database.connection() as conn:
        assert await execute(conn, "UPDATE parents SET name = 'one' WHERE id = 1") == 1
        assert await execute(conn, "UPDATE parents SET name = 'one' WHERE id = 99") == 0


async def test_statements_are_prepared_on_the_server(database: Database) -> None:
    async with database.connection() as conn:
        before = await fetch(conn, "SHOW SESSION STATUS LIKE 'Com_stmt_execute'")
        for number in range(3):
            await fetch(conn, "SELECT name FROM parents WHERE id = %s", number % 2 + 1)
        after = await fetch(conn, "SHOW SESSION STATUS LIKE 'Com_stmt_execute'")
    assert int(after[1]) - int(before[1]) >= 3


async def test_a_transaction_commits_when_its_block_ends_well(database: Database) -> None:
    async with database.transaction() as conn:
        await execute(conn, "INSERT INTO parents VALUES (3, 'three')")
    assert await ask(database, "SELECT COUNT(*) FROM parents") == (3,)


@pytest.mark.parametrize("error", [Conflict("no"), RuntimeError("no"), asyncio.CancelledError()])
async def test_a_transaction_is_rolled_back_whatever_ends_it(
    database: Database, error: BaseException
) -> None:
    async def fail() -> None:
        async with database.transaction() as conn:
            await execute(conn, "INSERT INTO parents VALUES (3, 'three')")
            raise error

    with pytest.raises(type(error)):
        await fail()
    assert await ask(database, "SELECT COUNT(*) FROM parents") == (2,)
    async with database.transaction() as conn:  # no lock is left behind
        await execute(conn, "INSERT INTO parents VALUES (3, 'three')")


async def test_a_duplicate_names_the_key_without_its_table(database: Database) -> None:
    with pytest.raises(DuplicateKey) as caught:
        async with database.connection() as conn:
            await execute(conn, "INSERT INTO parents VALUES (3, 'one')")
    assert caught.value.key == "parents_name"
    assert "one" not in caught.value.message


async def test_deleting_a_parent_in_use_names_the_foreign_key(database: Database) -> None:
    with pytest.raises(StillReferenced) as caught:
        async with database.transaction() as conn:
            await execute(conn, "DELETE FROM parents WHERE id = 1")
    assert caught.value.constraint == "children_parent"


async def test_a_missing_parent_names_the_foreign_key(database: Database) -> None:
    with pytest.raises(MissingReference) as caught:
        async with database.transaction() as conn:
            await execute(conn, "INSERT INTO children VALUES (2, 99, NULL)")
    assert caught.value.constraint == "children_parent"


async def test_an_error_in_a_statement_of_ours_stays_what_it_is(database: Database) -> None:
    with pytest.raises(MySQLError, match="syntax"):
        async with database.connection() as conn:
            await execute(conn, "SELECT FROM WHERE")
    assert await ask(database, "SELECT 1") == (1,)


async def test_a_query_that_takes_too_long_is_ended_by_the_server(configure: Configure) -> None:
    database = configure(pool_size=1, query_timeout_s=0.2)
    began = time.monotonic()
    with pytest.raises(QueryTimeout):
        await ask(
            database,
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
            " SELECT COUNT(*) FROM n AS a, n AS b, n AS c, n AS d",
        )
    assert time.monotonic() - began < SLACK_S
    assert await ask(database, "SELECT 1") == (1,)


async def test_a_transaction_without_a_request_is_ended_and_rolled_back_soon_after_the_limit_of_a_query(
    database: Database, configure: Configure
) -> None:
    impatient = configure(pool_size=1, query_timeout_s=0.2)

    async def dawdle() -> None:
        async with impatient.transaction() as conn:
            await execute(conn, "INSERT INTO parents VALUES (3, 'three')")
            await asyncio.sleep(60)

    with pytest.raises(QueryTimeout):
        await dawdle()
    assert await ask(database, "SELECT COUNT(*) FROM parents") == (2,)


async def test_an_answer_that_cannot_be_decoded_does_not_spoil_later_ones(configure: Configure) -> None:
    database = configure(pool_size=1)

    async def ask_in_another_encoding() -> None:
        async with database.connection() as conn:
            await execute(conn, "SET character_set_results = latin1")
            await fetch(conn, "SELECT 'caf\u00e9', 'x' UNION ALL SELECT 'y', 'z'")

    with pytest.raises(UnicodeDecodeError):
        await ask_in_another_encoding()
    assert await ask(database, "SELECT 'caf\u00e9'") == ("caf\u00e9",)


async def test_a_cancelled_query_leaves_no_broken_connection(configure: Configure) -> None:
    database = configure(pool_size=1)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(database, "SELECT SLEEP(1)")
        assert await ask(database, "SELECT 7") == (7,)


async def test_a_connection_whose_caller_is_cancelled_while_it_is_opened_is_closed(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: asyncio.Queue[MySQLConnection] = asyncio.Queue()

    async def never_ready(_: Database, conn: MySQLConnection) -> None:
        opened.put_nowait(conn)
        await asyncio.Event().wait()

    monkeypatch.setattr(Database, "_prepare_session", never_ready)
    asking = asyncio.create_task(ask(configure(pool_size=1), "SELECT 7"))
    conn = await opened.get()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert not conn.connected


async def test_a_connection_that_the_server_ended_is_replaced(
    configure: Configure, database: Database
) -> None:
    victim = configure(pool_size=1)
    (thread,) = await ask(victim, "SELECT CONNECTION_ID()")
    async with database.connection() as conn:
        await execute(conn, f"KILL {thread}")
    await eventually(lambda: is_gone(database, thread))
    (other,) = await ask(victim, "SELECT CONNECTION_ID()")
    assert other != thread


async def test_a_server_that_dies_in_mid_query_is_unavailable_and_nothing_else(
    configure: Configure, database: Database
) -> None:
    victim = configure(pool_size=1)
    (thread,) = await ask(victim, "SELECT CONNECTION_ID()")
    sleeping = asyncio.create_task(ask(victim, "SELECT SLEEP(60)"))
    await eventually(lambda: is_running(database, "SELECT SLEEP(60)"))
    async with database.connection() as conn:
        await execute(conn, f"KILL {thread}")
    with pytest.raises(DatabaseUnavailable):
        await sleeping


@pytest.mark.parametrize("statement", ["SELECT 7", "SELECT %s + 7"], ids=["as text", "prepared first"])
async def test_a_server_that_dies_between_two_statements_is_unavailable(
    configure: Configure, database: Database, statement: str
) -> None:
    victim = configure(pool_size=1)

    async def ask_around_its_end() -> None:
        async with victim.transaction() as dying:
            (thread,) = await fetch(dying, "SELECT CONNECTION_ID()")
            async with database.connection() as conn:
                await execute(conn, f"KILL {thread}")
            await eventually(lambda: is_gone(database, thread))
            await fetch(dying, statement, *[7] * statement.count("%s"))

    with pytest.raises(DatabaseUnavailable):
        await ask_around_its_end()
    assert await ask(victim, "SELECT %s", 7) == (7,)


async def test_a_server_on_which_sessions_may_only_read_is_unavailable_for_writes(database: Database) -> None:
    async def write() -> None:
        async with database.connection() as conn:
            await execute(conn, "SET SESSION TRANSACTION READ ONLY")
            await execute(conn, "DELETE FROM parents WHERE id = 2")

    with pytest.raises(DatabaseUnavailable):
        await write()


async def test_wrong_credentials_are_unavailable_with_the_reason_as_cause(configure: Configure) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        await configure(password=Secret("wrong")).open()
    assert "Access denied" in str(caught.value.__cause__)
    assert "Access" not in caught.value.message


async def test_tls_is_used_when_it_is_required_and_certificates_are_checked_when_asked(
    configure: Configure,
) -> None:
    try:
        cipher = await ask(configure(ssl_mode="REQUIRED"), "SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    except DatabaseUnavailable as error:
        if not any(words in str(error.__cause__) for words in ("support", "WRONG_VERSION_NUMBER")):
            raise
        pytest.skip("this server has no TLS")
    assert cipher[1]
    assert await ask(configure(), "SHOW SESSION STATUS LIKE 'Ssl_cipher'") == ("Ssl_cipher", "")
    for strict in ("VERIFY_CA", "VERIFY_IDENTITY"):
        with pytest.raises(DatabaseUnavailable) as caught:
            await configure(ssl_mode=strict).open()
        assert "certificate" in str(caught.value.__cause__).lower()


async def test_a_server_that_accepts_and_says_nothing_is_given_up(configure: Configure) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(say_nothing) as port:
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await configure(servers=(Server("127.0.0.1", port),), pool_size=3, connect_timeout_s=0.2).open()
        assert time.monotonic() - began < SLACK_S


@pytest.mark.parametrize(
    "greeting", [b"", b"\x4a\0", b"\x05\0\0\0\x0a9.7\0", b"\0" * 50, b"HTTP/1.1 400 Bad Request\r\n\r\n"]
)
async def test_a_greeting_that_is_none_is_an_unavailable_server(
    configure: Configure, greeting: bytes
) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)

    async with listening(greet) as port:
        with pytest.raises(DatabaseUnavailable):
            await configure(
                servers=(Server("127.0.0.1", port),), pool_size=1, connect_timeout_s=SLACK_S
            ).open()


async def test_beyond_the_queue_requests_are_refused_and_the_rest_is_served(configure: Configure) -> None:
    database = configure(pool_size=2, pool_queue=5, acquire_timeout_s=60)
    await database.open()
    results = await asyncio.gather(
        *(ask(database, "SELECT SLEEP(0.05)") for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(result, Overloaded) for result in results) == 13
    assert sum(result == (0,) for result in results) == 7


async def lock_in_turn(database: Database, first: int, second: int, met: asyncio.Barrier) -> None:
    waited = False

    async def operation() -> None:
        nonlocal waited
        async with database.transaction() as conn:
            await execute(conn, "UPDATE children SET amount = amount + 1 WHERE id = %s", first)
            if not waited:
                waited = True
                await met.wait()
            await execute(conn, "UPDATE children SET amount = amount + 1 WHERE id = %s", second)

    await database.retry_on_deadlock(operation)


async def test_a_deadlock_is_tried_again_until_both_are_done(database: Database) -> None:
    async with database.connection() as conn:
        await execute(conn, "INSERT INTO children VALUES (2, 1, 1.50)")
    met = asyncio.Barrier(2)
    await asyncio.gather(lock_in_turn(database, 1, 2, met), lock_in_turn(database, 2, 1, met))
    assert await ask(database, "SELECT SUM(amount) FROM children") == (7,)


async def test_an_endless_deadlock_is_told_after_the_last_attempt(database: Database) -> None:
    attempts = 0

    async def operation() -> None:
        nonlocal attempts
        attempts += 1
        raise Deadlock

    with pytest.raises(Deadlock):
        await database.retry_on_deadlock(operation)
    assert attempts == ATTEMPTS_ON_DEADLOCK


@pytest.mark.parametrize("wait", ["", "NOWAIT"])
async def test_a_locked_row_is_waited_for_once_within_a_limit(database: Database, wait: str) -> None:
    attempts = 0

    async def operation() -> None:
        nonlocal attempts
        attempts += 1
        async with database.transaction() as other:
            await fetch(other, f"SELECT * FROM parents WHERE id = 1 FOR UPDATE {wait}")

    async with database.transaction() as conn:
        await fetch(conn, "SELECT * FROM parents WHERE id = 1 FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(Busy) as caught:
            await database.retry_on_deadlock(operation)
        assert time.monotonic() - began < LOCK_WAIT_S + SLACK_S  # the server's own limit is 50 s
    assert attempts == 1
    assert not isinstance(caught.value, Deadlock)
    assert caught.value.code == "BUSY"
    assert caught.value.retry_after_s in {1, 2, 3}


async def test_reads_do_not_wait_behind_writers(database: Database) -> None:
    async def write() -> None:
        async with database.transaction() as other:
            await fetch(other, "SELECT * FROM parents WHERE id = 1 FOR UPDATE")

    async with database.transaction() as conn:
        await fetch(conn, "SELECT * FROM parents WHERE id = 1 FOR UPDATE")
        writers = [asyncio.create_task(write()) for _ in range(12)]
        await asyncio.sleep(0.2)
        assert await ask(database, "SELECT 1") == (1,)
        assert not any(writer.done() for writer in writers)
    assert [result for result in await asyncio.gather(*writers, return_exceptions=True) if result] == []


async def test_writers_beyond_the_queue_and_the_wait_are_refused(configure: Configure) -> None:
    database = configure(pool_size=2, pool_queue=1, acquire_timeout_s=0.3)

    async def write() -> None:
        async with database.transaction():
            await asyncio.sleep(1)

    results = await asyncio.gather(*(write() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), Overloaded, Overloaded]
    await write()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("INSERT INTO parents VALUES (3, REPEAT('x', 21))", "name"),
        ("INSERT INTO parents VALUES (3, X'FF')", "name"),
        ("INSERT INTO children VALUES (3, 1, 1000000)", "amount"),
        ("INSERT INTO children VALUES (3, 1, -1)", "children_amount"),
    ],
    ids=["too long", "not in UTF-8", "out of range", "a CHECK"],
)
async def test_a_value_that_breaks_a_rule_of_the_database_is_the_clients_error(
    database: Database, statement: str, rule: str
) -> None:
    async with database.connection() as conn:
        await execute(conn, "ALTER TABLE children ADD CONSTRAINT children_amount CHECK (amount >= 0)")
    with pytest.raises(RuleViolation) as caught:
        async with database.transaction() as conn:
            await execute(conn, statement)
    assert caught.value.rule == rule
    assert rule not in caught.value.message


async def test_a_database_that_freezes_is_given_up_within_the_default_limits(
    configure: Configure, fresh_database: str
) -> None:
    async def seconds_until_refused(work: Awaitable[object]) -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await work
        return time.monotonic() - began

    async def write(database: Database) -> None:
        async with database.transaction() as conn:
            await fetch(conn, "SELECT 1")

    async with relay_to(fresh_database) as (relay, _):
        database = configure(servers=(Server("127.0.0.1", relay.port),), pool_size=2)
        await database.open()
        relay.freeze()
        requests = [ask(database, "SELECT 1"), write(database), ask(database, "SELECT 1"), write(database)]
        waits = await asyncio.gather(*(seconds_until_refused(each) for each in requests))
        assert max(waits) < 7 + SLACK_S
        async with asyncio.timeout(SLACK_S):
            await database.close()


async def test_the_applied_migrations_tell_an_empty_database_from_a_half_migrated_one(
    configure: Configure, fresh_database: str
) -> None:
    database = configure(pool_size=1)
    latest = schema_version(()).expected
    assert schema_version(await database.applied_migrations()).version is None
    upgrade(fresh_database)
    assert schema_version(await database.applied_migrations()) == SchemaVersion(latest, latest, 0)
    downgrade(fresh_database)
    half = schema_version(await database.applied_migrations())
    assert (half.expected, half.missing) == (latest, 1)
    assert half.version is not None
    assert half.version < latest


async def test_the_migrations_are_asked_for_beside_a_busy_pool(configure: Configure) -> None:
    database = configure(pool_size=1)
    async with database.transaction():
        assert await asyncio.wait_for(database.applied_migrations(), SLACK_S) == set()


def test_a_schema_that_a_newer_version_has_migrated_lacks_nothing() -> None:
    known = {path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback")}
    newer = schema_version(known | {"9999.from-the-future"})
    assert (newer.version, newer.missing) == ("9999.from-the-future", 0)
