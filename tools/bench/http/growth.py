"""Compares the time of each route on little data with its time on much data.

Two databases are filled with sample data of different sizes, on servers of this benchmark's own, which are removed
at the end. Two processes of the API, without their cache, answer one request at a time in turns, so that other
load on the machine slows both equally. The table shows the fastest quarter's median, in milliseconds, and the ratio.
`rows` is the number of rows that the list has on all its pages: an exact count of them cannot cost less as they grow.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct, field
from rich.console import Console
from rich.table import Table

from product_dashboard.migrate import upgrade
from tools.bench.http.server_process import ServerProcess, running
from tools.seed.plan import Sizes
from tools.stack.accounts import mysql_login
from tools.stack.testing import WAYS, scratch_database, session_stores

SORTS = (
    "name_asc", "name_desc", "price_asc", "price_desc", "stock_asc", "stock_desc", "sold_desc", "newest", "oldest",
)  # fmt: skip
PIECES_IN_STOCK = 1_000_000_000


class Shop:
    """One of the two servers, with a connection that stays open, and ids of rows in the middle of its data."""

    def __init__(self, server: ServerProcess, sizes: Sizes) -> None:
        self.sizes = sizes
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        order = self.get(f"/orders?page={sizes.orders // 20}")["data"][0]
        self.order_id, self.customer_id = order["id"], order["customer_id"]
        self.product = self.get(f"/products?sort=newest&page={sizes.products // 20}")["data"][0]

    def send(self, path: str, body: object = None) -> tuple[float, int, Any]:
        """Send a request, with a `body` as POST; the milliseconds, the status, and the answer's JSON."""
        content = None if body is None else json.dumps(body)
        method = "GET" if body is None else "POST"
        began = time.perf_counter()
        self._connection.request(method, f"/api/v1{path}", content, {"content-type": "application/json"})
        response = self._connection.getresponse()
        raw = response.read()
        return (time.perf_counter() - began) * 1000, response.status, json.loads(raw)

    def get(self, path: str) -> Any:
        """Return the JSON of a GET. Raises SystemExit if it does not succeed."""
        _, status, answer = self.send(path)
        if status != HTTPStatus.OK:
            raise SystemExit(f"error: GET {path} answered {status}")
        return answer

    def middle(self, path: str, rows: int) -> str:
        """Return the path of a page after a cursor in the middle of a list that has `rows` rows."""
        page = self.get(f"{path}{'&' if '?' in path else '?'}page={rows // 20}&page_size=10")
        return f"{path}{'&' if '?' in path else '?'}cursor={page['meta']['next_cursor']}"

    def new_product(self) -> dict[str, Any]:
        category = self.product["category"]["id"]
        return {"name": "Bench lamp", "price": 1, "stock_quantity": PIECES_IN_STOCK, "category_id": category}

    def new_order(self) -> dict[str, Any]:
        """Create three products, and return the body of an order of them."""
        made = [self.send("/products", self.new_product())[2]["data"]["id"] for _ in range(3)]
        items = [{"product_id": product_id, "quantity": 1} for product_id in made]
        return {"customer_id": self.customer_id, "items": items}


