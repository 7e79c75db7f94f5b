"""One client of the load: sends requests, and checks what every answer must satisfy on any route.

Every answer must be documented, must come in time, and must not be a 500. A connection may be cut only beside a
fault that ends connections.
"""

import random
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from tests.faults.client import Answer, Client, Cut
from tests.faults.documented import Documented, Undocumented
from tests.faults.model import Model, Thing
from tests.faults.report import Findings
from tests.faults.timeline import Timeline

API = "/api/v1"

encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(slots=True)
class Reply:
    """An answer that is documented: `data` and `meta` of a success, or code and details of a failure."""

    answer: Answer
    since: float
    """When the request was sent; of a repeated one, when it was sent first."""
    data: Any = None
    meta: Any = None
    code: str = ""
    details: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def done(self) -> bool:
        """True for a success with documented data."""
        return self.status in {200, 201} and not self.code

    @property
    def etag(self) -> str | None:
        return self.answer.header("etag")


@dataclass(slots=True)
class Remembered:
    """An answer that a client has, with the check that it must pass if the service says that it is current."""

    etag: str
    check: Callable[[float], None]


@dataclass(slots=True)
class Keyed:
    """A confirmed POST with its key, and its answer, which is given again to each repetition."""

    path: str
    ids: tuple[str, ...]
    body: bytes
    key: str
    answer: Answer


@dataclass
class World:
    """The state that all clients share: the service, the model, and the objects that the load uses."""

    port: int
    documented: Documented
    model: Model
    findings: Findings
    timeline: Timeline
    answer_within_s: float
    categories: list[Thing] = field(default_factory=list[Thing])
    """Categories of the traded products; never deleted."""
    traded: list[Thing] = field(default_factory=list[Thing])
    """Products that are ordered; never deleted."""
    buyers: list[Thing] = field(default_factory=list[Thing])
    """Customers who order; never deleted."""
    stock_changes: list[tuple[Thing, str, int]] = field(default_factory=list[tuple[Thing, str, int]])
    """Confirmed changes of stock: the product, the id and the difference."""
    spare: dict[str, list[Thing]] = field(
        default_factory=lambda: {"category": [], "product": [], "customer": []}
    )
    """Objects that are created, replaced and deleted."""
    orders: list[Thing] = field(default_factory=list[Thing])
    remembered: dict[str, Remembered] = field(default_factory=dict[str, Remembered])
    keyed: deque[Keyed] = field(default_factory=lambda: deque(maxlen=300))
    lag_s: float = 0.0
    """The longest time for which the laboratory itself was late during the last seconds."""

    def __post_init__(self) -> None:
        documented = self.documented
        self.takes_keys = documented.takes_header("POST", f"{API}/orders", "Idempotency-Key")
        """True if a POST may be repeated with its key."""


class Session:
    """A client with one connection and a random sequence of its own."""

    def __init__(self, world: World, seed: str) -> None:
        self.world = world
        self.model = world.model
        self.findings = world.findings
        self.random = random.Random(seed)
        # Longer than the deadline, so that an answer that comes late is seen to come late.
        self.client = Client(world.port, timeout_s=2 * world.answer_within_s + 5)

    async def get(self, path: str, *ids: str, query: str = "", headers: tuple[str, ...] = ()) -> Reply:
        """Send a GET; `path` has `{}` in place of each id. Raises Cut."""
        return await self.call("GET", path, *ids, query=query, headers=headers)

    async def call(
        self,
        method: str,
        path: str,
        *ids: str,
        query: str = "",
        body: bytes | None = None,
        headers: tuple[str, ...] = (),
    ) -> Reply:
        """Send a request and check its answer. Raises Cut."""
        template = f"{API}{path}"
        began = time.monotonic()
        try:
            answer = await self.client.request(method, template.format(*ids) + query, body, headers)
        except Cut as cut:
            self._cut(f"{method} {path}", cut, began)
            raise
        self.findings.counts["requests"] += 1
        return self._checked(method, template, answer)

    def key(self) -> str:
        """Make a key for a request that may be repeated; only the seed decides it."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _cut(self, where: str, cut: Cut, began: float) -> None:
        now = time.monotonic()
        self.findings.counts["requests"] += cut.sent
        self.findings.answers["cut" if cut.sent else "no connection"] += 1
        if not self.world.timeline.excuses_cut(began, now):
            self.findings.violation("cut without a fault", f"{where}: {cut} after {now - began:.2f} s")

    def _checked(self, method: str, template: str, answer: Answer) -> Reply:
        findings, documented = self.findings, self.world.documented
        where = f"{method} {template}"
        took_s = answer.ended - answer.began
        findings.seconds.append(took_s)
        if took_s > self.world.answer_within_s + self.world.lag_s:
            findings.violation("late answer", f"{where}: {answer.status} after {took_s:.2f} s")
        try:
            if answer.status < 400:
                envelope = documented.success(method, template, answer)
                findings.answers[str(answer.status)] += 1
                if envelope is None:
                    return Reply(answer, answer.began)
                return Reply(answer, answer.began, envelope.data, envelope.meta)
            error = documented.failure(method, template, answer)
        except Undocumented as problem:
            findings.violation("undocumented answer", f"{where}: {problem}")
            findings.answers[f"{answer.status} undocumented"] += 1
            return Reply(answer, answer.began, code="undocumented")
        findings.answers[f"{answer.status} {error['code']}"] += 1
        if answer.status == 500:
            findings.violation("internal error", f"{where}: {answer.body[:300]!r}")
        return Reply(answer, answer.began, code=error["code"], details=error["details"])


def cents(amount: Decimal) -> int:
    """Return an amount of money in cents."""
    return int(amount * 100)


def count_cache_state(session: Session, reply: Reply) -> None:
    """Count where an answer came from, if it says so."""
    where = reply.answer.header("x-cache")
    if where is not None:
        session.findings.counts[f"cache {where}"] += 1
