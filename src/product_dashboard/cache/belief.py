"""The permission of this process to believe the content of Redis.

Belief is a lease on one look at the epoch row and at the identity of Redis: the state at the moment of the questions is
believed for `lease` seconds. README.md, "Belief", says why that is enough.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from product_dashboard import deadline
from product_dashboard.cache.clock import now
from product_dashboard.cache.epoch import Closer, EpochState, EpochStore
from product_dashboard.cache.link import Link
from product_dashboard.cache.opening import Opener
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

_RETRY = 0.1


@dataclass(eq=False)
class Belief:
    """The belief of this process: its space, its end, and its renewal in the background.

    A look is believed for `lease` seconds. A reader waits for a look at most `patience` seconds.
    """

    store: EpochStore
    link: Link
    closer: Closer
    opener: Opener
    lease: float
    patience: float
    confirmed: bool = field(default=False, init=False)  # by the last look, no matter how long ago
    _until: float = field(default=0.0, init=False)
    _renew_at: float = field(default=0.0, init=False)
    _retry_at: float = field(default=0.0, init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)
    _readable: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self.space = self.link.space("", "")
        self.opener.opened = self.look

    def valid(self) -> bool:
        """Return whether Redis may be believed now. Ask after a read has started, not before."""
        moment = now()
        space = self.space
        if moment >= self._until or space.server != self.link.server or space.epoch == self.closer.epoch:
            return False
        if moment >= self._renew_at:
            self._renew_at = moment + self.lease / 3
            self.look()
        return True

    async def ensure(self) -> bool:
        """As `valid`, but take a new look first if that may help; wait for it no longer than `patience` seconds."""
        if self.valid():
            return True
        if self.link.server is None or (self._looking is None and now() < self._retry_at):
            return False
        await asyncio.wait((self.look(),), timeout=self.patience)
        return self.valid()

    async def begin(self) -> None:
        """Take the first look. If an epoch has to be opened first, wait for that too."""
        try:
            async with asyncio.timeout(self.patience * 2):
                await self.ensure()
                if await self.opener.finished():
                    # Other readers may wait for this look: it is not cancelled.
                    await asyncio.wait((self.look(),))
        except TimeoutError:
            log.info("cache: not believed yet")

    def look(self) -> asyncio.Task[None]:
        """Look at the epoch row and at Redis in the background, once at a time."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="cache-look", context=deadline.detached())
        return self._looking

    def space_of(self, state: EpochState) -> Space:
        """Return the space of a state: its keys in Redis."""
        if self.space.epoch == state.epoch and self.space.server == state.server:
            return self.space
        return self.link.space(state.epoch, state.server)

    async def close(self) -> None:
        """Stop believing, and stop the look that may be running."""
        self._until = 0.0
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    # -- internals

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self.lease):
                while True:
                    asked = now()
                    state, server = await asyncio.gather(self.store.read(), self.link.verify())
                    if server == self.link.server:
                        break
                    # The link came up meanwhile. The identity that it found may be older than `asked`.
        except Exception as error:  # noqa: BLE001 - the store may raise anything: the lease runs out
            if self._readable:
                log.warning("cache: the epoch row cannot be read: %r", error)
            self._readable = self.confirmed = False
            self._retry_at = now() + _RETRY
        else:
            self._readable = True
            self._learn(state, asked)
        finally:
            self._looking = None

    def _learn(self, state: EpochState, asked: float) -> None:
        # An epoch that was closed once stays closed, even if a restored table does not know it.
        open_here = not state.closed and state.epoch != self.closer.epoch
        self.confirmed = open_here and state.server != "" and state.server == self.link.server
        if self.confirmed:
            self.space = self.space_of(state)
            self._until = asked + self.lease
            self._renew_at = asked + self.lease / 3
            return
        self._until = 0.0
        self._retry_at = now() + _RETRY
        if not open_here:
            self.closer.notice(state.epoch)
        if self.link.server is not None:
            self.opener.start(state)
