"""Opening a new epoch on the Redis that is connected, when the current one cannot be believed."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from typing import Final

from redis.exceptions import RedisError

from product_dashboard.cache.clock import now
from product_dashboard.cache.closing import Closer
from product_dashboard.cache.epoch import EpochState, EpochStore
from product_dashboard.cache.gates import Gates
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE: Final = 1.0
_ATTEMPTS: Final = 50
_CALM: Final = 60.0  # seconds without an opening, after which the next one is not held off
_FIRST_HOLD_OFF: Final = 0.25
_LONGEST_HOLD_OFF: Final = 10.0


class Opener:
    """Opens epochs in the background, one at a time. `opened` is called after each attempt."""

    def __init__(
        self,
        store: EpochStore,
        link: Link,
        closer: Closer,
        gates: Gates,
        counters: Counters,
        *,
        new_space: Callable[[str, str], Space],
    ) -> None:
        self.opened: Callable[[], object] = lambda: None
        self._store = store
        self._link = link
        self._closer = closer
        self._gates = gates
        self._count = counters
        self._new_space = new_space
        self._task: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._last_server: str | None = None
        self._last_time = 0.0
        self._hold_off = 0.0

    def start(self, state: EpochState) -> None:
        """Replace the epoch of `state`, unless an attempt is running or one has just failed."""
        if self._task is None and now() >= self._not_before:
            self._task = asyncio.create_task(self._run(state), name="cache-open-epoch")

    async def finished(self) -> bool:
        """Wait for the attempt that is running; False if there is none."""
        if self._task is None:
            return False
        await asyncio.wait((self._task,))
        return True

    async def close(self) -> None:
        """Stop the attempt that may be running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # -- insides

    async def _run(self, state: EpochState) -> None:
        try:
            await self._replace(state)
        except RedisError as error:
            log.warning("cache: Redis is not fit for a new epoch yet: %s", error)
            self._not_before = now() + _PAUSE_AFTER_FAILURE
        except Exception as error:  # noqa: BLE001 - the store may raise anything; the next look tries again
            log.warning("cache: no new epoch yet: %r", error)
            self._not_before = now() + _PAUSE_AFTER_FAILURE
        finally:
            self._task = None
        self.opened()

    async def _replace(self, state: EpochState) -> None:
        if state.server:
            if not await self._still_wanted(state):
                return
            await self._closer.close(state.epoch)
        server = self._link.server
        if server is None:
            return
        space = self._new_space(secrets.token_hex(8), server)
        # The first script also shows that Redis takes writes. Opening the row waits for all writers, as a barrier
        # does, so that the candidate may become the marker afterwards.
        candidate = await self._gates.prepare(space, 0)
        if await self._open_row(state.epoch, space.epoch, server):
            self._last_server, self._last_time = server, now()
            self._count.epochs_opened += 1
            log.info("cache: epoch %s opened on Redis %s", space.epoch, server[:8])
            await self._gates.activate(space, 0, candidate)

    async def _still_wanted(self, state: EpochState) -> bool:
        """Slow down if this process opens epochs on the same server again and again.

        Then other processes see another server and take the epoch back each time, or writers cannot reach this one.
        """
        if self._last_server != self._link.server or now() - self._last_time > _CALM:
            self._hold_off = 0.0
            return True
        self._hold_off = min(max(self._hold_off * 2, _FIRST_HOLD_OFF), _LONGEST_HOLD_OFF)
        await asyncio.sleep(self._hold_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        return (await self._store.read()).epoch == state.epoch

    async def _open_row(self, expected: str, epoch: str, server: str) -> bool:
        """Try until no writer holds the row for a moment; False if another process was faster."""
        for _ in range(_ATTEMPTS):
            if await self._store.open(expected=expected, epoch=epoch, server=server):
                return True
            if (await self._store.read()).epoch != expected:
                return False
            await asyncio.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - jitter
        return False
