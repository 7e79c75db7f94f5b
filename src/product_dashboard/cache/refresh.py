"""Reloading a value that is still being served, for the reads that allow it by name.

The new value replaces the very fill that was seen, or nothing: a writer deletes it, so no reload outlives a write.
"""

import asyncio
import logging
import secrets

from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.lease import Leases, packed
from product_dashboard.cache.link import Link
from product_dashboard.cache.loader import Loader
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.request import Request
from product_dashboard.cache.scripts import REPLACE, SETTLE
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import Stored

log = logging.getLogger(__name__)


class Refresher:
    """Background reloads: one at a time for a key, over all processes."""

    def __init__(
        self, link: Link, leases: Leases, loader: Loader, counters: Counters, options: CacheOptions
    ) -> None:
        self._link = link
        self._leases = leases
        self._loader = loader
        self._count = counters
        self._lease_ms = int(options.lease * 1000)
        self._channel = f"{options.prefix}:wake"
        self._running: dict[bytes, asyncio.Task[None]] = {}

    def start(self, request: Request, space: Space, stored: Stored) -> None:
        """Reload in the background what `stored` was, unless that is being done."""
        key = space.value(request.name)
        if key in self._running:
            return
        task = asyncio.create_task(
            self._refresh(request, space, stored), name=f"cache-refresh {request.name}"
        )
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))

    async def close(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _refresh(self, request: Request, space: Space, stored: Stored) -> None:
        bucket = space.bucket(request.name)
        mark, token = space.refresh(request.name), secrets.token_hex(8)
        try:
            taken = await self._link.command(
                space, bucket, "SET", mark, f"L0{token}", "NX", "PX", self._lease_ms
            )
            if taken is None:
                return
            stop = self._leases.keep_alive(space, bucket, mark, token)
            try:
                await self._reload(request, space, stored)
            finally:
                stop()
                await self._link.script(SETTLE, space, bucket, (mark,), (token, self._channel, b"", 0))
        except (LinkDown, Refused):
            self._count.errors += 1
        except Exception as error:  # noqa: BLE001 - the value that is there goes on being served while it may
            log.warning("cache: %s could not be reloaded: %r", request.policy.name, error)

    async def _reload(self, request: Request, space: Space, stored: Stored) -> None:
        loaded = await self._loader.load(request)
        # The tags' nonces are those of the old fill: they stood when it was read, which was before this load began.
        value = packed(loaded, stored.nonces)
        arguments = (stored.fill, value, loaded.ttl_ms + request.policy.kept_ms)
        bucket = space.bucket(request.name)
        if await self._link.script(REPLACE, space, bucket, (space.value(request.name),), arguments) == 1:
            self._count.refreshes += 1
        else:
            self._count.stores_refused += 1
