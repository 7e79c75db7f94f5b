"""Waits and bounds of tests that a busy machine does not fail."""

import asyncio
from collections.abc import Awaitable, Callable

SLACK_S = 10.0
"""What a busy machine may add to a time that a test asked for. The test is built so that a break takes far longer."""

PATIENCE_S = 30.0
"""How long a test waits for an event that must happen, before it fails."""


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
