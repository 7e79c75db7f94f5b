"""Counts of what the cache does. They are plain numbers; the exporter decides how to show them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field


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
    direct_loads: int = 0  # loads whose result was stored nowhere
    retries: int = 0  # readers that could not use the load they had joined, and asked again
    takeovers: int = 0  # leases taken over from a loader that stopped renewing
    stores: int = 0
    stores_refused: int = 0  # a writer began during the load
    fences: int = 0  # raised by writers
    fences_cleared: int = 0  # fences of writers that died before they took them down
    gates_opened: int = 0
    unfenced_writes: int = 0  # committed while no process believed the epoch
    refused_writes: int = 0
    epochs_closed: int = 0
    epochs_opened: int = 0
    errors: int = 0  # Redis refused or failed a step; the read or write continued without it


@dataclass(slots=True)
class Metrics:
    """The counters, two timings, and the state of the link."""

    counters: Counters = field(default_factory=Counters)
    load_seconds: Timing = field(default_factory=Timing)
    redis_seconds: Timing = field(default_factory=Timing)
    link_losses: int = 0  # how often Redis was lost, or not reachable at the start
    commands: int = 0  # sent to Redis
    belief: Callable[[], bool] = lambda: False
    _told: dict[str, int | float] = field(default_factory=dict[str, int | float])

    @property
    def believed(self) -> bool:
        """True if Redis may be believed now."""
        return self.belief()

    def snapshot(self) -> dict[str, int | float]:
        """Return all metrics by name."""
        return self._counts() | {"believed": int(self.believed)}

    def increase(self) -> dict[str, int | float]:
        """Return by how much each count has grown since the last call."""
        counts = self._counts()
        grown = {name: count - self._told.get(name, 0) for name, count in counts.items()}
        self._told = counts
        return grown

    def _counts(self) -> dict[str, int | float]:
        flat: dict[str, int | float] = asdict(self.counters)
        for name, timing in (("load_seconds", self.load_seconds), ("redis_seconds", self.redis_seconds)):
            flat |= {f"{name}_sum": timing.sum, f"{name}_count": timing.count}
        return flat | {"link_losses": self.link_losses, "commands": self.commands}
