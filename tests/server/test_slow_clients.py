"""Hundreds of clients that are slow on purpose, and requests of others that must not notice."""

import asyncio
import socket
import statistics
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.server.conftest import Service, Start

SLOW = 300
LIMITS = {
    "HEADER_TIMEOUT": "4",
    "BODY_TIMEOUT": "4",
    "WRITE_TIMEOUT": "4",
    "IDLE_TIMEOUT": "4",
    "DB_POOL_SIZE": "3",
    "LOG_REQUESTS": "false",
}
GET = b"GET /api/v1/products HTTP/1.1\r\nhost: test\r\n"
POST = b"POST /api/v1/categories HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def say_nothing(_: Connection) -> None:
    await asyncio.sleep(60)


async def drip_header(connection: Connection) -> None:
    await drip(connection, GET + b"x-slow: ", b"y")


async def drip_body(connection: Connection) -> None:
    await drip(connection, POST + b"content-length: 1000\r\n\r\n", b" ")


async def drip(connection: Connection, first: bytes, rest: bytes) -> None:
    connection[1].write(first)
    while True:
        await asyncio.sleep(0.3)
        connection[1].write(rest)


async def never_read(connection: Connection) -> None:
    """Ask for more than the buffers on the way can hold, and read none of it."""
    connection[1].transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's transport can
    connection[1].write(b"GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nhost: test\r\n\r\n" * 8)
    await asyncio.sleep(60)


KINDS: dict[str, Callable[[Connection], Awaitable[None]]] = {
    "silent": say_nothing,
    "header drip": drip_header,
    "body drip": drip_body,
    "not reading": never_read,
}


@asynccontextmanager
async def slow_clients(
    port: int, behave: Callable[[Connection], Awaitable[None]]
) -> AsyncGenerator[list[asyncio.Task[None]], None]:
    async def client() -> None:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        raw.setblocking(False)  # noqa: FBT003 - the only way to say it
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        connection = await asyncio.open_connection(sock=raw)
        try:
            await behave(connection)
        except ConnectionError:
            pass
        finally:
            connection[1].transport.abort()

    clients = [asyncio.create_task(client()) for _ in range(SLOW)]
    try:
        yield clients
    finally:
        for each in clients:
            each.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


async def typical_seconds(service: Service, requests: int = 60) -> float:
    """The median time of requests one after another, all of which must succeed."""
    found = [await service.get("/api/v1/products") for _ in range(requests)]
    assert {status for status, _ in found} == {200}
    return statistics.median(seconds for _, seconds in found)


async def held(service: Service) -> int:
    """Return the number of connections of the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
    figures = (await reader.read()).decode()
    writer.close()
    (line,) = (line for line in figures.splitlines() if line.startswith("http_connections "))
    return int(float(line.split()[1])) - 1


@pytest.mark.parametrize("kind", KINDS)
async def test_hundreds_of_slow_clients_slow_down_nobody_else_and_are_cut_off(
    start: Start, kind: str
) -> None:
    service = await (await start(**LIMITS)).listening()
    await typical_seconds(service)
    before = await typical_seconds(service)
    async with slow_clients(service.port, KINDS[kind]):
        await asyncio.sleep(1)
        assert await held(service) >= SLOW * 0.9, "the slow clients are not there"
        during = await typical_seconds(service)
        assert during < before * 4 + 0.01, f"{before=} {during=}"
        async with asyncio.timeout(15):
            while await held(service) > 0:  # noqa: ASYNC110 - it is the server's to know
                await asyncio.sleep(0.2)
        assert await typical_seconds(service, 10) < before * 4 + 0.01
    errors = [line for line in service.lines if line.get("level") != "info"]
    assert not errors, errors[0].get("exception")
