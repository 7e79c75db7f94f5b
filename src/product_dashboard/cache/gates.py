"""Gates: making one valid again, and asking the database whether writers are over.

A writer holds the epoch row from before its fences go up until its transaction is over. So if the row can be had
exclusively, even for a moment, every fence that was seen before that moment is of a writer that is over.
"""

import asyncio
import logging
import random
import secrets
from typing import Final

from redis.exceptions import ResponseError

from product_dashboard.cache.epoch import EpochStore
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.scripts import ACTIVATE, GATE_KEPT_MS, PREPARE
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

_TRIES: Final = 4
_ACTIVE: Final = b"A"


class Gates:
    """The gates of all buckets, as readers and openers of epochs see them."""

    def __init__(self, link: Link, store: EpochStore, counters: Counters) -> None:
        self._link = link
        self._store = store
        self._count = counters

    async def writers_over(self) -> bool:
        """Return True if all writers that held the epoch row when this was called are over; False if unknown."""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(random.uniform(0.002, 0.01))  # noqa: S311 - jitter
            try:
                if await self._store.barrier():
                    return True
            except Exception as error:  # noqa: BLE001 - the store may raise anything: unknown
                log.warning("cache: the epoch row cannot be locked: %r", error)
                return False
        return False

    async def restore(self, space: Space, bucket: int) -> bool:
        """Make a gate valid that is new or has lost its marker. False: not possible yet. Raises RedisError."""
        marker = await self.prepare(space, bucket)
        if marker == _ACTIVE:
            return True
        if not await self.writers_over() or not await self.activate(space, bucket, marker):
            return False
        self._count.gates_opened += 1
        return True

    async def prepare(self, space: Space, bucket: int) -> bytes:
        """Give a gate without a marker a candidate, and return the marker that it has now. Raises RedisError."""
        arguments = (secrets.token_hex(8), GATE_KEPT_MS)
        marker = await self._link.script(PREPARE, space, bucket, (space.gate(bucket),), arguments)
        if not isinstance(marker, bytes):
            raise ResponseError(f"a script answered {marker!r}")
        return marker

    async def activate(self, space: Space, bucket: int, candidate: bytes) -> bool:
        """Make `candidate` the marker; False if the gate has lost it meanwhile. Raises RedisError."""
        return await self._link.script(ACTIVATE, space, bucket, (space.gate(bucket),), (candidate,)) == 1
