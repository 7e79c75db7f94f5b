"""What the tests look at inside a cache, in one place."""

# pyright: reportPrivateUsage=false
# Here, on purpose; nowhere else in the tests.

from product_dashboard.cache import Cache
from product_dashboard.cache.space import Space
from product_dashboard.cache.transaction import Fences


def space_of(cache: Cache) -> Space:
    """The keys of the epoch that the cache believes."""
    return cache._belief.space


def server_of(cache: Cache) -> str | None:
    """The identity of the Redis that the cache is connected to."""
    return cache._link.server


def fences_are_down(cache: Cache) -> bool:
    """Whether every END has been answered."""
    return not cache._committer._ending


def never_lower_fences(cache: Cache) -> None:
    """From now on its writers die between COMMIT and END."""

    def die(fences: Fences) -> None:
        del fences

    cache._committer._end_soon = die  # type: ignore[method-assign]  # what a test does to it


async def close(cache: Cache) -> None:
    """Close a cache before its time."""
    await cache._close()
