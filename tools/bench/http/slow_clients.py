"""`just bench slow-clients`: hundreds of clients that are slow on purpose, and what other requests notice of them.

For each kind of slow client, the time of a list is measured without them and with them, one after the other on the
same server. Exit status 1: a normal request failed, or the slow clients were not connected.
"""

import argparse
import asyncio
import random
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx

from tools.bench.http import load
from tools.bench.http.server_process import ServerProcess, running

READS = "/api/v1/products?page_size=20"
GET = b"GET /api/v1/products HTTP/1.1\r\nhost: test\r\n"
POST = b"POST /api/v1/categories HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
LARGE = b"GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nhost: test\r\n\r\n"
DRIP_EVERY_S = 0.5
FOR_EVER_S = 3600
HELD_SHARE = 0.9

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Behaviour = Callable[[Connection], Awaitable[None]]


async def say_nothing(_: Connection) -> None:
    await asyncio.sleep(FOR_EVER_S)


async def stay_idle(connection: Connection) -> None:
    """Take one answer, and keep the connection alive without another request."""
    connection[1].write(b"GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n")
    await connection[0].readuntil(b"\r\n\r\n")
    await asyncio.sleep(FOR_EVER_S)


async def drip_header(connection: Connection) -> None:
    await _drip(connection, GET + b"x-slow: ", b"y")


async def drip_body(connection: Connection) -> None:
    await _drip(connection, POST + b"content-length: 1000\r\n\r\n", b" ")


async def never_read(connection: Connection) -> None:
    """Ask for more than the buffers on the way can hold, and read none of it."""
    connection[1].transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's transport can
    connection[1].write(LARGE * 8)
    await asyncio.sleep(FOR_EVER_S)


async def _drip(connection: Connection, first: bytes, rest: bytes) -> None:
    connection[1].write(first)
    await asyncio.sleep(random.uniform(0, DRIP_EVERY_S))  # so that not all drip at once
    while True:
        await asyncio.sleep(DRIP_EVERY_S)
        connection[1].write(rest)


KINDS: dict[str, Behaviour] = {
    "silent": say_nothing,
    "idle": stay_idle,
    "slow headers": drip_header,
    "slow body": drip_body,
    "slow reader": never_read,
}


@asynccontextmanager
async def slow_clients(port: int, behave: Behaviour, count: int) -> AsyncGenerator[None, None]:
    """Keep `count` connections that behave like this; they end with the block, or when the server cuts them."""

    async def client() -> None:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        raw.setblocking(False)  # noqa: FBT003 - the only way to say it
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        connection = await asyncio.open_connection(sock=raw)
        try:
            await behave(connection)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # cut by the server
        finally:
            connection[1].transport.abort()

    clients = [asyncio.create_task(client()) for _ in range(count)]
    try:
        yield
    finally:
        for each in clients:
            each.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


async def held(port: int) -> int:
    """Return the number of connections that the server has, without that of this question."""
    async with httpx.AsyncClient(timeout=60) as client:
        figures = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    (line,) = (line for line in figures.splitlines() if line.startswith("http_connections "))
    return int(float(line.split()[1])) - 1


async def measure(
    server: ServerProcess, kind: str, *, clients: int, seconds: float
) -> tuple[load.Result, load.Result, int]:
    """Return the lists without slow clients and with them, and how many of these were connected."""

    async def ask() -> load.Result:
        return await load.run(server.host, server.port, READS, connections=4, seconds=seconds)

    quiet = await ask()
    async with slow_clients(server.port, KINDS[kind], clients):
        await asyncio.sleep(1)
        connected = await held(server.port)
        return quiet, await ask(), connected


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print a line for each kind."""
    arguments = _arguments(argv)
    good = True
    with running({"WORKERS": "1"}) as server:
        for kind in arguments.kinds or KINDS:
            quiet, busy, connected = asyncio.run(
                measure(server, kind, clients=arguments.clients, seconds=arguments.seconds)
            )
            ratio = busy.percentile_ms(0.99) / quiet.percentile_ms(0.99)
            print(
                f"{kind:14} {connected:4} connected   p99 {quiet.percentile_ms(0.99):6.1f} ms without,"
                f" {busy.percentile_ms(0.99):6.1f} ms with: {ratio:.1f}   {dict(busy.statuses)}"
            )
            answered = busy.statuses.keys() == {HTTPStatus.OK} and not busy.failures
            good = good and answered and connected >= HELD_SHARE * arguments.clients
    if not good:
        print("problem: a request failed, or the slow clients were not connected", file=sys.stderr)
    return 0 if good else 1


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench slow-clients", description=__doc__)
    parser.add_argument("--clients", type=int, default=500, help="slow clients of each kind (default 500)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement (default 5)")
    parser.add_argument("kinds", nargs="*", choices=[[], *KINDS], help=f"of {', '.join(KINDS)}; default all")
    return parser.parse_args(argv)
