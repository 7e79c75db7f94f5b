"""The model: the objects of the shop as a client may know them, and the sums over them. Knows no HTTP.

Names carry the kind, a number and a version: "product 17 v5". So every answer that shows a name, on any route, tells
which version of which object it shows.
"""

import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from tests.faults.history import Change, State, Sum, Version, Versions, end
from tests.faults.report import Findings

Kind = Literal["category", "product", "customer", "order"]

_NAME = re.compile(r"(category|product|customer) (\d+) v\d+")
# After this time no statement of a request without an answer can still be at work: longer than the deadline of a
# request and the longest time for which a fault stops the database together.
SETTLED_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class Facts:
    """One version of an object. `shown` are the fields that every answer with the whole object must have."""

    name: str
    """Identifies the version among those of its object."""
    shown: dict[str, object] = field(default_factory=dict[str, object])
    category: "Thing | None" = None
    stock: int | None = None
    """The stock of a product that only PUT changes; None if orders change it, which `Thing.stock` follows."""


ORDER = Facts("an order")
"""The only version of an order, which is never changed."""


@dataclass(slots=True, eq=False)
class Write:
    """A write on its way: the version that it makes, and what it adds to sums."""

    version: Change
    amounts: list[tuple[Sum, Change]]

    def end(self, state: State, now: float) -> None:
        """Note the outcome, for the version and for all sums."""
        end(self.version, state, now)
        for total, change in self.amounts:
            total.end(change, state, now)


@dataclass(slots=True, eq=False)
class Thing:
    """A category, product, customer or order."""

    kind: Kind
    number: int
    versions: Versions[Facts]
    id: str = ""
    """Empty until an answer has shown it."""
    busy: bool = False
    doubt: Write | None = None
    settled_at: float = 0.0
    """When the doubt can be settled by a read."""
    stock: Sum = field(default_factory=Sum)
    sold: Sum = field(default_factory=Sum)
    moves: Sum = field(default_factory=Sum)
    """The number of changes of the stock by a difference."""
    moved: Sum = field(default_factory=Sum)
    """The sum of these differences."""
    spent: Sum = field(default_factory=Sum)
    """In cents."""
    orders: Sum = field(default_factory=Sum)
    customer: "Thing | None" = None
    lines: tuple[tuple["Thing", int], ...] = ()
    etags: dict[str, str] = field(default_factory=dict[str, str])
    """For each name the ETag of an answer that showed it."""

    @property
    def facts(self) -> Facts:
        """The newest confirmed version. Raises ValueError if the object does not exist."""
        newest = self.versions.newest
        if newest is None:
            raise ValueError(f"{self} does not exist")
        return newest

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Model:
    """All objects, and the totals over them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.things: dict[tuple[str, int], Thing] = {}
        self.by_id: dict[str, Thing] = {}
        self.totals = {name: Sum() for name in ("category", "product", "customer", "order", "stock", "cents")}
        self.nameless_orders: dict[Thing, None] = {}
        """Orders whose id no answer has shown yet."""
        self._numbers = count(1)

    def new(self, kind: Kind) -> Thing:
        """Add an object that does not exist yet."""
        thing = Thing(kind, next(self._numbers), Versions())
        self.things[kind, thing.number] = thing
        return thing

    def name(self, thing: Thing) -> str:
        """Return a name for the next version of the object."""
        return f"{thing.kind} {thing.number} v{next(self._numbers)}"

    def write(self, thing: Thing, value: Facts | None, *effects: tuple[Sum, int]) -> Write:
        """Begin a write. The caller sends it, and calls `ended` with its outcome."""
        thing.busy = True
        version = thing.versions.begin(value)
        return Write(version, [(total, total.begin(amount)) for total, amount in effects if amount])

    def ended(self, thing: Thing, write: Write, state: State) -> None:
        """Note the outcome of a write."""
        now = time.monotonic()
        write.end(state, now)
        thing.busy = False
        if state is State.DOUBTFUL:
            thing.doubt = write
            thing.settled_at = now + SETTLED_AFTER_S

    def learn_id(self, thing: Thing, id_: str) -> None:
        """Note the id that the service has given to an object."""
        thing.id = id_
        self.by_id[id_] = thing

    def see(
        self, thing: Thing, name: str | None, since: float, where: str, mismatch: str = "stale read"
    ) -> Facts | None:
        """Check that a read which began at `since` may show this version, None for absence; return its facts.

        `mismatch` is the kind of the violation if it may not.
        """
        now = time.monotonic()
        allowed = list(thing.versions.possible(since))
        for version in allowed:
            if (version.value.name if version.value else None) == name:
                thing.versions.observe(version, now)
                if thing.doubt is not None and since > thing.settled_at:
                    self._settle(thing, version, now)
                return version.value
        names = " or ".join(sorted({each.value.name if each.value else "absence" for each in allowed}))
        self.findings.violation(mismatch, f"{where}: shows {name or f'no {thing}'}, committed is {names}")
        return None

    def see_name(
        self, name: str, since: float, where: str, mismatch: str = "stale read"
    ) -> tuple[Thing | None, Facts | None]:
        """As `see`, for an answer that shows a name."""
        found = _NAME.fullmatch(name)
        thing = self.things.get((found[1], int(found[2]))) if found else None
        if thing is None:
            self.findings.violation("foreign object", f"{where}: shows {name!r}, which no client wrote")
            return None, None
        return thing, self.see(thing, name, since, where, mismatch)

    def see_sum(self, total: Sum, shown: int, since: float, where: str) -> None:
        """Check a number that the answer to a read shows."""
        if not total.allows(shown, since):
            low, high = total.bounds(since)
            expected = str(low) if low == high else f"{low} to {high}"
            self.findings.violation("wrong sum", f"{where}: shows {shown}, committed is {expected}")

    def _settle(self, thing: Thing, shown: Version[Facts], now: float) -> None:
        """End the write in doubt: a read that began after it was over has shown its outcome."""
        write, thing.doubt = thing.doubt, None
        if write is None:
            return
        done = shown.change is write.version
        thing.versions.settle(shown, now)
        for total, change in write.amounts:
            total.end(change, State.CONFIRMED if done else State.REFUSED, now)
        self.findings.counts["doubts settled by a read"] += 1

    def claim_order(self, id_: str, customer: Thing | None, lines: dict[str, int]) -> Thing | None:
        """Find the order of an unknown id among those that clients asked for and have no answer to.

        Returns None if no client asked for an order of this customer with these products and quantities.
        """
        now = time.monotonic()
        for thing in self.nameless_orders:
            if thing.customer is customer and lines_of(thing) == lines:
                if thing.doubt is not None:  # otherwise its answer, with the id, is on its way
                    thing.doubt.end(State.CONFIRMED, now)
                    thing.doubt = None
                    self.named_order(thing, id_)
                return thing
        return None

    def named_order(self, thing: Thing, id_: str) -> None:
        """Note the id of an order that exists now."""
        self.nameless_orders.pop(thing, None)
        self.learn_id(thing, id_)


def lines_of(order: Thing) -> dict[str, int]:
    """Return the quantity of each product of an order, by the product's id."""
    return {product.id: quantity for product, quantity in order.lines}
