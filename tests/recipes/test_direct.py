"""Requests that are answered by their bytes: which ones, in which order, and what ends such an answer early."""

import asyncio
import gc
import socket
import time
from types import FunctionType, ModuleType
from typing import cast

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from product_dashboard.recipes import direct, store
from product_dashboard.recipes.direct import is_whole_get
from tests.recipes.conftest import Serve, Service, Shop, directly, get, until_direct
from tests.waiting import PATIENCE_S

OVERVIEW = "/api/v1/dashboard/overview"
PRODUCTS = "/api/v1/products"

pytestmark = pytest.mark.any_server


def product(shop: Shop, number: int = 0) -> str:
    return f"{PRODUCTS}/{shop.products[number]}"


async def test_the_first_request_of_a_connection_is_answered_directly(shop: Shop) -> None:
    request = get(OVERVIEW)
    async with shop.fast.connection() as one:
        await until_direct(one, request)
    count = directly()
    async with shop.fast.connection() as other:
        assert (await other.ask(request)).status == 200
        assert (await other.ask(get("/health/live"))).status == 200
        assert (await other.ask(request)).status == 200
    assert count() == 2


@pytest.mark.parametrize(
    "data",
    [
        get("/api/v1/products/{}", "Connection: close"),
        get("/api/v1/products/{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
        get("/api/v1/products/{}", "X-Request-Id: r-1"),
        get("/api/v1/products/{}", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        get("/api/v1/products/{}", 'If-None-Match: "x"'),
        get("/api/v1/products/{}", "Content-Length: 2") + b"\r\n",
        get("/api/v1/products/{}", "Expect: 100-continue"),
        get("/api/v1/products/{}", "Upgrade: h2c"),
        get("/api/v1/products/{}", "X-Long: " + "x" * 2048),
        get("/api/v1/products/{}").replace(b"GET", b"HEAD"),
        get("/health/live"),
        get("/api/v1/products/no-id"),
        get("/api/v1/products?page_size=0"),
    ],
)
async def test_other_requests_are_not_remembered(shop: Shop, data: bytes) -> None:
    data = data.replace(b"{}", shop.products[1].encode())
    count, known = directly(), len(shop.fast.direct)
    for _ in range(4):
        async with shop.fast.connection() as connection:
            await connection.ask(data)
    assert (count(), len(shop.fast.direct)) == (0, known)


@pytest.mark.parametrize("size", [1, 7, 60])
async def test_a_request_in_pieces_goes_the_ordinary_way(shop: Shop, size: int) -> None:
    request = get(product(shop))
    async with shop.fast.connection() as connection:
        whole = await until_direct(connection, request)
        count = directly()
        for at in range(0, len(request), size):
            connection.send(request[at : at + size])
            await asyncio.sleep(0.002)
        assert (await connection.answer()).body == whole.body
        assert count() == 0
        assert (await connection.ask(request)).body == whole.body
        assert count() == 1


async def test_pipelined_requests_are_answered_in_their_order(shop: Shop) -> None:
    paths = [OVERVIEW, *(product(shop, n) for n in range(4)), "/health/live", f"{PRODUCTS}?page_size=1"]
    async with shop.fast.connection() as connection:
        for path in paths:
            if path != "/health/live":
                await until_direct(connection, get(path))
        expected = {path: (await connection.ask(get(path))).body[:200] for path in paths}
        for together in (True, False):
            sent = [path for n in range(4) for path in paths[n:] + paths[:n]]
            for path in sent:
                connection.send(get(path))
                if not together:
                    await asyncio.sleep(0)  # most of them in a piece of its own
            for path in sent:
                assert (await connection.answer()).body[:200] == expected[path], path
        await until_direct(connection, get(OVERVIEW))


async def test_more_bytes_before_the_answer_take_the_request_back(shop: Shop) -> None:
    """The second piece arrives while Redis is asked for the first: both are parsed, and answered in order."""
    one, two = get(product(shop)), get(product(shop, 1))
    async with shop.fast.connection() as connection:
        first = await until_direct(connection, one)
        second = await until_direct(connection, two)
        count = directly()
        protocol = _protocol_of(shop.fast, connection.writer.get_extra_info("sockname"))
        assert protocol is not None
        for data in (one, two):  # in one turn of the event loop
            protocol.data_received(data)
        assert (await connection.answer()).body == first.body
        assert (await connection.answer()).body == second.body
        assert count() == 0
        assert (await connection.ask(one)).body == first.body
        assert count() == 1


async def test_a_client_that_leaves_before_its_answer_disturbs_nobody(shop: Shop) -> None:
    request = get(product(shop))
    async with shop.fast.connection() as connection:
        await until_direct(connection, request)
        for _ in range(5):
            async with shop.fast.connection() as leaving:
                leaving.send(request)
                await asyncio.sleep(0)
                leaving.writer.transport.abort()
        assert (await connection.ask(request)).status == 200


async def test_an_idle_connection_ends_after_its_limit_counted_from_the_last_direct_answer(
    serve: Serve,
) -> None:
    limit_s = 3.0
    async with (
        serve(IDLE_TIMEOUT=str(limit_s), LOG_REQUESTS="false") as service,
        service.connection() as connection,
    ):
        request = get(f"{PRODUCTS}?page_size=1")
        await until_direct(connection, request)
        count, began = directly(), time.monotonic()
        last = began
        for _ in range(5):  # longer than the limit, but never idle so long
            await asyncio.sleep(limit_s / 4)
            last = time.monotonic()
            assert (await connection.ask(request)).status == 200
        assert time.monotonic() - began > limit_s
        assert count() == 5
        assert await connection.is_closed()
        assert time.monotonic() - last >= limit_s


async def test_a_client_that_does_not_read_gets_no_more_direct_answers_and_is_cut_off(serve: Serve) -> None:
    async with serve(WRITE_TIMEOUT="0.5", LOG_REQUESTS="false") as service:
        request = get("/api/v1/dashboard/overview")
        async with service.connection() as connection:
            await until_direct(connection, request)
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with deaf:
            deaf.connect(("127.0.0.1", service.port))
            async with asyncio.timeout(PATIENCE_S):
                while not (protocol := _protocol_of(service, deaf.getsockname())):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.01)
                protocol.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_SNDBUF, 4096
                )
                while not await _stays_full(protocol.transport):
                    done = service.server.server_state.total_requests
                    protocol.data_received(request)
                    while service.server.server_state.total_requests == done:  # noqa: ASYNC110 - no event
                        await asyncio.sleep(0)
                count = directly()
                protocol.data_received(request)  # goes the ordinary way, which waits for the client
                while service.server.server_state.connections:  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.05)
        assert count() == 0


