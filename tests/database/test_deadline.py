"""The deadline of a request: it ends every wait for the database, here and on the server."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from product_dashboard import deadline
from product_dashboard.database.database import LOCK_WAIT_S, Database
from product_dashboard.database.driver import is_mariadb
from product_dashboard.database_url import Server
from product_dashboard.errors import DeadlineExceeded, Deadlock, QueryTimeout
from tests.database.test_database import ask, execute, fetch, is_not_running
from tests.listener import listening
from tests.waiting import PATIENCE_S, SLACK_S, eventually

Configure = Callable[..., Database]

CROSS_JOIN = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
    " SELECT /* endless */ COUNT(*) FROM n AS a, n AS b, n AS c, n AS d"
)
LIMITS = "SELECT @@innodb_lock_wait_timeout, {}"


@asynccontextmanager
async def request_of(seconds: float) -> AsyncGenerator[None, None]:
    """Set a deadline; fail if the block ends long after it."""
    began = time.monotonic()
    token = deadline.begin(seconds)
    try:
        yield
    finally:
        deadline.end(token)
        took = time.monotonic() - began
        assert took < seconds + SLACK_S, f"{took:.2f} s instead of {seconds} s"


async def limits(database: Database) -> tuple[int, float]:
    """Return the session's limits in seconds: of a wait for a lock, and of a statement."""
    async with database.connection() as conn:
        mariadb = is_mariadb(conn.get_server_info())
        variable = "@@max_statement_time" if mariadb else "@@max_execution_time / 1000"
        lock_wait, statement = await fetch(conn, LIMITS.format(variable))
    return lock_wait, float(statement)


async def limits_near_the_end(database: Database, seconds: float) -> tuple[int, float]:
    """Return the session's limits in a request of so little time; a busy machine may need more, and tries again."""
    found: list[tuple[int, float]] = []

    async def are_read() -> bool:
        with suppress(DeadlineExceeded):
            async with request_of(seconds):
                found.append(await limits(database))
        return bool(found)

    await eventually(are_read)
    return found[0]


async def test_a_read_is_ended_at_the_deadline_here_and_on_the_server(
    configure: Configure, database: Database
) -> None:
    reader = configure(pool_size=1, query_timeout_s=PATIENCE_S * 2)
    with pytest.raises(DeadlineExceeded):
        async with request_of(0.4):
            await ask(reader, CROSS_JOIN)
    # Otherwise the server would continue until its limit of a query, although no client waits for the result.
    await eventually(lambda: is_not_running(database, "%endless%"))
    assert await ask(reader, "SELECT 7") == (7,)


async def test_a_transaction_is_ended_at_the_deadline_and_rolled_back(database: Database) -> None:
    async def dawdle() -> None:
        async with database.transaction() as conn:
            await execute(conn, "INSERT INTO parents VALUES (3, 'three')")
            await asyncio.sleep(60)

    with pytest.raises(DeadlineExceeded):
        async with request_of(0.3):
            await dawdle()
    assert await ask(database, "SELECT COUNT(*) FROM parents") == (2,)


async def test_a_transaction_of_a_request_may_take_longer_than_a_query(configure: Configure) -> None:
    database = configure(pool_size=1, query_timeout_s=0.2)
    async with request_of(60), database.transaction() as conn:
        await asyncio.sleep(1.5)
        assert await fetch(conn, "SELECT 7") == (7,)


