"""`mixed`: all routes under load, while workers, the database, Redis and the log fail at random times.

    python -m tests.faults mixed --requests 200000 --seed 7

The log goes to a pipe during the first half, and to a full disk during the second; between them the service ends by
SIGTERM and starts again. The run ends after `--requests`, or after `--seconds` if that is sooner.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from rich.console import Console

from tests.faults import closing
from tests.faults.client import Client, Cut
from tests.faults.documented import Documented
from tests.faults.faults import Saboteur
from tests.faults.model import Model
from tests.faults.reads import READS, read_overview, read_report, read_thing, read_top_customers
from tests.faults.report import Findings, percentile, print_table
from tests.faults.service import Service, ServiceFailed
from tests.faults.session import Session, World
from tests.faults.stores import Stores, fault_stores
from tests.faults.timeline import Timeline
from tests.faults.writes import WRITES, fill
from tools.stack.testing import WAYS, Way

REQUEST_TIMEOUT_S = 5.0
ANSWER_WITHIN_S = REQUEST_TIMEOUT_S + 1
_READ_SHARE = 0.75
_CLOSING_READS = 300
_TICK_S = 0.05


@dataclass(frozen=True)
class Plan:
    """One run. `fault_every_s` is the mean pause between two faults; 0 means none."""

    seed: int
    requests: int = 200_000
    seconds: float = 900.0
    clients: int = 24
    workers: int = 2
    fault_every_s: float = 3.0
    way: Way = "auto"
    module: str = "product_dashboard.server"
    variables: tuple[tuple[str, str], ...] = ()


def run(plan: Plan, console: Console) -> Findings:
    """Run a plan on stores of its own, and return its findings."""
    with fault_stores(plan.way) as stores:
        console.print(f"mixed: seed {plan.seed}; {stores.about}; {plan.workers} workers")
        return asyncio.run(_Run(plan, stores, console).go())


class _Run:
    def __init__(self, plan: Plan, stores: Stores, console: Console) -> None:
        self.plan = plan
        self.stores = stores
        self.console = console
        self.findings = Findings()
        self.timeline = Timeline()
        self.random = random.Random(plan.seed)
        self.service = Service(
            {
                "DATABASE_URL": stores.database_url,
                "REDIS_URL": stores.redis_url,
                "WORKERS": str(plan.workers),
                "REQUEST_TIMEOUT": f"{REQUEST_TIMEOUT_S:g}",
                "DB_ACQUIRE_TIMEOUT": "1",
                "DB_QUERY_TIMEOUT": "3",
                "DB_TRANSACTION_TIMEOUT": "4",
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
            self.findings.violation("fault in the log", line[:3000])
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
        first = Session(world, f"{self.plan.seed}/fill")
        await fill(first, categories=8, products=40, buyers=30)
        self.findings.counts.clear()
        self.began = self.findings.began = time.monotonic()
        watch = asyncio.create_task(self._watch(world))
        sessions = [Session(world, f"{self.plan.seed}/{n}") for n in range(self.plan.clients)]
        load = [asyncio.create_task(self._client(session)) for session in sessions]
        try:
            await self._do_faults()
        finally:
            self.stop.set()
            await asyncio.gather(watch, *load)
        self.findings.counts["seconds"] = int(time.monotonic() - self.began)
        await self.service.ready()
        await asyncio.to_thread(self._compare, world.model)
        await self._read_at_rest(first)
        for session in (first, *sessions):
            session.client.close()
        await self.service.stop()

    async def _client(self, session: Session) -> None:
        reads, read_weights = list(READS), list(READS.values())
        writes, write_weights = list(WRITES), list(WRITES.values())
        action: Callable[[Session], Awaitable[object]]
        while not self._over():
            if session.random.random() < _READ_SHARE:
                (action,) = session.random.choices(reads, read_weights)
            else:
                (action,) = session.random.choices(writes, write_weights)
            try:
                await action(session)
            except Cut:
                await asyncio.sleep(_TICK_S)

    def _over(self, share: float = 1.0) -> bool:
        """Return True if the run, or this share of it, is over."""
        passed_s = time.monotonic() - self.began
        requests = self.findings.counts["requests"]
        return passed_s >= share * self.plan.seconds or requests >= share * self.plan.requests

    async def _do_faults(self) -> None:
        """Do faults until the run is over; restart the service, with another log, at half of it."""
        saboteur = Saboteur(self.service, self.stores, self.timeline, self.random)
        for share in (0.5, 1.0):
            while not self._over(share):
                pause_s = self.random.uniform(0.5, 1.5) * (self.plan.fault_every_s or _TICK_S)
                await self._sleep(pause_s, share)
                if self.plan.fault_every_s and not self._over(share):
                    await saboteur.next()
            if share < 1 and self.plan.fault_every_s:
                with self.timeline.fault("restart service"):
                    await self.service.stop()
                    await self.service.start("full disk")

    async def _sleep(self, seconds: float, share: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._over(share):
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
        closing.compare(model, closing.read_tables(self.stores.database_url))
        for told in closing.wrong_summaries(self.stores.database_url):
            self.findings.violation("wrong summary", told)

    async def _read_at_rest(self, session: Session) -> None:
        """Read through the cache once more, when each answer has only one right value."""
        world = session.world
        things = [*world.categories, *world.traded, *world.buyers, *world.orders[-_CLOSING_READS:]]
        for thing in (*things, *(each for spare in world.spare.values() for each in spare)):
            await read_thing(session, thing)
        for read in (read_report, read_top_customers, read_overview):
            await read(session)


async def read_document(port: int) -> dict[str, object]:
    """Read the OpenAPI document of a running service, with exact numbers."""
    client = Client(port, timeout_s=10)
    answer = await client.request("GET", "/swagger/openapi.json")
    client.close()
    return msgspec.json.decode(answer.body, type=dict[str, object])


def show(plan: Plan, findings: Findings, console: Console) -> None:
    """Print the figures and the violations of a run."""
    counts, seconds = findings.counts, findings.counts["seconds"] or 1
    faults = ", ".join(f"{name.removeprefix('fault: ')} {n}" for name, n in sorted(counts.items()) if "fault: " in name)
    rows = [
        ("seed", str(plan.seed), ""),
        ("requests", f"{counts['requests']} in {seconds} s ({counts['requests'] / seconds:.0f}/s)", ""),
        ("answers", ", ".join(f"{status}: {n}" for status, n in findings.answers.most_common()), ""),
        ("faults", faults or "none", ""),
        ("p50 / p99 / longest", " / ".join(f"{percentile(findings.seconds, share) * 1000:.0f} ms" for share in (0.5, 0.99, 1)), f"{ANSWER_WITHIN_S:g} s"),
        ("from the cache", ", ".join(f"{name.removeprefix('cache ')} {n}" for name, n in sorted(counts.items()) if name.startswith("cache ")), ""),
        ("repeated with a key", str(counts["repeated with a key"]), ""),
        ("doubts settled by a read", str(counts["doubts settled by a read"]), ""),
        ("violations", str(findings.violations.total()), "0"),
    ]
    print_table(console, "mixed", rows)
    console.print(findings.told(), highlight=False, markup=False)


def main(argv: Sequence[str]) -> int:
    """Run `mixed` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="just faults mixed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200_000, help="end after so many (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=900, help="end after this time (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=24, help="connections (default: %(default)s)")
    parser.add_argument("--fault-every", type=float, default=3, help="mean seconds between two faults, 0 for none (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="of the load and the faults (default: a new one)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from (default: %(default)s)")
    parser.add_argument("--module", default="product_dashboard.server", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    plan = Plan(
        seed=options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000),
        requests=options.requests,
        seconds=options.seconds,
        clients=options.clients,
        fault_every_s=options.fault_every,
        way=options.stores,
        module=options.module,
    )
    console = Console()
    findings = run(plan, console)
    show(plan, findings, console)
    return 0 if findings.passed else 1
