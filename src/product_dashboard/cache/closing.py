"""Closing an epoch: making sure that no process believes it any more."""

import asyncio
from typing import Final

from product_dashboard.cache.clock import now
from product_dashboard.cache.epoch import EpochStore
from product_dashboard.cache.metrics import Counters

DRIFT: Final = 1.05  # how much faster the clock of another machine may run than the clock of this one


class Closer:
    """Closes epochs, and remembers the last one that is closed.

    A look at the epoch row is believed for `lease` seconds. So `lease` seconds (and 5 %) after an epoch was closed,
    every look that had found it open has run out.
    """

    def __init__(self, store: EpochStore, counters: Counters, *, lease: float) -> None:
        self.epoch = ""  # the last epoch that is known to be closed
        self._since = 0.0  # it was closed at this time or before
        self._store = store
        self._count = counters
        self._lease = lease

    def notice(self, epoch: str) -> None:
        """Remember that `epoch` is closed, by whomever."""
        if self.epoch != epoch:
            self.epoch, self._since = epoch, now()

    async def close(self, epoch: str) -> None:
        """Close `epoch` if it is not closed; return when no process believes it. Raises what the store raises."""
        if self.epoch != epoch:
            await self._store.close(epoch)
            self._count.epochs_closed += 1
            self.notice(epoch)
        wait = self._since + self._lease * DRIFT - now()
        if wait > 0:
            await asyncio.sleep(wait)
