"""Confirmations that a server was still the primary while something was read from it.

A server does not notice at once that its group has elected another primary, and a server that has left its group
answers with old rows. So an answer counts only after a *confirmation* that began after the loan of the
connection did. The server sends a message through the group, in the same order as all writes, and waits until the
message comes back and everything in front of it is applied. Then it says that it is the primary, and writable. Let m be
the moment at which it says so, and r the moment at which the rows were read.

- If r is after m, the rows have every write that was acknowledged before m, and so before the loan began.
- If r is before m, no other server was the primary at r, because this one was the primary at m.

The second sentence is wrong only if the primary is switched twice, there and back, during one loan. No clock and no
time limit is part of the argument. Without a majority no message comes back, and the reader gets 503.

One confirmation serves all loans that began before it, so that a busy service pays for few. Where reads run on
secondaries, it also brings the transactions that the primary has; `secondary` says what for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import structlog
from asyncmy.errors import MySQLError

from product_dashboard import deadline
from product_dashboard.database.driver import MySQLConnection, execute_script, is_usable
from product_dashboard.database.gtid import GtidSet
from product_dashboard.database.primary import BEFORE, NotPrimary, ask, is_member, question, view_of
from product_dashboard.database_url import Server
from product_dashboard.errors import DatabaseUnavailable

log = structlog.stdlib.get_logger()

# A transaction is owned from before its commit until it is executed, so that this order misses none.
TRANSACTIONS: Final = "SELECT @@global.gtid_owned; SELECT @@global.gtid_executed"
_NO_GTIDS: Final = GtidSet("")


class Confirmed(NamedTuple):
    """The primary, the transactions that it has executed, and these together with those that are being committed.

    A transaction that is being committed may have released its locks. Both sets are empty if they were not asked for.
    """

    server: Server
    executed: GtidSet = _NO_GTIDS
    begun: GtidSet = _NO_GTIDS


Outcome = asyncio.Future[Confirmed | Exception]


class Confirmations:
    """Confirms the primary, on one connection from `connect`, each time for at most `seconds`.

    `brings_gtids`: each confirmation also has the transactions of the primary, which must be a member of a group.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[MySQLConnection]],
        seconds: float,
        *,
        brings_gtids: bool = False,
    ) -> None:
        self._connect = connect
        self._seconds = seconds
        self._brings_gtids = brings_gtids
        self._conn: MySQLConnection | None = None
        self._next: Outcome | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> Outcome:
        """Return the next confirmation, which begins after this call. Pass it to `wait` or `confirmed`."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            if self._task is None:
                self._task = asyncio.create_task(self._run(), name="confirm", context=deadline.detached())
        return self._next

    async def confirmed(self, confirmation: Outcome) -> Confirmed:
        """Wait for a confirmation, and return it. Raises DatabaseUnavailable if no primary is known."""
        outcome = await asyncio.shield(confirmation)
        if isinstance(outcome, DatabaseUnavailable):
            raise DatabaseUnavailable from outcome.__cause__
        if isinstance(outcome, Exception):
            raise DatabaseUnavailable from outcome
        return outcome

    async def wait(self, confirmation: Outcome, server: Server) -> None:
        """Wait for a confirmation that `server` is the primary. Raises DatabaseUnavailable if it is not known to be."""
        confirmed = await self.confirmed(confirmation)
        if confirmed.server != server:
            raise DatabaseUnavailable from NotPrimary(
                f"{confirmed.server} has become the primary in place of {server}"
            )

    async def close(self) -> None:
        """Give up what is not confirmed yet."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._drop()
        if self._next is not None:
            self._next.set_result(DatabaseUnavailable())

    async def _run(self) -> None:
        while (confirmation := self._next) is not None:
            self._next = None
            outcome: Confirmed | Exception = DatabaseUnavailable()  # if this task is cancelled
            try:
                outcome = await self._confirm()
            except Exception as error:  # after any error the next confirmation must be tried
                log.exception("database.confirmation_failed")
                self._drop()
                outcome = error
            finally:
                confirmation.set_result(outcome)
        self._task = None

    async def _confirm(self) -> Confirmed | Exception:
        try:
            async with deadline.limit(self._seconds, TimeoutError, insists=True):
                conn = await self._open()
                if is_member(conn.get_server_info()):
                    return await self._confirm_member(conn)
                await ask(conn)
        except (MySQLError, OSError, NotPrimary, DatabaseUnavailable) as error:
            self._drop()
            return error
        return Confirmed(conn.server)

    async def _confirm_member(self, conn: MySQLConnection) -> Confirmed:
        """Ask a member of a group in one write. BEGIN sends the message through the group."""
        transactions = f"{TRANSACTIONS}; " if self._brings_gtids else ""
        answers = await execute_script(
            conn, f"BEGIN; {question(conn.get_server_info())}; {transactions}COMMIT"
        )
        view_of(answers[1][0])
        if not self._brings_gtids:
            return Confirmed(conn.server)
        ((owned,),), ((executed,),) = answers[2:4]
        return Confirmed(conn.server, GtidSet(executed), GtidSet(f"{executed},{owned}"))

    async def _open(self) -> MySQLConnection:
        if self._conn is None or not is_usable(self._conn):  # the watch may have closed it
            self._conn = await self._connect()
            if is_member(self._conn.get_server_info()):
                async with self._conn.cursor() as cursor:
                    await cursor.execute(BEFORE)
        return self._conn

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None
