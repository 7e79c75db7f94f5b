"""A connection of a pool, lent for a block of statements."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

import structlog
from asyncmy.errors import MySQLError

from product_dashboard import deadline
from product_dashboard.database.confirmation import Confirmations, Outcome
from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.pool import Pool
from product_dashboard.database.primary import PrimaryWatch
from product_dashboard.database.server_errors import is_answer, is_complete, translate
from product_dashboard.errors import DatabaseUnavailable, QueryTimeout, RuleViolation

log = structlog.stdlib.get_logger()


class Loan(AbstractAsyncContextManager[MySQLConnection]):
    """Lends a connection of a pool for a block, at most for `seconds`, and translates the driver's errors.

    With several servers the block's end waits until it is confirmed that the connection led to the primary.

    A class, because each read of the database enters one, and three nested generators cost three times as much.
    """

    __slots__ = (
        "_confirmation",
        "_confirmations",
        "_conn",
        "_limit",
        "_pool",
        "_prepare",
        "_seconds",
        "_watch",
    )

    def __init__(
        self,
        pool: Pool,
        seconds: float,
        prepare: Callable[[MySQLConnection], Awaitable[None]],
        watch: PrimaryWatch | None,
        confirmations: Confirmations | None,
    ) -> None:
        self._pool = pool
        self._seconds = seconds
        self._prepare = prepare
        self._watch = watch
        self._confirmations = confirmations
        self._confirmation: Outcome | None = None

    async def __aenter__(self) -> MySQLConnection:
        self._conn = conn = await self._pool.acquire()
        self._limit = deadline.limit(self._seconds, QueryTimeout)
        self._limit.start()
        if self._confirmations is not None:
            self._confirmation = self._confirmations.begin()
        try:
            await self._prepare(conn)
        except BaseException as error:
            self._pool.release(conn, healthy=is_complete(error))
            self._end(error)
            raise
        return conn

    async def __aexit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._pool.release(self._conn, healthy=is_complete(error))
        if self._confirmation is not None and is_answer(error):
            try:
                await self.confirmed()
            except BaseException as unconfirmed:
                self._limit.stop(unconfirmed)
                raise
        self._end(error)

    async def confirmed(self) -> None:
        """Wait until it is confirmed that the server was the primary during the block. Raises DatabaseUnavailable."""
        if self._confirmations is not None and self._confirmation is not None:
            await self._confirmations.wait(self._confirmation, self._conn.server)

    def _end(self, error: BaseException | None) -> None:
        """End the limit. Raises the translation of `error` if it has one."""
        self._limit.stop(error)
        if not isinstance(error, MySQLError):
            return
        translated = translate(error)
        if isinstance(translated, RuleViolation):
            log.warning("database.rule_violation", reason=str(error))  # validation should have refused it
        if self._watch is not None and isinstance(translated, DatabaseUnavailable):
            self._watch.hurry()
        if translated is not error:
            raise translated from error
