"""Compares the API with the same API on other libraries, and with two floors: a bare ASGI application and a Litestar
handler, with constant bodies. For lists there is a third floor: a handler that executes the same statement, and
does nothing else.

Each server runs on one CPU, the load generator on the others. Rounds alternate between the servers, so that other
load on the machine slows each of them equally. The table shows medians: requests/s, latencies, the server's CPU
milliseconds per 1,000 requests, and that CPU time as a multiple of others'. `generator` is the share of the time in
which the load generator used its CPU; with a !, it limited the rate. Rely on the ratios rather than on the absolute
figures. The products and orders that the benchmark creates stay in the database.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from itertools import islice, repeat
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from product_dashboard.migrate import upgrade
from tools.bench.http import load
from tools.bench.http.chart import draw
from tools.bench.http.peers import MODULES, environment
from tools.bench.http.peers.agreement import different_lists, disagreements
from tools.bench.http.publish import CHART, FIGURES, publish
from tools.bench.http.report import (
    BARE,
    BARE_HANDLER,
    FLOOR,
    FRAMEWORK,
    SERVICE,
    Report,
    Round,
    Series,
    decode,
    encode,
    new_report,
)
from tools.bench.http.scenarios import Origin, Samples, Scenario, refresh, scenarios, take_samples
from tools.bench.http.server_process import ServerProcess, running, split_cpus
from tools.bench.http.table import table

WARM_UP_S = 60.0
UNEXPECTED = 0.01
OTHER_DATA = 3
# As in production: every request is logged.
LOGGED = {"LOG_LEVEL": "info", "LOG_REQUESTS": "true", "LOG_FORMAT": "json"}
_STATES: dict[Origin, set[str]] = {"cache": {"HIT"}, "database": {"MISS", "BYPASS"}}


class Contender(Struct):
    """A server in a scenario."""

    scenario: Scenario
    server: ServerProcess
    requests: Iterator[bytes]
    series: Series

    def measure(self, connections: int, seconds: float) -> None:
        """Run one round and record its figures."""
        self._load(islice(self.requests, self.scenario.warm_up), connections, WARM_UP_S)
        before = self.server.cpu_seconds()
        result = self._load(self.requests, connections, seconds)
        used = self.server.cpu_seconds() - before
        self.series.rounds.append(
            Round(
                rate=round(result.requests_per_second, 1),
                p50_ms=round(result.percentile_ms(0.50), 2),
                p99_ms=round(result.percentile_ms(0.99), 2),
                cpu_ms=round(1e6 * used / max(1, result.statuses.total()), 2),
                generator=round(result.generator_load, 3),
                failures=_failures(result),
                unexpected=round(_unexpected(result, self.scenario), 4),
            )
        )

    def _load(self, requests: Iterator[bytes], connections: int, seconds: float) -> load.Result:
        host, port = self.server.host, self.server.port
        return load.run(host, port, requests, connections=connections, seconds=seconds)


def _failures(result: load.Result) -> dict[str, int]:
    """Count the requests without a success, per status or reason."""
    good = {HTTPStatus.OK, HTTPStatus.CREATED}
    return {
        **result.failures,
        **{f"status {status}": count for status, count in result.statuses.items() if status not in good},
    }


def _unexpected(result: load.Result, scenario: Scenario) -> float:
    """Return the share of the responses with an X-Cache that the scenario is not about."""
    states = result.cache_states
    if scenario.origin is None or not states:
        return 0.0
    return 1 - sum(states[state] for state in _STATES[scenario.origin]) / states.total()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench http", description=__doc__)
    parser.add_argument("--connections", type=int, default=64, help="connections at a time (default 64)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each (default 3)")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="scenarios with NAME in their name; repeat for more"
    )
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the same API on other libraries too",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw the figures in FILE, an SVG image")
    parser.add_argument(
        "--publish", action="store_true", help=f"write {CHART}, {FIGURES} and the table in README.md"
    )
    parser.add_argument(
        "--from", type=Path, metavar="FILE", dest="kept", help="measure nothing: read a --json file"
    )
    arguments = parser.parse_args(argv)
    if arguments.connections < 1 or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error("--connections, --rounds and --seconds must be above 0")
    return arguments


def fill_database(environment: Mapping[str, str]) -> None:
    """Create the tables and the sample data, unless they are there. Raises SystemExit if that fails."""
    upgrade(environment["DATABASE_URL"])
    seeded = subprocess.run(
        [sys.executable, "-m", "tools.seed"],
        env={**os.environ, **environment},
        stdout=sys.stderr,
        check=False,
    )
    if seeded.returncode not in {0, OTHER_DATA}:
        raise SystemExit(f"error: the sample data cannot be written: exit status {seeded.returncode}")


class Servers(Struct):
    """The servers that run, by name; `cache_off` are those without a cache, and `bare` is the floor of the lists."""

    floors: Mapping[str, ServerProcess]
    bare: ServerProcess
    cached: Mapping[str, ServerProcess]
    cache_off: Mapping[str, ServerProcess]

    def contenders(self, chosen: Sequence[Scenario]) -> Iterator[Contender]:
        floor = Scenario(FLOOR, lambda: repeat(load.get("/")))
        for name, server in self.floors.items():
            yield _contender(floor, name, server)
        for scenario in chosen:
            for name, server in (self.cache_off if scenario.cache_off else self.cached).items():
                if name == SERVICE or scenario.for_peers:
                    yield _contender(scenario, name, server)
            if scenario.has_floor:
                yield _contender(scenario, BARE_HANDLER, self.bare)


def _contender(scenario: Scenario, name: str, server: ServerProcess) -> Contender:
    return Contender(scenario, server, scenario.requests(), Series(scenario.name, name))


def _start(stack: ExitStack, *, with_peers: bool) -> Servers:
    """Start all servers on one CPU, and bind this process to the others."""
    split = split_cpus()
    cpus = split[1] if split else None

    def start(extra: Mapping[str, str], *command: str, python: str = sys.executable) -> ServerProcess:
        module = command or ("product_dashboard.server",)
        return stack.enter_context(running(extra, module, python=python, cpus=cpus, quiet=True))

    def same_api(extra: Mapping[str, str]) -> dict[str, ServerProcess]:
        found = {SERVICE: start({**LOGGED, **extra})}
        if with_peers:
            for name, module in MODULES.items():
                path = {"PYTHONPATH": environment.import_path()}
                found[name] = start({**path, **extra}, module, python=str(environment.PYTHON))
        return found

    if with_peers:
        environment.install()
    servers = Servers(
        floors={
            BARE: start({}, "tools.bench.http.floors", "asgi"),
            FRAMEWORK: start({}, "tools.bench.http.floors", "litestar"),
        },
        bare=start({}, "tools.bench.http.bare_lists"),
        cached=same_api({}),
        cache_off=same_api({"CACHE_ENABLED": "false"}),
    )
    if split:
        os.sched_setaffinity(0, split[0])
    return servers


def _check_peers(servers: Servers, samples: Samples) -> None:
    """Raise SystemExit if a peer does something else than the service."""
    for name in servers.cached.keys() - {SERVICE}:
        for peer in (servers.cached[name], servers.cache_off[name]):
            _require_same(name, disagreements(servers.cache_off[SERVICE], peer, samples))


def _require_same(name: str, found: Sequence[str]) -> None:
    """Raise SystemExit if the server of this name does something else than the service, as `found` says."""
    if found:
        raise SystemExit(f"error: {name} and the service answer differently: {', '.join(found)}")


def _chosen(all_of_them: Sequence[Scenario], only: Sequence[str] | None) -> list[Scenario]:
    """Return the scenarios with one of these texts in their names. Raises SystemExit if there is none."""
    found = [each for each in all_of_them if only is None or any(text in each.name for text in only)]
    if not found:
        names = ", ".join(f"{each.name!r}" for each in all_of_them)
        raise SystemExit(f"error: no scenario has this name; there are {names}")
    return found


def _measure(contenders: Sequence[Contender], arguments: argparse.Namespace) -> Report:
    """Run all rounds, alternating between the contenders, and show the progress."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=arguments.rounds * len(contenders))
        for number in range(1, arguments.rounds + 1):
            if not console.is_terminal:
                console.print(f"round {number} of {arguments.rounds}")
            for each in contenders:
                progress.update(task, description=f"{each.scenario.name}: {each.series.server}")
                each.measure(arguments.connections, arguments.seconds)
                progress.advance(task)
    series = [each.series for each in contenders]
    return new_report(series, arguments.connections, arguments.seconds)


