"""The figures of a run of the benchmark, and their ratios. `encode` and `decode` are its JSON file."""

import math
import os
import platform
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

BARE, FRAMEWORK = "bare ASGI", "Litestar"
SERVICE = "this service"
BARE_HANDLER = "bare handler"
"""Executes the same statement as the service, and does nothing else."""
FLOOR = "constant bytes"


class Round(Struct, frozen=True):
    """The figures of one server in one round."""

    rate: float
    """Requests per second."""
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """CPU milliseconds of the server per 1,000 requests."""
    generator: float
    """The share of the time, 0 to 1, in which the load generator used its CPU."""
    failures: dict[str, int]
    """Number of requests without a success, per status or reason."""
    unexpected: float = 0.0
    """The share, 0 to 1, of the responses from the cache where the database was to answer, or the reverse."""


class Series(Struct):
    """The rounds of one server in one scenario."""

    scenario: str
    server: str
    rounds: list[Round] = field(default_factory=list[Round])

    @property
    def rate(self) -> float:
        return statistics.median(each.rate for each in self.rounds)

    @property
    def p50_ms(self) -> float:
        return statistics.median(each.p50_ms for each in self.rounds)

    @property
    def p99_ms(self) -> float:
        return statistics.median(each.p99_ms for each in self.rounds)

    @property
    def tail(self) -> float:
        """The p99 as a multiple of the p50: the median of the rounds' ratios."""
        return statistics.median(
            each.p99_ms / each.p50_ms if each.p50_ms else math.nan for each in self.rounds
        )

    @property
    def cpu_ms(self) -> float:
        return statistics.median(each.cpu_ms for each in self.rounds)

    @property
    def generator(self) -> float:
        return statistics.median(each.generator for each in self.rounds)

    @property
    def failures(self) -> Counter[str]:
        """The requests without a success in all rounds, per status or reason."""
        return sum((Counter(each.failures) for each in self.rounds), Counter[str]())

    @property
    def failed(self) -> int:
        return self.failures.total()

    @property
    def unexpected(self) -> float:
        return max(each.unexpected for each in self.rounds)

    def cpu_ratio(self, base: "Series") -> float:
        """Return the CPU time of a request as a multiple of another one's: the median of the rounds' ratios.

        A round's ratio compares two measurements that were made one soon after the other, under the same other load.
        nan if a round was too short to measure.
        """
        return statistics.median(
            mine.cpu_ms / other.cpu_ms if other.cpu_ms else math.nan
            for mine, other in zip(self.rounds, base.rounds, strict=True)
        )


class Report(Struct):
    """All figures of a run."""

    machine: str
    measured_at: datetime
    connections: int
    seconds: float
    series: list[Series]

    def find(self, scenario: str, server: str) -> Series | None:
        """Return the figures of a server in a scenario; None if it was not measured."""
        return next(
            (each for each in self.series if (each.scenario, each.server) == (scenario, server)), None
        )

    def of_scenario(self, scenario: str) -> list[Series]:
        return [each for each in self.series if each.scenario == scenario]

    def scenarios(self) -> Iterator[str]:
        """Yield the names of the scenarios, the floors left out."""
        yield from dict.fromkeys(each.scenario for each in self.series if each.scenario != FLOOR)


def new_report(series: Sequence[Series], connections: int, seconds: float) -> Report:
    """Make the report of a run that has just ended on this machine."""
    return Report(machine(), datetime.now(UTC).replace(microsecond=0), connections, seconds, [*series])


def machine() -> str:
    """Describe this machine: its system, processor, number of CPUs, and version of Python."""
    cpus = os.cpu_count() or 1
    return (
        f"{platform.system()} {platform.machine()}, {cpus} {_processor()}CPU{'s' if cpus > 1 else ''}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    """Return the processor's name, with a blank after it; empty where the system does not tell it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{name.removesuffix('CPU').strip()} " if name and name != "unknown" else ""


def encode(report: Report) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def decode(content: bytes) -> Report:
    return msgspec.json.decode(content, type=Report)
