"""Calling read functions: one call at a time for a name in this process."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from product_dashboard.cache.clock import now
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.request import Loaded, Request
from product_dashboard.errors import Unavailable

T = TypeVar("T")
Waiter = asyncio.Future[Loaded]


class Loader:
    """Runs loads, and measures them."""

    def __init__(self, metrics: Metrics, *, timeout: float, encode: Callable[[Any], bytes]) -> None:
        self._encode = encode
        self._metrics = metrics
        self._timeout = timeout
        self._running: dict[str, asyncio.Future[None]] = {}
        self._waiting: dict[str, list[Waiter]] = {}  # readers past the cache, by name
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, request: Request, begins: Callable[[], None] = lambda: None) -> Loaded:
        """Load, after a running load of the same name. `begins` is called right before the function is."""
        while (other := self._running.get(request.name)) is not None:
            await asyncio.wait((other,))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[request.name] = done
        started = now()
        self._metrics.counters.loads += 1
        begins()
        try:
            return await request.load(self._timeout, self._encode)
        except Exception:
            self._metrics.counters.load_errors += 1
            raise
        finally:
            del self._running[request.name]
            done.set_result(None)
            self._metrics.load_seconds.observe(now() - started)

    async def load_alone(self, request: Request) -> Loaded:
        """Load for one reader, who shares with nobody and waits for nobody."""
        self._metrics.counters.direct_loads += 1
        return await request.load(self._timeout, self._encode)

    async def load_past(self, request: Request) -> Loaded:
        """Load past the cache: the load begins after this call, and its result is stored nowhere.

        While a load runs, readers of the same name gather; the next load, begun after all of them came, answers them.
        So a reader waits for two loads at most, and the database sees one at a time.
        """
        waiter: Waiter = asyncio.get_running_loop().create_future()
        if (waiting := self._waiting.get(request.name)) is not None:
            waiting.append(waiter)
        else:
            self._waiting[request.name] = [waiter]
            task = asyncio.create_task(self._drain(request), name=f"cache-past {request.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await waiter

    async def close(self) -> None:
        """Cancel the loads past the cache."""
        await asyncio.sleep(0)  # a task that is cancelled before its first step would not answer its readers
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- insides

    async def _drain(self, request: Request) -> None:
        """Load again and again, until no reader has come during the last load."""
        group: list[Waiter] = []
        try:
            while group := [waiter for waiter in self._waiting[request.name] if not waiter.done()]:
                self._waiting[request.name] = []
                await self._serve(group, request)
        finally:
            deliver([*group, *self._waiting.pop(request.name)], Unavailable("The service is shutting down."))

    async def _serve(self, group: Sequence[Waiter], request: Request) -> None:
        self._metrics.counters.direct_loads += 1
        try:
            deliver(group, await self.load(request))
        except Exception as error:  # noqa: BLE001 - handed to the readers, whatever it is
            deliver(group, error)


def deliver(waiters: Iterable[asyncio.Future[T]], outcome: T | Exception) -> None:
    """Give each waiter its outcome. Waiters that are done already were cancelled."""
    for waiter in waiters:
        if waiter.done():
            continue
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
            waiter.exception()  # marks it as retrieved: its reader may be cancelled before it looks
        else:
            waiter.set_result(outcome)
