"""`slow`: clients that send or read slowly must not slow the others down.

    python -m tests.faults slow --connections 500

Five kinds, one after another: silent connections, headers byte by byte, a body byte by byte, an answer read slowly,
and idle connections. A connection that the service ends is opened again. While they are there, other clients read at a
steady rate; their p99 may be twice that of the same reads in a quiet service. Quiet and loaded rounds alternate.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from rich.console import Console

from product_dashboard.migrate import upgrade
from tests.faults.crowd import KINDS, crowd
from tests.faults.load import Flow, steady
from tests.faults.report import Findings, percentile, print_table
from tests.faults.service import running
from tests.faults.shelf import fill_shelf
from tools.stack.testing import WAYS, Way, scratch_database, session_stores

ALLOWED_RATIO = 2.0


@dataclass(frozen=True)
class Plan:
    """One run. `noise_s` is a difference of latencies that is never a violation: the machine's own noise."""

    connections: int = 500
    rounds: int = 3
    seconds: float = 4.0
    per_second: float = 50.0
    noise_s: float = 0.005


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
            async with crowd(port, kind, plan.connections, reconnect=True):
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
