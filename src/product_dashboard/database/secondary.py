"""Reads from the *secondaries* of a MySQL group, as fresh as reads from the primary.

A secondary applies the writes of its group a moment after the primary. So a read runs in three steps:

1. A confirmation (`confirmation`), begun after the read was asked for, brings the transactions of the primary: those
   that are executed, and those that are owned, which means that they are being committed.
2. A secondary waits until it has all of them, and takes a snapshot. The read uses this snapshot.
3. If the snapshot may show other transactions than those that were executed in step 1, a second confirmation, begun
   after the snapshot, must find them executed on the primary before the result counts. It runs beside the read.

A step that takes longer than `BOUND_S`, or fails, ends the attempt: the read runs on the primary.

Why no read is stale

- Step 2: a write that was acknowledged before the read began is executed on the primary, and so in the snapshot.
- A transaction releases its locks a moment before it is executed, and in between it is owned. So a writer whose locks
  are found released, as the cache's barrier finds those of a writer that was killed, is in the snapshot as well. The
  message of the confirmation waits only for transactions of other members, and would not be enough for that.
- Step 3: a secondary may show a transaction before the primary does, since both commit it on their own. Without this
  step a reader could see a write, and then see it missing: in a read on the primary, or on another secondary.
- The wait and the read use one connection, and so one process of the server. It may lose its membership in between, or
  become the primary: what it has executed stays.
- The cache stores a value under a lease that was taken before the read was asked for, and a writer takes leases
  away before its COMMIT: a value from a secondary is stored only if its snapshot has all writes before the lease.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, Literal

import structlog
from asyncmy.errors import MySQLError

from product_dashboard import deadline
from product_dashboard.database.confirmation import TRANSACTIONS, Confirmations, Confirmed, Outcome
from product_dashboard.database.driver import MySQLConnection, execute_script
from product_dashboard.database.gtid import GtidSet
from product_dashboard.database.pool import Pool
from product_dashboard.database.primary import PrimaryWatch
from product_dashboard.database.server_errors import is_answer, translate
from product_dashboard.database_url import Server
from product_dashboard.errors import AppError, DatabaseUnavailable, QueryTimeout
from product_dashboard.observability.metrics import SECONDARY_WAIT_SECONDS

log = structlog.stdlib.get_logger()

BOUND_S: Final = 0.2
"""A read waits so long for a secondary to apply what it must show, and for the primary to have what it shows."""
CONNECT_S: Final = 0.5
"""A connection to a secondary takes at most this time to open."""
REST_S: Final = 1.0
"""A secondary that kept a read waiting in vain is tried by one read after this time, and by all after a success."""
_POLL_S: Final = 0.005

SESSION: Final = """\
SET SESSION TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ;
SET SESSION group_replication_consistency = 'EVENTUAL'"""
"""Prepares a session on a secondary: it writes nothing, even if its server becomes the primary; its transactions have
snapshots; and no setting of the server makes them wait without a bound."""

Reason = Literal["lag", "ahead", "error", "none"]


class NotOnSecondary(Exception):
    """A read must run on the primary, because of the secondary.

    lag: it has not applied the writes of the primary in time. ahead: the primary has not committed in time what the
    secondary shows. error: it does not answer, or not well. none: there is none, or all have to rest.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(eq=False)
class _Secondary:
    server: Server
    pool: Pool
    rests_until: float = 0.0
    is_failing: bool = False


