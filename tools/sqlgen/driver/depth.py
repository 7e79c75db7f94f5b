"""Runs a stage on input that is nested too deeply for Python's own stack.

Few queries need it: a list of 500 conditions joined by OR is a tree of 500 levels.
"""

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_STACK_BYTES = 512 * 2**20
"""Reserved, not used, until the recursion needs it."""
_FRAMES = 100_000
"""Enough for chains of 10,000 operators, which MySQL refuses with its default thread_stack."""

_lock = threading.Lock()


def at_any_depth(stage: Callable[[], T]) -> T:
    """Return the result of `stage`; if the stack is too small, run it again with a larger one.

    Raises RecursionError if that is too small as well.
    """
    try:
        return stage()
    except RecursionError:
        return _with_large_stack(stage)


def _with_large_stack(stage: Callable[[], T]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(stage())
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            errors.append(error)

    with _lock:
        frames, stack = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
        sys.setrecursionlimit(_FRAMES)
        try:
            thread = threading.Thread(target=run, name="deep-query")
            thread.start()
            thread.join()
        finally:
            sys.setrecursionlimit(frames)
            threading.stack_size(stack)
    for error in errors:
        raise error
    return results[0]
