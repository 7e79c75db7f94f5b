"""Retries of writes: a request that is sent again with its Idempotency-Key gets the answer of the first request.

A write with a key takes these steps, all in one transaction. So the database has the change and its answer, or
neither:

    1. claim    the key's row is inserted; it is locked until the transaction ends     `Once.transaction`
    2. body     the statements of the service
    3. keep     the answer is put into the row                                         `Once.keep`
    4. COMMIT

    refused, or failed     ROLLBACK. The row is gone, and the key can be used again.
    before COMMIT
    deadlock               The service's `retry_on_deadlock` repeats all steps.
    claim fails            The row is read. With an answer to the same body: that answer is sent again. With an answer
                           to another body: `KeyReused`. Without an answer: the first request is still running,
                           `KeyInUse`. A claim does not wait until the row is unlocked.
    claim is slow          All steps are repeated once, because the database may have been slow and the key free.
    COMMIT's outcome is    All steps are repeated until the outcome is known or the time is over. That is safe: while
    unknown                the old transaction may still commit, its row is locked and the claim fails; after its
                           commit, the row has the answer; if the claim succeeds, the old one was rolled back.

Without a key, the write is an ordinary transaction, with no statement more.
"""

import asyncio
import math
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec
import structlog

from generated import retries as queries
from product_dashboard import deadline
from product_dashboard.answer import Answer
from product_dashboard.cache import Target, Transaction
from product_dashboard.database import Database
from product_dashboard.driver import MySQLConnection
from product_dashboard.errors import AppError, Busy, KeyInUse, KeyReused, OutcomeUnknown, QueryTimeout
from product_dashboard.resources import Resources

log = structlog.stdlib.get_logger()

T = TypeVar("T")

# The claim looks for a lock before it inserts. If two claims look at the same moment, one waits for the other on MySQL.
CLAIM_WAIT_S = 0.25
# The part of the request's time that its first transaction may take. The rest is for finding out its outcome.
FOR_THE_WRITE = 0.75
PAUSE_S = 0.05


class Key(msgspec.Struct, frozen=True):
    """An Idempotency-Key: digests of 32 bytes, one of the key with its scope, one of the request's body."""

    id: bytes
    fingerprint: bytes


class SlowClaim(KeyInUse):
    """The claim was not answered within `CLAIM_WAIT_S`: the key is locked by an INSERT, or the database is slow."""


class Once(Generic[T]):
    """One write, which happens at most once for its key. A service makes its transaction with it.

    `answer` makes the answer from the result of the service; `until` is the moment, by the event loop's clock, when the
    transaction is given up. Without a key nothing is stored.
    """

    def __init__(
        self,
        key: Key | None = None,
        answer: Callable[[T], Answer] | None = None,
        until: float = math.inf,
    ) -> None:
        self._key = key
        self._answer = answer
        self._until = until
        self.claimed = False
        self.kept: Answer | None = None

    @asynccontextmanager
    async def transaction(
        self, resources: Resources, *, invalidates: Iterable[Target] | None
    ) -> AsyncGenerator[Transaction[MySQLConnection], None]:
        """Open a transaction as `Cache.transaction` does, and claim the key in it. Raises `KeyInUse`."""
        self.claimed, self.kept = False, None
        seconds = self._until - asyncio.get_running_loop().time()
        async with (
            deadline.limit(seconds, QueryTimeout),
            resources.cache.transaction(resources.database, invalidates=invalidates) as tx,
        ):
            if self._key is not None:
                await self._claim(tx.conn, self._key)
            yield tx
            if self.claimed and self.kept is None:
                raise RuntimeError("a write with an Idempotency-Key ends without Once.keep")

    async def keep(self, tx: Transaction[MySQLConnection], result: T) -> None:
        """Store the answer to the request. Call it once, in the transaction, when the result is complete."""
        if self._key is not None and self._answer is not None:
            self.kept = answer = self._answer(result)
            await queries.keep_answer(
                tx.conn, id=self._key.id, status=answer.status, headers=answer.headers, body=answer.body
            )

    async def _claim(self, conn: MySQLConnection, key: Key) -> None:
        try:
            async with asyncio.timeout(CLAIM_WAIT_S):
                claimed = await queries.claim_idempotency_key(
                    conn, id=key.id, fingerprint=key.fingerprint, created_at=datetime.now(UTC)
                )
        except TimeoutError:  # the driver has closed the connection
            raise SlowClaim from None
        if not claimed:
            raise KeyInUse
        self.claimed = True


async def write_once(
    database: Database, key: Key, write: Callable[[Once[T]], Awaitable[T]], answer: Callable[[T], Answer]
) -> tuple[Answer, bool]:
    """Carry out a write with a key, or find its stored answer. Returns the answer; True if it was stored before.

    Raises `KeyInUse`, `KeyReused`, `OutcomeUnknown`, and the errors of `write`.
    """
    until = asyncio.get_running_loop().time() + FOR_THE_WRITE * deadline.remaining()
    try:
        return await _attempt(database, key, write, Once(key, answer, until))
    except OutcomeUnknown as error:
        unknown = error
    log.warning("write.outcome_unknown", reason=repr(unknown.__cause__))
    try:
        return await _find_out(database, key, write, answer)
    except asyncio.CancelledError:
        raise unknown from None


async def _find_out(
    database: Database, key: Key, write: Callable[[Once[T]], Awaitable[T]], answer: Callable[[T], Answer]
) -> tuple[Answer, bool]:
    """Repeat a write until its outcome is known. Raises `OutcomeUnknown` at the deadline, or if cancelled."""
    while deadline.remaining() > 0 and not _is_cancelled():
        await asyncio.sleep(random.uniform(0.5, 1.5) * PAUSE_S)  # noqa: S311 - no secret depends on it
        once = Once(key, answer)
        try:
            return await _attempt(database, key, write, once)
        except OutcomeUnknown:
            continue
        except KeyReused:
            raise
        except AppError:
            # After a claim the first attempt is known to be rolled back, so the error is the answer. Without a claim
            # nothing is known yet: the key is locked, or the database does not answer.
            if once.claimed:
                raise
    raise OutcomeUnknown


async def _attempt(
    database: Database, key: Key, write: Callable[[Once[T]], Awaitable[T]], once: Once[T]
) -> tuple[Answer, bool]:
    try:
        return await _write_or_find(database, key, write, once)
    except SlowClaim:
        await asyncio.sleep(PAUSE_S)  # the server removes the claim whose connection is closed
        return await _write_or_find(database, key, write, once)


async def _write_or_find(
    database: Database, key: Key, write: Callable[[Once[T]], Awaitable[T]], once: Once[T]
) -> tuple[Answer, bool]:
    try:
        await write(once)
    except (Busy, KeyInUse) as refusal:
        if once.claimed:
            raise
        stored = await _stored(database, key)
        if stored is None:
            raise (refusal if isinstance(refusal, KeyInUse) else KeyInUse()) from None
        return stored, True
    assert once.kept is not None, "Once.transaction refuses to end without an answer"
    return once.kept, False


async def _stored(database: Database, key: Key) -> Answer | None:
    """Return the answer of the key, or None. Raises `KeyReused` if the body was another one."""
    async with database.connection() as conn:
        row = await queries.get_answer(conn, id=key.id)
    if row is None or row.body is None:
        return None
    if row.fingerprint != key.fingerprint:
        raise KeyReused
    return Answer(row.status, row.headers, row.body)


def _is_cancelled() -> bool:
    """Return True if the request is cancelled, which `OutcomeUnknown` may have replaced."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
