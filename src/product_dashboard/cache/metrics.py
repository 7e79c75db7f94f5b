"""Counts of what the cache does. They are plain numbers; the exporter decides how to show them."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Timing:
    """The number of durations, and their sum in seconds."""

    sum: float = 0.0
    count: int = 0

    def observe(self, seconds: float) -> None:
        self.sum += seconds
        self.count += 1


@dataclass(slots=True)
class Counters:
    """Each counts events since the process began."""

    hits: int = 0  # answered with stored bytes
    misses: int = 0  # answered with a value loaded for it or for another reader
    bypasses: int = 0  # answered from the database, past the cache
    loads: int = 0  # calls of a read function
    load_errors: int = 0
    direct_loads: int = 0  # loads whose result was stored nowhere
    joins: int = 0  # reads that shared a load of this process
    waits: int = 0  # reads, or groups of them, that waited for a load of another process
    retries: int = 0  # readers that could not use the load they had joined, and asked again
    takeovers: int = 0  # leases taken over from a loader that stopped renewing
    stores: int = 0
    stores_refused: int = 0  # a writer began during the load
    fences: int = 0  # raised by writers
    fenced_reads: int = 0  # loads whose result was not stored because a writer was in flight
    fences_cleared: int = 0  # fences of writers that died before they took them down
    gates_opened: int = 0
    unfenced_writes: int = 0  # committed while no process believed the epoch
    refused_writes: int = 0
    epochs_closed: int = 0
    epochs_opened: int = 0
    errors: int = 0  # Redis refused or failed a step; the read or write went on without it


@dataclass(slots=True)
class Metrics:
    """The counters, two timings, and the state of the link."""

    counters: Counters = field(default_factory=Counters)
    load_seconds: Timing = field(default_factory=Timing)
    redis_seconds: Timing = field(default_factory=Timing)
    believed: bool = False
    link_losses: int = 0  # how often Redis was lost, or not there at the start
    commands: int = 0  # sent to Redis
    look: Callable[[], None] = lambda: None  # brings the three fields above up to date

    def snapshot(self) -> dict[str, int | float | str]:
        """Return everything by name."""
        self.look()
        flat: dict[str, int | float | str] = {
            one.name: getattr(self.counters, one.name) for one in fields(self.counters)
        }
        flat.update(
            believed=int(self.believed),
            link_losses=self.link_losses,
            commands=self.commands,
            load_seconds_sum=self.load_seconds.sum,
            load_seconds_count=self.load_seconds.count,
            redis_seconds_sum=self.redis_seconds.sum,
            redis_seconds_count=self.redis_seconds.count,
        )
        return flat
