"""The deadline of the current request: the moment by which it must be answered, regardless of what it waits for.

`RequestObserver` sets it, and everything that may wait for something else reads it here: the pool, transactions, the
cache. A background task has no deadline; a task that outlives the request that started it must run in `detached()`.
Moments are those of the event loop's clock, in seconds.
"""

import asyncio
import math
from collections.abc import Callable
from contextvars import Context, ContextVar, Token, copy_context
from types import TracebackType
from typing import Any, TypeVar

from product_dashboard.errors import DeadlineExceeded

T = TypeVar("T")

_INSIST_AFTER_S = 0.1

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


class Limit:
    """Cancels a block of a task at a moment: `async with`, or `start` and `stop` around the block.

    It does what `asyncio.timeout_at` does, for a third of its CPU: each request enters several of them.
    With `insists` it cancels the block again until it ends: see `limit`.
    """

    __slots__ = ("_cancels", "_expired", "_insists", "_make_error", "_task", "_timer", "_when")

    def __init__(self, when: float, make_error: Callable[[], Exception], *, insists: bool = False) -> None:
        self._when = when
        self._make_error = make_error
        self._insists = insists
        self._expired = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin the block, in the current task."""
        if self._when == math.inf:
            return
        loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] = _current_task(loop)
        self._cancels = self._task.cancelling()
        self._timer = loop.call_at(self._when, self._expire)

    def stop(self, error: BaseException | None) -> None:
        """End the block, which `error` has left. Raises the error of the limit if the limit has cancelled the block."""
        if self._timer is None:
            return
        self._timer.cancel()
        if not self._expired:
            return
        for _ in range(self._expired):
            self._task.uncancel()
        # If someone else has cancelled the task as well, the CancelledError is theirs.
        if self._task.cancelling() <= self._cancels and isinstance(error, asyncio.CancelledError):
            raise self._make_error() from error

    async def __aenter__(self) -> None:
        self.start()

    async def __aexit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop(error)

    def _expire(self) -> None:
        self._expired += 1
        self._task.cancel()
        if self._insists:
            self._timer = asyncio.get_running_loop().call_later(_INSIST_AFTER_S, self._expire)


def _current_task(loop: asyncio.AbstractEventLoop) -> asyncio.Task[Any]:
    task = asyncio.current_task(loop)
    assert task is not None, "only a task can be cancelled"
    return task


def limit(
    seconds: float = math.inf,
    otherwise: Callable[[], Exception] = DeadlineExceeded,
    *,
    insists: bool = False,
) -> Limit:
    """Cancel a block after `seconds`, and at the deadline.

    The block then raises `DeadlineExceeded` at the deadline, and the exception that `otherwise` makes if `seconds` end
    before. A block that `insists` is cancelled again every 0.1 s until it ends. That is for code of others which may
    lose a cancellation: `asyncio.wait_for` of Python 3.11 does, if its result comes in the same moment. A block that
    waits for something when it is cancelled, to clean up, must not insist.
    """
    return Limit(*_first(seconds, otherwise), insists=insists)


async def wait(
    future: asyncio.Future[T],
    seconds: float = math.inf,
    otherwise: Callable[[], Exception] = DeadlineExceeded,
) -> T:
    """Wait for a future of this caller only; after `seconds`, and at the deadline, fail it as `limit` does.

    It costs less than `limit`, because no task is cancelled.
    """
    when, make_error = _first(seconds, otherwise)
    if when == math.inf:
        return await future
    timer = future.get_loop().call_at(when, _fail, future, make_error)
    try:
        return await future
    finally:
        timer.cancel()


def _first(seconds: float, otherwise: Callable[[], Exception]) -> tuple[float, Callable[[], Exception]]:
    """Return which moment comes first, the end of `seconds` or the deadline, and what makes its error."""
    deadline = _moment.get()
    own = math.inf if seconds == math.inf else asyncio.get_running_loop().time() + seconds
    return (own, otherwise) if own < deadline else (deadline, DeadlineExceeded)


def _fail(future: asyncio.Future[Any], make_error: Callable[[], Exception]) -> None:
    if not future.done():
        future.set_exception(make_error())


def is_cancelled() -> bool:
    """Return True if the current task is cancelled, which another error may have replaced: see `OutcomeUnknown`."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def detached() -> Context:
    """Return a copy of the current context without the deadline, for `create_task(..., context=detached())`."""
    context = copy_context()
    context.run(_moment.set, math.inf)
    return context
