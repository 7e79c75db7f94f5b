"""MySQL or MariaDB as the service sees it: `connection()`, `transaction()`, `retry_on_deadlock()`.

Whatever the driver raises is translated when it leaves one of the two context managers, so that nothing
beyond this module knows the driver's exceptions or the server's error numbers.
"""

import asyncio
import random
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from asyncmy.errors import InternalError, MySQLError

from product_dashboard.driver import Connection, is_usable, open_connection
from product_dashboard.errors import (
    AppError,
    DatabaseUnavailable,
    Deadlock,
    DuplicateKey,
    MissingReference,
    QueryTimeout,
    StillReferenced,
)
from product_dashboard.observability.metrics import DEADLOCK_RETRIES
from product_dashboard.pool import Pool
from product_dashboard.settings import DatabaseSettings

log = structlog.stdlib.get_logger()

T = TypeVar("T")

ATTEMPTS_ON_DEADLOCK = 5
LOCK_WAIT_S = 5
SQL_MODE = "TRADITIONAL,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION"


class Database:
    """A pool of connections that all have the same session settings. `open` before use, `close` after."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._tls = tls_context(settings)
        self._pool = Pool(
            self._connect,
            size=settings.pool_size,
            queue=settings.pool_queue,
            timeout_s=settings.acquire_timeout_s,
        )

    @property
    def address(self) -> str:
        """Where the server is, for logs."""
        return f"{self._settings.host}:{self._settings.port}/{self._settings.database}"

    @property
    def pool(self) -> Pool:
        return self._pool

    async def open(self) -> None:
        """Open all connections. Raises `DatabaseUnavailable`, its cause beside it, when one fails."""
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection, None]:
        """A connection on which each statement is a transaction of its own.

        Raises `Overloaded`, `DatabaseUnavailable`, and in the place of the driver's errors those of
        `errors.py`. Do not ask for a second connection while holding one: the pool could run dry.
        """
        async with self._lend(self._settings.query_timeout_s + 1) as conn:
            yield conn

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection, None]:
        """A connection in a transaction: committed when the block ends well, rolled back otherwise.

        Bounded by `transaction_timeout_s`, after which it raises `QueryTimeout`.
        """
        async with self._lend(self._settings.transaction_timeout_s) as conn:
            await conn.begin()
            try:
                yield conn
                await conn.commit()
            except (AppError, MySQLError):
                # Anything else means that the connection is closed, which rolls back as well.
                if is_usable(conn):
                    await conn.rollback()
                raise

    async def retry_on_deadlock(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Call `operation`, which opens its own transaction, again while it ends in a deadlock.

        After the last attempt the `Deadlock` goes on to the caller (503 outside).
        """
        for attempt in range(1, ATTEMPTS_ON_DEADLOCK):
            try:
                return await operation()
            except Deadlock:
                DEADLOCK_RETRIES.inc()
                log.info("transaction.retry", attempt=attempt, reason="deadlock")
            # Full jitter: two that collided must not collide again in step.
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - no secret depends on it
        return await operation()

    @asynccontextmanager
    async def _lend(self, limit_s: float) -> AsyncGenerator[Connection, None]:
        conn = await self._pool.acquire()
        healthy = False
        try:
            async with asyncio.timeout(limit_s):
                yield conn
            healthy = True
        except MySQLError as error:
            healthy = not (isinstance(error, InternalError) or _number(error) in _CONNECTION_ENDED)
            raise translate(error) from error
        except AppError:
            # Raised by our own code between two statements: the stream is in step.
            healthy = True
            raise
        except TimeoutError as error:
            raise QueryTimeout from error
        finally:
            # Any other exception may have left half an answer unread: such a connection is never lent again.
            self._pool.release(conn, healthy=healthy)

    async def _connect(self) -> Connection:
        settings = self._settings
        conn: Connection | None = None
        try:
            # The driver's own limit covers TCP alone, not a server that accepts and then says nothing.
            async with asyncio.timeout(settings.connect_timeout_s):
                conn = await open_connection(
                    host=settings.host,
                    port=settings.port,
                    user=settings.user,
                    password=settings.password.reveal(),
                    database=settings.database,
                    tls=self._tls,
                    statement_cache=settings.statement_cache,
                )
                await self._prepare_session(conn)
        except (MySQLError, OSError, TimeoutError) as error:
            if conn is not None:
                conn.close()
            raise DatabaseUnavailable from error
        return conn

    async def _prepare_session(self, conn: Connection) -> None:
        if "mariadb" in conn.get_server_info().lower():
            time_limit = f"max_statement_time={self._settings.query_timeout_s:.3f}"
        else:
            time_limit = f"max_execution_time={self._settings.query_timeout_s * 1000:.0f}"
        async with conn.cursor() as cursor:
            await cursor.execute(
                f"SET NAMES utf8mb4, time_zone='+00:00', sql_mode='{SQL_MODE}', "
                f"innodb_lock_wait_timeout={LOCK_WAIT_S}, {time_limit}"
            )
            # Without gap locks, writers of different rows do not meet; nothing here reads a range twice.
            await cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")


def tls_context(settings: DatabaseSettings) -> ssl.SSLContext | None:
    """What the URL's ssl-mode asks of a connection; None is plaintext."""
    if settings.ssl_mode == "DISABLED":
        return None
    context = ssl.create_default_context(cafile=settings.ssl_ca)
    if settings.ssl_mode != "VERIFY_IDENTITY":
        context.check_hostname = False
    if settings.ssl_mode == "REQUIRED":
        context.verify_mode = ssl.CERT_NONE
    return context


_CONNECTION_ENDED = frozenset(
    {1053, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013, 2014, 2055, 4031}
)
_KEY_NAME = re.compile(r"for key '(?:[^']*\.)?([^'.]+)'")
_CONSTRAINT_NAME = re.compile(r"CONSTRAINT [`\"]([^`\"]+)[`\"]")

_TRANSLATIONS: tuple[tuple[frozenset[int], Callable[[str], AppError]], ...] = (
    (frozenset({1062, 1586}), lambda text: DuplicateKey(_first(_KEY_NAME, text))),
    (frozenset({1217, 1451}), lambda text: StillReferenced(_first(_CONSTRAINT_NAME, text))),
    (frozenset({1216, 1452}), lambda text: MissingReference(_first(_CONSTRAINT_NAME, text))),
    (frozenset({1205, 1213, 3572}), lambda _: Deadlock()),
    (frozenset({1317, 1969, 3024}), lambda _: QueryTimeout()),
    (_CONNECTION_ENDED, lambda _: DatabaseUnavailable()),
    (frozenset({1040, 1203, 1290, 1836}), lambda _: DatabaseUnavailable()),  # too many, or read only for now
)


def translate(error: MySQLError) -> Exception:
    """The exception of `errors.py` that stands for a server's error; a fault of ours stays what it is."""
    for numbers, make in _TRANSLATIONS:
        if _number(error) in numbers:
            return make(str(error))
    return error


def _number(error: MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
