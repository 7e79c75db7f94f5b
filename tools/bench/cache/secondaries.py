"""`python -m tools.bench secondaries`: three MySQL servers in a group, whose secondaries answer reads.

checker   stale reads while each secondary lags by up to a second, again and again, the primary commits 20 ms later
          than its secondaries, and Redis and writers fail. A read is also stale if an earlier one was newer. The
          same without the wait of the secondaries must be found stale
latency   a page of orders that is not cached, read from the primary and from a secondary in turn; the secondaries
          do not lag. At rest, and with 50 writes a second

It needs a Docker Engine.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from statistics import quantiles

import structlog

from product_dashboard.database import Database
from product_dashboard.migrate import upgrade
from product_dashboard.orders.pages import read_page
from product_dashboard.settings import load_database_settings
from product_dashboard.web.paging import PageQuery
from tools.bench.cache.bench import Row, table
from tools.bench.cache.checker import Plan, Verdict, check
from tools.bench.cache.lag import committing_late, lagging
from tools.bench.cache.server import RedisServer
from tools.stack.mysql_group import MysqlGroup
from tools.stack.testing import session_group

PARTS = ("checker", "latency")
PLAN = Plan(workers=3, readers=8, write_rate=15, options={"belief": 0.5})
MUTANT = replace(PLAN, adapter="mutants:SecondariesDoNotWait", seconds=60, until_stale=True, faults=())
LAG_S = 1.0
_COMMIT_S = 0.02
_SIZES = ("--categories", "20", "--products", "1000", "--customers", "500", "--orders", "3000")
_PAGES = 300
_ROUNDS = 10
_READS = 50
_AT_ONCE = 4
_WRITES_PER_S = 50


def check_group(group: MysqlGroup, database: str, plan: Plan = PLAN, *, lag_s: float = LAG_S) -> Verdict:
    """Run the checker on a migrated database of a group whose secondaries lag, and whose primary commits late."""
    primary = group.primary()
    others = [member for member in group.members if member is not primary]
    plan = replace(plan, mysql=group.url(database), database_reads="secondary", seen_counts=True)
    with lagging(others, lag_s), committing_late(primary, _COMMIT_S):
        return check(plan)


def _row(name: str, verdict: Verdict) -> Row:
    ran_on = {server: verdict.metrics[f"loads on {server}"] for server in ("secondary", "primary")}
    share = ran_on["secondary"] / max(1, sum(ran_on.values()))
    counts = (verdict.reads, verdict.stale, verdict.writes, verdict.died, verdict.read_errors)
    return [name, *(f"{count:,}" for count in counts), f"{share:.0%}" if any(ran_on.values()) else ""]


def check_all(group: MysqlGroup, database: str, seconds: float) -> bool:
    """Check the service, and a mutant of it; False if the service was stale, or the mutant was not."""
    verdict = check_group(group, database, replace(PLAN, seconds=seconds))
    mutant = check_group(group, database, MUTANT)
    heads = ("", "reads", "stale", "writes", "died", "read errors", "loads on secondaries")
    rows = [_row("the service", verdict), _row("without the wait", mutant)]
    table(f"Stale reads, with secondaries that lag by up to {LAG_S:g} s", heads, rows)
    return verdict.stale == 0 and mutant.stale > 0


async def measure(url: str) -> None:
    """Print how long a page of orders takes that is not cached."""
    rows: list[Row] = []
    async with _opened(url, "primary") as primary, _opened(url, "secondary") as secondary:
        rows += _latencies("at rest", await _in_turn(primary, secondary))
        writing = asyncio.create_task(_write(primary))
        rows += _latencies(f"{_WRITES_PER_S} writes a second", await _in_turn(primary, secondary))
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    table("A page of orders that is not cached, milliseconds", ("", "from", "p50", "p99"), rows)


@asynccontextmanager
async def _opened(url: str, reads: str) -> AsyncGenerator[Database]:
    database = Database(load_database_settings({"DATABASE_URL": url, "DATABASE_READS": reads}))
    try:
        await database.open()
        await asyncio.sleep(1)  # until all servers have been asked
        yield database
    finally:
        await database.close()


async def _in_turn(primary: Database, secondary: Database) -> tuple[list[float], list[float]]:
    """Return the times of reads from both, in seconds, taken in alternating rounds."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(_ROUNDS + 1):
        for database, found in zip((primary, secondary), times, strict=True):
            round_ = await asyncio.gather(*(_read_some(database) for _ in range(_AT_ONCE)))
            if number:  # the first round opens connections
                found.extend(took for some in round_ for took in some)
    return times


async def _read_some(database: Database) -> list[float]:
    times: list[float] = []
    for _ in range(_READS // _AT_ONCE):
        query = PageQuery(page=random.randint(1, _PAGES))
        began = time.perf_counter()
        await read_page(database, query=query, after=None)
        times.append(time.perf_counter() - began)
    return times


async def _write(database: Database) -> None:
    while True:
        async with database.transaction() as conn, conn.cursor() as cursor:
            await cursor.execute("UPDATE products SET name = name WHERE id = %s", (random.randbytes(16),))
            await cursor.execute("DELETE FROM cache_closed")
            await cursor.execute("INSERT INTO cache_closed (epoch) VALUES (%s)", (random.randbytes(8).hex(),))
        await asyncio.sleep(1 / _WRITES_PER_S)


def _latencies(state: str, times: tuple[list[float], list[float]]) -> list[Row]:
    rows: list[Row] = []
    for name, found in zip(("the primary", "a secondary"), times, strict=True):
        cuts = quantiles(found, n=100)
        rows.append([state, name, f"{cuts[49] * 1000:.1f}", f"{cuts[98] * 1000:.1f}"])
    return rows


def _seed(url: str) -> None:
    with RedisServer() as redis:
        subprocess.run(
            [sys.executable, "-m", "tools.seed", *_SIZES],
            env={**os.environ, "DATABASE_URL": url, "REDIS_URL": redis.url},
            check=True,
        )


def main(argv: list[str]) -> int:
    """Run the parts that the command line asks for; 1 if a read was stale, or a mutant was not found."""
    parser = argparse.ArgumentParser(
        prog="tools.bench secondaries",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--seconds", type=float, default=30, help="of the checker (default: %(default)s)")
    options = parser.parse_args(argv)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    parts = (options.only,) if options.only else PARTS
    passed = True
    with session_group() as group:
        for part in parts:
            group.primary().run(f"CREATE DATABASE {part}")
            url = group.url(part)
            upgrade(url)
            if part == "checker":
                passed = check_all(group, part, options.seconds)
            else:
                _seed(url)
                asyncio.run(measure(url))
    return 0 if passed else 1
