"""A link to no Redis and a ledger in no database, for a cache that is switched off."""

import asyncio
from collections.abc import Sequence
from typing import Any

from product_dashboard.cache.connection import Argument, Reply
from product_dashboard.cache.errors import LinkDown
from product_dashboard.cache.ledger import LedgerState
from product_dashboard.cache.link import BreakerState, failed
from product_dashboard.cache.scripts import Script
from product_dashboard.cache.space import Space

_OFF = "the cache is switched off"


class NoLink:
    """A link that is down for ever."""

    server: str | None = None
    listening = False
    breaker: BreakerState = "open"
    opened = 0
    buckets = 1

    def get(self, space: Space, name: str) -> asyncio.Future[Reply]:
        del space, name
        return failed(LinkDown(_OFF))

    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]:
        del space, keys, buckets
        return failed(LinkDown(_OFF))

    async def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Reply:
        del script, space, bucket, keys, arguments
        raise LinkDown(_OFF)

    async def command(self, space: Space, bucket: int, *arguments: Argument) -> Reply:
        del space, bucket, arguments
        raise LinkDown(_OFF)

    def commands_sent(self) -> int:
        return 0

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""


class NoLedger:
    """A ledger whose epoch was never opened: nobody believes anything, so a write needs nothing."""

    _never = LedgerState(epoch="", server="", closed=False)

    async def read(self) -> LedgerState:
        return self._never

    async def close(self, epoch: str) -> None:
        del epoch

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        del expected, epoch, server
        return False

    async def barrier(self) -> bool:
        return False

    async def hold(self, conn: Any) -> LedgerState:
        del conn
        return self._never
