"""A fixed number of connections and a bounded queue in front of them.

The driver's own pool connects under one lock, so that a single stalled connect holds up everybody, and
it lets any number of requests wait. Here each connection is opened on its own, outside any lock, and a
request that finds the queue full, or that has waited longer than the limit, is told so: a service that
says "not now" within a millisecond stays usable, one that lets thousands wait does not.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from product_dashboard.driver import Connection, is_usable
from product_dashboard.errors import DatabaseUnavailable, Overloaded
from product_dashboard.observability.metrics import POOL_IN_USE, POOL_REFUSED, POOL_WAITING


class Pool:
    """At most `size` open connections; at most `queue` callers wait for one, each at most `timeout_s`.

    A *slot* is the right to one connection. A slot is free, or holds an idle connection, or is taken.
    Whoever gives a slot back hands it to the first in the queue, so that nobody is overtaken.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], *, size: int, queue: int, timeout_s: float
    ) -> None:
        self._connect = connect
        self._queue = queue
        self._timeout_s = timeout_s
        self._size = size
        self._free_slots = size
        self._idle: list[Connection] = []
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._taken = 0
        self._closed = False

    @property
    def taken(self) -> int:
        """How many connections are in use, or being opened for somebody."""
        return self._taken

    @property
    def waiting(self) -> int:
        return len(self._waiters)

    async def open(self) -> None:
        """Open all connections, side by side. Raises the first failure after closing the others."""
        connections = [self._connect() for _ in range(self._size)]
        results = await asyncio.gather(*connections, return_exceptions=True)
        opened = [result for result in results if not isinstance(result, BaseException)]
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            for connection in opened:
                connection.close()
            raise failures[0]
        self._idle, self._free_slots = opened, 0

    async def acquire(self) -> Connection:
        """One connection, to be given back with `release`.

        Raises `Overloaded` when the queue is full or the wait too long, and what `connect` raises.
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

    def release(self, connection: Connection, *, healthy: bool) -> None:
        """Give a connection back. One that is not healthy is closed; its slot stays."""
        if healthy and not self._closed and is_usable(connection):
            self._give(connection)
        else:
            connection.close()
            self._give(None)

    async def close(self) -> None:
        """Close idle connections with a goodbye; those in use are closed when they come back."""
        self._closed = True
        idle, self._idle = self._idle, []
        self._free_slots += len(idle)
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(DatabaseUnavailable())
        await asyncio.gather(*(connection.ensure_closed() for connection in idle), return_exceptions=True)

    async def _open_taken(self) -> Connection:
        try:
            return await self._connect()
        except BaseException:
            self._give(None)
            raise

    async def _wait(self) -> Connection | None:
        """Queue up for a slot, which comes with its connection (or None where there is none in it)."""
        if len(self._waiters) >= self._queue:
            POOL_REFUSED.inc()
            raise Overloaded
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        POOL_WAITING.inc()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await waiter
        except BaseException as error:
            # The slot may have been handed over in the same moment: it must not get lost.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._give(waiter.result())
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            if isinstance(error, TimeoutError):
                POOL_REFUSED.inc()
                raise Overloaded from None
            raise
        finally:
            POOL_WAITING.dec()

    def _take(self) -> None:
        self._taken += 1
        POOL_IN_USE.inc()

    def _give(self, connection: Connection | None) -> None:
        """Hand a taken slot to the first in the queue, or put it back."""
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
