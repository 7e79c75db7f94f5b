"""The checker: several processes read and write while Redis is paused, killed and restored, and writers die.

A read is stale when it brings a version older than one that was known to be committed when the read started.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.bench.cache.database import Board
from tools.bench.cache.server import RedisServer
from tools.bench.cache.worker import SLOTS, Slot, make_database

STARTUP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of the checker."""

    adapter: str = "Ours"
    seconds: float = 30.0
    reads: int = 0  # stop when so many reads have been checked, if that is sooner
    until_stale: bool = False  # stop at the first stale read, if that is sooner
    workers: int = 4
    keys: int = 20
    readers: int = 16
    writers: int = 4
    write_rate: float = 40.0  # per worker and second
    kill_rate: float = 0.05
    cancel: float = 0.02
    load: tuple[float, float] = (0.0, 0.02)
    commit: tuple[float, float] = (0.0, 0.003)
    faults: tuple[str, ...] = ("pause", "restart", "flush", "sigkill")
    fault_every: float = 3.0
    mysql: str = ""
    database_reads: str = "primary"
    seen_counts: bool = False
    """A read is also stale if an earlier one brought a newer version, committed or not."""
    server_options: tuple[str, ...] = ()
    binary: str = ""
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    python: tuple[str, ...] = (sys.executable,)
    seed: int = 0


@dataclass(slots=True)
class Verdict:
    """The findings of a run."""

    reads: int
    stale: int
    loads: int
    writes: int
    refused: int
    died: int
    read_errors: int
    cancelled: int
    evicted: int
    seconds: float
    faults: Counter[str]
    metrics: Counter[str]
    notes: list[str]


def check(plan: Plan) -> Verdict:
    """Run a plan to its end."""
    with tempfile.TemporaryDirectory(prefix="cache-check-") as name:
        folder = Path(name)
        with RedisServer(*plan.server_options, binary=plan.binary or None) as server:
            return _Run(plan, folder, server).go()


def evicted_keys(server: RedisServer) -> int:
    """Return the number of keys that Redis has evicted since it was started."""
    found = re.search(r"evicted_keys:(\d+)", server.ask("INFO", "stats"))
    return int(found[1]) if found else 0


class _Run:
    def __init__(self, plan: Plan, folder: Path, server: RedisServer) -> None:
        self.plan = plan
        self.folder = folder
        self.server = server
        self.random = random.Random(plan.seed or None)
        self.boards = [Board(folder / f"counts-{n}", SLOTS).numbers for n in range(plan.workers)]
        self.processes: list[subprocess.Popen[str]] = []
        self.faults: Counter[str] = Counter()
        self.metrics: Counter[str] = Counter()
        self.notes: list[str] = []
        self.evicted = 0
        self.began = time.monotonic()

    def go(self) -> Verdict:
        make_database(self.config(0, 0))  # creates its files before a worker opens them
        self.processes = [self.spawn(n, self.plan.seconds) for n in range(self.plan.workers)]
        try:
            self.wait_until_ready()
            self.watch()
        finally:
            self.server.resume()
            self.evicted = evicted_keys(self.server)
            self.finish()
        return Verdict(
            reads=self.total(Slot.READS),
            stale=self.total(Slot.STALE),
            loads=self.total(Slot.LOADS),
            writes=self.total(Slot.WRITES),
            refused=self.total(Slot.REFUSED),
            died=self.total(Slot.DIED),
            read_errors=self.total(Slot.READ_ERRORS),
            cancelled=self.total(Slot.CANCELLED),
            evicted=self.evicted,
            seconds=time.monotonic() - self.began,
            faults=self.faults,
            metrics=self.metrics,
            notes=self.notes,
        )

    def total(self, slot: Slot) -> int:
        """Return a count, summed over the workers."""
        return sum(int(board[slot]) for board in self.boards)

    def wait_until_ready(self) -> None:
        """Begin to count the time when every worker has opened its cache, which takes long on a busy machine."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while not all(board[Slot.READY] for board in self.boards) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.began = time.monotonic()

    def watch(self) -> None:
        plan = self.plan
        next_fault = time.monotonic() + min(1.5, plan.fault_every)
        while time.monotonic() - self.began < plan.seconds:
            time.sleep(0.05)
            if plan.reads and self.total(Slot.READS) >= plan.reads:
                return
            if plan.until_stale and self.total(Slot.STALE):
                return
            if plan.faults and time.monotonic() >= next_fault:
                self.fault(self.random.choice(plan.faults))
                next_fault = time.monotonic() + plan.fault_every * self.random.uniform(0.5, 1.5)

    def fault(self, kind: str) -> None:
        """Redis pauses, crashes and comes back empty or from an old snapshot, or is flushed; a process dies."""
        self.faults[kind] += 1
        if kind == "pause":
            self.server.pause()
            time.sleep(self.random.choice((0.1, 0.4, 1.2)))
            self.server.resume()
        elif kind == "restart":
            if self.random.random() < 0.6:
                self.server.ask("SAVE")
                time.sleep(self.random.uniform(0.2, 0.8))
            self.server.kill()
            time.sleep(self.random.choice((0.0, 0.3)))
            self.server.start()
        elif kind == "flush":
            self.server.ask("FLUSHALL")
        elif kind == "sigkill":
            number = self.random.randrange(self.plan.workers)
            self.processes[number].kill()
            self.processes[number].communicate()
            left = self.plan.seconds - (time.monotonic() - self.began)
            self.processes[number] = self.spawn(number, max(left, 0.1))

    def spawn(self, number: int, seconds: float) -> subprocess.Popen[str]:
        command = [
            *self.plan.python,
            "-m",
            "tools.bench.cache.worker",
            json.dumps(self.config(number, seconds)),
        ]
        environment = {**os.environ, "PYTHONPATH": f"{Path.cwd()}:{Path.cwd() / 'src'}"}
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def config(self, number: int, seconds: float) -> dict[str, Any]:
        plan = self.plan
        return {
            "worker": number,
            "folder": str(self.folder),
            "url": self.server.url,
            "adapter": plan.adapter,
            "seconds": seconds,
            "keys": plan.keys,
            "readers": plan.readers,
            "writers": plan.writers,
            "write_rate": plan.write_rate,
            "kill_rate": plan.kill_rate,
            "cancel": plan.cancel,
            "load": plan.load,
            "commit": plan.commit,
            "mysql": plan.mysql,
            "database_reads": plan.database_reads,
            "seen_counts": plan.seen_counts,
            "options": plan.options,
        }

    def finish(self) -> None:
        for process in self.processes:
            if time.monotonic() - self.began < self.plan.seconds:
                process.send_signal(signal.SIGTERM)
            try:
                out, err = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                self.notes.append("a worker did not end in time")
            self.notes += err.splitlines()[-8:]
            counts: dict[str, Any] = json.loads(out.splitlines()[-1]) if out.strip() else {}
            self.metrics.update({name: count for name, count in counts.items() if isinstance(count, int)})