def _complaints(report: Report) -> Iterator[str]:
    """Yield what makes the figures doubtful."""
    for each in report.series:
        name = f"{each.scenario}, {each.server}"
        if each.failed:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in each.failures.most_common())
            yield f"{name}: requests failed: {reasons}"
        if each.unexpected > UNEXPECTED:
            yield f"{name}: {each.unexpected:.0%} of the responses came from the cache or the database against its name"


def _run(arguments: argparse.Namespace) -> Report:
    """Start all servers and measure them."""
    with ExitStack() as stack:
        servers = _start(stack, with_peers=arguments.peers)
        service = servers.cached[SERVICE]
        samples = take_samples(service)
        chosen = _chosen(scenarios(samples), arguments.only)
        _require_same(BARE_HANDLER, different_lists(servers.cache_off[SERVICE], servers.bare, samples))
        if arguments.peers:
            stack.callback(refresh, service, samples)
            _check_peers(servers, samples)
        return _measure([*servers.contenders(chosen)], arguments)


def _write(report: Report, arguments: argparse.Namespace) -> None:
    """Write the files that were asked for. Raises SystemExit instead of drawing if the figures are not sound."""
    if arguments.json:
        arguments.json.write_bytes(encode(report))
    if not (arguments.chart or arguments.publish):
        return
    if any(each.failed or not each.cpu_ms > 0 for each in report.series):
        raise SystemExit("error: nothing is drawn: requests failed, or the CPU time is unknown or 0")
    if arguments.chart:
        arguments.chart.write_text(draw(report))
    if arguments.publish:
        publish(report)


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its table; 1 if a request failed."""
    arguments = _arguments(argv)
    if arguments.kept:
        report = decode(arguments.kept.read_bytes())
    elif missing := [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]:
        print(f"error: {' and '.join(missing)} must be set; `just bench http` does that", file=sys.stderr)
        return 2
    elif several := [name for name in ("DATABASE_URL", "REDIS_URL") if "," in os.environ[name]]:
        print(
            f"error: {' and '.join(several)} must name one server: the peers connect to one", file=sys.stderr
        )
        return 2
    else:
        fill_database(os.environ)
        report = _run(arguments)
    Console(width=None if sys.stdout.isatty() else 180).print(table(report))
    for complaint in _complaints(report):
        print(f"warning: {complaint}", file=sys.stderr)
    _write(report, arguments)
    return 1 if any(each.failed for each in report.series) else 0
