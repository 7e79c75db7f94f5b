"""Limits of a block and of a wait: which error they raise, and whose cancellation is whose."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from product_dashboard import deadline
from product_dashboard.errors import DeadlineExceeded, Overloaded

Step = Callable[[float], Coroutine[Any, Any, None]]

OVER = -1.0  # seconds until a deadline that has passed


@pytest.fixture
async def over() -> AsyncIterator[None]:
    """A request whose deadline has passed."""
    token = deadline.begin(OVER)
    yield
    deadline.end(token)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def limited(seconds: float = math.inf) -> None:
    async with deadline.limit(seconds, Overloaded):
        await for_ever()


async def waiting(seconds: float = math.inf) -> None:
    await deadline.wait(asyncio.get_running_loop().create_future(), seconds, Overloaded)


@pytest.mark.parametrize("step", [limited, waiting])
async def test_what_ends_first_decides_the_error(step: Step) -> None:
    with pytest.raises(Overloaded):
        await step(0.0)
    for seconds in (math.inf, 60.0):
        token = deadline.begin(OVER)
        with pytest.raises(DeadlineExceeded):
            await step(seconds)
        deadline.end(token)


@pytest.mark.parametrize("step", [limited, waiting])
async def test_a_caller_that_is_cancelled_gets_no_error_of_the_limit(step: Step) -> None:
    task = asyncio.create_task(step(60.0))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_cancellation_at_the_same_moment_as_the_end_of_the_limit_is_the_callers() -> None:
    task = asyncio.create_task(limited(0.0))
    await asyncio.sleep(0)
    task.cancel()
    task.cancel()  # once by the caller, once as the limit does
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_outer_one_of_two_limits_raises_its_own_error() -> None:
    with pytest.raises(Overloaded):
        async with deadline.limit(0.0, Overloaded):
            await limited(60.0)


async def test_a_task_can_be_cancelled_as_before_after_its_limit_has_ended() -> None:
    async def step() -> None:
        with pytest.raises(Overloaded):
            await limited(0.0)
        await for_ever()

    task = asyncio.create_task(step())
    await asyncio.sleep(0.05)
    assert task.cancelling() == 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_the_block_passes_through() -> None:
    with pytest.raises(KeyError):
        async with deadline.limit(60.0):
            raise KeyError


@pytest.mark.usefixtures("over")
async def test_a_result_that_is_there_is_returned_also_after_the_deadline() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    future.set_result(7)
    assert await deadline.wait(future) == 7
