"""A write that happens at most once for its Idempotency-Key: `idempotency` describes its steps."""

import asyncio
import math
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec
import structlog

from generated import idempotency as queries
from product_dashboard import deadline
from product_dashboard.cache import Target, Transaction
from product_dashboard.database import Database
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.errors import AppError, Busy, KeyInUse, KeyReused, OutcomeUnknown, QueryTimeout
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.resources import Resources

log = structlog.stdlib.get_logger()

T = TypeVar("T")

# The part of the request's time that its first transaction may take. The rest is for finding out its outcome.
FOR_THE_WRITE = 0.75
PAUSE_S = 0.05


class Key(msgspec.Struct, frozen=True):
    """An Idempotency-Key: digests of 32 bytes, one of the key with its scope, one of the request's body."""

    id: bytes
    fingerprint: bytes


class Once(Generic[T]):
    """One write, which happens at most once for its key. A service makes its transaction with it.

    `answer` makes the answer from the result of the service; `until` is the moment, by the event loop's clock, when the
    transaction is given up. Without a key nothing is stored.
    """

    def __init__(
        self,
        key: Key | None = None,
        answer: Callable[[T], StoredAnswer] | None = None,
        until: float = math.inf,
    ) -> None:
        self._key = key
        self._answer = answer
        self._until = until
        self.claimed = False
        self.kept: StoredAnswer | None = None

    def transaction(
        self, resources: Resources, *, invalidates: Iterable[Target] | None
    ) -> AbstractAsyncContextManager[Transaction[TransactionConnection]]:
        """Open a transaction as `Cache.transaction` does, and claim the key in it. Raises `KeyInUse`."""
        transaction = resources.cache.transaction(resources.database, invalidates=invalidates)
        return transaction if self._key is None else self._claiming(self._key, transaction)

    @asynccontextmanager
    async def _claiming(
        self, key: Key, transaction: AbstractAsyncContextManager[Transaction[TransactionConnection]]
    ) -> AsyncGenerator[Transaction[TransactionConnection], None]:
        self.claimed, self.kept = False, None
        seconds = self._until - asyncio.get_running_loop().time()
        async with deadline.limit(seconds, QueryTimeout), transaction as tx:
            await self._claim(tx.conn, key)
            yield tx
            if self.kept is None:
                raise RuntimeError("a write with an Idempotency-Key ends without Once.keep")

    async def keep(self, tx: Transaction[TransactionConnection], result: T) -> None:
        """Store the answer to the request. Call it once, in the transaction, when the result is complete."""
        if self._key is not None and self._answer is not None:
            self.kept = answer = self._answer(result)
            await queries.keep_answer(
                tx.conn.pipelined,
                id=self._key.id,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
            )

    async def _claim(self, conn: TransactionConnection, key: Key) -> None:
        """Insert the key's row. Raises `KeyInUse` if it is there, and `Busy` while another transaction has it locked.

        The statement looks for a lock before it inserts. If two claims look at the same moment, one of them waits for
        the other, at most as long as for any lock.
        """
        claimed = await queries.claim_idempotency_key(
            conn, id=key.id, fingerprint=key.fingerprint, created_at=datetime.now(UTC)
        )
        if not claimed:
            raise KeyInUse
        self.claimed = True


async def write_once(
    database: Database,
    key: Key,
    write: Callable[[Once[T]], Awaitable[T]],
    answer: Callable[[T], StoredAnswer],
) -> tuple[StoredAnswer, bool]:
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
    database: Database,
    key: Key,
    write: Callable[[Once[T]], Awaitable[T]],
    answer: Callable[[T], StoredAnswer],
) -> tuple[StoredAnswer, bool]:
    """Repeat a write until its outcome is known. Raises `OutcomeUnknown` at the deadline, or if cancelled."""
    while deadline.remaining() > 0 and not deadline.is_cancelled():
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
) -> tuple[StoredAnswer, bool]:
    try:
        await write(once)
    except (Busy, KeyInUse):
        if once.claimed:
            raise
    else:
        assert once.kept is not None, "Once.transaction refuses to end without an answer"
        return once.kept, False
    return await _stored(database, key), True


async def _stored(database: Database, key: Key) -> StoredAnswer:
    """Return the answer of the key. Raises `KeyInUse` if there is none, `KeyReused` if the body was another one."""
    async with database.connection() as conn:
        row = await queries.get_answer(conn, id=key.id)
    if row is None or row.body is None:
        raise KeyInUse
    if row.fingerprint != key.fingerprint:
        raise KeyReused
    return StoredAnswer(row.status, row.headers, row.body)
