"""`just load-test`: compares the API with its cache to the API without it, on the same routes.

Two servers run over the same data, the second with CACHE_ENABLED=false. Their rounds alternate, so that other
load on the machine slows both equally. The table shows medians and their ratio.
"""

import argparse
import os
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import repeat

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tools.bench.http import load
from tools.bench.http.server_process import ServerProcess, running

ROUTES = (
    "/api/v1/dashboard/products",
    "/api/v1/dashboard/top-customers?limit=10",
    "/api/v1/dashboard/overview",
)


class Round(Struct):
    """The figures of one route on one server during one round."""

    result: load.Result
    cpu_seconds: float

    @property
    def cpu_per_thousand(self) -> float:
        """CPU seconds of the server per 1,000 requests."""
        return 1000 * self.cpu_seconds / max(1, len(self.result.latencies_ms))


class Comparison(Struct):
    """The rounds of one route, on both servers."""

    route: str
    database: list[Round]
    cache: list[Round]


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just load-test", description=__doc__)
    parser.add_argument("--connections", type=int, default=32, help="connections at a time (default 32)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a round (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds a route and server (default 3)")
    parser.add_argument("routes", nargs="*", default=ROUTES, help="paths to ask for, with their query")
    arguments = parser.parse_args(argv)
    if arguments.connections < 1 or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error("--connections, --rounds and --seconds must be above 0")
    return arguments


def _round(server: ServerProcess, route: str, arguments: argparse.Namespace) -> Round:
    before = server.cpu_seconds()
    requests = repeat(load.get(route))
    result = load.run(
        server.host, server.port, requests, connections=arguments.connections, seconds=arguments.seconds
    )
    return Round(result, server.cpu_seconds() - before)


def measure(
    cached: ServerProcess, uncached: ServerProcess, arguments: argparse.Namespace
) -> list[Comparison]:
    """Run all rounds, alternating between the two servers."""
    comparisons = [Comparison(route, [], []) for route in arguments.routes]
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("load", total=2 * arguments.rounds * len(comparisons))
        for _ in range(arguments.rounds):
            for comparison in comparisons:
                progress.update(task, description=comparison.route)
                for server, rounds in ((uncached, comparison.database), (cached, comparison.cache)):
                    rounds.append(_round(server, comparison.route, arguments))
                    progress.advance(task)
    return comparisons


_VALUES: dict[str, Callable[[Round], float]] = {
    "rate": lambda item: item.result.requests_per_second,
    "p50": lambda item: item.result.percentile_ms(0.50),
    "p99": lambda item: item.result.percentile_ms(0.99),
    "cpu": lambda item: item.cpu_per_thousand,
}


def _median(rounds: list[Round], value: str) -> float:
    return statistics.median(_VALUES[value](item) for item in rounds)


def _failed(rounds: list[Round]) -> int:
    return sum(
        item.result.failures.total()
        + sum(count for status, count in item.result.statuses.items() if status != HTTPStatus.OK)
        for item in rounds
    )


def _states(rounds: list[Round]) -> str:
    total: Counter[str] = Counter()
    for item in rounds:
        total.update(item.result.cache_states)
    return ", ".join(f"{state} {count:,}" for state, count in total.most_common()) or "-"


def unlike(comparisons: list[Comparison]) -> list[str]:
    """Routes whose figures mean nothing: the cache answered for the database, or never answered."""
    return [
        item.route
        for item in comparisons
        if any(result.result.cache_states["HIT"] for result in item.database)
        or not all(result.result.cache_states["HIT"] for result in item.cache)
    ]


def table(comparisons: list[Comparison]) -> Table:
    """Medians of the rounds, and the ratio of requests/s with the cache to those without."""
    drawn = Table(title="With the cache and without it")
    for name in (
        "route",
        "from",
        "requests/s",
        "",
        "p50 ms",
        "p99 ms",
        "CPU s per 1,000",
        "failed",
        "X-Cache",
    ):
        drawn.add_column(name, justify="left" if name in {"route", "from", "", "X-Cache"} else "right")
    for comparison in comparisons:
        best = max(_median(comparison.database, "rate"), _median(comparison.cache, "rate"))
        for label, rounds in (("database", comparison.database), ("cache", comparison.cache)):
            rate = _median(rounds, "rate")
            drawn.add_row(
                comparison.route if label == "database" else "",
                label,
                f"{rate:,.0f}",
                "█" * max(1, round(20 * rate / best)) if best else "",
                f"{_median(rounds, 'p50'):.1f}",
                f"{_median(rounds, 'p99'):.1f}",
                f"{_median(rounds, 'cpu'):.3f}",
                f"{_failed(rounds):,}",
                _states(rounds),
            )
        ratio = _median(comparison.cache, "rate") / max(_median(comparison.database, "rate"), 1e-9)
        drawn.add_row("", "ratio", f"{ratio:.1f}x", end_section=True)
    return drawn


def main(argv: Sequence[str]) -> int:
    """Run the load test and print its table; 1 if a request failed or the rounds cannot be compared."""
    arguments = _arguments(argv)
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        print(f"error: {' and '.join(missing)} must be set; `just load-test` does that", file=sys.stderr)
        return 2
    with running({"CACHE_ENABLED": "true"}) as cached, running({"CACHE_ENABLED": "false"}) as uncached:
        comparisons = measure(cached, uncached, arguments)
    Console(width=None if sys.stdout.isatty() else 160).print(table(comparisons))
    if routes := unlike(comparisons):
        print(f"error: not a comparison, see the column X-Cache: {', '.join(routes)}", file=sys.stderr)
        return 1
    return 1 if any(_failed(item.database) + _failed(item.cache) for item in comparisons) else 0
