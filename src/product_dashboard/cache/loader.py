"""Reads of the application, and calling their functions: one call at a time for a name in this process."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from product_dashboard import deadline
from product_dashboard.cache.clock import now, wall_ms
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.values import etag_of
from product_dashboard.errors import Unavailable

T = TypeVar("T")
Waiter = asyncio.Future["Loaded"]

_LONGEST_LOAD: Final = 30.0  # seconds; a read function that takes longer is cancelled


@dataclass(frozen=True, slots=True)
class Policy:
    """The arguments of `@cached`, and the JSON schema of the answers."""

    name: str
    ttl_ms: int
    stamp: Callable[[Any, datetime], Any] | None
    schema: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """A fresh value, encoded: the body to answer now, and the body to store. They differ where there is a stamp."""

    body: bytes
    etag: str
    stored_body: bytes
    stored_etag: str
    filled_ms: int
    ttl_ms: int


class Request(msgspec.Struct):
    """One call of a cached read. A task of another reader of the same name may call `load`."""

    policy: Policy
    function: Callable[..., Awaitable[Any]]
    name: str
    tags: tuple[str, ...]
    source: object
    arguments: tuple[object, ...]
    keywords: dict[str, object]

    async def load(self, encode: Callable[[Any], bytes]) -> Loaded:
        """Call the function and encode its result. Raises what it raises; Unavailable if it takes too long."""
        async with deadline.limit(_LONGEST_LOAD, self._too_long):
            value = await self.function(self.source, *self.arguments, **self.keywords)
        return self._encode(value, encode)

    def _too_long(self) -> Unavailable:
        return Unavailable(f"Loading {self.policy.name} took too long.")

    def _encode(self, value: object, encode: Callable[[Any], bytes]) -> Loaded:
        policy = self.policy
        filled_ms = wall_ms()
        body = encode(value)
        etag = etag_of(body)
        stored_body, stored_etag = body, etag
        if policy.stamp is not None:
            stored_body = encode(policy.stamp(value, datetime.fromtimestamp(filled_ms / 1000, UTC)))
            stored_etag = etag_of(stored_body)
        # Jitter, so that keys that were filled together do not end together.
        ttl_ms = max(1, int(policy.ttl_ms * random.uniform(0.9, 1.0)))  # noqa: S311 - no secret depends on it
        return Loaded(body, etag, stored_body, stored_etag, filled_ms, ttl_ms)


@dataclass(eq=False)
class Loader:
    """Runs loads, and measures them."""

    metrics: Metrics
    encode: Callable[[Any], bytes]

    def __post_init__(self) -> None:
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
        self.metrics.counters.loads += 1
        begins()
        try:
            return await request.load(self.encode)
        finally:
            del self._running[request.name]
            done.set_result(None)
            self.metrics.load_seconds.observe(now() - started)

    async def load_alone(self, request: Request) -> Loaded:
        """Load for one reader, who shares the load with no other reader and waits for none."""
        self.metrics.counters.direct_loads += 1
        return await request.load(self.encode)

    async def load_past(self, request: Request) -> Loaded:
        """Load past the cache: the load begins after this call, and its result is stored nowhere.

        While a load runs, readers of the same name gather; the next load, begun after all of them came, answers them.
        So a reader waits for two loads at most, and the database sees one at a time. Raises what the load raises, and
        DeadlineExceeded for this reader only: the load continues.
        """
        waiter: Waiter = asyncio.get_running_loop().create_future()
        if (waiting := self._waiting.get(request.name)) is not None:
            waiting.append(waiter)
        else:
            self._waiting[request.name] = [waiter]
            task = asyncio.create_task(
                self._drain(request), name=f"cache-past {request.name}", context=deadline.detached()
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await deadline.wait(waiter)

    async def close(self) -> None:
        """Cancel the loads past the cache."""
        await asyncio.sleep(0)  # a task that is cancelled before its first step would not answer its readers
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- internals

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
        self.metrics.counters.direct_loads += 1
        try:
            deliver(group, await self.load(request))
        except Exception as error:  # noqa: BLE001 - the readers receive it
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
