"""The one construct through which every write goes: it alone knows the order of fences and COMMIT."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.keys import Tag, Target
from product_dashboard.cache.ledger import Ledger, Transactions
from product_dashboard.cache.link import Link
from product_dashboard.cache.local import Announcer
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.scripts import BEGIN, END
from product_dashboard.cache.space import Space
from product_dashboard.cache.trust import GATE_KEPT_MS, Trust
from product_dashboard.errors import Unavailable

log = logging.getLogger(__name__)

ConnectionT = TypeVar("ConnectionT")


class Transaction(Generic[ConnectionT]):
    """An open write: the transaction's connection, and what it invalidates."""

    __slots__ = ("conn", "targets")

    def __init__(self, conn: ConnectionT, targets: Iterable[Target]) -> None:
        self.conn = conn
        self.targets: dict[Target, None] = dict.fromkeys(targets)

    def invalidates(self, *targets: Target) -> None:
        """Name more of what this write makes stale, known only now."""
        self.targets.update(dict.fromkeys(targets))


@dataclass(frozen=True, slots=True)
class Fences:
    """The fences that one writer has up."""

    writer: str
    space: Space
    targets: tuple[Target, ...]


class Writer:
    """Raises and lowers fences around COMMIT."""

    def __init__(
        self,
        link: Link,
        ledger: Ledger,
        trust: Trust,
        announcer: Announcer,
        counters: Counters,
        options: CacheOptions,
    ) -> None:
        self._link = link
        self._announcer = announcer
        self._ledger = ledger
        self._trust = trust
        self._count = counters
        self._options = options
        self._fence_ms = int(options.fence * 1000)
        self._channel = f"{options.prefix}:wake"
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting_inside = 0

    @asynccontextmanager
    async def write(
        self, database: Transactions[ConnectionT], invalidates: Iterable[Target]
    ) -> AsyncGenerator[Transaction[ConnectionT]]:
        """Body, then hold the epoch row, fences up, COMMIT, fences down.

        When COMMIT fails or is cancelled its outcome is not known here, and the fences stay: readers then find them
        overdue, ask the database whether this transaction is over, and clear them.
        """
        fences: Fences | None = None
        if targets := tuple(invalidates):
            await self._wait_outside()
        async with database.transaction() as conn:
            write = Transaction(conn, targets)
            yield write
            if write.targets:
                fences = await self._seal(conn, tuple(write.targets))
        if fences is not None:
            self._lower(fences)

    async def close(self) -> None:
        """Wait for the fences that are on their way down."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait_outside(self) -> None:
        """Where Redis is known to be gone, have everybody stop believing before a connection is taken.

        A writer that waits inside its transaction keeps a connection from the reads. What goes wrong here is left
        to `_seal`, which decides.
        """
        if self._link.server is not None:
            return
        try:
            state = await self._ledger.read()
            if state.server:
                await self._trust.make_quiet(state.epoch)
        except Exception as error:  # noqa: BLE001 - whatever the ledger's driver raises
            log.warning("cache: the epoch row cannot be read: %r", error)

    async def _quiet_inside(self, epoch: str) -> None:
        """As `Trust.make_quiet`, for the few that Redis left in the middle of their transactions."""
        if self._waiting_inside >= self._options.waiting_writers:
            raise Refused("enough writers wait in their transactions")
        self._waiting_inside += 1
        try:
            await self._trust.make_quiet(epoch)
        finally:
            self._waiting_inside -= 1

    async def _seal(self, conn: object, targets: tuple[Target, ...]) -> Fences | None:
        """Make COMMIT safe: with fences, or where these cannot be raised, with everybody having stopped believing."""
        held = await self._ledger.hold(conn)
        if held.server and held.server == self._link.server:
            fences = Fences(secrets.token_hex(8), self._trust.space_of(held), targets)
            if await self._raise(fences):
                return fences
        if held.server:
            try:
                await self._quiet_inside(held.epoch)
            except Exception as error:
                self._count.refused_writes += 1
                log.exception("cache: a write is refused: Redis cannot be reached, nor the epoch closed")
                raise Unavailable(
                    "The change cannot be made safely at the moment.", retry_after_s=2
                ) from error
        self._count.unfenced_writes += 1
        return None

    async def _raise(self, fences: Fences) -> bool:
        try:
            await asyncio.gather(*(self._begin(fences, target) for target in fences.targets))
            # After the fences stand, so that whoever forgets now cannot learn the old value again.
            names = [field_of(target) for target in fences.targets]
            await self._announcer.announce(self._link, fences.space, names)
        except (LinkDown, Refused) as error:
            self._count.errors += 1
            log.warning("cache: fences cannot be raised: %s", error)
            return False
        self._count.fences += len(fences.targets)
        return True

    async def _begin(self, fences: Fences, target: Target) -> None:
        space = fences.space
        bucket = space.bucket(target.name)
        arguments = (field_of(target), fences.writer, self._fence_ms, self._channel, GATE_KEPT_MS)
        await self._link.script(BEGIN, space, bucket, (key_of(space, target), space.gate(bucket)), arguments)

    def _lower(self, fences: Fences) -> None:
        """Send END without waiting for it: what readers may believe does not depend on it."""
        task = asyncio.create_task(self._end(fences), name="cache-end")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self, fences: Fences) -> None:
        space = fences.space
        calls = (
            self._link.script(
                END,
                space,
                space.bucket(target.name),
                (key_of(space, target), space.gate(space.bucket(target.name))),
                (field_of(target), fences.writer),
            )
            for target in fences.targets
        )
        try:
            await asyncio.gather(*calls)
        except (LinkDown, Refused):
            self._count.errors += 1  # the fences are found overdue and cleared by readers


def key_of(space: Space, target: Target) -> bytes:
    """What a writer deletes in Redis."""
    return space.nonce(target.name) if isinstance(target, Tag) else space.value(target.name)


def field_of(target: Target) -> str:
    """Under which field of its gate the fences of a target stand."""
    return f"t{target.name}" if isinstance(target, Tag) else f"v{target.name}"
