"""The possible values of an object, or of a sum, while writes are on their way. Pure: every time is an argument.

A write is a `Change`. It runs until its answer arrives, which confirms it, refuses it, or leaves it in doubt: a 503
OUTCOME_UNKNOWN, or a connection that was cut. A change that runs or is in doubt may have been committed or not.

A read is stale if it shows a value from before a change that was known to be committed when the read began.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")

LONGEST_READ_S = 60.0


class State(Enum):
    """The outcome of a change, as far as its client knows it."""

    RUNNING = "running"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(slots=True, eq=False)
class Change:
    """A write, and the amount that it adds to a sum."""

    amount: int = 0
    state: State = State.RUNNING
    known_at: float = inf
    """When the change was known to be committed."""


@dataclass(slots=True, eq=False)
class Version(Generic[T]):
    """The value that an object has after a write; None if the object does not exist."""

    value: T | None
    change: Change


class Versions(Generic[T]):
    """The values that one object had, oldest first. Two writes of one object never run at the same time."""

    __slots__ = ("_all",)

    def __init__(self, value: T | None = None) -> None:
        self._all = [Version(value, Change(state=State.CONFIRMED, known_at=-inf))]

    @property
    def newest(self) -> T | None:
        """The value after all writes that are confirmed."""
        return next(each.value for each in reversed(self._all) if each.change.state is State.CONFIRMED)

    @property
    def certain(self) -> bool:
        """True if no write runs or is in doubt."""
        return len(list(self.possible(inf))) == 1

    def begin(self, value: T | None) -> Change:
        """Add a write that is about to be sent."""
        change = Change()
        self._all.append(Version(value, change))
        return change

    def possible(self, since: float) -> Iterator[Version[T]]:
        """Yield, newest first, each version that a read may show that began at `since` and ends now."""
        for each in reversed(self._all):
            if each.change.state is not State.REFUSED:
                yield each
            if each.change.known_at < since:
                return

    def observe(self, version: Version[T], now: float) -> None:
        """Note that a read has shown this version: it is committed, and later reads must not show an older one."""
        version.change.known_at = min(version.change.known_at, now)

    def settle(self, shown: Version[T], now: float) -> None:
        """Note that no write is on its way any more, and that the object has this version."""
        for each in self.possible(inf):
            end(each.change, State.CONFIRMED if each is shown else State.REFUSED, now)
            if each is shown:
                return


def end(change: Change, state: State, now: float) -> None:
    """Note the outcome of a change."""
    change.state = state
    if state is State.CONFIRMED:
        change.known_at = min(change.known_at, now)


@dataclass(slots=True, eq=False)
class Sum:
    """A number to which many writers add at the same time, such as the stock of a product."""

    settled: int = 0
    """The sum of all changes that are confirmed."""
    _open: set[Change] = field(default_factory=set[Change])
    _recent: deque[Change] = field(default_factory=deque[Change])

    def begin(self, amount: int) -> Change:
        """Add a change that is about to be sent."""
        change = Change(amount)
        self._open.add(change)
        return change

    def end(self, change: Change, state: State, now: float) -> None:
        """Note the outcome of a change. A change in doubt may be ended a second time."""
        end(change, state, now)
        if state is State.DOUBTFUL:
            return
        self._open.discard(change)
        if state is State.CONFIRMED:
            self.settled += change.amount
            self._recent.append(change)
            while self._recent[0].known_at < now - LONGEST_READ_S:
                self._recent.popleft()

    def bounds(self, since: float) -> tuple[int, int]:
        """Return the smallest and the largest value that a read may show that began at `since` and ends now."""
        low = high = self.settled
        for change in reversed(self._recent):
            if change.known_at < since:
                break
            # The read may have seen the sum from before this change.
            low -= max(change.amount, 0)
            high -= min(change.amount, 0)
        for change in self._open:
            low += min(change.amount, 0)
            high += max(change.amount, 0)
        return low, high

    def allows(self, shown: int, since: float) -> bool:
        """Return True if a read that began at `since` and ends now may show this number."""
        low, high = self.bounds(since)
        return low <= shown <= high
