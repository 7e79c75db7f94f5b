"""Recipes while Redis fails and comes back, and while the service ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from product_dashboard.observability.metrics import ANSWERED_BY_BYTES
from tests.api_client import Api, data
from tests.recipes.conftest import Answer, Connection, Serve, Service, get
from tests.waiting import PATIENCE_S, eventually
from tools.bench.cache.server import RedisServer

TARGET = "/api/v1/categories"
REQUEST = get(TARGET)
WITH_ID = get(TARGET, "X-Request-Id: r-1")  # answered by its target

pytestmark = pytest.mark.any_server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
async def service(serve: Serve, redis: RedisServer) -> AsyncIterator[Service]:
    variables = {"REDIS_URL": redis.url, "REDIS_TIMEOUT": "0.4", "LOG_REQUESTS": "false"}
    async with serve(**variables) as started:
        yield started


async def answered_directly(connection: Connection, *, may_be_late: bool = False) -> Answer:
    """Repeat the request until it is answered directly: the service has to believe Redis again before."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            before = ANSWERED_BY_BYTES.count
            answer = await connection.ask(REQUEST)
            assert answer.status == 200 or (may_be_late and b'"TIMEOUT"' in answer.body)
            if ANSWERED_BY_BYTES.count > before:
                return answer
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("request_", [REQUEST, WITH_ID])
async def test_while_redis_is_paused_the_database_answers_and_afterwards_recipes_again(
    service: Service, redis: RedisServer, request_: bytes
) -> None:
    async with service.connection() as connection:
        before = await answered_directly(connection)
        redis.pause()
        try:
            answers = [await connection.ask(request_) for _ in range(3)]
        finally:
            redis.resume()
        assert [each.status for each in answers] == [200] * 3
        assert [each["x-cache"] for each in answers] == ["BYPASS"] * 3
        assert {each.body for each in answers} == {before.body}
        await answered_directly(connection)


async def test_a_write_while_redis_is_gone_is_in_the_next_answer_and_in_those_after_its_return(
    service: Service, redis: RedisServer
) -> None:
    async with service.connection() as connection, Api(service.app) as api:
        old = await answered_directly(connection)
        redis.ask("SAVE")
        redis.kill()
        await api.category("While Redis was gone")
        redis.start()  # from the snapshot, which has the old answer
        for request in (REQUEST, WITH_ID) * 20:
            answer = await connection.ask(request)
            assert answer.body != old.body
            assert b"While Redis was gone" in answer.body
            await asyncio.sleep(0.02)
        assert b"While Redis was gone" in (await answered_directly(connection)).body


@pytest.mark.parametrize("lost", ["value", "tag", "lease", "shape"])
async def test_an_entry_that_cannot_be_used_is_read_the_ordinary_way(
    service: Service, redis: RedisServer, lost: str
) -> None:
    async with service.connection() as connection:

        async def is_read_the_ordinary_way() -> bool:
            redis.ask("FLUSHALL")  # the keys of other tests
            before = await answered_directly(connection)
            lose(redis, lost)
            count = ANSWERED_BY_BYTES.count
            answer = await connection.ask(REQUEST)
            assert (answer.status, answer.body) == (200, before.body)
            assert ANSWERED_BY_BYTES.count == count
            await answered_directly(connection)
            return answer["x-cache"] == "MISS"  # else a busy machine kept Redis from its limit of 0.4 s

        await eventually(is_read_the_ordinary_way)


def lose(redis: RedisServer, what: str) -> None:
    """Make the entry of the list of categories useless."""
    names = redis.ask("KEYS", "*").split()
    (value,) = [name for name in names if "}vcategories(" in name]
    (tag,) = [name for name in names if name.endswith("}tcategories")]
    if what == "value":
        redis.ask("DEL", value)
    elif what == "tag":
        redis.ask("DEL", tag)
    elif what == "lease":
        redis.ask("SET", value, "Lnobody", "PX", "300")
    else:
        redis.ask("SETRANGE", value, "9", "12345678")  # the shape of another release


async def test_a_closed_epoch_is_not_believed(service: Service) -> None:
    async with service.connection() as connection:
        await answered_directly(connection)
        belief = service.resources.cache.stored._belief
        belief._until = 0.0
        count = ANSWERED_BY_BYTES.count
        assert (await connection.ask(REQUEST)).status == 200  # takes a new look
        assert ANSWERED_BY_BYTES.count == count
        await answered_directly(connection)


