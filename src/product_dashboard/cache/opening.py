"""Opening gates and epochs, which both need the answer of the database that writers are over.

A writer holds the epoch row from before its fences go up until its transaction is over. So if the row can be locked
exclusively, even for a moment, every fence that was seen before that moment belongs to a writer that is over.
"""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from redis.exceptions import ResponseError

from product_dashboard.cache.clock import now
from product_dashboard.cache.epoch import Closer, EpochState, EpochStore
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.scripts import ACTIVATE, GATE_KEPT_MS, PREPARE
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

_TRIES: Final = 4
_ACTIVE: Final = b"A"
_PAUSE_AFTER_FAILURE: Final = 1.0
_ATTEMPTS: Final = 50
_CALM: Final = 60.0  # seconds without an opening, after which the next one is not held off
_FIRST_HOLD_OFF: Final = 0.25
_LONGEST_HOLD_OFF: Final = 10.0


@dataclass(eq=False)
class Gates:
    """The gates of all buckets, as readers and openers of epochs see them."""

    link: Link
    store: EpochStore
    counters: Counters

    async def writers_over(self) -> bool:
        """Return True if all writers that held the epoch row when this was called are over; False if unknown."""
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(random.uniform(0.002, 0.01))  # noqa: S311 - jitter
            try:
                if await self.store.barrier():
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
        self.counters.gates_opened += 1
        return True

    async def prepare(self, space: Space, bucket: int) -> bytes:
        """Give a gate without a marker a candidate, and return the marker that it has now. Raises RedisError."""
        arguments = (secrets.token_hex(8), GATE_KEPT_MS)
        marker = await self.link.script(PREPARE, space, bucket, (space.gate(bucket),), arguments)
        if not isinstance(marker, bytes):
            raise ResponseError(f"a script answered {marker!r}")
        return marker

    async def activate(self, space: Space, bucket: int, candidate: bytes) -> bool:
        """Make `candidate` the marker; False if the gate has lost it meanwhile. Raises RedisError."""
        return await self.link.script(ACTIVATE, space, bucket, (space.gate(bucket),), (candidate,)) == 1


@dataclass(eq=False)
class Opener:
    """Opens a new epoch on the Redis that is connected, when the current one cannot be believed.

    It does so in the background, one at a time. `opened` is called after each attempt.
    """

    store: EpochStore
    link: Link
    closer: Closer
    gates: Gates
    counters: Counters
    opened: Callable[[], object] = field(default=lambda: None, init=False)
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _not_before: float = field(default=0.0, init=False)
    _last_connection: int = field(default=0, init=False)  # `link.connections` at the last opening
    _last_time: float = field(default=0.0, init=False)
    _hold_off: float = field(default=0.0, init=False)

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

    # -- internals

    async def _run(self, state: EpochState) -> None:
        try:
            await self._replace(state)
        except Exception as error:  # noqa: BLE001 - of Redis, or any of the store; the next look tries again
            log.warning("cache: no new epoch yet: %r", error)
            self._not_before = now() + _PAUSE_AFTER_FAILURE
        finally:
            self._task = None
        self.opened()

    async def _replace(self, state: EpochState) -> None:
        if state.server:
            if not await self._still_wanted(state):
                return
            await self.closer.close(state.epoch)
        server = self.link.server
        if server is None:
            return
        space = self.link.space(secrets.token_hex(8), server)
        # The first script also shows that Redis takes writes. Opening the row waits for all writers, as a barrier
        # does, so that the candidate may become the marker afterwards.
        candidate = await self.gates.prepare(space, 0)
        if await self._open_row(state.epoch, space.epoch, server):
            self._last_connection, self._last_time = self.link.connections, now()
            self.counters.epochs_opened += 1
            log.info("cache: epoch %s opened on Redis %s", space.epoch, server[:8])
            await self.gates.activate(space, 0, candidate)

    async def _still_wanted(self, state: EpochState) -> bool:
        """Slow down if this process opens epochs again and again, although its link is never lost.

        Then other processes see another server and take the epoch back each time, or writers cannot reach this one.
        After a loss of the link the outage was the reason to close the epoch, and nothing speaks against a new one.
        """
        if self._last_connection != self.link.connections or now() - self._last_time > _CALM:
            self._hold_off = 0.0
            return True
        self._hold_off = min(max(self._hold_off * 2, _FIRST_HOLD_OFF), _LONGEST_HOLD_OFF)
        await asyncio.sleep(self._hold_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        return (await self.store.read()).epoch == state.epoch

    async def _open_row(self, expected: str, epoch: str, server: str) -> bool:
        """Try until no writer holds the row for a moment; False if another process was faster."""
        for _ in range(_ATTEMPTS):
            if await self.store.open(expected=expected, epoch=epoch, server=server):
                return True
            if (await self.store.read()).epoch != expected:
                return False
            await asyncio.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - jitter
        return False