class Route(Struct):
    """One route: how to ask each of the two shops, and the times of each."""

    name: str
    path: Callable[[Shop], str]
    body: Callable[[Shop], object] = lambda _: None
    times_ms: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    rows: list[int | None] = field(default_factory=list[int | None])

    def measure(self, shops: tuple[Shop, Shop], rounds: int) -> None:
        """Ask both shops in turns. Raises SystemExit if a request fails."""
        calls = [(shop, self.path(shop), self.body(shop)) for shop in shops]
        for turn in range(rounds + 2):  # two to warm up
            for (shop, path, body), times in zip(calls, self.times_ms, strict=True):
                took_ms, status, answer = shop.send(path, body)
                if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
                    raise SystemExit(f"error: {path} answered {status}: {answer['error']}")
                if turn == 0:
                    self.rows.append(answer["meta"]["total"] if answer["meta"] else None)
                if turn > 1:
                    times.append(took_ms)

    @property
    def typical_ms(self) -> tuple[float, float]:
        """The median of the fastest quarter of each shop's times: other load on the machine only adds."""
        small, large = (sorted(times)[: max(1, len(times) // 4)] for times in self.times_ms)
        return statistics.median(small), statistics.median(large)

    @property
    def ratio(self) -> float:
        small, large = self.typical_ms
        return large / small


def _products(**query: object) -> Callable[[Shop], str]:
    path = f"/products?{urlencode(query)}"
    return lambda _: path


def routes() -> Iterator[Route]:
    """Yield every route, lists with each kind of filter, order and page."""
    yield Route("overview", lambda _: "/dashboard/overview?limit=100")
    yield Route("product by id", lambda shop: f"/products/{shop.product['id']}")
    yield Route("category by id", lambda shop: f"/categories/{shop.product['category']['id']}")
    yield Route("customer by id", lambda shop: f"/customers/{shop.customer_id}")
    yield Route("order by id", lambda shop: f"/orders/{shop.order_id}")
    yield Route("categories", lambda _: "/categories")
    yield Route("customers", lambda _: "/customers")
    yield Route("customers after a cursor", lambda shop: shop.middle("/customers", shop.sizes.customers))
    yield Route("orders", lambda _: "/orders?page=2")
    yield Route("orders after a cursor", lambda shop: shop.middle("/orders", shop.sizes.orders))
    yield Route("orders past the end", lambda _: "/orders?page=1000000")
    for sort in SORTS:
        yield Route(f"products {sort}", _products(sort=sort, page=3))
    yield Route(
        "products after a cursor", lambda shop: shop.middle("/products?sort=newest", shop.sizes.products)
    )
    yield Route("products past the end", _products(page=1_000_000))
    yield Route(
        "products of a category", lambda shop: f"/products?category_id={shop.product['category']['id']}"
    )
    yield Route("price from 20 to 21", _products(min_price=20, max_price=21))
    yield Route("price from 20 to 40", _products(min_price=20, max_price=40))
    yield Route("price from 20", _products(min_price=20))
    yield Route("price range past the end", _products(min_price=20, max_price=40, page=1_000_000))
    yield Route("stock from 10 to 20", _products(min_stock=10, max_stock=20))
    yield Route("stock from 100", _products(min_stock=100))
    yield Route("name with oak", _products(name="oak"))
    yield Route("name with desk lamp", _products(name="desk lamp"))
    yield Route(
        "name with its code", lambda shop: f"/products?{urlencode({'name': shop.product['name'][-5:]})}"
    )
    yield Route("name that no product has", _products(name="zzz"))
    yield Route("create a product", lambda _: "/products", Shop.new_product)
    yield Route("place an order of three items", lambda _: "/orders", Shop.new_order)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench growth", description=__doc__)
    parser.add_argument("--products", type=int, nargs=2, default=[10_000, 200_000], metavar=("N", "N"))
    parser.add_argument("--orders", type=int, nargs=2, default=[20_000, 1_000_000], metavar=("N", "N"))
    parser.add_argument("--customers", type=int, nargs=2, default=[2_000, 100_000], metavar=("N", "N"))
    parser.add_argument("--rounds", type=int, default=20, help="requests a route and server (default 20)")
    parser.add_argument("--limit", type=float, default=2.0, help="the ratio to report (default 2)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1 or min(*arguments.products, *arguments.orders, *arguments.customers) < 100:
        parser.error("--rounds must be above 0, and each size at least 100")
    return arguments


def _filled(database_url: str, redis_url: str, sizes: Sizes) -> dict[str, str]:
    """Fill a database; the environment of a server for it."""
    upgrade(database_url)
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "CACHE_ENABLED": "false"}
    command = [sys.executable, "-m", "tools.seed"]
    for name in ("categories", "products", "customers", "orders"):
        command += [f"--{name}", str(getattr(sizes, name))]
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=sys.stderr)
    # The statistics of the server, which decide about its plans, follow the rows by some seconds.
    tables = "categories, products, customers, orders, order_items"
    mysql_login(database_url).run([f"USE `{urlsplit(database_url).path[1:]}`", f"ANALYZE TABLE {tables}"])
    return environment


def table(measured: Sequence[Route], sizes: tuple[Sizes, Sizes], limit: float) -> Table:
    """Draw the times of each route on both databases, and their ratio."""
    small, large = sizes
    drawn = Table(title="Growth, without the cache")
    drawn.add_column("")
    for each in (small, large):
        drawn.add_column(f"ms with {each.products:,} products, {each.orders:,} orders", justify="right")
    for name in ("ratio", "rows", "rows"):
        drawn.add_column(name, justify="right")
    for route in measured:
        rows = ["" if count is None else f"{count:,}" for count in route.rows]
        mark = " !" if route.ratio > limit else ""
        drawn.add_row(
            route.name, *(f"{ms:.1f}" for ms in route.typical_ms), f"{route.ratio:.1f}{mark}", *rows
        )
    return drawn


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its table."""
    arguments = _arguments(argv)
    small, large = (
        Sizes(seed=1, categories=50, products=products, customers=customers, orders=orders)
        for products, customers, orders in zip(
            arguments.products, arguments.customers, arguments.orders, strict=True
        )
    )
    with ExitStack() as stack:
        stores = stack.enter_context(session_stores(arguments.stores))
        environments: list[dict[str, str]] = []
        for number, sizes in enumerate((small, large)):
            database_url = stack.enter_context(scratch_database(stores.mysql_url))
            redis_url = f"{stores.redis_url.rpartition('/')[0]}/{number}"
            environments.append(_filled(database_url, redis_url, sizes))
        # Opened when both databases are full: a server closes a connection that is idle for so long.
        on_small, on_large = (stack.enter_context(running(each)) for each in environments)
        measured = list(routes())
        for route in measured:
            route.measure((Shop(on_small, small), Shop(on_large, large)), arguments.rounds)
    Console(width=None if sys.stdout.isatty() else 140).print(
        table(measured, (small, large), arguments.limit)
    )
    above = [route.name for route in measured if route.ratio > arguments.limit]
    print(f"above {arguments.limit:g} times: {', '.join(above) or 'none'}")
    return 0
