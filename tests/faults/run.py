"""One run of the load: starts the service, loads it, does the faults, and closes with the comparison of the tables."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console

from tests.api_client import Json
from tests.faults import closing
from tests.faults.client import Client, Cut
from tests.faults.documented import Documented
from tests.faults.faults import Saboteur
from tests.faults.model import Model, Thing
from tests.faults.reads import READS, REPORTS, read_thing
from tests.faults.report import Findings
from tests.faults.service import Service, ServiceFailed
from tests.faults.session import Session, World
from tests.faults.stores import Stores, fault_stores
from tests.faults.things import fill
from tests.faults.timeline import Timeline
from tests.faults.writes import WRITES
from tools.stack.testing import Way

REQUEST_TIMEOUT_S = 5.0
ANSWER_WITHIN_S = REQUEST_TIMEOUT_S + 1
_READ_SHARE = 0.75
_CLOSING_READS = 300
_TICK_S = 0.05


@dataclass(frozen=True)
class Plan:
    """One run. It ends after `requests` or `seconds`. `fault_every_s` is the mean pause between two faults."""

    seed: int
    requests: int = 200_000
    seconds: float = 1800.0
    clients: int = 24
    workers: int = 2
    size: int = 8  # the number of categories; products and customers are in proportion
    fault_every_s: float = 3.0
    way: Way = "auto"
    module: str = "product_dashboard.server"
    variables: tuple[tuple[str, str], ...] = ()


def run(plan: Plan, console: Console) -> Findings:
    """Run a plan on stores of its own, and return its findings."""
    with fault_stores(plan.way) as stores:
        console.print(f"mixed: seed {plan.seed}; {stores.about}; {plan.workers} workers", highlight=False)
        return asyncio.run(Run(plan, stores.database_url, stores.redis_url, stores, console).go())


async def run_without_faults(plan: Plan, database_url: str, redis_url: str, console: Console) -> Findings:
    """Run a plan on an empty, migrated database and a Redis that are not stopped, and return its findings."""
    return await Run(plan, database_url, redis_url, None, console).go()


class Run:
    """One run, on stores that it can fail; None if it must not."""

    def __init__(
        self, plan: Plan, database_url: str, redis_url: str, stores: Stores | None, console: Console
    ) -> None:
        self.plan = plan
        self.database_url = database_url
        self.stores = stores
        self.console = console
        self.findings = Findings()
        self.timeline = Timeline()
        self.random = random.Random(plan.seed)
        self.service = Service(
            {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "WORKERS": str(plan.workers),
                "REQUEST_TIMEOUT": f"{REQUEST_TIMEOUT_S:g}",
                "LOG_FORMAT": "json",
                **dict(plan.variables),
            },
            plan.module,
        )
        self.began = 0.0
        self.stop = asyncio.Event()

    async def go(self) -> Findings:
        try:
            await self.service.start("pipe")
            await self._load_and_close()
        except ServiceFailed as failed:
            self.findings.violation("service failed", str(failed))
        finally:
            with suppress(ServiceFailed):
                await self.service.stop()
        for line in self.service.faults:
            # The end of a line names the error.
            self.findings.violation("fault in the log", f"{line[:300]} ... {line[-1500:]}")
        self.findings.counts.update({f"fault: {k}": v for k, v in self.timeline.counted().items()})
        return self.findings

    async def _load_and_close(self) -> None:
        world = World(
            port=self.service.port,
            documented=Documented(await read_document(self.service.port)),
            model=Model(self.findings),
            findings=self.findings,
            timeline=self.timeline,
            answer_within_s=ANSWER_WITHIN_S,
        )
        sessions = [Session(world, f"{self.plan.seed}/{n}") for n in range(self.plan.clients)]
        size = self.plan.size
        await fill(sessions[:8], categories=size, products=5 * size, buyers=4 * size)
        self.findings.counts.clear()
        self.findings.seconds.clear()
        self.began = self.findings.began = time.monotonic()
        cpu = time.process_time()
        watch = asyncio.create_task(self._watch(world))
        load = [asyncio.create_task(self._client(session)) for session in sessions]
        try:
            await self.do_faults()
        finally:
            self.stop.set()
            await asyncio.gather(watch, *load)
        self.findings.counts["seconds"] = round(time.monotonic() - self.began)
        self.findings.counts["own cpu us"] = round((time.process_time() - cpu) * 1e6)
        await self.service.ready()
        await asyncio.to_thread(self._compare, world.model)
        await self._read_at_rest(sessions[:8])
        for session in sessions:
            session.client.close()
        await self.service.stop()

    async def _client(self, session: Session) -> None:
        reads, read_weights = list(READS), list(READS.values())
        writes, write_weights = list(WRITES), list(WRITES.values())
        action: Callable[[Session], Awaitable[object]]
        while not self.over():
            if session.random.random() < _READ_SHARE:
                (action,) = session.random.choices(reads, read_weights)
            else:
                (action,) = session.random.choices(writes, write_weights)
            try:
                await action(session)
            except Cut as cut:
                await asyncio.sleep(_TICK_S if cut.sent else 10 * _TICK_S)

    def over(self, share: float = 1.0) -> bool:
        """Return True if the run, or this share of it, is over."""
        passed_s = time.monotonic() - self.began
        requests = self.findings.counts["requests"]
        return passed_s >= share * self.plan.seconds or requests >= share * self.plan.requests

    async def do_faults(self) -> None:
        """Do faults until the run is over; restart the service, with another log, at half of it."""
        if self.stores is None:
            await self._sleep(self.plan.seconds, 1.0)
            return
        saboteur = Saboteur(self.service, self.stores, self.timeline, self.random)
        for share in (0.5, 1.0):
            while not self.over(share):
                await self._sleep(self.random.uniform(0.5, 1.5) * self.plan.fault_every_s, share)
                if not self.over(share):
                    await saboteur.next()
            if share < 1:
                with self.timeline.fault("restart service"):
                    began = time.monotonic()
                    await self.service.stop()
                    stopped = time.monotonic()
                    await self.service.start("full disk")
                self.findings.counts["stop ms"] = round((stopped - began) * 1000)
                self.findings.counts["start ms"] = round((time.monotonic() - stopped) * 1000)

    async def _sleep(self, seconds: float, share: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.over(share):  # noqa: ASYNC110 - the end is a time or a count
            await asyncio.sleep(_TICK_S)

    async def _watch(self, world: World) -> None:
        """Measure how late the laboratory itself is, and show the progress."""
        shown_at = time.monotonic()
        while not self.stop.is_set():
            before = time.monotonic()
            await asyncio.sleep(_TICK_S)
            late_s = time.monotonic() - before - _TICK_S
            world.lag_s = max(late_s, world.lag_s * 0.99)  # forgets half of it in about 3 s
            if before - shown_at >= 5:
                shown_at = before
                done, violations = self.findings.counts["requests"], self.findings.violations.total()
                rate = done / (before - self.began)
                fault = self.timeline.faults[-1].name if self.timeline.faults else "none"
                self.console.print(
                    f"  {before - self.began:5.0f} s  {done:7} requests  {rate:6.0f}/s  "
                    f"{violations} violations  last fault: {fault}",
                    highlight=False,
                )

    def _compare(self, model: Model) -> None:
        closing.compare(model, closing.read_tables(self.database_url))
        for told in closing.wrong_summaries(self.database_url):
            self.findings.violation("wrong summary", told)

    async def _read_at_rest(self, sessions: Sequence[Session]) -> None:
        """Read through the cache once more, when each answer has only one right value."""
        world = sessions[0].world
        things = [*world.categories, *world.traded, *world.buyers, *world.orders[-_CLOSING_READS:]]
        things += (each for spare in world.spare.values() for each in spare)

        async def some(session: Session, part: Sequence[Thing]) -> None:
            for thing in part:
                await read_thing(session, thing)
            for read in REPORTS:
                await read(session)

        count = len(sessions)
        await asyncio.gather(*(some(session, things[n::count]) for n, session in enumerate(sessions)))


async def read_document(port: int) -> Json:
    """Read the OpenAPI document of a running service, with exact numbers."""
    client = Client(port, timeout_s=10)
    answer = await client.request("GET", "/swagger/openapi.json")
    client.close()
    return msgspec.json.decode(answer.body, type=dict[str, Any])