@pytest.mark.usefixtures("database")  # it makes the tables
async def test_a_wait_for_a_locked_row_is_ended_at_the_deadline(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.database.database.LOCK_WAIT_S", 600)
    database = configure(query_timeout_s=600)

    async def wait() -> None:
        async with database.transaction() as other:
            await fetch(other, "SELECT * FROM parents WHERE id = 1 FOR UPDATE")

    async with database.transaction() as conn:
        await fetch(conn, "SELECT * FROM parents WHERE id = 1 FOR UPDATE")
        with pytest.raises(DeadlineExceeded):
            async with request_of(0.4):
                await wait()
        # Otherwise the server waits for the row until its limit of a lock.
        await eventually(lambda: is_not_running(database, "%FOR UPDATE%"))


@pytest.mark.parametrize("kind", ["connection", "transaction"])
async def test_a_wait_for_a_place_is_ended_at_the_deadline(configure: Configure, kind: str) -> None:
    database = configure(pool_size=1, acquire_timeout_s=60)
    borrow: Callable[[], AbstractAsyncContextManager[object]] = getattr(database, kind)
    async with borrow():
        with pytest.raises(DeadlineExceeded):
            async with request_of(0.2), borrow():
                pytest.fail("there is only one connection")
    assert await ask(database, "SELECT 7") == (7,)
    async with database.transaction():
        pass


async def test_a_wait_for_a_new_connection_is_ended_at_the_deadline(configure: Configure) -> None:
    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(say_nothing) as port:
        database = configure(servers=(Server("127.0.0.1", port),), pool_size=1, connect_timeout_s=60)
        with pytest.raises(DeadlineExceeded):
            async with request_of(0.2):
                await ask(database, "SELECT 1")


async def test_a_connection_that_is_made_at_the_deadline_is_not_waited_for(configure: Configure) -> None:
    """asyncio.wait_for of Python 3.11, in the driver, loses a cancellation that comes together with its result."""

    async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(say_nothing) as port:
        database = configure(servers=(Server("127.0.0.1", port),), pool_size=1, connect_timeout_s=3600)
        async with asyncio.timeout(PATIENCE_S):
            for microseconds in range(0, 1000, 10):
                with pytest.raises(DeadlineExceeded):
                    async with request_of(microseconds / 1_000_000):
                        await ask(database, "SELECT 1")


async def test_a_limit_that_insists_ends_a_block_that_loses_its_first_cancellation() -> None:
    async def lose_it() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        await asyncio.sleep(3600)

    with pytest.raises(QueryTimeout):
        async with deadline.limit(0.01, QueryTimeout, insists=True):
            await lose_it()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_no_attempt_begins_after_the_deadline(configure: Configure) -> None:
    database = configure(pool_size=1)
    attempts = 0

    async def operation() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 2:
            await asyncio.sleep(ends_at - time.monotonic())
        raise Deadlock

    seconds = 2.0
    ends_at = time.monotonic() + seconds + 0.1
    with pytest.raises(Deadlock):
        async with request_of(seconds):
            await database.retry_on_deadlock(operation)
    assert attempts == 2


async def test_only_a_request_that_is_nearly_over_tells_the_server_and_the_next_one_has_the_usual_limits(
    configure: Configure,
) -> None:
    database = configure(pool_size=1, query_timeout_s=4)
    assert await limits(database) == (LOCK_WAIT_S, 4)
    async with request_of(60):
        assert await limits(database) == (LOCK_WAIT_S, 4)
    lock_wait, statement = await limits_near_the_end(database, 0.9)
    assert lock_wait == 1
    assert 0 < statement <= 0.9
    assert await limits(database) == (LOCK_WAIT_S, 4)


async def test_a_request_with_time_sends_no_statement_of_its_own(configure: Configure) -> None:
    database = configure(pool_size=1, query_timeout_s=4)
    counted = "SHOW SESSION STATUS LIKE 'Com_set_option'"
    before = await ask(database, counted)
    async with request_of(60):
        for _ in range(3):
            await ask(database, "SELECT 1")
            async with database.transaction():
                pass
    assert await ask(database, counted) == before


async def test_a_detached_task_outlives_the_deadline_of_the_request_that_started_it(
    database: Database,
) -> None:
    async with request_of(0.1):
        task = asyncio.create_task(ask(database, "SELECT SLEEP(0.5)"), context=deadline.detached())
        bound = asyncio.create_task(ask(database, "SELECT SLEEP(0.5)"))
        assert deadline.remaining() < 0.1
    assert await task == (0,)
    with pytest.raises(DeadlineExceeded):
        await bound
