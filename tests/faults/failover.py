"""`failover`: all routes under load on three MySQL servers in a group, whose primary fails in each way in turn.

    python -m tests.faults failover --rounds 3

kill: SIGKILL. freeze: its processes are stopped for a time. cut off: the group does not reach it, its clients do.
stop: STOP GROUP_REPLICATION. switch: the group chooses another one, by command. After each of them the run measures
how long the group takes to have another primary, and how long after that the service answers again from the database.
It needs a Docker Engine.
"""

import argparse
import asyncio
import os
import random
import shutil
import time
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from rich.console import Console

from product_dashboard.migrate import upgrade
from tests.faults.client import Client, Cut
from tests.faults.report import Findings, percentile, print_table
from tests.faults.run import Plan, Run
from tools.stack import process
from tools.stack.errors import Unusable
from tools.stack.layout import STACK, private_folder, write_json
from tools.stack.mysql_group import Member, MysqlGroup
from tools.stack.process import Process
from tools.stack.redis_server import RedisProgram, RedisServer, redis_programs
from tools.stack.stores import first_usable
from tools.stack.testing import WAYS, session_group

KINDS = ("kill", "freeze", "cut off", "stop", "switch")
WHOLE_WITHIN_S = 3.0
_TICK_S = 0.02
_CALM_S = 2.0
_LONGEST_S = 60.0


class FailoverRun(Run):
    """A run that makes the group elect another primary, again and again. `recoveries` are seconds, by kind."""

    def __init__(
        self,
        plan: Plan,
        group: MysqlGroup,
        database: str,
        redis_url: str,
        kinds: Sequence[str],
        console: Console,
    ) -> None:
        super().__init__(plan, group.url(database), redis_url, None, console)
        self.group = group
        self.kinds = kinds
        self.elections: dict[str, list[float]] = {kind: [] for kind in kinds}
        self.recoveries: dict[str, list[float]] = {kind: [] for kind in kinds}
        self._is_over = False

    def over(self, share: float = 1.0) -> bool:
        return self._is_over or super().over(share)

    async def do_faults(self) -> None:
        try:
            for kind in self.kinds:
                await asyncio.sleep(_CALM_S)
                with self.timeline.fault(kind):
                    await self._fail_over(kind)
                await asyncio.sleep(_CALM_S)
        except Unusable as why:
            self.findings.violation("the group is not whole", why.message)
        finally:
            self._is_over = True

    async def _fail_over(self, kind: str) -> None:
        old = await asyncio.to_thread(self.group.primary)
        began = time.monotonic()
        await asyncio.to_thread(self._break, kind, old)
        new = await asyncio.to_thread(self.group.primary, _LONGEST_S, other_than=old)
        elected = time.monotonic()
        await self._answers()
        whole = time.monotonic()
        self.elections[kind].append(elected - began)
        self.recoveries[kind].append(whole - elected)
        self.console.print(
            f"  {kind}: {new.host} was the primary after {elected - began:.1f} s, "
            f"and the service whole {whole - elected:.2f} s later",
            highlight=False,
        )
        await asyncio.to_thread(self._heal, kind, old)

    def _break(self, kind: str, primary: Member) -> None:
        if kind == "kill":
            self.group.kill(primary)
        elif kind == "freeze":
            self.group.freeze(primary)
        elif kind == "cut off":
            self.group.cut_off(primary)
        elif kind == "stop":
            primary.run("STOP GROUP_REPLICATION")
        else:
            other = next(member for member in self.group.members if member is not primary)
            ((name,),) = other.run("SELECT @@server_uuid")
            primary.run(f"SELECT group_replication_set_as_primary('{name}')")

    def _heal(self, kind: str, old: Member) -> None:
        heal = {"kill": self.group.start, "freeze": self.group.thaw, "cut off": self.group.reconnect}
        if kind in heal:
            heal[kind](old)
        self.group.form()

    async def _answers(self) -> None:
        """Wait until a transaction of the service finds no row where there is none."""
        client = Client(self.service.port, timeout_s=10)
        deadline = time.monotonic() + _LONGEST_S
        try:
            while time.monotonic() < deadline:
                try:
                    answer = await client.request("DELETE", f"/api/v1/categories/{uuid.uuid4()}")
                except Cut:
                    continue
                if answer.status == 404:
                    return
                await asyncio.sleep(_TICK_S)
        finally:
            client.close()
        self.findings.violation("not whole", f"no transaction within {_LONGEST_S:g} s of the election")


def run_on(
    group: MysqlGroup, redis_url: str, kinds: Sequence[str], seed: int, console: Console
) -> FailoverRun:
    """Run the load on an empty database of the group, and fail over once for each of `kinds`."""
    database = f"failover_{uuid.uuid4().hex[:12]}"
    group.primary().run(f"CREATE DATABASE {database}")
    try:
        upgrade(group.url(database))
        plan = Plan(seed=seed, requests=10_000_000, seconds=3600, clients=12, size=4)
        run = FailoverRun(plan, group, database, redis_url, kinds, console)
        asyncio.run(run.go())
        return run
    finally:
        group.primary().run(f"DROP DATABASE {database}")


@contextmanager
def _redis() -> Generator[str]:
    """Start a Redis of this machine, and remove it when the block ends; its URL."""
    home = private_folder(STACK / "test" / f"failover-{os.getpid()}")
    write_json(home / "owner.json", Process(os.getpid(), process.birth(os.getpid()) or "", "faults"))

    def start(program: RedisProgram) -> str:
        return RedisServer(program, home / "redis").start()

    try:
        yield first_usable(redis_programs(), start)
    finally:
        process.stop_recorded(home / "redis")
        shutil.rmtree(home, ignore_errors=True)


def show(run: FailoverRun, findings: Findings, console: Console) -> None:
    """Print the figures and the violations of a run."""
    answers = ", ".join(f"{status}: {n}" for status, n in findings.answers.most_common())
    rows = [("requests", str(findings.counts["requests"]), ""), ("answers", answers, "")]
    for kind in dict.fromkeys(run.kinds):
        elections, recoveries = run.elections[kind], run.recoveries[kind]
        if recoveries:
            times = f"{percentile(elections, 0.5):.1f} s, then {percentile(recoveries, 0.5):.2f} s"
            rows.append(
                (f"{kind}: {len(recoveries)} times", f"{times}; longest {max(recoveries):.2f} s", "3 s")
            )
    rows += [
        ("doubts settled by a read", str(findings.counts["doubts settled by a read"]), ""),
        ("repeated with a key", str(findings.counts["repeated with a key"]), ""),
        ("lost, stale, doubled and other violations", str(findings.violations.total()), "0"),
    ]
    print_table(
        console, "failover: median time to another primary, and from then until the service is whole", rows
    )
    console.print(findings.told(), highlight=False, markup=False)


def main(argv: Sequence[str]) -> int:
    """Run `failover` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults failover", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often each kind (default: %(default)s)")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="only these kinds")
    parser.add_argument("--seed", type=int, default=None, help="of the load (default: a new one)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="only containers can be used")
    options = parser.parse_args(argv)
    console = Console()
    if options.stores not in {"auto", "containers"}:
        console.print("failover: not run: it needs three MySQL servers in containers", highlight=False)
        return 0
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    with session_group() as group, _redis() as redis_url:
        console.print(f"failover: seed {seed}; three MySQL servers in a group, two workers", highlight=False)
        run = run_on(group, redis_url, list(options.kinds) * options.rounds, seed, console)
    show(run, run.findings, console)
    return 0 if run.findings.passed else 1
