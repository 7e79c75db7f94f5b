"""The answer of COMMIT is lost: without a key the service says so, with a key it finds out what happened."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import httpx
import pytest

from product_dashboard.database import Database
from product_dashboard.errors import OutcomeUnknown
from product_dashboard.resources import Resources
from product_dashboard.settings import load_settings
from tests.api_client import Api
from tests.idempotency.conftest import STOCK, Counter
from tests.idempotency.proxy import (
    Action,
    Proxy,
    Session,
    commit_of,
    cut,
    hold,
    refuse,
    statement_of,
    swallow,
)
from tests.shop import data_of, error_of
from tests.waiting import PATIENCE_S, SLACK_S

COMMIT_OF_ORDER = commit_of("orders")


async def block(_: Session, __: bytes) -> None:
    """Deliver nothing, and keep both connections."""


async def until_free(counter: Counter, key: str) -> httpx.Response:
    """Send an order until no transaction holds its key: the server takes a moment to roll back, or to commit."""
    async with asyncio.timeout(PATIENCE_S):
        while (answer := await counter.order(key)).status_code == 409:
            error_of(answer, 409, "IDEMPOTENCY_KEY_IN_USE")
            await asyncio.sleep(0.02)
    return answer


def assert_unknown(answer: httpx.Response) -> None:
    error_of(answer, 503, "OUTCOME_UNKNOWN")
    assert "retry-after" not in answer.headers


# -- without a key


async def test_without_a_key_a_lost_answer_of_commit_is_an_unknown_outcome(
    counter: Counter, proxy: Proxy
) -> None:
    proxy.after(COMMIT_OF_ORDER, cut)
    assert_unknown(await counter.order(None))
    assert await counter.orders() == 1


async def test_without_a_key_a_lost_commit_is_an_unknown_outcome(counter: Counter, proxy: Proxy) -> None:
    proxy.before(COMMIT_OF_ORDER, cut)
    assert_unknown(await counter.order(None))
    assert await counter.orders() == 0


async def test_without_a_key_a_commit_that_is_not_answered_in_time_is_an_unknown_outcome(
    counter: Counter, proxy: Proxy
) -> None:
    proxy.after(COMMIT_OF_ORDER, block)
    began = time.monotonic()
    assert_unknown(await counter.order(None))
    assert time.monotonic() - began < 4 + SLACK_S
    assert await counter.orders() == 1


Write = Callable[[Counter], Awaitable[httpx.Response]]


async def replace(counter: Counter) -> httpx.Response:
    product = counter.product
    body = {"name": "Renamed", "price": 5, "category_id": product["category"]["id"], "stock_quantity": STOCK}
    return await counter.shop.client.put(f"/api/v1/products/{product['id']}", json=body)


async def delete(counter: Counter) -> httpx.Response:
    return await counter.shop.client.delete(f"/api/v1/customers/{counter.customer['id']}")


@pytest.mark.parametrize(
    ("write", "start"), [(replace, "UPDATE products"), (delete, "DELETE FROM customers")]
)
async def test_other_methods_say_it_too(counter: Counter, proxy: Proxy, write: Write, start: str) -> None:
    def is_its_commit(session: Session, statement: str) -> bool:
        return statement == "COMMIT" and any(each.startswith(start) for each in session.statements)

    proxy.after(is_its_commit, cut)
    assert_unknown(await write(counter))
    assert proxy.fired.is_set()


@pytest.mark.parametrize("start", ["INSERT INTO orders ", "INSERT INTO order_items", "UPDATE orders"])
async def test_an_error_before_commit_stays_one_that_may_be_retried(
    counter: Counter, proxy: Proxy, start: str
) -> None:
    for set_fault in (proxy.before, proxy.after):
        set_fault(statement_of(start), cut)
        answer = await counter.order(None)
        error_of(answer, 503, "UNAVAILABLE")
        assert "retry-after" in answer.headers
    assert await counter.orders() == 0


async def test_a_commit_that_the_server_refuses_is_no_unknown_outcome(counter: Counter, proxy: Proxy) -> None:
    proxy.before(COMMIT_OF_ORDER, refuse(1290))  # the server has become read only
    answer = await counter.order(None)
    error_of(answer, 503, "UNAVAILABLE")
    assert "retry-after" in answer.headers
    proxy.before(COMMIT_OF_ORDER, refuse(1213))  # a deadlock is tried again
    assert (await counter.order(None)).status_code == 201
    proxy.before(COMMIT_OF_ORDER, refuse(1180))  # an error during COMMIT may have come after it
    assert_unknown(await counter.order(None))
    assert await counter.orders() == 1


async def test_an_unknown_outcome_is_not_repeated_as_a_deadlock_is(proxy: Proxy) -> None:
    database = Database(load_settings({"DATABASE_URL": proxy.url, "REDIS_URL": "redis://unused"}).database)
    attempts = 0

    async def operation() -> None:
        nonlocal attempts
        attempts += 1
        async with database.transaction():
            pass

    for set_fault in (proxy.before, proxy.after):
        set_fault(statement_of("COMMIT"), cut)
        with pytest.raises(OutcomeUnknown):
            await database.retry_on_deadlock(operation)
    assert attempts == 2
    await database.close()


async def test_a_request_that_is_cancelled_in_commit_has_an_unknown_outcome(proxy: Proxy) -> None:
    database = Database(load_settings({"DATABASE_URL": proxy.url, "REDIS_URL": "redis://unused"}).database)

    async def write() -> None:
        async with database.transaction():
            pass

    proxy.after(statement_of("COMMIT"), block)
    task = asyncio.create_task(write())
    await proxy.fired.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(OutcomeUnknown):
        await task
    assert database.transaction_pool.taken == 0
    await database.close()


async def test_after_an_unknown_outcome_no_old_value_is_read(counter: Counter, proxy: Proxy) -> None:
    path = f"/products/{counter.product['id']}"
    for _ in range(2):
        assert (await counter.shop.get(path))["stock_quantity"] == STOCK
    for number in range(1, 4):
        proxy.after(COMMIT_OF_ORDER, cut)
        assert_unknown(await counter.order(None))
        assert (await counter.shop.get(path))["stock_quantity"] == STOCK - number
        assert (await counter.shop.get(path))["stock_quantity"] == STOCK - number


# -- with a key


@pytest.mark.parametrize("action", [cut, block])
async def test_with_a_key_a_lost_answer_of_commit_becomes_the_stored_answer(
    counter: Counter, proxy: Proxy, key: str, action: Action
) -> None:
    proxy.after(COMMIT_OF_ORDER, action)
    answer = await counter.order(key)
    assert proxy.fired.is_set()
    data_of(answer, 201)
    assert (await counter.order(key)).content == answer.content
    assert await counter.orders() == 1


@pytest.mark.parametrize("action", [cut, swallow, hold(partial(asyncio.sleep, 1), then_forward=False)])
async def test_with_a_key_a_lost_commit_is_repeated(
    counter: Counter, proxy: Proxy, key: str, action: Action
) -> None:
    """The server rolls back: at once, when the service gives up, or a second later."""
    proxy.before(COMMIT_OF_ORDER, action)
    answer = await counter.order(key)
    assert proxy.fired.is_set()
    data_of(answer, 201)
    assert (await counter.order(key)).content == answer.content
    assert await counter.orders() == 1


async def test_with_a_key_a_late_commit_is_waited_for(counter: Counter, proxy: Proxy, key: str) -> None:
    """A look for the row finds nothing before the server sees COMMIT. To repeat the write then would order twice."""
    proxy.before(COMMIT_OF_ORDER, hold(partial(asyncio.sleep, 1), then_forward=True))
    began = time.monotonic()
    answer = await counter.order(key)
    assert time.monotonic() - began >= 1
    data_of(answer, 201)
    assert answer.headers["idempotency-replayed"] == "true"
    assert await counter.orders() == 1


@pytest.mark.parametrize("expected", [1, 0])
async def test_with_a_key_a_commit_that_stays_open_is_unknown_until_a_retry_can_tell(
    counter: Counter, proxy: Proxy, key: str, expected: int
) -> None:
    """In the end the server commits, which makes one order, or rolls back."""
    ended = asyncio.Event()
    proxy.before(COMMIT_OF_ORDER, hold(ended.wait, then_forward=expected == 1))
    assert_unknown(await asyncio.wait_for(counter.order(key), 4 + SLACK_S))
    error_of(await counter.order(key), 409, "IDEMPOTENCY_KEY_IN_USE")
    assert await counter.orders() == 0
    ended.set()
    answer = await until_free(counter, key)
    data_of(answer, 201)
    assert ("idempotency-replayed" in answer.headers) is (expected == 1)
    assert await counter.orders() == 1


async def test_with_a_key_the_outcome_stays_unknown_while_the_database_is_gone(
    counter: Counter, proxy: Proxy, key: str
) -> None:
    async def cut_all(_: Session, __: bytes) -> None:
        proxy.refuses = True
        for session in list(proxy.sessions):
            session.cut()

    proxy.after(COMMIT_OF_ORDER, cut_all)
    began = time.monotonic()
    assert_unknown(await counter.order(key))
    assert time.monotonic() - began < 4 + SLACK_S
    proxy.refuses = False
    answer = await counter.order(key)
    assert answer.headers["idempotency-replayed"] == "true"
    assert await counter.orders() == 1


async def test_a_free_key_is_claimed_although_the_database_is_slow_for_a_moment(
    counter: Counter, proxy: Proxy, key: str
) -> None:
    async def delay(session: Session, packet: bytes) -> None:
        await asyncio.sleep(0.6)
        session.server.write(packet)

    proxy.before(statement_of("INSERT IGNORE INTO idempotency_keys"), delay)
    answer = await counter.order(key)
    data_of(answer, 201)
    assert "idempotency-replayed" not in answer.headers
    assert await counter.orders() == 1


async def test_with_a_key_an_error_before_commit_leaves_the_key_free(
    counter: Counter, proxy: Proxy, key: str
) -> None:
    for start in ("INSERT IGNORE INTO idempotency_keys", "INSERT INTO orders ", "UPDATE idempotency_keys"):
        for set_fault in (proxy.before, proxy.after):
            set_fault(statement_of(start), cut)
            answer = await until_free(counter, key)
            error_of(answer, 503, "UNAVAILABLE")
            assert "retry-after" in answer.headers
    assert await counter.orders() == 0
    assert "idempotency-replayed" not in (await until_free(counter, key)).headers
    assert await counter.orders() == 1


async def test_with_a_key_the_repetition_may_be_refused_by_a_rule(
    counter: Counter, proxy: Proxy, key: str, direct: Database
) -> None:
    """The first attempt is rolled back, the stock goes to another client: the refusal is the truth."""

    async def sell_out(session: Session, _: bytes) -> None:
        session.server.transport.abort()
        product = counter.product["id"].replace("-", "")
        async with direct.transaction() as conn, conn.cursor() as cursor:
            await cursor.execute(f"UPDATE products SET is_active = 0 WHERE id = 0x{product}")
        session.cut()

    proxy.before(COMMIT_OF_ORDER, sell_out)
    error_of(await counter.order(key), 409, "PRODUCT_INACTIVE")
    assert await counter.orders() == 0


async def test_a_deadlock_repeats_the_claim_too(counter: Counter, proxy: Proxy, key: str) -> None:
    proxy.before(COMMIT_OF_ORDER, refuse(1213))
    answer = await counter.order(key)
    data_of(answer, 201)
    assert sum("INSERT IGNORE INTO idempotency_keys" in each for each in proxy.statements) == 2
    assert (await counter.order(key)).content == answer.content
    assert await counter.orders() == 1


async def test_a_request_that_is_cancelled_while_it_finds_out_has_an_unknown_outcome(
    counter: Counter, proxy: Proxy, key: str, resources_behind: tuple[Api, Resources]
) -> None:
    proxy.before(COMMIT_OF_ORDER, hold(asyncio.Event().wait, then_forward=False))
    task = asyncio.create_task(counter.order(key))
    await proxy.fired.wait()
    await asyncio.sleep(0.3)
    task.cancel()
    async with asyncio.timeout(SLACK_S):
        assert_unknown(await task)
    assert resources_behind[1].database.transaction_pool.taken == 0
