"""A cache without Redis, for tests of what only writes through one."""

from typing import Any

import msgspec

from product_dashboard.cache import Cache, CacheOptions, EpochState

NEVER_OPENED = EpochState(epoch="", server="", closed=False)


class NoEpochStore:
    """No epoch was ever opened, so nothing is cached that a write would have to invalidate."""

    async def read(self) -> EpochState:
        return NEVER_OPENED

    async def close(self, epoch: str) -> None:
        raise AssertionError(f"there is no epoch {epoch!r} to close")

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        raise AssertionError(f"no Redis is there to open {epoch!r} on {server!r} after {expected!r}")

    async def barrier(self) -> bool:
        return False

    async def hold(self, conn: Any) -> EpochState:
        del conn
        return NEVER_OPENED


def cache_without_redis() -> Cache:
    """A cache that was not opened: every read is answered from the database, and a write is its transaction."""
    return Cache("redis://localhost", NoEpochStore(), msgspec.json.Encoder(), CacheOptions())
