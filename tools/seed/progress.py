"""Shows the progress of a run: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tools.seed.plan import Sizes, Stage
from tools.seed.run import OnProgress

SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def shown(sizes: Sizes) -> Generator[OnProgress]:
    """Show the progress until the block ends; yields the callback for `run`."""
    console = Console(file=sys.stdout)
    if console.is_terminal:
        with _bar(sizes, console) as on_progress:
            yield on_progress
    else:
        yield _lines(sizes)


@contextmanager
def _bar(sizes: Sizes, console: Console) -> Generator[OnProgress]:
    columns = (
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=sizes.rows)

        def on_progress(stage: Stage | None, rows_done: int) -> None:
            progress.update(task, description=stage or "done", completed=rows_done)

        yield on_progress


def _lines(sizes: Sizes) -> OnProgress:
    last_stage: Stage | None = None
    last_time = float("-inf")

    def on_progress(stage: Stage | None, rows_done: int) -> None:
        nonlocal last_stage, last_time
        now = time.monotonic()
        if stage is not last_stage or now - last_time >= SECONDS_BETWEEN_LINES:
            print(f"seed: {stage or 'done':<11} {rows_done:>12,} of {sizes.rows:,} rows", flush=True)
            last_stage, last_time = stage, now

    return on_progress
