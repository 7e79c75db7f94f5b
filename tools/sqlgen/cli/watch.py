"""Runs again whenever an input file changes, until interrupted."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

Snapshot = dict[Path, tuple[int, int]]


def snapshot(paths: Iterable[Path]) -> Snapshot:
    """Modification time and size of every .sql and .toml file at or below the paths."""
    found: Snapshot = {}
    for path in paths:
        for file in path.rglob("*.sql") if path.is_dir() else (path,):
            try:
                stat = file.stat()
            except FileNotFoundError:
                continue  # removed while we look
            found[file] = (stat.st_mtime_ns, stat.st_size)
    return found


def watch(paths: Iterable[Path], run: Callable[[], None], interval: float = 0.15) -> None:
    """Call `run` now and after each change. `interval` is the time between two looks, in seconds."""
    listed = list(paths)
    seen = snapshot(listed)
    run()
    while True:
        time.sleep(interval)
        now = snapshot(listed)
        if now != seen:
            seen = now
            run()