@pytest.mark.parametrize("request_", [REQUEST, WITH_ID])
async def test_an_answer_in_flight_at_the_end_is_sent_and_closes_its_connection(
    service: Service, redis: RedisServer, request_: bytes
) -> None:
    async with service.connection() as connection, service.connection() as idle:
        before = await answered_directly(connection)
        assert (await idle.ask(REQUEST)).status == 200
        redis.pause()
        try:
            connection.send(request_)
            await until_busy(service)
            for protocol in list(service.server.server_state.connections):
                protocol.shutdown()  # as uvicorn's server does at its end
            assert await idle.is_closed()
            answer = await connection.answer()
        finally:
            redis.resume()
        assert (answer.status, answer.body) == (200, before.body)
        assert answer["connection"] == "close"
        assert await connection.is_closed()


async def test_an_answer_in_flight_at_a_rolling_restart_closes_its_connection(
    service: Service, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service.connection() as connection:
        await answered_directly(connection)
        redis.pause()
        try:
            connection.send(REQUEST)
            (protocol,) = await until_busy(service)
            monkeypatch.setitem(protocol.app_state, "moving", value=True)  # as SIGHUP does
        finally:
            redis.resume()
        answer = await connection.answer()
        assert (answer.status, answer["connection"]) == (200, "close")
        assert await connection.is_closed()


async def test_during_a_rolling_restart_no_answer_is_direct(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service.connection() as connection:
        await answered_directly(connection)
        (protocol,) = service.server.server_state.connections
        monkeypatch.setitem(cast("HttpToolsProtocol", protocol).app_state, "moving", value=True)
        count = ANSWERED_BY_BYTES.count
        assert (await connection.ask(REQUEST))["connection"] == "close"
        assert ANSWERED_BY_BYTES.count == count


async def until_busy(service: Service) -> list[HttpToolsProtocol]:
    """Wait until a connection waits for its answer; return such connections."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = [
                cast("HttpToolsProtocol", each)
                for each in service.server.server_state.connections
                if each._kept or not each._answered()  # type: ignore[union-attr]  # uvicorn's type
            ]
            if found:
                return found
            await asyncio.sleep(0)


async def test_the_wait_for_redis_counts_in_the_deadline_and_in_the_figures(
    serve: Serve, redis: RedisServer
) -> None:
    """No request waits longer for Redis than it may take, and then the ordinary way has no time left."""
    variables = {
        "REDIS_URL": redis.url,
        "REDIS_TIMEOUT": "10",
        "REQUEST_TIMEOUT": "1.5",
        "LOG_REQUESTS": "false",
    }
    async with serve(**variables) as service, service.connection() as connection:
        answer, took_s, attempts = await answered_directly(connection, may_be_late=True), 0.0, 0
        while took_s < 1.5 and attempts < 10:  # else Redis was not asked: it was not believed at this moment
            attempts += 1
            await answered_directly(connection, may_be_late=True)
            redis.pause()
            try:
                began = time.monotonic()
                answer = await connection.ask(REQUEST)
                took_s = time.monotonic() - began
            finally:
                redis.resume()
        assert answer.status == 503
        assert b'"TIMEOUT"' in answer.body


async def test_no_answer_is_older_than_a_write_that_was_answered(service: Service) -> None:
    """Readers by recipes and a writer at the same time: a write that was answered is in every later answer."""
    written = 0
    direct_before = ANSWERED_BY_BYTES.count
    stop = False

    async def read(request: bytes) -> None:
        async with service.connection() as connection:
            while not stop:
                least = written
                answer = await connection.ask(request)
                assert answer.status == 200
                assert int(answer.body.rpartition(b'"total":')[2].partition(b",")[0]) >= least

    async with Api(service.app) as api, asyncio.TaskGroup() as group:
        start = len(data(await api.get(f"{TARGET}?page_size=100")))
        written = start
        for request in (REQUEST, REQUEST, WITH_ID, get(TARGET, 'If-None-Match: "x"')):
            group.create_task(read(request))
        async with asyncio.timeout(PATIENCE_S * 2):
            # On a busy machine the first reads may find Redis too slow to be believed.
            while written < start + 60 or ANSWERED_BY_BYTES.count == direct_before:
                await api.category(f"Written {written}")
                written += 1
                await asyncio.sleep(0.005)
        stop = True


async def test_recipes_off_means_neither(serve: Serve) -> None:
    async with serve(RECIPES="false", LOG_REQUESTS="false") as service, service.connection() as connection:
        for _ in range(4):
            assert (await connection.ask(REQUEST)).status == 200
        assert "direct_answers" not in service.app.state