class Secondaries:
    """Lends connections to secondaries, at most for `seconds`.

    `new_pool` makes the pool of a server, and `prepare` is called with each connection before its use.
    """

    def __init__(
        self,
        watch: PrimaryWatch,
        confirmations: Confirmations,
        new_pool: Callable[[Server], Pool],
        prepare: Callable[[MySQLConnection], Awaitable[None]],
        seconds: float,
    ) -> None:
        self._watch = watch
        self._confirmations = confirmations
        self._new_pool = new_pool
        self._prepare = prepare
        self._seconds = seconds
        self._known: dict[Server, _Secondary] = {}

    @property
    def pools(self) -> list[Pool]:
        """The connections to each secondary that a read has asked for."""
        return [secondary.pool for secondary in self._known.values()]

    @asynccontextmanager
    async def lend(self) -> AsyncGenerator[MySQLConnection, None]:
        """Lend a connection in a snapshot that has all that the caller may have seen.

        Raises NotOnSecondary, also at the end of the block: the block must run again, on the primary. Raises
        `Overloaded`, `QueryTimeout`, `DeadlineExceeded`, and `DatabaseUnavailable` if no primary is confirmed.
        """
        async with deadline.limit(self._seconds, QueryTimeout):
            began = asyncio.get_running_loop().time()
            known = await self._confirmations.confirmed(self._confirmations.begin())
            secondary = self._choose()
            answer: AppError | None = None
            confirmation: Outcome | None = None
            shown = known.begun
            with self._blaming(secondary):
                try:
                    async with self._connection(secondary) as conn:
                        shown = await take_snapshot(conn, known)
                        if not shown <= known.executed:
                            confirmation = self._confirmations.begin()
                        SECONDARY_WAIT_SECONDS.observe(asyncio.get_running_loop().time() - began)
                        yield conn
                except AppError as error:
                    if not is_answer(error):
                        raise
                    answer = error  # NotFound, for instance, comes from rows as a result does
            if confirmation is not None:
                await self._wait_for_primary(shown, confirmation)
            if answer is not None:
                raise answer

    async def close(self) -> None:
        await asyncio.gather(*(secondary.pool.close() for secondary in self._known.values()))

    def _choose(self) -> _Secondary:
        """Return the secondary with the fewest loans. Raises NotOnSecondary."""
        now = asyncio.get_running_loop().time()
        rested = [each for each in map(self._of, self._watch.secondaries) if each.rests_until <= now]
        if not rested:
            raise NotOnSecondary("none")
        chosen = min(rested, key=lambda each: (each.pool.taken + each.pool.waiting, random.random()))  # noqa: S311 - it only breaks ties
        if chosen.is_failing:
            chosen.rests_until = now + REST_S  # only this read tries it
        return chosen

    def _of(self, server: Server) -> _Secondary:
        if server not in self._known:
            self._known[server] = _Secondary(server, self._new_pool(server))
        return self._known[server]

    @contextmanager
    def _blaming(self, secondary: _Secondary) -> Generator[None, None, None]:
        """Let a secondary rest that fails in the block. Raises NotOnSecondary in place of its errors."""
        try:
            yield
        except NotOnSecondary as why:
            self._fails(secondary, why.reason)
            raise
        except (MySQLError, OSError, DatabaseUnavailable) as error:
            translated = translate(error) if isinstance(error, MySQLError) else error
            if isinstance(translated, QueryTimeout):
                raise translated from error
            if isinstance(translated, OSError | DatabaseUnavailable):  # a TimeoutError is an OSError
                self._fails(secondary, str(error.__cause__ or error) or type(error).__name__)
                self._watch.hurry()
            raise NotOnSecondary("error") from error
        else:
            if secondary.is_failing:
                secondary.is_failing, secondary.rests_until = False, 0.0
                log.info("database.secondary_recovered", server=str(secondary.server))

    def _fails(self, secondary: _Secondary, reason: str) -> None:
        secondary.rests_until = asyncio.get_running_loop().time() + REST_S
        if not secondary.is_failing:
            secondary.is_failing = True
            log.warning("database.secondary_failing", server=str(secondary.server), reason=reason)

    @asynccontextmanager
    async def _connection(self, secondary: _Secondary) -> AsyncGenerator[MySQLConnection, None]:
        """Lend a connection of a secondary, and end its transaction after the block."""
        conn = await secondary.pool.acquire()
        is_healthy = False
        try:
            await self._prepare(conn)
            try:
                yield conn
            except (AppError, NotOnSecondary):  # raised between two statements
                await conn.rollback()
                is_healthy = True
                raise
            await conn.rollback()
            is_healthy = True
        finally:
            secondary.pool.release(conn, healthy=is_healthy)

    async def _wait_for_primary(self, shown: GtidSet, confirmation: Outcome) -> None:
        """Wait until the primary has executed the transactions that were shown. Raises NotOnSecondary."""
        loop = asyncio.get_running_loop()
        until = loop.time() + BOUND_S
        while not shown <= (await self._confirmations.confirmed(confirmation)).executed:
            if loop.time() > until:
                raise NotOnSecondary("ahead")
            await asyncio.sleep(_POLL_S)
            confirmation = self._confirmations.begin()


async def take_snapshot(conn: MySQLConnection, known: Confirmed) -> GtidSet:
    """Begin a transaction whose snapshot has all known transactions; return all that it may show.

    In one write. Raises NotOnSecondary if the server does not have them in time, and the driver's errors.
    """
    wait_s = max(0.001, min(BOUND_S, deadline.remaining()))  # 0 would mean no limit
    # The sets consist of what a server has sent: hexadecimal digits, numbers, tags and punctuation.
    script = (
        f"SELECT WAIT_FOR_EXECUTED_GTID_SET('{known.begun.text}', {wait_s:.3f}); "
        f"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY; {TRANSACTIONS}; "
    )
    async with deadline.limit(2 * BOUND_S, TimeoutError):  # the server may not answer at all
        ((timed_out,),), _, ((owned,),), ((executed,),) = await execute_script(conn, script)
    if timed_out:
        raise NotOnSecondary("lag")
    return GtidSet(f"{executed},{owned}")
