"""The deadline of the current request: the moment by which it must be answered, regardless of what it waits for.

`RequestObserver` sets it, and everything that may wait for something else reads it here: the pool, transactions, the
cache. A background task has no deadline; a task that outlives the request that started it must run in `detached()`.
Moments are those of the event loop's clock, in seconds.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar, Token, copy_context

from product_dashboard.errors import DeadlineExceeded

_moment: ContextVar[float] = ContextVar("deadline", default=math.inf)


def begin(seconds: float) -> Token[float]:
    """Give the current request so many seconds from now. Pass the result to `end` when it is answered."""
    return _moment.set(asyncio.get_running_loop().time() + seconds)


def end(token: Token[float]) -> None:
    """Remove the deadline that `begin` has set."""
    _moment.reset(token)


def postpone(seconds: float) -> None:
    """Move the deadline by the time for which the service waited for its client."""
    _moment.set(_moment.get() + seconds)


def remaining() -> float:
    """Return the seconds until the deadline; infinity if there is none."""
    moment = _moment.get()
    return moment if moment == math.inf else moment - asyncio.get_running_loop().time()


@asynccontextmanager
async def limit(
    seconds: float = math.inf, otherwise: Callable[[], Exception] = DeadlineExceeded
) -> AsyncGenerator[None, None]:
    """Cancel the block after `seconds`, and at the deadline.

    Raises `DeadlineExceeded` at the deadline, and the exception that `otherwise` makes if `seconds` end before.
    """
    deadline = _moment.get()
    own = asyncio.get_running_loop().time() + seconds
    bound = asyncio.timeout_at(None if own == deadline == math.inf else min(own, deadline))
    try:
        async with bound:
            yield
    except TimeoutError as error:
        if not bound.expired():  # the block raised it
            raise
        raise (otherwise() if own < deadline else DeadlineExceeded()) from error


def detached() -> Context:
    """Return a copy of the current context without the deadline, for `create_task(..., context=detached())`."""
    context = copy_context()
    context.run(_moment.set, math.inf)
    return context
