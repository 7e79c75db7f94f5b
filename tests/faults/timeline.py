"""When which fault was at work: decides whether a cut connection has an excuse."""

import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf

# Faults that end connections of clients, and how long after the fault a client may notice it.
CUTTING = frozenset({"kill worker", "restart service"})
_NOTICED_WITHIN_S = 2.0


@dataclass(slots=True)
class Fault:
    """A fault, from its beginning to the moment at which it was healed."""

    name: str
    began: float
    ended: float = inf


@dataclass
class Timeline:
    """The faults of a run, in the order in which they began."""

    faults: list[Fault] = field(default_factory=list[Fault])

    @contextmanager
    def fault(self, name: str) -> Generator[None]:
        """Record a fault that is at work during the block."""
        fault = Fault(name, time.monotonic())
        self.faults.append(fault)
        try:
            yield
        finally:
            fault.ended = time.monotonic()

    def excuses_cut(self, began: float, ended: float) -> bool:
        """Return True if a fault may have cut a connection that was in use from `began` to `ended`."""
        return any(
            fault.name in CUTTING and fault.began <= ended and began <= fault.ended + _NOTICED_WITHIN_S
            for fault in reversed(self.faults)
        )

    def counted(self) -> Counter[str]:
        """The number of faults of each name."""
        return Counter(fault.name for fault in self.faults)
