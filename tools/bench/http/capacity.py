"""Measures what one request costs the service, the database and Redis, and the space that each row and answer takes.

The figures say how far one database server, one Redis and one core of the service go, and which of them ends first.
The servers are the benchmark's own, on this machine, and are removed at the end. The load generator and all servers but
the service share the other CPUs, so that the rate is not what each of them could do alone.
"""

import argparse
import asyncio
import itertools
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tools.bench.http import load
from tools.bench.http.bench import fill_database
from tools.bench.http.growth import complete
from tools.bench.http.scenarios import Scenario, call, scenarios, take_samples
from tools.bench.http.server_process import ServerProcess, cpu_seconds, running, split_cpus
from tools.stack.accounts import mysql_login
from tools.stack.testing import WAYS, Way, scratch_database, session_stores

DATABASE_PROGRAMS = frozenset({"mysqld", "mariadbd"})
CONNECTIONS = 16
REQUESTS = {
    "order of 3 items": 2_000,
    "product list, misses only": 2_000,
    "order list, misses only": 1_000,
    "overview, cached": 20_000,
    "1,000 products at random, cached": 20_000,
}
"""The scenarios that are measured, each with a number of requests."""
TABLES = {
    "order of about 3 items": ("orders", "order_items"),
    "product": ("products", "product_trigrams", "product_price_counts"),
    "customer": ("customers",),
}
"""The tables that grow with each of these, the first of which has one row for each."""
ANSWERS = 1_000
PAGES = 300


class Usage(Struct, frozen=True):
    """CPU seconds of each part, and bytes of the redo log, since their starts."""

    service: float
    database: float
    redis: float
    redo_bytes: int


class Cost(Struct, frozen=True):
    """The use of each server by one request of a scenario."""

    scenario: str
    requests_per_second: float
    service_us: float
    database_us: float
    redis_us: float
    redo_bytes: float


class Stores:
    """A database and a Redis that were just started, and are asked for their counters."""

    def __init__(self, database_url: str, redis_url: str, programs: frozenset[int]) -> None:
        """`programs` are the process ids of the database."""
        self._login = mysql_login(database_url)
        self._database = urlsplit(database_url).path.lstrip("/")
        self._redis = redis.Redis.from_url(redis_url)  # pyright: ignore[reportUnknownMemberType] - redis-py has no type there
        self._programs = programs

    def usage(self, service: ServerProcess) -> Usage:
        """Return what has been used so far."""
        cpu = self._info("cpu")
        (_, redo_bytes), *_ = self._rows("SHOW GLOBAL STATUS LIKE 'Innodb\\_os\\_log\\_written'")
        return Usage(
            service.cpu_seconds(),
            sum(cpu_seconds(each) for each in self._programs),
            float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"]),
            int(redo_bytes),
        )

    def redis_bytes(self) -> int:
        """Return the memory of Redis that is in use."""
        return int(self._info("memory")["used_memory"])

    def table_bytes(self, tables: Sequence[str]) -> float:
        """Return the bytes of data and indexes in the tables for each row of the first one."""
        self._rows(f"ANALYZE TABLE {', '.join(tables)}")
        names = ", ".join(f"'{table}'" for table in tables)
        sizes = self._rows(
            "SELECT SUM(data_length + index_length) FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name IN ({names})"
        )
        counts = self._rows(f"SELECT COUNT(*) FROM {tables[0]}")
        return float(sizes[0][0]) / max(1, int(counts[0][0]))

    def close(self) -> None:
        self._redis.close()

    def _info(self, section: str) -> dict[str, Any]:
        return self._redis.info(section)  # pyright: ignore[reportUnknownMemberType] - the same

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._login.connection(self._database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]


def _database_programs() -> frozenset[int]:
    """Return the process ids of all databases on this machine, in containers too."""
    found = Path("/proc").glob("[0-9]*/comm")
    return frozenset(int(comm.parent.name) for comm in found if _text(comm) in DATABASE_PROGRAMS)


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:  # the process has ended
        return ""


def measure(scenario: Scenario, count: int, service: ServerProcess, stores: Stores) -> Cost:
    """Send the requests of a scenario. Raises SystemExit if one fails."""
    requests = scenario.requests()
    _send(itertools.islice(requests, scenario.warm_up), scenario, service)
    before = stores.usage(service)
    result = _send(itertools.islice(requests, count), scenario, service)
    after = stores.usage(service)
    return Cost(
        scenario.name,
        count / result.seconds,
        1e6 * (after.service - before.service) / count,
        1e6 * (after.database - before.database) / count,
        1e6 * (after.redis - before.redis) / count,
        (after.redo_bytes - before.redo_bytes) / count,
    )


