"""Asking the database what Redis cannot know: whether the writers of lost or overdue fences are over.

A writer holds the epoch row from before its fences go up until its transaction is over. So when the row can be had
exclusively, even for a moment, every fence seen before that moment is of a finished writer.
"""

import asyncio
import logging
import random
import secrets

from product_dashboard.cache.ledger import Ledger
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.scripts import ACTIVATE, PREPARE
from product_dashboard.cache.space import Space
from product_dashboard.cache.trust import GATE_KEPT_MS

log = logging.getLogger(__name__)

_TRIES = 4


class Gates:
    """Makes gates valid again, and tells when overdue fences may be cleared."""

    def __init__(self, link: Link, ledger: Ledger, counters: Counters) -> None:
        self._link = link
        self._ledger = ledger
        self._count = counters

    async def writers_over(self) -> bool:
        """Whether all writers that held the epoch row when this was called are over. False: not known."""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(random.uniform(0.002, 0.01))  # noqa: S311 - jitter
            try:
                if await self._ledger.barrier():
                    return True
            except Exception as error:  # noqa: BLE001 - whatever the driver raises: not known
                log.warning("cache: the epoch row cannot be asked for: %r", error)
                return False
        return False

    async def activate(self, space: Space, bucket: int) -> bool:
        """Make a gate valid: new ones, and those whose marker was lost. Raises LinkDown or Refused."""
        gate = space.gate(bucket)
        marker = await self._link.script(PREPARE, space, bucket, [gate], [secrets.token_hex(8), GATE_KEPT_MS])
        if marker == b"A":
            return True
        if not isinstance(marker, bytes) or not await self.writers_over():
            return False
        if await self._link.script(ACTIVATE, space, bucket, [gate], [marker]) != 1:
            return False
        self._count.gates_opened += 1
        return True
