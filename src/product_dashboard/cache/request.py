"""One read on its way through the cache: what it is called, and how it is loaded."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from product_dashboard.cache.clock import wall_ms
from product_dashboard.cache.values import etag_of
from product_dashboard.errors import Unavailable


@dataclass(frozen=True, slots=True)
class FailSafe:
    """By name: when a reload fails with one of `on`, a value that ran out less than `window` ago is good enough."""

    window: timedelta
    on: tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What `@cached` was given."""

    name: str
    ttl_ms: int
    stamp: Callable[[Any, datetime], Any] | None
    refresh_ahead_ms: int
    serve_stale_ms: int
    fail_safe_ms: int
    fail_safe_on: tuple[type[Exception], ...]
    watched: bool  # an answer's end matters before Redis drops it

    @property
    def kept_ms(self) -> int:
        """How long a value may stay in Redis beyond its time: only where staleness was asked for by name."""
        return max(self.serve_stale_ms, self.fail_safe_ms)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A fresh value, encoded: the body to answer now, and the one to store (they differ where a stamp is set)."""

    body: bytes
    etag: str
    stored_body: bytes
    stored_etag: str
    filled_ms: int
    ttl_ms: int


class Request(msgspec.Struct):
    """One call of a cached read. `load` may be called by a task of another reader of the same name."""

    policy: Policy
    function: Callable[..., Awaitable[Any]]
    name: str
    tags: tuple[str, ...]
    source: object
    arguments: tuple[object, ...]
    keywords: dict[str, object]

    async def load(self, timeout: float, encode: Callable[[Any], bytes]) -> Loaded:
        """Call the function and encode its result. Raises what it raises; Unavailable when it takes too long."""
        bound = asyncio.timeout(timeout)
        try:
            async with bound:
                value = await self.function(self.source, *self.arguments, **self.keywords)
        except TimeoutError as error:
            if not bound.expired():  # the function's own
                raise
            raise Unavailable(f"Loading {self.policy.name} took too long.") from error
        return self._encode(value, encode)

    def _encode(self, value: object, encode: Callable[[Any], bytes]) -> Loaded:
        policy = self.policy
        filled_ms = wall_ms()
        body = encode(value)
        etag = etag_of(body)
        stored_body, stored_etag = body, etag
        if policy.stamp is not None:
            stored_body = encode(policy.stamp(value, datetime.fromtimestamp(filled_ms / 1000, UTC)))
            stored_etag = etag_of(stored_body)
        ttl_ms = max(1, int(policy.ttl_ms * random.uniform(0.9, 1.0)))  # noqa: S311 - so that keys filled together do not end together
        return Loaded(body, etag, stored_body, stored_etag, filled_ms, ttl_ms)
