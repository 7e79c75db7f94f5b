"""The database of the service, MySQL or MariaDB.

`read()`, `connection()`, `snapshot()` and `transaction()` translate the errors of the driver that leave their blocks.
So no module outside of this folder needs the driver's exceptions or the server's error numbers.
"""

import asyncio
import math
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import structlog
from asyncmy.cursors import Cursor
from asyncmy.errors import MySQLError

from product_dashboard import deadline
from product_dashboard.database.commit import Commit
from product_dashboard.database.confirmation import Confirmations
from product_dashboard.database.driver import (
    MySQLConnection,
    Statement,
    execute_script,
    is_mariadb,
    is_usable,
    open_connection,
)
from product_dashboard.database.loan import Loan
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.database.pool import Pool
from product_dashboard.database.primary import NoPrimary, NotPrimary, PrimaryWatch
from product_dashboard.database.query_names import NamingCursor, named_statement
from product_dashboard.database.secondary import CONNECT_S, SESSION, NotOnSecondary, Secondaries
from product_dashboard.database_url import Server
from product_dashboard.errors import (
    AppError,
    DatabaseUnavailable,
    Deadlock,
    OutcomeUnknown,
    SchemaOutdated,
)
from product_dashboard.observability.metrics import DEADLOCK_RETRIES, READS, READS_MOVED
from product_dashboard.settings import DatabaseSettings

log = structlog.stdlib.get_logger()

T = TypeVar("T")

ATTEMPTS_ON_DEADLOCK = 5
LOCK_WAIT_S = 2
# Made once: to look a metric up by its label takes longer than to count.
_READS_ON_PRIMARY, _READS_ON_SECONDARIES = READS.labels("primary"), READS.labels("secondary")
SQL_MODE = "TRADITIONAL,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION"


