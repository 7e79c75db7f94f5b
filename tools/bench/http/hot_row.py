"""`just bench hot-row`: many buyers of one product, and what reads and readiness notice of them.

Each buyer orders the same product again and again, so that all of their transactions want one row. Meanwhile a few
readers ask for a list, and readiness is asked all the time. The list is measured before too, without buyers.

Exit status 1: readiness was not 200 at some time, or a request had an answer that it should not have.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Sequence
from http import HTTPStatus

import httpx
from msgspec import Struct, field

from tools.bench.http import load
from tools.bench.http.server_process import ServerProcess, running

READS = "/api/v1/products?page_size=20"
READY = "/health/ready"
STOCK = 1_000_000
# A buyer is served, or refused for now.
EXPECTED = {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}


class Findings(Struct):
    """The list without buyers and with them, readiness with them, and the buyers' own answers."""

    quiet: load.Result
    busy: load.Result
    readiness: load.Result
    buyers: load.Result
    problems: list[str] = field(default_factory=list[str])

    @property
    def ratio(self) -> float:
        """The 99th percentile of the list with buyers, divided by that without."""
        return self.busy.percentile_ms(0.99) / self.quiet.percentile_ms(0.99)


def make_order(server: ServerProcess) -> bytes:
    """Create a product and a customer; return the body of an order of one piece."""
    suffix = os.urandom(6).hex()
    category = _create(server, "categories", name=f"Hot {suffix}")
    product = _create(
        server, "products", name=f"Hot {suffix}", price=1, category_id=category, stock_quantity=STOCK
    )
    customer = _create(server, "customers", name="Buyer", email=f"buyer.{suffix}@example.org")
    return json.dumps({"customer_id": customer, "items": [{"product_id": product, "quantity": 1}]}).encode()


async def measure(
    server: ServerProcess, order: bytes, *, buyers: int, readers: int, seconds: float
) -> Findings:
    """Run the two phases, each `seconds` long."""

    def ask(path: str, connections: int, body: bytes | None = None) -> Awaitable[load.Result]:
        return load.run(server.host, server.port, path, connections=connections, seconds=seconds, body=body)

    quiet = await ask(READS, readers)
    busy, readiness, bought = await asyncio.gather(
        ask(READS, readers), ask(READY, 1), ask("/api/v1/orders", buyers, order)
    )
    findings = Findings(quiet, busy, readiness, bought)
    for name, result, allowed in (
        ("lists without buyers", quiet, {HTTPStatus.OK}),
        ("lists", busy, {HTTPStatus.OK}),
        ("readiness", readiness, {HTTPStatus.OK}),
        ("orders", bought, EXPECTED),
    ):
        wrong = Counter({status: n for status, n in result.statuses.items() if status not in allowed})
        if wrong or result.failures or not result.latencies_ms:
            findings.problems.append(f"{name}: {dict(wrong)} {dict(result.failures)}")
    return findings


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its figures."""
    arguments = _arguments(argv)
    with running({"WORKERS": "1"}) as server:
        order = make_order(server)
        counts = {"buyers": arguments.buyers, "readers": arguments.readers}
        findings = asyncio.run(measure(server, order, seconds=arguments.seconds, **counts))
    for name, result in (
        ("list, no buyers", findings.quiet),
        ("list", findings.busy),
        ("readiness", findings.readiness),
        ("orders", findings.buyers),
    ):
        print(
            f"{name:16} {result.requests_per_second:8,.0f}/s   p50 {result.percentile_ms(0.5):8.1f} ms"
            f"   p99 {result.percentile_ms(0.99):8.1f} ms   {dict(result.statuses)}"
        )
    print(f"p99 of the list with {arguments.buyers} buyers / without: {findings.ratio:.1f}")
    for problem in findings.problems:
        print(f"problem: {problem}", file=sys.stderr)
    return 1 if findings.problems else 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench hot-row", description=__doc__)
    parser.add_argument("--buyers", type=int, default=300, help="buyers of the product (default 300)")
    parser.add_argument("--readers", type=int, default=4, help="readers of the list (default 4)")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each phase (default 10)")
    return parser.parse_args(argv)


def _create(server: ServerProcess, path: str, **fields: object) -> str:
    answer = httpx.post(f"http://{server.host}:{server.port}/api/v1/{path}", json=fields, timeout=10)
    answer.raise_for_status()
    identifier: str = answer.json()["data"]["id"]
    return identifier
