"""The figures of the process that answers: each worker has its own. They cost nothing to read, and are never cached."""

import os
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import htpy as h

from product_dashboard.cache import Cache, CacheState
from product_dashboard.database import Database
from product_dashboard.events.listeners import Listeners
from product_dashboard.observability.metrics import DURATION_BOUNDS
from product_dashboard.observability.request_metrics import REQUEST_METRICS
from product_dashboard.page import figures
from product_dashboard.page.frame import EVENTS, document

WINDOW_S: Final = 60.0
_BEGAN: Final = time.monotonic()  # the code is imported when the process starts
_SAMPLE_S: Final = 1.0  # between two samples

CACHE: Final[Mapping[CacheState, str]] = {
    "up": "up",
    "bypassed": "not used: every read goes to the database",
    "down": "down: every read goes to the database",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a process since its start. `durations` are requests in each bucket of DURATION_BOUNDS."""

    at: float
    hits: int
    reads: int
    durations: Sequence[int]


class Window:
    """Counts of the last minute, or since the start if the figures were not asked for in the last minute."""

    def __init__(self) -> None:
        self._samples: deque[Counts] = deque()

    def since(self, now: Counts) -> Counts:
        """Return the counts of the window. `at` is its length in seconds."""
        samples = self._samples
        while samples and now.at - samples[0].at > WINDOW_S:
            samples.popleft()
        first = samples[0] if samples else None
        if not samples or now.at - samples[-1].at >= _SAMPLE_S:
            samples.append(now)
        if first is None or now.at - first.at < _SAMPLE_S:
            return now
        return Counts(
            now.at - first.at,
            now.hits - first.hits,
            now.reads - first.reads,
            [after - before for after, before in zip(now.durations, first.durations, strict=True)],
        )


@dataclass(eq=False)
class ProcessFigures:
    """Makes the document of the figures. `connections` are all that requests may have to the database."""

    cache: Cache
    listeners: Listeners
    database: Database
    connections: int
    workers: int

    def __post_init__(self) -> None:
        self._window = Window()

    def document(self) -> bytes:
        """Return the document. The script puts its element `process` into the others."""
        return document(
            "Process",
            "/process",
            h.h1["This process"],
            h.p(".lead")[
                f"Process {os.getpid()} has answered this request, as one of {self.workers}. "
                "Each process counts for itself; /metrics has the figures of all."
                if self.workers > 1
                else f"Process {os.getpid()} answers all requests.",
            ],
            h.div(".process.large", id="process", role="group", aria_label="This process")[self._figures()],
        )

    def _figures(self) -> h.Element:
        return h.dl[(h.div(class_=kind)[h.dt[name], h.dd[figure]] for name, figure, kind in self._items())]

    def _items(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield names, figures, and the class of those that need attention."""
        state = self.cache.state
        counted = self._window.since(self._counts())
        requests = sum(counted.durations)
        yield "Cache", CACHE[state], None if state == "up" else "bad"
        yield "Hits", f"{counted.hits * 100 / counted.reads:.1f} %" if counted.reads else "none yet", None
        yield "Requests", f"{requests / counted.at:.1f}/s" if counted.at else "none yet", None
        yield "Half within", _within(counted.durations, 0.5), None
        yield "99 % within", _within(counted.durations, 0.99), None
        in_use = sum(pool.taken for pool in self.database.pools)
        waiting = sum(pool.waiting for pool in self.database.pools)
        yield (
            "Database connections",
            f"{in_use} of {self.connections} in use" + (f", {waiting} waiting" if waiting else ""),
            "bad" if waiting else None,
        )
        yield "Listeners", figures.whole(len(self.listeners)), None
        yield "Process", str(os.getpid()), None

    def _counts(self) -> Counts:
        events = self.cache.metrics.counters
        reads = events.hits + events.misses + events.bypasses
        return Counts(
            time.monotonic() - _BEGAN, events.hits, reads, REQUEST_METRICS.durations(without=EVENTS)
        )


def _within(durations: Sequence[int], share: float) -> str:
    """Return the upper bound of the bucket in which this share of the requests is reached."""
    total, reached = sum(durations), 0
    if not total:
        return "none yet"
    for bound, number in zip(DURATION_BOUNDS, durations, strict=False):
        reached += number
        if reached >= share * total:
            return f"{bound * 1000:g} ms" if bound < 1 else f"{bound:g} s"
    return f"more than {DURATION_BOUNDS[-1]:g} s"
