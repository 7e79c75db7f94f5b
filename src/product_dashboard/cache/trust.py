"""Whether this process may believe Redis now.

Belief is a lease on one look at the epoch row: what was true when the question left is believed for `lease` seconds.
Whoever has to make everybody stop believing closes the epoch in the database and waits that long. README.md, "Belief".
"""

import asyncio
import logging
import random
import secrets

from product_dashboard.cache.clock import now
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.ledger import Ledger, LedgerState
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.scripts import ACTIVATE, PREPARE
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

GATE_KEPT_MS = 7 * 24 * 3600 * 1000
_DRIFT = 1.05  # how much faster another machine's clock may run than ours
_RETRY = 0.1


class Trust:
    """The lease of this process, its renewal, and the way back after an epoch was closed."""

    def __init__(
        self, ledger: Ledger, link: Link, metrics: Metrics, *, prefix: str, lease: float, patience: float
    ) -> None:
        self.space = Space(prefix, "", "", link.buckets)
        self._until = 0.0
        self._renew_at = 0.0
        self._ledger = ledger
        self._link = link
        self._metrics = metrics
        self._prefix = prefix
        self._lease = lease
        self._patience = patience
        self._retry_at = 0.0
        self._renewal: asyncio.Task[None] | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._closed: tuple[str, float] = (
            "",
            0.0,
        )  # an epoch known to be closed, and since when at the latest
        self._opened_on: str | None = None
        self._opened_at = 0.0
        self._hold_off = 0.0
        self._readable = True

    # -- readers

    def valid(self) -> bool:
        """Whether Redis may be believed at this moment. To be asked after the read has started."""
        moment = now()
        if self.space.server != self._link.server or moment >= self._until:
            return False
        if moment >= self._renew_at:
            self._renew_at = moment + self._lease / 3
            self.kick()
        return True

    async def ensure(self) -> bool:
        """As `valid`, but look at the epoch row first if that may help."""
        if self.valid():
            return True
        if self._link.server is None or (self._renewal is None and now() < self._retry_at):
            return False
        await asyncio.wait((self.kick(),), timeout=self._patience)
        return self.valid()

    async def begin(self) -> None:
        """Look for the first time, and give a new epoch the chance to be opened before the first reader comes."""
        try:
            async with asyncio.timeout(self._patience * 2):
                await self.ensure()
                if self._reopening is not None:
                    await asyncio.wait((self._reopening,))
                    await self.kick()
        except TimeoutError:
            log.info("cache: not believed yet")

    def kick(self) -> asyncio.Task[None]:
        """Look at the epoch row in the background, once at a time."""
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(), name="cache-trust")
        return self._renewal

    def space_of(self, state: LedgerState) -> Space:
        if self.space.epoch == state.epoch:
            return self.space
        return Space(self._prefix, state.epoch, state.server, self._link.buckets)

    # -- writers

    async def make_quiet(self, epoch: str) -> None:
        """Return when no process believes `epoch` any more, nor will. Raises what the ledger raises."""
        if self._closed[0] != epoch:
            await self._ledger.close(epoch)
            self._metrics.counters.epochs_closed += 1
            self._note_closed(epoch)
        wait = self._closed[1] + self._lease * _DRIFT - now()
        if wait > 0:
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Stop the background tasks."""
        tasks = [task for task in (self._renewal, self._reopening) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._until = 0.0

    # -- the epoch row

    async def _renew(self) -> None:
        asked = now()
        try:
            async with asyncio.timeout(self._lease):
                state = await self._ledger.read()
            self._learn(state, asked)
            self._readable = True
        except Exception as error:  # noqa: BLE001 - whatever the database's driver raises: the lease just runs out
            if self._readable:
                log.warning("cache: the epoch row cannot be read: %r", error)
            self._readable = False
            self._retry_at = now() + _RETRY
        finally:
            self._renewal = None

    def _learn(self, state: LedgerState, asked: float) -> None:
        if not state.closed and state.server and state.server == self._link.server:
            self.space = self.space_of(state)
            self._until = asked + self._lease
            self._renew_at = asked + self._lease / 3
            self._metrics.believed = True
            return
        self._until = 0.0
        self._metrics.believed = False
        self._retry_at = now() + _RETRY
        if state.closed:
            self._note_closed(state.epoch)
        if self._link.server is not None and self._reopening is None:
            self._reopening = asyncio.create_task(self._reopen(state), name="cache-reopen")

    def _note_closed(self, epoch: str) -> None:
        if self._closed[0] != epoch:
            self._closed = (epoch, now())
        if self.space.epoch == epoch:
            self._until = 0.0

    async def _reopen(self, state: LedgerState) -> None:
        """Begin a new epoch on the Redis that is connected, once nobody believes the old one."""
        try:
            await self._open_next(state)
        except (LinkDown, Refused) as error:
            log.warning("cache: Redis is not fit for a new epoch yet: %s", error)
            self._retry_at = now() + 1.0
        except Exception as error:  # noqa: BLE001 - the ledger's: tried again with the next look
            log.warning("cache: no new epoch yet: %r", error)
            self._retry_at = now() + 1.0
        finally:
            self._reopening = None
        self.kick()

    async def _open_next(self, state: LedgerState) -> None:
        if state.server:
            if not await self._still_wanted(state):
                return
            await self.make_quiet(state.epoch)
        server = self._link.server
        if server is None:
            return
        space = Space(self._prefix, secrets.token_hex(8), server, self._link.buckets)
        # Also the test that Redis takes writes at all. Opening is a barrier between this candidate and its activation.
        candidates = [
            (key, await self._link.script(PREPARE, space, 0, [key], [secrets.token_hex(8), GATE_KEPT_MS]))
            for key in (space.gate(0), space.registry())
        ]
        if await self._open_row(state.epoch, space.epoch, server):
            self._opened_on, self._opened_at = server, now()
            self._metrics.counters.epochs_opened += 1
            log.info("cache: epoch %s opened on Redis %s", space.epoch, server[:8])
            for key, candidate in candidates:
                if isinstance(candidate, bytes):
                    await self._link.script(ACTIVATE, space, 0, [key], [candidate])

    async def _still_wanted(self, state: LedgerState) -> bool:
        """Slow down where this process opens the same server again and again.

        Either others see another server and take the epoch back each time, or writers cannot reach this one.
        """
        if self._opened_on != self._link.server or now() - self._opened_at > 60.0:  # noqa: PLR2004 - a minute of peace
            self._hold_off = 0.0
            return True
        self._hold_off = min(max(self._hold_off * 2, 0.25), 10.0)
        await asyncio.sleep(self._hold_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        return (await self._ledger.read()).epoch == state.epoch

    async def _open_row(self, expected: str, epoch: str, server: str) -> bool:
        for _ in range(50):
            if await self._ledger.open(expected=expected, epoch=epoch, server=server):
                return True
            if (await self._ledger.read()).epoch != expected:
                return False
            await asyncio.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - jitter
        return False
