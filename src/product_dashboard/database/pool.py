"""A fixed number of connections and a bounded queue in front of them.

The driver's own pool connects under one lock, so that a single stalled connect delays every caller, and
any number of requests may wait. Here each connection is opened outside any lock, and a request that finds
the queue full, or has waited longer than the limit, is refused: a service that refuses within a millisecond
stays usable, a service that lets thousands wait does not.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable

from product_dashboard import deadline
from product_dashboard.database.driver import MySQLConnection, is_usable
from product_dashboard.errors import DatabaseUnavailable, Overloaded
from product_dashboard.observability.metrics import POOL_IN_USE, POOL_REFUSED, POOL_WAITING


def patience(timeout_s: float) -> float:
    """Return a time between half of `timeout_s` and all of it.

    Callers who came at the same moment must not be refused at the same moment, and come back at the same moment: to
    answer hundreds at once makes all other requests wait.
    """
    return timeout_s * random.uniform(0.5, 1.0)  # noqa: S311 - no secret depends on it


class Pool:
    """At most `size` open connections; at most `queue` callers wait for one, each at most `timeout_s`.

    A caller whose request has a deadline waits no longer than until then.

    A *slot* is the right to one connection. A slot is free, or holds an idle connection, or is taken.
    A released slot goes to the first caller in the queue: no caller overtakes another.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[MySQLConnection]], *, size: int, queue: int, timeout_s: float
    ) -> None:
        self._connect = connect
        self._queue = queue
        self._timeout_s = timeout_s
        self._free_slots = size
        self._idle: list[MySQLConnection] = []
        self._waiters: deque[asyncio.Future[MySQLConnection | None]] = deque()
        self._taken = 0
        self._closed = False

    @property
    def taken(self) -> int:
        """Number of connections that are in use, or being opened for a caller."""
        return self._taken

    @property
    def waiting(self) -> int:
        return len(self._waiters)

    async def open(self) -> None:
        """Open all connections at the same time, unless they are open.

        If one fails, closes the others and raises its error.
        """
        slots, self._free_slots = self._free_slots, 0
        connections = [self._connect() for _ in range(slots)]
        results = await asyncio.gather(*connections, return_exceptions=True)
        opened = [result for result in results if not isinstance(result, BaseException)]
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            self._free_slots += slots
            for connection in opened:
                connection.close()
            raise failures[0]
        self._idle += opened

    async def acquire(self) -> MySQLConnection:
        """Return a connection; the caller must give it back with `release`.

        Raises `Overloaded` if the queue is full or the wait too long, `DeadlineExceeded`, and the errors of `connect`.
        """
        if self._closed:
            raise DatabaseUnavailable
        while self._idle:
            connection = self._idle.pop()
            if is_usable(connection):
                self._take()
                return connection
            connection.close()
            self._free_slots += 1
        if self._free_slots:
            self._free_slots -= 1
            self._take()
            return await self._open_taken()
        granted = await self._wait()
        return granted or await self._open_taken()

    def release(self, connection: MySQLConnection, *, healthy: bool) -> None:
        """Give a connection back. If it is not healthy it is closed, and its slot is free."""
        if healthy and not self._closed and is_usable(connection):
            self._give(connection)
        else:
            connection.close()
            self._give(None)

    async def close(self) -> None:
        """End idle connections in order; connections in use are closed when they are released."""
        self._closed = True
        idle, self._idle = self._idle, []
        self._free_slots += len(idle)
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(DatabaseUnavailable())
        await asyncio.gather(*(connection.ensure_closed() for connection in idle), return_exceptions=True)

    async def _open_taken(self) -> MySQLConnection:
        try:
            return await self._connect()
        except BaseException:
            self._give(None)
            raise

    async def _wait(self) -> MySQLConnection | None:
        """Wait in the queue for a slot; return its connection, or None if it has none."""
        if len(self._waiters) >= self._queue:
            POOL_REFUSED.inc()
            raise Overloaded
        waiter: asyncio.Future[MySQLConnection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        POOL_WAITING.inc()
        try:
            return await deadline.wait(waiter, patience(self._timeout_s), Overloaded)
        except BaseException as error:
            # The slot may have been handed over at the same moment: it must not be lost.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._give(waiter.result())
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            if isinstance(error, Overloaded):
                POOL_REFUSED.inc()
            raise
        finally:
            POOL_WAITING.dec()

    def _take(self) -> None:
        self._taken += 1
        POOL_IN_USE.inc()

    def _give(self, connection: MySQLConnection | None) -> None:
        """Hand a taken slot to the first caller in the queue, or put it back."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._taken -= 1
        POOL_IN_USE.dec()
        if connection is None:
            self._free_slots += 1
        else:
            self._idle.append(connection)
