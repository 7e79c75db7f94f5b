"""Counts of what the cache does. Plain numbers: whoever exports them decides how."""

import bisect
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

_SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Histogram:
    """Counts of durations (s) by bucket; `counts[i]` are those at most `buckets[i]`, the last one the rest."""

    __slots__ = ("buckets", "counts", "sum")

    def __init__(self, buckets: tuple[float, ...] = _SECONDS) -> None:
        self.buckets = buckets
        self.counts = [0] * (len(buckets) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect.bisect_left(self.buckets, seconds)] += 1
        self.sum += seconds

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass(slots=True)
class Counters:
    """Each counts events since the process began."""

    hits: int = 0  # answered with stored bytes
    misses: int = 0  # answered with a value loaded for it or for another reader
    bypasses: int = 0  # answered from the database, past the cache
    loads: int = 0  # calls of a read function
    load_errors: int = 0
    direct_loads: int = 0  # of the loads, those that stored nothing
    joins: int = 0  # reads that shared a load of this process
    waits: int = 0  # reads, or groups of them, that waited for another process' load
    retries: int = 0  # readers that could not use the load they had joined, and asked again
    takeovers: int = 0  # leases taken over from a loader that stopped renewing
    stores: int = 0
    stores_refused: int = 0  # a writer began during the load
    fences: int = 0  # raised by writers
    fenced_reads: int = 0  # loads that stored nothing because a writer was in flight
    fences_cleared: int = 0  # of writers that died before they took them down
    gates_opened: int = 0
    unfenced_writes: int = 0  # committed while nobody believes the cache
    refused_writes: int = 0
    epochs_closed: int = 0
    epochs_opened: int = 0
    errors: int = 0  # Redis refused or failed a step; the read went on without it


@dataclass(slots=True)
class Metrics:
    """The counters, two latencies, and the state of the link."""

    counters: Counters = field(default_factory=Counters)
    load_seconds: Histogram = field(default_factory=Histogram)
    redis_seconds: Histogram = field(default_factory=Histogram)
    breaker: str = "half_open"
    believed: bool = False
    breaker_opened: int = 0
    commands: int = 0
    look: Callable[[], None] = lambda: None  # brings the last four up to date

    def snapshot(self) -> dict[str, int | float | str]:
        """Everything by name, for a log line or a test."""
        self.look()
        flat: dict[str, int | float | str] = {
            f.name: getattr(self.counters, f.name) for f in fields(self.counters)
        }
        flat.update(
            breaker=self.breaker,
            believed=int(self.believed),
            breaker_opened=self.breaker_opened,
            commands=self.commands,
            load_seconds_sum=self.load_seconds.sum,
            load_seconds_count=self.load_seconds.count,
            redis_seconds_sum=self.redis_seconds.sum,
            redis_seconds_count=self.redis_seconds.count,
        )
        return flat
