"""`python -m tools.bench cache`: what the cache promises, in figures, with others beside it where they are installed.

checker        stale reads: floors published at COMMIT, writers that die, Redis that fails
stampede       200 reads over 4 processes of a cold key that takes 200 ms to load
cancellation   49 of 50 readers cancelled at random
takeover       the loader is killed with SIGKILL
hit            client CPU of a hit of 8 KB at 50-way concurrency, redis-py's GET beside it
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.bench.cache.checker import Plan, Verdict, check
from tools.bench.cache.peers import PACKAGES
from tools.bench.cache.server import RedisServer

GOALS = {"raw read, 50 keys": "at most 0.125", "hit with a tag, 50 keys": "at most 0.250"}
PARTS = ("checker", "stampede", "cancellation", "takeover", "hit")
Row = list[str]


_environments: dict[str, tuple[tempfile.TemporaryDirectory[str], str]] = {}


def python_for(adapter: str) -> tuple[str, ...]:
    """The Python that has what an adapter needs; peers get an environment that is thrown away with this process."""
    name = adapter.rpartition(":")[2]
    packages = PACKAGES.get(name)
    if packages is None:
        return (sys.executable,)
    if name not in _environments:
        folder = tempfile.TemporaryDirectory(prefix=f"cache-{name.lower()}-")
        python = f"{folder.name}/bin/python"
        subprocess.run(["uv", "venv", "-q", "--clear", "--python", sys.executable, folder.name], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "-p", python, *packages], check=True)
        _environments[name] = (folder, python)
    return (_environments[name][1],)


def start(adapter: str, scenario: str, url: str, folder: str, **more: Any) -> subprocess.Popen[str]:
    config = {"adapter": adapter, "scenario": scenario, "url": url, "folder": folder, **more}
    return subprocess.Popen(
        [*python_for(adapter), "-m", "tools.bench.cache.scenarios", json.dumps(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{Path.cwd()}:{Path.cwd() / 'src'}"},
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def result_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=600)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


@contextmanager
def counted_commands(server: RedisServer) -> Generator[list[str]]:
    """The commands that clients send meanwhile, as MONITOR shows them, without the commands that scripts call."""
    lines: list[str] = []
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(b"MONITOR\r\n")
    file = connection.makefile("r", encoding="utf-8", errors="replace")
    file.readline()

    def listen() -> None:
        # One by one, so that a reader of the list sees the commands so far.
        for line in file:
            if " lua]" not in line:
                lines.append(line.strip())  # noqa: PERF401 - see above

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield lines
        time.sleep(0.1)
    finally:
        connection.shutdown(socket.SHUT_RDWR)
        thread.join(2)
        file.close()
        connection.close()


def stampede(adapter: str) -> Row:
    with RedisServer() as server, tempfile.TemporaryDirectory() as folder:
        processes = [start(adapter, "stampede", server.url, folder) for _ in range(4)]
        for process in processes:
            line_of(process)
        time.sleep(0.3)
        with counted_commands(server) as commands:
            for process in processes:
                go(process)
            found = [result_of(process) for process in processes]
        ended = max(result["ended"] for result in found)
        late = sorted(moment - ended for result in found for moment in result["finished"])
        sent = [line for line in commands if '"PING"' not in line]
        loads = sum(result["loads"] for result in found)
        return [adapter, str(loads), str(len(sent)), f"{late[int(len(late) * 0.99) - 1] * 1000:.1f}"]


def cancellation(adapter: str, rounds: int) -> Row:
    with RedisServer() as server, tempfile.TemporaryDirectory() as folder:
        found = result_of(start(adapter, "cancellation", server.url, folder, rounds=rounds))
    return [adapter, str(found["rounds"]), str(found["failures"]), str(found["not_one_load"])]


def takeover(adapter: str, patience: float) -> Row:
    with RedisServer() as server, tempfile.TemporaryDirectory() as folder:
        waiting = start(adapter, "waiter", server.url, folder, patience=patience)
        line_of(waiting)
        loading = start(adapter, "loader", server.url, folder)
        line_of(loading)
        go(waiting)
        time.sleep(0.5)
        loading.kill()
        killed = time.time()
        loading.communicate()
        done = result_of(waiting)["done"]
    if done is None:
        return [adapter, f"not within {patience:.0f} s"]
    return [
        adapter,
        f"{done - killed:.2f} s" if done > killed else "at once: it had not waited, but loaded too",
    ]


def checked(adapter: str, seconds: float, reads: int, faults: tuple[str, ...]) -> tuple[Row, Verdict]:
    verdict = check(
        Plan(
            adapter=adapter,
            seconds=seconds,
            reads=reads,
            keys=50,
            readers=25,
            write_rate=25,
            faults=faults,
            fault_every=6.0,
            python=python_for(adapter),
        )
    )
    row = [
        adapter,
        f"{verdict.reads:,}",
        f"{verdict.stale:,}",
        f"{verdict.stale / max(verdict.reads, 1):.2%}",
    ]
    row += [f"{verdict.writes:,}", f"{verdict.died:,}", f"{verdict.refused:,}", f"{verdict.read_errors:,}"]
    row += [" ".join(f"{name} {count}" for name, count in sorted(verdict.faults.items())) or "none"]
    return row, verdict


def table(title: str, heads: Sequence[str], rows: Sequence[Row]) -> None:
    widths = [max(len(row[column]) for row in [list(heads), *rows]) for column in range(len(heads))]
    print(f"\n{title}")
    for row in [list(heads), *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    sys.stdout.flush()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tools.bench cache", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", default=list(PARTS), help=f"any of {', '.join(PARTS)}; all when none"
    )
    parser.add_argument("--seconds", type=float, default=30, help="how long the checker runs for each cache")
    parser.add_argument("--reads", type=int, default=0, help="stop the checker after so many reads")
    parser.add_argument("--rounds", type=int, default=1000, help="rounds of the cancellation test")
    parser.add_argument("--alone", action="store_true", help="this project's cache only")
    chosen = parser.parse_args(argv)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    peers = [] if chosen.alone else [f"peers:{name}" for name in PACKAGES]
    if peers and shutil.which("uv") is None:
        print("The other caches are left out: they need `uv` to be installed for the run.")
        peers = []
    return run(chosen, ["Ours", *peers])


def run(chosen: argparse.Namespace, adapters: list[str]) -> int:
    """Run the parts that were asked for; 1 when the project's own cache was stale once."""
    stale = 0
    if "checker" in chosen.parts:
        heads = ("cache", "reads", "stale", "", "writes", "died", "refused", "read errors", "faults")
        found = [
            checked(adapter, chosen.seconds, chosen.reads, ("pause", "restart", "flush", "sigkill"))
            for adapter in adapters
        ]
        table(
            "Stale reads (a read that starts after COMMIT and brings what was before it)",
            heads,
            [row for row, _ in found],
        )
        stale = found[0][1].stale
        calm = [checked(adapter, min(chosen.seconds, 15), 0, ()) for adapter in adapters]
        table("The same with Redis in good health", heads, [row for row, _ in calm])
        stale += calm[0][1].stale
    if "stampede" in chosen.parts:
        rows = [stampede(adapter) for adapter in adapters]
        table(
            "Stampede: 200 reads, 4 processes, a load of 200 ms",
            ("cache", "loads", "Redis commands", "p99 after the load, ms"),
            rows,
        )
    if "cancellation" in chosen.parts:
        rows = [
            cancellation(adapter, chosen.rounds if adapter == "Ours" else min(chosen.rounds, 100))
            for adapter in adapters
        ]
        table(
            "49 of 50 readers cancelled",
            ("cache", "rounds", "survivors that failed", "rounds with not one load"),
            rows,
        )
    if "takeover" in chosen.parts:
        table(
            "Loader killed with SIGKILL, TTL of an hour",
            ("cache", "answered after"),
            [takeover(adapter, 15) for adapter in adapters],
        )
    if "hit" in chosen.parts:
        hit()
    return 1 if stale else 0


def hit() -> None:
    with RedisServer() as server, tempfile.TemporaryDirectory() as folder:
        found = result_of(start("Ours", "hit", server.url, folder, rounds=7))
    rows = [
        [name, f"{cost:.1f}", f"{found['ratio'][name]:.3f}", GOALS.get(name, "")]
        for name, cost in found["cpu_us"].items()
    ]
    table("A hit of 8 KB, 50 at once", ("way", "client CPU, us", "of redis-py's GET", "goal"), rows)