class Database:
    """Pools of connections with the same session settings. Call `open` before use, `close` after.

    Transactions have connections of their own, half as many as reads have: reads continue while transactions wait for a
    locked row. More of them would make reads slower without more transactions, because transactions that want the same
    row wait for each other. Their connections are not in autocommit mode, so that a transaction begins with its first
    statement: BEGIN would be a round trip.
    """

    def __init__(self, settings: DatabaseSettings, watch: PrimaryWatch | None = None) -> None:
        """With several servers `watch` is the one of another database on the same servers; None for one of its own."""
        self._settings = settings
        self._tls = tls_context(settings)
        self._own_watch = None
        if watch is None and len(settings.servers) > 1:
            watch = self._own_watch = PrimaryWatch(settings.servers, self._open_connection)
        self._watch = watch
        self._longest_s = settings.query_timeout_s + 1
        on_secondaries = watch is not None and settings.reads == "secondary"
        self._confirmations: Confirmations | None = None
        self._secondaries: Secondaries | None = None
        if watch is not None:
            self._confirmations = Confirmations(self._connect, self._longest_s, brings_gtids=on_secondaries)
            if on_secondaries:
                self._secondaries = Secondaries(
                    watch,
                    self._confirmations,
                    lambda server: self._new_pool(partial(self._connect_to_secondary, server)),
                    self._tell_time_limit,
                    self._longest_s,
                )
        self._cursor_class: Callable[..., Any] = NamingCursor if settings.query_comments else Cursor
        self._statement: Callable[..., Statement] = named_statement if settings.query_comments else Statement
        self._pool = self._new_pool(self._connect)
        self._transactions = self._new_pool(
            partial(self._connect, autocommit=False), settings.transaction_pool_size
        )
        # Readiness asks here: it must not wait behind requests, nor take a connection from them.
        self._own = Pool(self._connect, size=1, queue=0, timeout_s=settings.connect_timeout_s)

    @property
    def address(self) -> str:
        """The addresses of the servers and the database's name, for logs."""
        return f"{','.join(map(str, self._settings.servers))}/{self._settings.database}"

    @property
    def watch(self) -> PrimaryWatch | None:
        """The watch for the primary of several servers; None if there is one server."""
        return self._watch

    @property
    def primary(self) -> str | None:
        """The address of the server that takes writes; None if there is one server, or none of several does."""
        found = None if self._watch is None else self._watch.primary
        return None if found is None else str(found)

    @property
    def secondaries(self) -> list[str] | None:
        """The addresses of the servers on which reads may run beside the primary; None if all run on the primary."""
        if self._watch is None or self._secondaries is None:
            return None
        return [str(server) for server in self._watch.secondaries]

    @property
    def pool(self) -> Pool:
        """The connections of reads on the primary."""
        return self._pool

    @property
    def transaction_pool(self) -> Pool:
        """The connections of transactions."""
        return self._transactions

    @property
    def pools(self) -> list[Pool]:
        """The connections of requests: for reads on the primary, for transactions, and for reads on each secondary."""
        on_secondaries = [] if self._secondaries is None else self._secondaries.pools
        return [self._pool, self._transactions, *on_secondaries]

    async def open(self) -> None:
        """Open all connections. Raises `DatabaseUnavailable`, with the cause, if one fails."""
        await self._pool.open()
        await self._transactions.open()

    async def close(self) -> None:
        await asyncio.gather(self._pool.close(), self._transactions.close(), self._own.close())
        if self._secondaries is not None:
            await self._secondaries.close()
        if self._confirmations is not None:
            await self._confirmations.close()
        if self._own_watch is not None:
            await self._own_watch.close()

    async def read(self, load: Callable[[MySQLConnection], Awaitable[T]]) -> T:
        """Call `load` with a connection, for a list or a report, and return its result.

        With DATABASE_READS=secondary it runs on a secondary where that is possible, and sees one snapshot; it may be
        called again, on the primary. It must only read. Raises errors as `connection` does.
        """
        if self._secondaries is not None:
            try:
                async with self._secondary_connection(self._secondaries) as conn:
                    result = await load(conn)
            except NotOnSecondary as why:
                READS_MOVED.labels(why.reason).inc()
            else:
                _READS_ON_SECONDARIES.inc()
                return result
        async with self.connection() as conn:
            result = await load(conn)
        _READS_ON_PRIMARY.inc()
        return result

    def connection(self) -> AbstractAsyncContextManager[MySQLConnection]:
        """Lend a connection to the primary on which each statement is a transaction of its own.

        Raises `Overloaded`, `QueryTimeout` after `query_timeout_s` and a second, `DeadlineExceeded`,
        `DatabaseUnavailable`, and the errors of `errors.py` for those of the driver.
        A caller that holds a connection must not ask for a second one: if all callers do, the pool is empty forever.
        """
        return self._lend(self._pool, self._longest_s)

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[MySQLConnection, None]:
        """Lend a connection whose statements all read the same state of the database, that of the first of them.

        It is for reads, and costs two more round trips than `connection`. Raises errors as `connection` does.
        """
        async with self.connection() as conn:
            try:
                # The isolation level is that of the next transaction only.
                await execute_script(
                    conn,
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION READ ONLY",
                )
                yield conn
                await conn.rollback()
            except BaseException:  # after a cancellation too, the next caller would read in this snapshot
                conn.close()
                raise

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[TransactionConnection, None]:
        """Lend a connection in a transaction: committed if the block ends well, rolled back otherwise.

        In a request only the deadline limits its time; without a deadline the limit is that of `connection`. Raises
        errors as `connection` does, and `OutcomeUnknown` in place of any error or cancellation after which the
        transaction may be committed.
        """
        has_deadline = deadline.remaining() < math.inf
        seconds = math.inf if has_deadline else self._longest_s
        commit = self._commit()
        try:
            loan = self._lend(self._transactions, seconds)
            async with loan as conn:
                pipeline = self._transaction_connection(conn)
                try:
                    yield pipeline
                    await pipeline.send()
                    await loan.confirmed()
                    await commit.run(conn)
                except (AppError, MySQLError):
                    # After any other exception the connection is closed, which rolls back as well.
                    if is_usable(conn):
                        await conn.rollback()
                    raise
        except (Exception, asyncio.CancelledError) as error:
            if commit.unknown:
                raise OutcomeUnknown from error
            raise

    async def retry_on_deadlock(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Call `operation`, which opens its own transaction, again if it ends in a deadlock.

        Raises the `Deadlock` of the last attempt. No attempt begins after the deadline, and none after an attempt that
        may have been committed: that one raises `OutcomeUnknown`.
        """
        for attempt in range(1, ATTEMPTS_ON_DEADLOCK):
            try:
                return await operation()
            except Deadlock:
                if deadline.remaining() <= 0:
                    raise
                DEADLOCK_RETRIES.inc()
                log.info("transaction.retry", attempt=attempt, reason="deadlock")
            # Full jitter: two transactions that collided must not collide again at the same moment.
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - no secret depends on it
        return await operation()

    async def applied_migrations(self) -> set[str]:
        """Return the ids of the applied migrations; none if the database is empty. Errors as in `connection`.

        Asks on a connection outside of the pool, which only one caller at a time may use.
        """
        seconds = self._settings.query_timeout_s
        try:
            async with self._lend(self._own, seconds) as conn, conn.cursor() as cursor:
                await cursor.execute("SELECT migration_id FROM _yoyo_migration")
                return {str(row[0]) for row in await cursor.fetchall()}
        except SchemaOutdated:
            return set()

    # Tracing overrides these three.

    def _secondary_connection(self, secondaries: Secondaries) -> AbstractAsyncContextManager[MySQLConnection]:
        return secondaries.lend()

    def _transaction_connection(self, conn: MySQLConnection) -> TransactionConnection:
        return TransactionConnection(conn, self._statement)

    def _commit(self) -> Commit:
        return Commit()

    def _new_pool(self, connect: Callable[[], Awaitable[MySQLConnection]], size: int | None = None) -> Pool:
        settings = self._settings
        return Pool(
            connect,
            size=settings.pool_size if size is None else size,
            queue=settings.pool_queue,
            timeout_s=settings.acquire_timeout_s,
        )

    def _lend(self, pool: Pool, seconds: float) -> Loan:
        return Loan(pool, seconds, self._tell_time_limit, self._watch, self._confirmations)

    async def _tell_time_limit(self, conn: MySQLConnection) -> None:
        """Let the server end what this request asks for at the request's deadline, not long after it.

        That costs a round trip, so it is done only for a request that has less than half of the usual limit left.
        """
        usual, left = self._settings.query_timeout_s, deadline.remaining()
        limit_s = left if left < usual / 2 else usual
        if limit_s != conn.time_limit_s:
            conn.time_limit_s = limit_s
            async with conn.cursor() as cursor:
                await cursor.execute(f"SET {_time_limits(conn)}")

    async def _connect(self, *, autocommit: bool = True) -> MySQLConnection:
        """Open a connection to the primary. Raises DatabaseUnavailable."""
        async with self._connecting(self._settings.connect_timeout_s) as opened:
            server = self._settings.servers[0] if self._watch is None else await self._watch.find()
            conn = await self._open_connection(server, autocommit=autocommit)
            opened.append(conn)
            await self._prepare_session(conn)
            if self._watch is not None:
                await self._watch.admit(conn)
                self._refuse_mariadb(conn)
        return conn

    async def _connect_to_secondary(self, server: Server) -> MySQLConnection:
        """Open a connection for reads to a secondary. Raises DatabaseUnavailable."""
        async with self._connecting(min(CONNECT_S, self._settings.connect_timeout_s)) as opened:
            conn = await self._open_connection(server)
            opened.append(conn)
            await self._prepare_session(conn)
            await execute_script(conn, SESSION)
            if self._watch is not None:
                self._watch.admit_to_secondary(conn)
        return conn

    @asynccontextmanager
    async def _connecting(self, seconds: float) -> AsyncGenerator[list[MySQLConnection], None]:
        """Limit the time of a block that opens a connection, and close what it has opened if it fails."""
        opened: list[MySQLConnection] = []
        try:
            # The driver's own limit covers only TCP, and not a server that accepts the connection and sends nothing.
            # It uses asyncio.wait_for, which may lose a cancellation.
            async with deadline.limit(seconds, TimeoutError, insists=True):
                yield opened
        except BaseException as error:  # also if the caller is cancelled: only this call knows the connection
            for conn in opened:
                conn.close()
            # A TimeoutError is an OSError.
            if isinstance(error, (MySQLError, OSError, NoPrimary, NotPrimary)):
                if self._watch is not None:
                    self._watch.hurry()
                raise DatabaseUnavailable from error
            raise

    def _refuse_mariadb(self, conn: MySQLConnection) -> None:
        """Raise NotPrimary if reads are to run on secondaries, and the server is MariaDB."""
        if self._secondaries is not None and is_mariadb(conn.get_server_info()):
            reason = "DATABASE_READS=secondary needs a MySQL group, and this is MariaDB"
            raise NotPrimary(reason, for_good=True)

    async def _open_connection(self, server: Server, *, autocommit: bool = True) -> MySQLConnection:
        settings = self._settings
        return await open_connection(
            server=server,
            user=settings.user,
            password=settings.password.reveal(),
            database=settings.database,
            tls=self._tls,
            statement_cache=settings.statement_cache,
            autocommit=autocommit,
            cursor_class=self._cursor_class,
        )

    async def _prepare_session(self, conn: MySQLConnection) -> None:
        conn.time_limit_s = self._settings.query_timeout_s
        async with conn.cursor() as cursor:
            await cursor.execute(
                f"SET NAMES utf8mb4, time_zone='+00:00', sql_mode='{SQL_MODE}', {_time_limits(conn)}"
            )
            # READ COMMITTED takes no gap locks: writers of different rows do not wait for each other. No
            # transaction of the service needs a range to stay as it was.
            await cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")


def _time_limits(conn: MySQLConnection) -> str:
    """Return the assignments that make the server end a statement, and a wait for a lock, at `conn.time_limit_s`."""
    milliseconds = max(1, math.ceil(conn.time_limit_s * 1000))  # 0 would mean no limit
    if is_mariadb(conn.get_server_info()):
        statement = f"max_statement_time={milliseconds / 1000:.3f}"
    else:
        statement = f"max_execution_time={milliseconds}"
    lock_wait_s = min(LOCK_WAIT_S, math.ceil(milliseconds / 1000))
    return f"{statement}, innodb_lock_wait_timeout={lock_wait_s}"


def tls_context(settings: DatabaseSettings) -> ssl.SSLContext | None:
    """Return the TLS settings that the URL's ssl-mode asks for; None for plaintext."""
    if settings.ssl_mode == "DISABLED":
        return None
    context = ssl.create_default_context(cafile=settings.ssl_ca)
    if settings.ssl_mode != "VERIFY_IDENTITY":
        context.check_hostname = False
    if settings.ssl_mode == "REQUIRED":
        context.verify_mode = ssl.CERT_NONE
    return context