def _send(requests: Iterator[bytes], scenario: Scenario, service: ServerProcess) -> load.Result:
    result = load.run(service.host, service.port, requests, connections=CONNECTIONS, seconds=600)
    if result.failures or result.statuses.keys() - {200, 201}:
        raise SystemExit(f"error: {scenario.name}: {dict(result.statuses)} {dict(result.failures)}")
    return result


def cached_bytes(paths: Sequence[str], service: ServerProcess, stores: Stores) -> float:
    """Return the memory that Redis needs for the answer of each of the paths, none of which may be cached yet."""
    before = stores.redis_bytes()
    for path in paths:
        call(service, path)
    return (stores.redis_bytes() - before) / len(paths)


def _uncached(service: ServerProcess) -> Iterator[tuple[str, list[str]]]:
    """Yield kinds of answers, and paths of each that no earlier request of this benchmark has asked for."""
    ids = [
        product["id"]
        for page in range(ANSWERS // 100)
        for product in call(service, f"/products?sort=newest&page={page + 1}&page_size=100")["data"]
    ]
    yield "product", [f"/products/{each}" for each in ids]
    yield "page of 20 products", [f"/products?sort=stock_asc&page={page + 1}" for page in range(PAGES)]
    yield "page of 20 orders", [f"/orders?page={page + 51}" for page in range(PAGES)]


def cost_table(costs: Sequence[Cost]) -> Table:
    """Draw what a request of each scenario costs, and how many of them a core of each part can do."""
    drawn = Table(title=f"CPU time of a request, {CONNECTIONS} connections")
    for name in ("", "requests/s", "service us", "database us", "Redis us", "redo bytes"):
        drawn.add_column(name, justify="left" if not name else "right")
    for name in ("service", "database", "Redis"):
        drawn.add_column(f"1/s a core of {name}", justify="right")
    for cost in costs:
        times_us = (cost.service_us, cost.database_us, cost.redis_us)
        drawn.add_row(
            cost.scenario,
            f"{cost.requests_per_second:,.0f}",
            *(f"{each:,.0f}" for each in times_us),
            f"{cost.redo_bytes:,.0f}",
            *(f"{1e6 / each:,.0f}" if each >= 1 else "" for each in times_us),
        )
    return drawn


def space_table(rows: Sequence[tuple[str, str, float]]) -> Table:
    """Draw the bytes of each kind, and how many of them are in a gigabyte."""
    drawn = Table(title="Space")
    for name in ("", "in", "bytes", "in 1 GB"):
        drawn.add_column(name, justify="right" if name in {"bytes", "in 1 GB"} else "left")
    for kind, where, size in rows:
        drawn.add_row(kind, where, f"{size:,.0f}", f"{1e9 / size:,.0f}" if size > 0 else "")
    return drawn


@contextmanager
def _started(way: Way) -> Generator[tuple[Stores, dict[str, str]]]:
    """Start and fill the stores; yields them, and the variables of a service on them."""
    others = _database_programs()
    with session_stores(way) as started, scratch_database(started.mysql_url) as database_url:
        programs = _database_programs() - others
        environment = {"DATABASE_URL": database_url, "REDIS_URL": started.redis_url}
        fill_database(environment)
        asyncio.run(complete(environment))
        stores = Stores(database_url, started.redis_url, programs)
        try:
            yield stores, environment
        finally:
            stores.close()


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(prog="just bench capacity", description=__doc__)
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    arguments = parser.parse_args(argv)
    split = split_cpus()
    with (
        _started(arguments.stores) as (stores, environment),
        running(environment, cpus=split[1] if split else None, quiet=True) as service,
    ):
        if split:
            os.sched_setaffinity(0, split[0])
        print("space", file=sys.stderr)
        space = [  # first, because answers of the requests below would expire meanwhile
            (kind, "Redis", cached_bytes(paths, service, stores)) for kind, paths in _uncached(service)
        ]
        costs: list[Cost] = []
        for scenario in scenarios(take_samples(service)):
            if count := REQUESTS.get(scenario.name):
                print(f"{scenario.name}: {count:,} requests", file=sys.stderr)
                costs.append(measure(scenario, count, service, stores))
        space += [(kind, "the database", stores.table_bytes(tables)) for kind, tables in TABLES.items()]
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(cost_table(costs))
    console.print(space_table(space))
    return 0
