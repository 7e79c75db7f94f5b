"""Tasks beside the requests."""

import asyncio

from product_dashboard.background import at_random_moments, in_background
from product_dashboard.errors import OutcomeUnknown


async def test_a_task_ends_if_it_is_cancelled_in_the_middle_of_a_commit() -> None:
    committing = asyncio.Event()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        turns += 1
        committing.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            if turns == 1:
                raise OutcomeUnknown from error  # as a transaction does
            raise

    async def serve() -> None:
        async with in_background(at_random_moments(turn, every_s=0.001, failed="turn.failed"), "turns"):
            await committing.wait()

    serving = asyncio.create_task(serve())
    ended, _ = await asyncio.wait({serving}, timeout=5)
    serving.cancel()
    assert ended


async def test_a_turn_that_fails_is_followed_by_the_next() -> None:
    again = asyncio.Event()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise OutcomeUnknown
        again.set()

    async with in_background(at_random_moments(turn, every_s=0.001, failed="turn.failed"), "turns"):
        await asyncio.wait_for(again.wait(), 5)
