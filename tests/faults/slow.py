"""`slow`: clients that send or read slowly must not slow the others down.

    python -m tests.faults slow --connections 500

Four kinds, one after another: headers byte by byte, a body byte by byte, an answer read byte by byte, and idle
connections. A connection that the service ends is opened again. While they are there, other clients read at a steady
rate; their p99 may be twice that of the same reads in a quiet service. Quiet and loaded rounds alternate.
"""

import argparse
import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from rich.console import Console

from product_dashboard.migrate import upgrade
from tests.faults.load import Flow, steady
from tests.faults.report import Findings, percentile, print_table
from tests.faults.service import running
from tests.faults.shelf import fill_shelf
from tools.stack.testing import WAYS, Way, scratch_database, session_stores

ALLOWED_RATIO = 2.0
_BIG = "/api/v1/products?page_size=100"
_PAUSE_S = 1.0
_ARRIVAL_S = 2.0
_SETTLED_WITHIN_S = 60.0


@dataclass(frozen=True)
class Plan:
    """One run. `noise_s` is a difference of latencies that is never a violation: the machine's own noise."""

    connections: int = 500
    rounds: int = 3
    seconds: float = 4.0
    per_second: float = 50.0
    noise_s: float = 0.005


Settled = Callable[[], None]
"""A slow client calls it when it has begun to be slow."""


async def slow_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    settled()
    await _drip(writer, b"GET /api/v1/products HTTP/1.1\r\nhost: test\r\nx-slow: " + b"a" * 10_000)


async def slow_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    writer.write(b"POST /api/v1/categories HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n")
    writer.write(b"content-length: 10000\r\n\r\n")
    settled()
    await _drip(writer, b'{"name": "' + b"a" * 9_000)


async def slow_reader(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, settled: Settled) -> None:
    writer.write(f"GET {_BIG} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
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
KINDS: tuple[Kind, ...] = (slow_headers, slow_body, slow_reader, idle)


@asynccontextmanager
async def crowd(port: int, kind: Kind, connections: int) -> AsyncGenerator[None, None]:
    """Keep so many slow connections open during the block. Raises TimeoutError if they do not settle."""
    settled: set[int] = set()
    all_settled = asyncio.Event()

    async def stay(number: int) -> None:
        def here() -> None:
            settled.add(number)
            if len(settled) == connections:
                all_settled.set()

        await asyncio.sleep(number / connections * _ARRIVAL_S)
        while True:
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


async def measure(plan: Plan, port: int, findings: Findings) -> list[tuple[str, str, str]]:
    """Measure all kinds; the rows of the table. Violations go into the findings."""
    paths = ("/api/v1/products?page_size=10", "/api/v1/dashboard/products", "/api/v1/orders", "/health/ready")

    def flow() -> Awaitable[Flow]:
        return steady(port, paths, per_second=plan.per_second, seconds=plan.seconds)

    await flow()  # the first answers are slower
    rows: list[tuple[str, str, str]] = []
    for kind in KINDS:
        quiet, loaded = Flow(), Flow()
        for _ in range(plan.rounds):
            quiet.add(await flow())
            async with crowd(port, kind, plan.connections):
                loaded.add(await flow())
        name = kind.__name__.replace("_", " ")
        before, after = percentile(quiet.seconds, 0.99), percentile(loaded.seconds, 0.99)
        figure = f"{before * 1000:.1f} -> {after * 1000:.1f} ms ({after / before:.2f} times)"
        rows.append((f"p99 beside {name}", figure, f"{ALLOWED_RATIO:g} times"))
        if after > ALLOWED_RATIO * before + plan.noise_s:
            findings.violation("slowed down", f"{name}: {figure}")
        for failure in (*quiet.failures, *loaded.failures):
            findings.violation("failed", f"beside {name}: {failure}")
    return rows


async def run(plan: Plan, database_url: str, redis_url: str) -> tuple[Findings, list[tuple[str, str, str]]]:
    """Run a plan on an empty, migrated database."""
    findings = Findings()
    variables = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "WORKERS": "2", "LOG_FORMAT": "json"}
    async with running(variables) as service:
        await fill_shelf(service.port)
        rows = await measure(plan, service.port, findings)
    for line in service.faults:
        findings.violation("fault in the log", line[:2000])
    return findings, rows


def main(argv: Sequence[str]) -> int:
    """Run `slow` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults slow", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=500, help="of each kind (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of each kind (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="of a round (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="is ignored: nothing is random here")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    options = parser.parse_args(argv)
    plan, way = Plan(options.connections, options.rounds, options.seconds), options.stores
    console = Console()
    findings, rows = run_on_own_stores(plan, way)
    print_table(console, "slow", rows)
    console.print(findings.told(), highlight=False, markup=False)
    return 0 if findings.passed else 1


def run_on_own_stores(plan: Plan, way: Way) -> tuple[Findings, list[tuple[str, str, str]]]:
    with session_stores(way) as stores, scratch_database(stores.mysql_url) as url:
        upgrade(url)
        return asyncio.run(run(plan, url, stores.redis_url))
