"""The epoch: reading and closing it, and the interface to the database that keeps it.

An epoch is one period in which the content of Redis may be believed. Its random name is a part of every key in Redis.
The database decides which epoch is current, because only the database can put a COMMIT and that decision in order.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from product_dashboard.cache.clock import now
from product_dashboard.cache.metrics import Counters

_DRIFT: Final = 1.05  # how much faster the clock of another machine may run than the clock of this one


@dataclass(frozen=True, slots=True)
class EpochState:
    """The content of the epoch row at one look.

    `server` is the Redis that the epoch was opened on (`Link.server`), or "" if no epoch was ever opened. `closed` is
    true if no process may believe the epoch: it was closed, or it was opened in another database than this one.
    """

    epoch: str
    server: str
    closed: bool


class EpochStore(Protocol):
    """The epoch row in the database. Any exception of a method means that the row cannot be read now."""

    async def read(self) -> EpochState:
        """Return the current state, read from the primary in autocommit, never from a snapshot."""
        ...

    async def close(self, epoch: str) -> None:
        """Close `epoch` for all processes. It is committed on return. This takes no lock on the epoch row."""

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        """Replace epoch `expected` by `epoch` on `server`; False if a writer holds the row or it is another."""
        ...

    async def barrier(self) -> bool:
        """Return True if no writer held the row at one moment during this call, False if one did. Does not wait."""
        ...

    async def hold(self, conn: Any) -> EpochState:
        """Hold the epoch row, shared, until the transaction of `conn` is over. `closed` is not filled in."""
        ...


@dataclass(eq=False)
class Closer:
    """Closes epochs, and remembers the last one that is closed.

    A look at the epoch row is believed for `belief` seconds. So `belief` seconds (and 5 %) after an epoch was closed,
    every look that had found it open has run out.
    """

    store: EpochStore
    counters: Counters
    belief: float
    epoch: str = field(default="", init=False)  # the last epoch that is known to be closed
    _since: float = field(default=0.0, init=False)  # it was closed at this time or before

    def notice(self, epoch: str) -> None:
        """Remember that `epoch` is closed, by this process or another."""
        if self.epoch != epoch:
            self.epoch, self._since = epoch, now()

    async def close(self, epoch: str) -> None:
        """Close `epoch` if it is not closed; return when no process believes it. Raises the exceptions of the store."""
        if self.epoch != epoch:
            await self.store.close(epoch)
            self.counters.epochs_closed += 1
            self.notice(epoch)
        wait = self._since + self.belief * _DRIFT - now()
        if wait > 0:
            await asyncio.sleep(wait)
