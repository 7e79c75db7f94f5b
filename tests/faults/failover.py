"""`failover`: all routes under load on three MySQL servers in a group, whose primary fails in each way in turn.

    python -m tests.faults failover --rounds 3

kill: SIGKILL. freeze: its processes are stopped for a time. cut off: the group does not reach it, its clients do.
stop: STOP GROUP_REPLICATION. switch: the group chooses another one, by command. no majority: both other servers are
killed, everything must be refused, and they start again. After each of them the run measures how long the group takes
to have a primary again, and how long after that the service answers from the database. It needs a Docker Engine.
"""

import argparse
import asyncio
import os
import random
import shutil
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from product_dashboard.migrate import upgrade
from tests.faults.failover_run import KINDS, FailoverRun
from tests.faults.report import Findings, percentile, print_table
from tests.faults.run import Plan
from tools.stack import process
from tools.stack.layout import STACK, private_folder, write_json
from tools.stack.mysql_group import MysqlGroup
from tools.stack.process import Process
from tools.stack.redis_server import RedisProgram, RedisServer, redis_programs
from tools.stack.stores import first_usable
from tools.stack.testing import WAYS, session_group


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
    """Print the times, the figures and the violations of a run."""
    table = Table(title="failover: seconds until another primary, and from then until the service answers")
    for name in ("kind", "times", "election p50", "longest", "service p50", "longest"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in dict.fromkeys(run.kinds):
        elections, recoveries = run.elections[kind], run.recoveries[kind]
        if recoveries:
            figures = (
                percentile(elections, 0.5),
                max(elections),
                percentile(recoveries, 0.5),
                max(recoveries),
            )
            table.add_row(kind, str(len(recoveries)), *(f"{figure:.2f}" for figure in figures))
    console.print(table)
    answers = ", ".join(f"{status}: {n}" for status, n in findings.answers.most_common())
    rows = [("requests", str(findings.counts["requests"]), ""), ("answers", answers, "")]
    rows += [
        (name, str(findings.counts[name]), "")
        for name in ("doubts settled by a read", "repeated with a key", "refused without a majority")
    ]
    rows += [(name, str(count), "0") for name, count in broken_promises(findings).items()]
    print_table(console, "what the clients saw", rows)
    console.print(findings.told(), highlight=False, markup=False)


def broken_promises(findings: Findings) -> dict[str, int]:
    """The number of violations that are losses, stale reads, doubled objects, and others."""
    counts = dict.fromkeys(("lost", "stale", "doubled"), 0)
    for kind, count in findings.violations.items():
        first = kind.partition(" ")[0]
        if first in counts:
            counts[first] += count
    return {**counts, "other violations": findings.violations.total() - sum(counts.values())}


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
