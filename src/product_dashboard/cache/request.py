"""One read on its way through the cache: its name, and how to load it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from product_dashboard.cache.clock import wall_ms
from product_dashboard.cache.values import etag_of
from product_dashboard.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Policy:
    """What `@cached` was given. `schema` is that of the answers (shapes.py)."""

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

    async def load(self, timeout: float, encode: Callable[[Any], bytes]) -> Loaded:
        """Call the function and encode its result. Raises what it raises; Unavailable if it takes too long."""
        bound = asyncio.timeout(timeout)
        try:
            async with bound:
                value = await self.function(self.source, *self.arguments, **self.keywords)
        except TimeoutError as error:
            if not bound.expired():  # the function raised it
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
        # Jitter, so that keys that were filled together do not end together.
        ttl_ms = max(1, int(policy.ttl_ms * random.uniform(0.9, 1.0)))  # noqa: S311 - no secret depends on it
        return Loaded(body, etag, stored_body, stored_etag, filled_ms, ttl_ms)
