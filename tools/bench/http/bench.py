"""Compares the API's routes with two floors: a bare ASGI application and a Litestar handler, with constant bodies.

All of them run on the same uvicorn. Their rounds alternate, so that other load on the machine slows each of
them equally. The table shows medians: requests/s, latencies, the server's CPU seconds per 1,000 requests, and
that CPU time as a multiple of each floor's. Rely on the ratios rather than on the absolute figures. The orders
that the benchmark places stay in the database.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from msgspec import Struct, field
from rich.console import Console
from rich.table import Table

from tools.bench.http import load
from tools.bench.http.server_process import ServerProcess, running

BARE, FRAMEWORK = "bare ASGI, constant bytes", "Litestar handler, constant bytes"
PIECES_IN_STOCK = 1_000_000_000


class Contender(Struct):
    """A route or floor to request, and the figures of each round."""

    name: str
    server: ServerProcess
    path: str
    body: bytes | None = None
    rates: list[float] = field(default_factory=list[float])
    p50_ms: list[float] = field(default_factory=list[float])
    p99_ms: list[float] = field(default_factory=list[float])
    cpu_s: list[float] = field(default_factory=list[float])
    """CPU seconds of the server per 1,000 requests."""
    failed: int = 0

    def ask(self, connections: int, seconds: float) -> None:
        """Run one round and record its figures."""
        before = self.server.cpu_seconds()
        result = asyncio.run(
            load.run(
                self.server.host,
                self.server.port,
                self.path,
                connections=connections,
                seconds=seconds,
                body=self.body,
            )
        )
        good = result.statuses[HTTPStatus.OK] + result.statuses[HTTPStatus.CREATED]
        self.failed += result.statuses.total() - good + result.failures.total()
        self.rates.append(result.requests_per_second)
        self.p50_ms.append(result.percentile_ms(0.50))
        self.p99_ms.append(result.percentile_ms(0.99))
        self.cpu_s.append(1000 * (self.server.cpu_seconds() - before) / max(1, result.statuses.total()))


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench http", description=__doc__)
    parser.add_argument("--connections", type=int, default=32, help="connections at a time (default 32)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each (default 3)")
    parser.add_argument("--no-writes", action="store_true", help="place no orders")
    arguments = parser.parse_args(argv)
    if arguments.connections < 1 or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error("--connections, --rounds and --seconds must be above 0")
    return arguments


def _call(server: ServerProcess, path: str, body: object = None) -> Any:
    """Send a request, with a `body` as POST; `data` of the response."""
    request = urllib.request.Request(
        f"http://{server.host}:{server.port}/api/v1{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - an http URL of this process's own server
        return json.load(response)["data"]


def _routes(api: ServerProcess, *, writes: bool) -> list[Contender]:
    product = _call(api, "/products?page_size=1")[0]
    order = _call(api, "/orders?page_size=1")[0]
    found = [
        Contender("health, no store", api, "/health/live"),
        Contender("dashboard overview, cached", api, "/api/v1/dashboard/overview"),
        Contender("product by id, cached", api, f"/api/v1/products/{product['id']}"),
        Contender("order by id, cached", api, f"/api/v1/orders/{order['id']}"),
        Contender("customer by id, database", api, f"/api/v1/customers/{order['customer_id']}"),
        Contender("product list, database", api, "/api/v1/products?page=3"),
        Contender("order list, database", api, "/api/v1/orders?page=2"),
    ]
    if writes:
        found.append(
            Contender("place an order of two items", api, "/api/v1/orders", _order(api, order, product))
        )
    return found


def _order(api: ServerProcess, order: Any, product: Any) -> bytes:
    """The body of an order of two products, created with enough stock for any number of orders."""
    new = {"category_id": product["category"]["id"], "price": 1, "stock_quantity": PIECES_IN_STOCK}
    items = [
        {"product_id": _call(api, "/products", {"name": f"Bench {n}", **new})["id"], "quantity": 1}
        for n in range(2)
    ]
    return json.dumps({"customer_id": order["customer_id"], "items": items}).encode()


def table(contenders: Sequence[Contender]) -> Table:
    """Medians of the rounds, with the CPU time also as a multiple of each floor's."""
    drawn = Table(title="Routes and floors")
    drawn.add_column("")
    for name in ("requests/s", "p50 ms", "p99 ms", "CPU s per 1,000", "x bare ASGI", "x Litestar", "failed"):
        drawn.add_column(name, justify="right")
    floors = {each.name: each for each in contenders}
    for each in contenders:
        ratios = [
            f"{statistics.median(a / b for a, b in zip(each.cpu_s, floors[floor].cpu_s, strict=True)):.2f}"
            for floor in (BARE, FRAMEWORK)
        ]
        drawn.add_row(
            each.name,
            f"{statistics.median(each.rates):,.0f}",
            f"{statistics.median(each.p50_ms):.1f}",
            f"{statistics.median(each.p99_ms):.1f}",
            f"{statistics.median(each.cpu_s):.3f}",
            *ratios,
            f"{each.failed:,}",
        )
    return drawn


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its table; 1 if a request failed."""
    arguments = _arguments(argv)
    if missing := [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]:
        print(f"error: {' and '.join(missing)} must be set; `just bench http` does that", file=sys.stderr)
        return 2
    with ExitStack() as servers:
        bare = servers.enter_context(running({}, ("tools.bench.http.floors", "asgi")))
        framework = servers.enter_context(running({}, ("tools.bench.http.floors", "litestar")))
        api = servers.enter_context(running({}))
        contenders = [Contender(BARE, bare, "/"), Contender(FRAMEWORK, framework, "/")]
        contenders += _routes(api, writes=not arguments.no_writes)
        for _ in range(arguments.rounds):
            for each in contenders:
                each.ask(arguments.connections, arguments.seconds)
    Console(width=None if sys.stdout.isatty() else 140).print(table(contenders))
    return 1 if any(each.failed for each in contenders) else 0
