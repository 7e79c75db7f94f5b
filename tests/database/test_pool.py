"""The pool: a fixed number of connections, a bounded queue, and no slot is ever lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.pool import Pool
from product_dashboard.errors import DatabaseUnavailable, Overloaded
from tests.waiting import PATIENCE_S


class FakeConnection:
    def __init__(self) -> None:
        self.connected = True
        self._stream_broken = False

    def close(self) -> None:
        self.connected = False

    async def ensure_closed(self) -> None:
        self.connected = False


class Server:
    """Makes connections; can refuse, or keep a caller waiting."""

    def __init__(self) -> None:
        self.opened: list[FakeConnection] = []
        self.refuses = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def connect(self) -> MySQLConnection:
        await self.may_answer.wait()
        if self.refuses:
            raise DatabaseUnavailable
        connection = FakeConnection()
        self.opened.append(connection)
        return cast("MySQLConnection", connection)

    @property
    def alive(self) -> int:
        return sum(connection.connected for connection in self.opened)


def pool_of(server: Server, *, size: int = 2, queue: int = 2, timeout_s: float = 0.2) -> Pool:
    return Pool(server.connect, size=size, queue=queue, timeout_s=timeout_s)


async def test_all_connections_are_opened_at_the_start() -> None:
    server = Server()
    await pool_of(server, size=3).open()
    assert server.alive == 3


async def test_a_failing_start_leaves_no_connection_behind() -> None:
    server = Server()
    made = 0

    async def connect() -> MySQLConnection:
        nonlocal made
        made += 1
        server.refuses = made == 2
        return await server.connect()

    with pytest.raises(DatabaseUnavailable):
        await Pool(connect, size=3, queue=0, timeout_s=1).open()
    assert server.alive == 0


async def test_a_returned_connection_is_lent_again() -> None:
    pool = pool_of(server := Server(), size=1)
    await pool.open()
    first = await pool.acquire()
    pool.release(first, healthy=True)
    assert await pool.acquire() is first
    assert len(server.opened) == 1


async def test_an_unhealthy_connection_is_closed_and_replaced() -> None:
    pool = pool_of(server := Server(), size=1)
    await pool.open()
    first = await pool.acquire()
    pool.release(first, healthy=False)
    second = await pool.acquire()
    assert second is not first
    assert server.alive == 1


async def test_a_connection_that_broke_while_idle_is_not_lent() -> None:
    pool = pool_of(server := Server(), size=1)
    await pool.open()
    server.opened[0]._stream_broken = True
    assert await pool.acquire() is not cast("object", server.opened[0])
    assert server.alive == 1


async def test_a_full_queue_refuses_at_once() -> None:
    pool = pool_of(Server(), size=1, queue=1, timeout_s=5)
    held = await pool.acquire()
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    async with asyncio.timeout(0.1):
        with pytest.raises(Overloaded):
            await pool.acquire()
    pool.release(held, healthy=True)
    assert await waiting is held


async def test_who_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    pool = pool_of(Server(), size=1, timeout_s=0.02)
    held = await pool.acquire()
    with pytest.raises(Overloaded):
        await pool.acquire()
    assert pool.waiting == 0
    pool.release(held, healthy=True)
    assert await pool.acquire() is held


async def test_the_first_to_wait_is_the_first_to_be_served() -> None:
    pool = pool_of(Server(), size=1, queue=5, timeout_s=5)
    held = await pool.acquire()
    served: list[int] = []

    async def ask(number: int) -> None:
        connection = await pool.acquire()
        served.append(number)
        await asyncio.sleep(0)
        pool.release(connection, healthy=True)

    tasks = [asyncio.create_task(ask(number)) for number in range(5)]
    await asyncio.sleep(0)
    pool.release(held, healthy=True)
    await asyncio.gather(*tasks)
    assert served == [0, 1, 2, 3, 4]


async def test_one_stalled_connect_holds_up_nobody_else() -> None:
    server = Server()
    pool = pool_of(server, size=2)
    first = await pool.acquire()
    server.may_answer.clear()
    stalled = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    pool.release(first, healthy=True)
    async with asyncio.timeout(0.1):
        assert await pool.acquire() is first
    server.may_answer.set()
    await stalled


async def test_a_failed_connect_gives_its_slot_to_the_next_in_the_queue() -> None:
    server = Server()
    pool = pool_of(server, size=1, timeout_s=5)
    held = await pool.acquire()
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    server.refuses = True
    pool.release(held, healthy=False)
    with pytest.raises(DatabaseUnavailable):
        await waiting
    server.refuses = False
    await pool.acquire()
    assert pool.taken == 1


async def test_a_closed_pool_closes_what_comes_back_and_refuses_who_asks() -> None:
    server = Server()
    pool = pool_of(server, size=2, timeout_s=5)
    await pool.open()
    held = [await pool.acquire(), await pool.acquire()]
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    await pool.close()
    with pytest.raises(DatabaseUnavailable):
        await waiting
    with pytest.raises(DatabaseUnavailable):
        await pool.acquire()
    for connection in held:
        pool.release(connection, healthy=True)
    assert server.alive == 0
    assert pool.taken == 0


Step = Callable[[Pool], Awaitable[None]]


@settings(max_examples=150, deadline=None)
@given(
    plan=st.lists(
        st.tuples(
            st.sampled_from(["use", "break", "fail", "cancel"]),
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=25,
    ),
    size=st.integers(1, 3),
)
def test_whatever_its_users_do_no_slot_is_lost(plan: list[tuple[str, int, int]], size: int) -> None:
    async def scenario() -> None:
        server = Server()
        pool = pool_of(server, size=size, queue=100, timeout_s=5)

        async def user(kind: str, before: int, during: int) -> None:
            for _ in range(before):
                await asyncio.sleep(0)
            server.refuses = kind == "fail"
            try:
                connection = await pool.acquire()
            except DatabaseUnavailable:
                return
            finally:
                server.refuses = False
            try:
                for _ in range(during):
                    await asyncio.sleep(0)
            finally:
                pool.release(connection, healthy=kind != "break")

        tasks = [asyncio.create_task(user(*step)) for step in plan]
        for step, task in zip(plan, tasks, strict=True):
            if step[0] == "cancel":
                for _ in range(step[1]):
                    await asyncio.sleep(0)
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert pool.taken == 0
        assert pool.waiting == 0
        assert server.alive <= size
        async with asyncio.timeout(PATIENCE_S):
            held = [await pool.acquire() for _ in range(size)]
        assert len(set(map(id, held))) == size
        assert server.alive == size

    asyncio.run(scenario())
