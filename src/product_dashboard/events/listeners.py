"""The listeners of a process."""

import asyncio
from collections.abc import Collection, Generator
from contextlib import contextmanager
from typing import Final

from product_dashboard.cache import CacheState
from product_dashboard.errors import Overloaded, Unavailable
from product_dashboard.events.schemas import Change, Topic
from product_dashboard.observability.metrics import LISTENERS

TOPICS: Final[tuple[Topic, ...]] = ("categories", "products", "customers", "orders")


class Listener:
    """A client that waits for events. All changes since its last event are merged into the next one."""

    __slots__ = ("_cache", "_changed", "_is_over", "_wake")

    def __init__(self, cache: CacheState) -> None:
        self._changed: set[Topic] = set(TOPICS)  # it may have read them before it began to listen
        self._cache: CacheState = cache
        self._is_over = False
        self._wake = asyncio.Event()
        self._wake.set()

    def tell(self, changed: Collection[Topic], cache: CacheState) -> None:
        """Add to the next event."""
        if changed or cache != self._cache:
            self._changed.update(changed)
            self._cache = cache
            self._wake.set()

    def end(self) -> None:
        """End `next`, now and from now on."""
        self._is_over = True
        self._wake.set()

    @property
    def is_over(self) -> bool:
        return self._is_over

    async def next(self, within_s: float) -> Change | None:
        """Wait for the next event; None if there is none within so many seconds, or if it is over."""
        try:
            async with asyncio.timeout(within_s):
                await self._wake.wait()
        except TimeoutError:
            return None
        if self._is_over:
            return None
        self._wake.clear()
        changed: tuple[Topic, ...] = tuple(topic for topic in TOPICS if topic in self._changed)
        self._changed.clear()
        return Change(changed, self._cache)


class Listeners:
    """All listeners of a process, at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._listeners: set[Listener] = set()
        self._has_listener = asyncio.Event()
        self._is_over = False
        self._cache: CacheState = "up"

    def __len__(self) -> int:
        return len(self._listeners)

    @contextmanager
    def join(self) -> Generator[Listener]:
        """Add a listener for as long as the block runs. Raises Overloaded, or Unavailable if the service is ending."""
        if self._is_over:
            raise Unavailable("The service is stopping.")
        if len(self._listeners) >= self._limit:
            raise Overloaded
        listener = Listener(self._cache)
        self._listeners.add(listener)
        self._has_listener.set()
        LISTENERS.set(len(self._listeners))
        try:
            yield listener
        finally:
            self._listeners.remove(listener)
            if not self._listeners:
                self._has_listener.clear()
            LISTENERS.set(len(self._listeners))

    async def wait_for_listener(self) -> None:
        """Wait until there is a listener."""
        await self._has_listener.wait()

    def tell(self, changed: Collection[Topic], cache: CacheState) -> None:
        """Tell all listeners what has changed, and the state of the cache."""
        self._cache = cache
        for listener in self._listeners:
            listener.tell(changed, cache)

    def end(self) -> None:
        """End all streams at once, and refuse new listeners: an open stream must not hold up the end of the service."""
        self._is_over = True
        for listener in self._listeners:
            listener.end()
