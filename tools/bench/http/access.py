"""Measures the CPU time that the access rules add to a request, in this process and without stores.

A Litestar handler with a constant body is called through ASGI: as it is, behind admission control with different rules,
and behind a Litestar authentication middleware with the same keys. Rounds alternate, so that other load on the machine
slows each of them equally. The least times are the ones that other load has disturbed least.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from typing import Any, cast

from litestar import Litestar, Response, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import ASGIApp
from rich.console import Console
from rich.table import Table

from product_dashboard.access.admission import AdmissionControl
from product_dashboard.access.hosts import parse_hosts
from product_dashboard.access.keys import key_line, new_key, parse_keys
from product_dashboard.access.middleware import guarded
from product_dashboard.access.rate import Buckets, Rate
from product_dashboard.access.rules import Access

KEYS = 50
BODY = b'{"ok":true}'
ENOUGH = Rate(1_000_000_000, 1)
KEY = new_key()
RING = parse_keys("\n".join(key_line(f"client-{n}", [*Access][:2], new_key()) for n in range(KEYS)) + "\n"
                  + key_line("shop", [Access.READ, Access.WRITE], KEY))  # fmt: skip


@get("/api/v1/products")
async def read() -> Response[bytes]:
    return Response(BODY)


@post("/api/v1/products")
async def write() -> Response[bytes]:
    return Response(BODY)


class Authentication(AbstractAuthenticationMiddleware):
    """The idiomatic way, with the same keys."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        key = RING.find(connection.headers.get("authorization", "").removeprefix("Bearer ").encode())
        if key is None:
            raise NotAuthorizedException
        return AuthenticationResult(user=key.name, auth=key)


def contenders() -> dict[str, ASGIApp]:
    """The applications to compare, by name; the first is the floor."""
    app = Litestar([read, write], openapi_config=None, logging_config=None)
    stack = Litestar([read, write], middleware=[Authentication], openapi_config=None, logging_config=None)
    controls = {
        "nothing set": AdmissionControl(),
        f"{KEYS + 1} keys": AdmissionControl(find_key=RING.find),
        "hosts": AdmissionControl(hosts=parse_hosts("api.example.org")),
        "rate limit": AdmissionControl(buckets=Buckets(ENOUGH, burst=0)),
        "all of these": AdmissionControl(
            find_key=RING.find, hosts=parse_hosts("api.example.org"), buckets=Buckets(ENOUGH, burst=0)
        ),
    }
    # The types of Litestar's ASGI application and of its own __call__ differ in their scope only.
    floor = cast("ASGIApp", app)
    return {
        "no admission control": floor,
        **{name: guarded(floor, control) for name, control in controls.items()},
        "Litestar's middleware, keys": cast("ASGIApp", stack),
    }


def scope(method: str) -> Any:
    """A request as a browser sends it, as an ASGI scope."""
    headers = [
        (b"host", b"api.example.org"),
        (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        (b"accept", b"application/json"),
        (b"accept-language", b"en-GB,en;q=0.5"),
        (b"accept-encoding", b"gzip, deflate, br"),
        (b"connection", b"keep-alive"),
        (b"authorization", f"Bearer {KEY}".encode()),
    ]
    if method == "POST":
        headers += [
            (b"content-type", b"application/json"),
            (b"content-length", b"2"),
            (b"origin", b"https://api.example.org"),
            (b"sec-fetch-site", b"same-origin"),
        ]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": "/api/v1/products", "raw_path": b"/api/v1/products", "query_string": b"", "root_path": "",
        "headers": headers, "client": ("192.0.2.1", 50_000), "server": None, "state": {},
    }  # fmt: skip


async def measure(app: ASGIApp, method: str, requests: int) -> float:
    """The CPU time of one request, in microseconds."""
    statuses: set[int] = set()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    scopes = [scope(method) for _ in range(requests)]
    began = time.process_time()
    for each in scopes:
        await app(each, receive, send)
    spent = time.process_time() - began
    if not statuses <= {200, 201}:
        raise SystemExit(f"error: a request was answered with {statuses}")
    return spent / requests * 1e6


def main(argv: Sequence[str]) -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench access", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2000, help="in each round, for each contender")
    options = parser.parse_args(argv)
    apps = contenders()
    for method in ("GET", "POST"):
        found: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(options.rounds):
            for name, app in apps.items():
                found[name].append(asyncio.run(measure(app, method, options.requests)))
        show(method, found)
    return 0


def show(method: str, found: dict[str, list[float]]) -> None:
    """Print the median and the least time, and the difference of each from the floor."""
    table = Table("us of CPU", "median", "added", "least", "added", title=f"{method}, one request")
    floor = next(iter(found.values()))
    for name, times in found.items():
        added = statistics.median(mine - base for mine, base in zip(times, floor, strict=True))
        least = f"{min(times):.1f}", f"{min(times) - min(floor):+.1f}"
        table.add_row(name, f"{statistics.median(times):.1f}", f"{added:+.1f}", *least)
    Console().print(table)
