"""Compares the time of each route on little data with its time on much data.

Two databases are filled with sample data of different sizes, on servers of this benchmark's own, which are removed
at the end. Two processes of the API, without their cache, answer one request at a time in turns, so that other
load on the machine slows both equally. The table shows the fastest quarter's median, in milliseconds, and the ratio.
`rows` is the number of rows that the list has on all its pages.

The total of these lists is exact, and its cost grows with the rows that are counted or filtered:
- Ranges of stock. Ranges of prices are counted by buckets, which the writes of products keep. For stock, orders would
  have to keep them. With buckets of two digits, every item of an order changes its bucket while its stock is below
  100. With one digit, and the stocks of the sample data (up to 250), 12 % of the items do: a third of the orders of
  three items would send one more statement, which writes two rows for each of these items. A range that begins within
  a bucket would still be counted one by one there, in up to 40 % of the products. Products in stock are counted by
  those that are sold out.
- Parts of a name. A part of two characters is searched for in all names; most of the time goes into the count. With
  another filter, all products with the part are read.

By number, a page costs as much as the rows before it, which are read in an index. A cursor has no such cost. Of orders,
only the rows of the same day are read.

With the default sizes, filling takes 15 to 30 minutes on two cores and 3 GB of disk, and measuring 2 to 3 minutes.
--keep fills and measures databases that stay on a server of yours; the next run with it only measures.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from product_dashboard.database import Database
from product_dashboard.migrate import upgrade
from product_dashboard.products.indexing import index_names
from product_dashboard.products.price_counting import count_prices, repair_counts
from product_dashboard.settings import load_settings
from tools.bench.http.growth_routes import Route, Shop, routes
from tools.bench.http.server_process import running
from tools.seed.plan import Sizes
from tools.stack.accounts import mysql_login, with_database
from tools.stack.testing import WAYS, scratch_database, session_stores

BUFFER_POOL_BYTES = 1_500_000_000
"""Enough for the indexes that are read: the benchmark measures work, not disks."""
TABLES = "categories, products, product_trigrams, product_price_counts, customers, orders, order_items"


def measure(route: Route, shops: tuple[Shop, Shop], rounds: int) -> None:
    """Ask both shops in turns. Raises SystemExit if a request fails."""
    for turn in range(rounds + 2):  # two to warm up
        for shop, times in zip(shops, route.times_ms, strict=True):
            request = route.request(shop)
            took_ms, status, answer = shop.send(request)
            if status not in {200, 201}:
                raise SystemExit(f"error: {request.method} {request.path} answered {status}: {answer}")
            if turn == 0:
                route.rows.append(answer["meta"]["total"] if answer["meta"] else None)
            if turn > 1:
                times.append(took_ms)


def typical_ms(times_ms: Sequence[float]) -> float:
    """Return the median of the fastest quarter: other load on the machine only adds."""
    return statistics.median(sorted(times_ms)[: max(1, len(times_ms) // 4)])


def ratio(route: Route) -> float:
    small, large = map(typical_ms, route.times_ms)
    return large / small


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench growth", description=__doc__)
    parser.add_argument("--products", type=int, nargs=2, default=[10_000, 200_000], metavar=("N", "N"))
    parser.add_argument("--orders", type=int, nargs=2, default=[20_000, 1_000_000], metavar=("N", "N"))
    parser.add_argument("--customers", type=int, nargs=2, default=[2_000, 100_000], metavar=("N", "N"))
    parser.add_argument("--rounds", type=int, default=20, help="requests a route and server (default 20)")
    parser.add_argument("--limit", type=float, default=2.0, help="the ratio to report (default 2)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    parser.add_argument(
        "--keep",
        metavar="URL",
        help="a MySQL or MariaDB whose databases growth_small and growth_large are filled, used and kept",
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="measure the routes with this in their name"
    )
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1 or min(*arguments.products, *arguments.orders, *arguments.customers) < 100:
        parser.error("--rounds must be above 0, and each size at least 100")
    return arguments


@contextmanager
def _databases(server_url: str, *, keep: bool) -> Generator[tuple[str, str]]:
    """Create two databases, and drop them when the block ends; with `keep`, create only missing ones and drop none."""
    if keep:
        names = "growth_small", "growth_large"
        mysql_login(server_url).run(
            [f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4" for name in names]
        )
        yield with_database(server_url, names[0]), with_database(server_url, names[1])
    else:
        with scratch_database(server_url) as small, scratch_database(server_url) as large:
            yield small, large


def _filled(database_url: str, redis_url: str, sizes: Sizes) -> dict[str, str]:
    """Fill a database, unless it is full; the environment of a server for it."""
    upgrade(database_url)
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "CACHE_ENABLED": "false"}
    command = [sys.executable, "-m", "tools.seed"]
    for name in ("categories", "products", "customers", "orders"):
        command += [f"--{name}", str(getattr(sizes, name))]
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=sys.stderr)
    asyncio.run(complete(environment))
    # The statistics of the server, which decide about its plans, follow the rows by some seconds.
    mysql_login(database_url).run([f"USE `{urlsplit(database_url).path[1:]}`", f"ANALYZE TABLE {TABLES}"])
    return environment


async def complete(environment: Mapping[str, str]) -> None:
    """Write the trigrams of all names and count all prices, which the service does in the background."""
    database = Database(load_settings(environment).database)
    await database.open()
    try:
        await index_names(database)
        await count_prices(database)
        await repair_counts(database)
    finally:
        await database.close()


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
        mark = " !" if ratio(route) > limit else ""
        times = (f"{typical_ms(times_ms):.1f}" for times_ms in route.times_ms)
        drawn.add_row(route.name, *times, f"{ratio(route):.1f}{mark}", *rows)
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
    measured = [route for route in routes() if arguments.only in route.name]
    with ExitStack() as stack:
        stores = stack.enter_context(session_stores(arguments.stores))
        server_url = arguments.keep or stores.mysql_url
        mysql_login(stores.mysql_url).run([f"SET GLOBAL innodb_buffer_pool_size = {BUFFER_POOL_BYTES}"])
        urls = stack.enter_context(_databases(server_url, keep=bool(arguments.keep)))
        redis_url = stores.redis_url.rpartition("/")[0]
        environments = [
            _filled(url, f"{redis_url}/{number}", sizes)
            for number, (url, sizes) in enumerate(zip(urls, (small, large), strict=True))
        ]
        # Opened when both databases are full: a server closes a connection that is idle for so long.
        on_small, on_large = (stack.enter_context(running(each)) for each in environments)
        shops = Shop(on_small, small), Shop(on_large, large)
        for route in measured:
            measure(route, shops, arguments.rounds)
    Console(width=None if sys.stdout.isatty() else 140).print(
        table(measured, (small, large), arguments.limit)
    )
    above = [route.name for route in measured if ratio(route) > arguments.limit]
    print(f"above {arguments.limit:g} times: {', '.join(above) or 'none'}")
    return 0
