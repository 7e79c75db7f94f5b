"""watch: run gen now and after each change of an input file, until interrupted."""

import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tools.sqlgen.cli.exit_codes import OK
from tools.sqlgen.cli.gen import write_package
from tools.sqlgen.cli.options import for_each_member, project_parser
from tools.sqlgen.diagnostics import RunError
from tools.sqlgen.input.config import load_members

Snapshot = dict[Path, tuple[int, int]]


def main(arguments: Sequence[str]) -> int:
    """Run the subcommand until it is interrupted."""
    options = project_parser("watch").parse_args(arguments)

    def run() -> None:
        try:
            for_each_member(options.config, lambda member: write_package(member, cached=not options.no_cache))
        except RunError as error:
            print(f"error: {error}", file=sys.stderr)
        except Exception:  # noqa: BLE001 - a fault of the compiler is printed, and the next save tried
            traceback.print_exc()
        sys.stdout.flush()

    def paths() -> list[Path]:
        try:
            members = load_members(options.config)
        except RunError:
            return [options.config]  # until it is right again, only the settings are watched
        watched = [options.config]
        for member in members:
            config = member.config
            watched.append(config.root / options.config.name)
            watched.extend(config.root / path for path in (*config.schema, *config.queries))
        return watched

    watch(paths, run)
    return OK


def snapshot(paths: Iterable[Path]) -> Snapshot:
    """Modification time and size of every .sql and .toml file at or below the paths."""
    found: Snapshot = {}
    for path in paths:
        for file in path.rglob("*.sql") if path.is_dir() else (path,):
            try:
                stat = file.stat()
            except FileNotFoundError:
                continue  # removed since its folder was read
            found[file] = (stat.st_mtime_ns, stat.st_size)
    return found


def watch(paths: Callable[[], Iterable[Path]], run: Callable[[], None], interval: float = 0.15) -> None:
    """Call `run` now and after each change of a file at or below the paths; never returns.

    `paths` is called again after each change, because the settings name them. `interval` is the time between two
    snapshots, in seconds.
    """
    listed = list(paths())
    seen = snapshot(listed)
    run()
    while True:
        time.sleep(interval)
        now = snapshot(listed)
        if now != seen:
            listed = list(paths())
            seen = snapshot(listed)
            run()