async def _stays_full(transport: asyncio.Transport) -> bool:
    """Return whether bytes wait for the client, also after a moment in which the kernel could have taken them."""
    if transport.get_write_buffer_size():
        await asyncio.sleep(0.05)
    return transport.get_write_buffer_size() > 0


def _protocol_of(service: Service, address: object) -> HttpToolsProtocol | None:
    connections = cast("set[HttpToolsProtocol]", service.server.server_state.connections)
    return next((each for each in connections if each.client == address), None)


async def test_a_fault_in_an_answer_leaves_the_request_to_the_application(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = get(product(shop))
    async with shop.fast.connection() as connection:
        await until_direct(connection, request)

        def fail(*_: object, **__: object) -> bytes:
            raise RuntimeError("a fault")

        monkeypatch.setattr(shop.fast.direct, "answer", fail)
        count = directly()
        for each in (request, get(product(shop), "X-Request-Id: r-1"), request):
            assert (await connection.ask(each)).status == 200
        assert count() == 0


async def test_both_places_are_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    service = shop.fast
    for found in (service.direct._requests, service.direct.store._recipes):
        monkeypatch.setattr(found, "_limit", 8)
    async with service.connection() as connection:
        for number in range(1, 30):
            await connection.ask(get(f"{PRODUCTS}?page_size={number}"))
            await connection.ask(get(f"{PRODUCTS}?page_size={number}"))
        assert len(service.direct) <= 8 < direct.MAX_REQUESTS
        assert len(service.direct.store) <= 8 < store.MAX_RECIPES
        await until_direct(connection, get(f"{PRODUCTS}?page_size=1"))


async def test_an_idle_connection_does_not_keep_the_body_of_its_last_answer(shop: Shop) -> None:
    async with shop.fast.connection() as connection:
        answers = [await connection.ask(get(f"{PRODUCTS}?page_size=7")) for _ in range(2)]
        protocol = _protocol_of(shop.fast, connection.writer.get_extra_info("sockname"))
        assert protocol is not None
        assert answers[-1]["x-cache"] == "HIT"
        assert answers[-1].body not in _bytes_in(protocol.cycle.scope.get("state"))


def _bytes_in(thing: object, depth: int = 4) -> list[bytes]:
    """Return the bytes that are reached from an object in a few steps."""
    if isinstance(thing, bytes):
        return [thing]
    if depth == 0 or isinstance(thing, type | ModuleType | FunctionType):
        return []
    return [found for each in gc.get_referents(thing) for found in _bytes_in(each, depth - 1)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nhost: a\r\n", False),
        (b"GET / HTTP/1.1\r\nhost: a\r\n\r\n\r\n", False),
        (b"\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", False),
        (b"get / HTTP/1.1\r\nhost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nx: " + b"a" * 2048 + b"\r\n\r\n", False),
        (b"", False),
    ],
)
def test_a_whole_get_is_one_head_and_nothing_else(data: bytes, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_whole_get(data) is expected
