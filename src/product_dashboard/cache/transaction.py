"""The steps of a write. `Committer.transaction` takes every write of the service through them, in this order:

    1. wait     if Redis is known to be gone: close the epoch, and wait until no process believes it
    2. body     the statements of the caller, who may name more targets with `tx.invalidates`
    3. hold     the epoch row, shared, until the transaction is over: the database then knows of every writer in flight
    4. BEGIN    in Redis: the fences go up, and what the write makes stale is deleted
    5. COMMIT
    6. END      in Redis: the fences come down

Step 3 may be sent together with the last statements of the body: an error of theirs is raised there, before BEGIN.

A reader stores nothing under a name that has a fence. So a value that is found after COMMIT was loaded after COMMIT.

    no targets             Steps 2 and 5 only.
    the body raises        ROLLBACK. No fence was up, so nothing was invalidated.
    BEGIN fails            As step 1, but inside the transaction: close the epoch, wait, COMMIT without fences. No value
                           of a closed epoch is ever used again. Only `waiting_writers` at a time wait like this, since
                           each keeps a connection; the others get Unavailable, as all do if the epoch cannot be closed.
    COMMIT's outcome is    The fences stay. Readers find them overdue, ask the database whether this transaction is over
    unknown, or death      (step 3), and remove them. Until then they store nothing.
    END fails              The same.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from redis.exceptions import RedisError

from product_dashboard import deadline
from product_dashboard.cache.belief import Belief
from product_dashboard.cache.epoch import Closer, EpochStore
from product_dashboard.cache.keys import Tag, Target
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.scripts import BEGIN, END, GATE_KEPT_MS, Script
from product_dashboard.cache.space import Space
from product_dashboard.cache.wire import Argument, Reply
from product_dashboard.errors import Unavailable

log = logging.getLogger(__name__)

ConnectionT = TypeVar("ConnectionT")
ConnectionT_co = TypeVar("ConnectionT_co", covariant=True)


class Transactions(Protocol[ConnectionT_co]):
    """Anything that opens a transaction: committed when the block ends well, rolled back when it raises."""

    def transaction(self) -> AbstractAsyncContextManager[ConnectionT_co]: ...


class Transaction(Generic[ConnectionT]):
    """An open write: the connection of the transaction, and the targets that the write makes stale."""

    __slots__ = ("conn", "targets")

    def __init__(self, conn: ConnectionT, targets: Iterable[Target]) -> None:
        self.conn = conn
        self.targets: dict[Target, None] = dict.fromkeys(targets)

    def invalidates(self, *targets: Target) -> None:
        """Name more targets, for what is known only inside the transaction."""
        self.targets.update(dict.fromkeys(targets))


@dataclass(frozen=True, slots=True)
class Fences:
    """The fences that one writer has up: for each bucket the keys of its scripts, and the fields of its gate."""

    writer: str
    space: Space
    buckets: Mapping[int, tuple[Sequence[bytes], Sequence[str]]]

    @classmethod
    def of(cls, space: Space, targets: Iterable[Target]) -> "Fences":
        """Return the fences of a new writer."""
        buckets: dict[int, tuple[list[bytes], list[str]]] = {}
        for target in targets:
            is_tag, name = isinstance(target, Tag), target.name
            bucket = space.bucket(name)
            keys, fields = buckets.setdefault(bucket, ([space.gate(bucket)], []))
            keys.append(space.nonce(name) if is_tag else space.value(name))  # BEGIN deletes it
            fields.append(f"{'t' if is_tag else 'v'}{name}")
        return cls(secrets.token_hex(8), space, buckets)


@dataclass(eq=False)
class Committer:
    """Takes writes through the six steps above."""

    link: Link
    store: EpochStore
    belief: Belief
    closer: Closer
    counters: Counters
    options: CacheOptions
    _waiting_inside: int = field(default=0, init=False)
    _why_unfenced: str = field(default="", init=False)  # of the last write; empty if its fences went up

    @asynccontextmanager
    async def transaction(
        self, database: Transactions[ConnectionT], invalidates: Iterable[Target] | None
    ) -> AsyncGenerator[Transaction[ConnectionT]]:
        """Open a transaction; `invalidates` is None if only the body names targets. Raises Unavailable."""
        fences: Fences | None = None
        targets = None if invalidates is None else tuple(invalidates)
        if self.link.server is None and (targets is None or targets):
            async with deadline.limit():
                await self._wait_before()
        async with database.transaction() as conn:
            tx = Transaction(conn, targets or ())
            yield tx
            if tx.targets:
                fences = await self._begin(conn, tuple(tx.targets))
        if fences is not None:
            self._end_soon(fences)

    # -- 1. wait

    async def _wait_before(self) -> None:
        """Redis is known to be gone: close the epoch before the transaction takes a connection from others."""
        try:
            state = await self.store.read()
            if state.server:
                await self.closer.close(state.epoch)
        except Exception as error:  # noqa: BLE001 - the store may raise anything; step 4 decides what follows
            log.warning("cache: the epoch row cannot be read: %r", error)

    # -- 3. hold, 4. BEGIN

    async def _begin(self, conn: object, targets: tuple[Target, ...]) -> Fences | None:
        """Make COMMIT safe. Return the fences that are up, or None if no process believes the epoch any more."""
        held = await self.store.hold(conn)
        if not held.server:  # no epoch was ever opened: nothing is cached
            return None
        if held.server == self.link.server:
            fences = Fences.of(self.belief.space_of(held), targets)
            if await self._raised(fences):
                return fences
        await self._close_inside(held.epoch)
        self.counters.unfenced_writes += 1
        return None

    async def _raised(self, fences: Fences) -> bool:
        try:
            await self._run(
                BEGIN, fences, fences.writer, int(self.options.fence * 1000), self.link.channel, GATE_KEPT_MS
            )
        except RedisError as error:
            self.counters.errors += 1
            before, self._why_unfenced = self._why_unfenced, str(error)
            if self._why_unfenced != before:  # each reason once, not at each write
                log.warning("cache: fences cannot be raised, writes close the epoch: %s", error)
            return False
        self._why_unfenced = ""
        self.counters.fences += sum(len(fields) for _, fields in fences.buckets.values())
        return True

    async def _run(self, script: Script, fences: Fences, *arguments: Argument) -> None:
        """Run BEGIN or END for all targets: one call a bucket, all in one write to each server. Raises RedisError."""
        calls = [
            self.link.script(script, fences.space, bucket, keys, (*arguments, *fields))
            for bucket, (keys, fields) in fences.buckets.items()
        ]
        if len(calls) == 1:  # on a single server, without the tasks of gather
            await calls[0]
        else:
            await asyncio.gather(*calls)

    async def _close_inside(self, epoch: str) -> None:
        """Close the epoch while the transaction keeps its connection. Raises Unavailable."""
        if self._waiting_inside >= self.options.waiting_writers:
            raise self._refused()
        self._waiting_inside += 1
        try:
            await self.closer.close(epoch)
        except Exception as error:
            log.exception("cache: a write is refused: neither Redis nor the epoch row can be reached")
            raise self._refused() from error
        finally:
            self._waiting_inside -= 1

    def _refused(self) -> Unavailable:
        self.counters.refused_writes += 1
        return Unavailable("The change cannot be made safely at the moment.", retry_after_s=2)

    # -- 6. END

    def _end_soon(self, fences: Fences) -> None:
        """Send END, and do not wait for it: no reader depends on it."""
        for bucket, (keys, fields) in fences.buckets.items():
            self.link.post(END, fences.space, bucket, keys, (fences.writer, *fields), self._ended)

    def _ended(self, reply: Reply) -> None:
        if isinstance(reply, Exception):
            self.counters.errors += 1  # readers find the fences overdue, and remove them
