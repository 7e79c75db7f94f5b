"""Waits and bounds of tests that a busy machine does not fail."""

import asyncio
from collections.abc import Awaitable, Callable

SLACK_S = 10.0
"""The time that a busy machine may add to one that a test asked for. Without the promise it would take far longer."""

PATIENCE_S = 30.0
"""The longest wait of a test for an event that must happen."""


async def eventually(
    happened: Callable[[], object] | Callable[[], Awaitable[object]], *, seconds: float = PATIENCE_S
) -> None:
    """Wait until `happened()` is true; AssertionError when it is not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        found = happened()
        if await found if isinstance(found, Awaitable) else found:
            return
        assert loop.time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)
