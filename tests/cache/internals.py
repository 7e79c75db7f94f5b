"""Access of the tests to the internals of a cache, in one place."""

# pyright: reportPrivateUsage=false
# Here, on purpose; nowhere else in the tests.

import asyncio

from product_dashboard.cache import Cache
from product_dashboard.cache.servers import Options
from product_dashboard.cache.space import Space
from product_dashboard.cache.transaction import Fences
from product_dashboard.cache.wire import OnPush, Wire


def space_of(cache: Cache) -> Space:
    """The keys of the epoch that the cache believes."""
    return cache._belief.space


def server_of(cache: Cache) -> str | None:
    """The identity of the Redis that the cache is connected to."""
    return cache._link.server


def fences_are_down(cache: Cache) -> bool:
    """Return whether every END has been answered."""
    return cache._link._none_posted.is_set()


def never_lower_fences(cache: Cache) -> None:
    """From now on its writers die between COMMIT and END."""

    def die(fences: Fences) -> None:
        del fences

    cache._committer._end_soon = die  # type: ignore[method-assign]  # what a test does to it


async def close(cache: Cache) -> None:
    """Close a cache before its time."""
    await cache._close()


def look(cache: Cache) -> asyncio.Task[None]:
    """Begin a look at the epoch row and at Redis, or join the look that is running."""
    return cache._belief.look()


def hold_messages(cache: Cache) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold up the connection for messages; return an event that the cache sets then, and one that releases it."""
    link = cache._link
    open_wire = link._open_wire
    asked, released = asyncio.Event(), asyncio.Event()

    async def held(options: Options, on_push: OnPush | None = None) -> Wire:
        if on_push is not None:
            asked.set()
            await released.wait()
        return await open_wire(options, on_push)

    link._open_wire = held  # type: ignore[method-assign]  # a test does this to it
    return asked, released


def hold_off_of(cache: Cache) -> float:
    """Return how long this process has last held off opening an epoch, in seconds; 0.0 if it did not."""
    return cache._opener._hold_off
