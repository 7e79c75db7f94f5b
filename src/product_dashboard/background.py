"""Tasks that run beside the requests, for as long as the service does."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

from product_dashboard import deadline

log = structlog.stdlib.get_logger()


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None], name: str) -> AsyncGenerator[None, None]:
    """Run `work` in a task of this name until the block ends; then cancel the task, and wait for its end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def at_random_moments(turn: Callable[[], Awaitable[None]], *, every_s: float, failed: str) -> None:
    """Call `turn` again and again, about every `every_s` seconds, so that the processes do not all come at once.

    An exception of `turn` is logged as the event `failed`, and the next turn is taken as if there had been none.
    If the task is cancelled in the middle of a COMMIT, the transaction raises OutcomeUnknown: that ends the task.
    """
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * every_s)  # noqa: S311 - no secret depends on it
        try:
            await turn()
        except Exception as error:
            if deadline.is_cancelled():
                raise
            log.warning(failed, reason=repr(error))
