"""Clients that send or read slowly on purpose, many at a time: the one generator for measurements and tests."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from tests.faults.client import Client

BIG = "/api/v1/products?page_size=100"
"""A slow reader asks for this list. It must be larger than the buffers on the way: see `fill_shelf`."""
_PAUSE_S = 1.0
_ARRIVALS_PER_S = 250.0
_SETTLED_WITHIN_S = 60.0

Settled = Callable[[], None]
"""A slow client calls it when it has begun to be slow."""


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter, settled: Settled) -> None:
    settled()
    await reader.read()


async def slow_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    settled()
    await _drip(writer, b"GET /api/v1/products HTTP/1.1\r\nhost: test\r\nx-slow: " + b"a" * 10_000)


async def slow_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    writer.write(b"POST /api/v1/categories HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n")
    writer.write(b"content-length: 10000\r\n\r\n")
    settled()
    await _drip(writer, b'{"name": "' + b"a" * 9_000)


async def slow_reader(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    writer.write(f"GET {BIG} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
    while await reader.read(64):
        settled()  # the big answer is made; that costs as much for a fast reader
        await asyncio.sleep(_PAUSE_S)


async def idle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    writer.write(b"GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n")
    while await reader.read(4096):  # the answer, and then nothing, until the service ends the connection
        settled()


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for number in range(len(data)):
        writer.write(data[number : number + 1])
        await writer.drain()
        await asyncio.sleep(_PAUSE_S)


Kind = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Settled], Awaitable[None]]
KINDS: tuple[Kind, ...] = (silent, slow_headers, slow_body, slow_reader, idle)


@asynccontextmanager
async def crowd(port: int, kind: Kind, connections: int, *, reconnect: bool) -> AsyncGenerator[None, None]:
    """Keep so many slow connections open during the block. Raises TimeoutError if they do not settle.

    With `reconnect`, a client that the service cuts off comes back at once.
    """
    settled: set[int] = set()
    all_settled = asyncio.Event()

    async def stay(number: int) -> None:
        def here() -> None:
            settled.add(number)
            if len(settled) == connections:
                all_settled.set()

        await asyncio.sleep(number / _ARRIVALS_PER_S)
        while reconnect or number not in settled:
            with suppress(OSError):
                reader, writer = await _connect(port)
                try:
                    await kind(reader, writer, here)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(0.1)

    tasks = [asyncio.create_task(stay(number)) for number in range(connections)]
    try:
        async with asyncio.timeout(_SETTLED_WITHIN_S):
            await all_settled.wait()
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def held(port: int) -> int:
    """Return the number of connections that a service without further workers has, without that of this question."""
    client = Client(port, timeout_s=60)
    try:
        figures = (await client.request("GET", "/metrics")).body.decode()
    finally:
        client.close()
    (line,) = (line for line in figures.splitlines() if line.startswith("http_connections "))
    return int(float(line.split()[1])) - 1


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect with small buffers, so that a slow reader is felt by the service."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)  # noqa: FBT003 - the parameter has no name
    try:
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    except OSError:
        sock.close()
        raise
    return await asyncio.open_connection(sock=sock, limit=1024)
