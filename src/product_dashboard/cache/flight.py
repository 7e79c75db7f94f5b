"""One load of one key in this process, and the readers who may share it.

A reader may take a result only if nothing of it was read before the reader came, or if Redis confirms that no writer
began in between. So at each step the readers of a flight are in one of two groups:

    early   came before the command of the step was sent, or before the load began: they may take the result
    late    came after that, but before SETTLE was sent: they may take a load whose SETTLE is accepted, else ask again
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from redis.exceptions import RedisError

from product_dashboard import deadline
from product_dashboard.cache.clock import now, wall_ms
from product_dashboard.cache.lease import Lease, Leases, Obstacle
from product_dashboard.cache.loader import Loaded, Loader, Request, deliver
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import CachedAnswer, Entry, State, Stored
from product_dashboard.errors import Unavailable

Waiter = asyncio.Future[CachedAnswer[Any] | None]  # None: the load was refused, ask again

_STEPS: Final = 20


@dataclass(slots=True)
class Flight:
    """A running attempt to get one key, for all readers who have joined it."""

    lease: Lease
    early: list[Waiter] = field(default_factory=list[Waiter])
    late: list[Waiter] = field(default_factory=list[Waiter])
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def promote(self) -> None:
        """Let all readers who have come take the results of the steps that begin from now on."""
        self.early += self.late
        self.late = []


def fresh(loaded: Loaded, state: State) -> CachedAnswer[Any]:
    """Return the answer that a load gives."""
    return CachedAnswer(loaded.body, loaded.etag, state, 0)


def from_store(stored: Stored, entry: Entry) -> CachedAnswer[Any]:
    """Return the answer that a stored value gives."""
    age = max(0, (wall_ms() - stored.filled_ms) // 1000)
    return CachedAnswer(stored.body, stored.etag, "HIT", age, entry)


@dataclass(eq=False)
class Flights:
    """All flights of this process."""

    leases: Leases
    loader: Loader
    metrics: Metrics
    options: CacheOptions
    _flights: dict[bytes, Flight] = field(default_factory=dict[bytes, Flight], init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], init=False)

    async def join(
        self, request: Request, space: Space, shape: bytes, pass_over: bytes
    ) -> CachedAnswer[Any] | None:
        """Share the flight of this key, or begin one. `pass_over` is the fill of a value that is not usable.

        Return None if a writer has overtaken the flight: the reader has to ask again. Raises what the load raises, and
        DeadlineExceeded for this reader only: the flight continues.
        """
        key = space.value(request.name)
        flight = self._flights.get(key)
        if flight is None:
            lease = Lease(space, request, shape, pass_over, key, space.bucket(request.name))
            flight = self._flights[key] = Flight(lease)
            task = asyncio.create_task(
                self._fly(flight), name=f"cache {request.name}", context=deadline.detached()
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        waiter: Waiter = asyncio.get_running_loop().create_future()
        flight.late.append(waiter)
        return await deadline.wait(waiter)

    def wake(self, key: bytes) -> None:
        """Tell the flight of `key` that a load is over, here or in another process."""
        flight = self._flights.get(key)
        if flight is not None:
            flight.woken.set()

    def wake_all(self) -> None:
        """Tell all flights to look: messages may have been lost, or Redis is gone."""
        for flight in self._flights.values():
            flight.woken.set()

    async def close(self) -> None:
        """Let running flights end for a while, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.options.close_timeout)
            await asyncio.sleep(0)  # a task cancelled before its first step would not answer its readers
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- internals

    async def _fly(self, flight: Flight) -> None:
        lease = flight.lease
        try:
            if not await self._lease(flight):
                await self._past_the_cache(flight)
            elif lease.stored is not None:
                self._land(flight)
                self.metrics.counters.hits += len(flight.early)
                entry = Entry(lease.request.name, lease.request.tags, lease.shape)
                deliver(flight.early, from_store(lease.stored, entry))
                self._ask_again(flight)
            else:
                await self._load(flight)
        except Exception as error:  # noqa: BLE001 - the readers receive it
            self._land(flight)
            deliver([*flight.early, *flight.late], error)
        except asyncio.CancelledError:
            self._land(flight)
            deliver([*flight.early, *flight.late], Unavailable("The service is shutting down."))
            raise

    def _land(self, flight: Flight) -> None:
        """Let no reader join this flight from here on."""
        if self._flights.get(flight.lease.key) is flight:
            del self._flights[flight.lease.key]

    def _ask_again(self, flight: Flight) -> None:
        self.metrics.counters.retries += len(flight.late)
        deliver(flight.late, None)

    async def _lease(self, flight: Flight) -> bool:
        """Get the lease, or a value that has come meanwhile. Return False if the read has to go past the cache."""
        lease = flight.lease
        left = self.options.timeout
        timed_out = False
        for _ in range(_STEPS):
            flight.woken.clear()
            flight.promote()
            asked = now()
            try:
                found = await self.leases.ask(lease, left)
            except RedisError:
                self.metrics.counters.errors += 1
                return False
            self.metrics.redis_seconds.observe(now() - asked)
            left = max(left - (now() - asked), 0.001)
            if isinstance(found, float):
                timed_out = not await self._woken(flight, found)
                left = self.options.timeout
            elif found is Obstacle.WRITER:
                return False
            elif found is not Obstacle.REMOVED:
                self.metrics.counters.takeovers += timed_out and lease.stored is None
                return True
        return False

    async def _woken(self, flight: Flight, seconds: float) -> bool:
        """Wait for the message that another load is over. Return False if its lease must have expired instead."""
        try:
            async with asyncio.timeout(seconds):
                await flight.woken.wait()
        except TimeoutError:
            return False
        return True

    async def _past_the_cache(self, flight: Flight) -> None:
        # The load begins after this moment, for all who have come. No reader may join it later.
        self._land(flight)
        flight.promote()
        loaded = await self.loader.load_past(flight.lease.request)
        self.metrics.counters.bypasses += len(flight.early)
        deliver(flight.early, fresh(loaded, "BYPASS"))

    async def _load(self, flight: Flight) -> None:
        lease = flight.lease
        stop = self.leases.keep_alive(lease)
        try:
            loaded = await self.loader.load(flight.lease.request, flight.promote)
        except Exception as error:  # noqa: BLE001 - handed to the readers
            await self._failed(flight, error)
            return
        finally:
            stop()
        self._land(flight)
        self.metrics.counters.misses += len(flight.early)
        deliver(flight.early, fresh(loaded, "MISS"))
        if not flight.late:
            self.leases.store_soon(lease, loaded)
        elif await self.leases.store(lease, loaded):
            self.metrics.counters.misses += len(flight.late)
            deliver(flight.late, fresh(loaded, "MISS"))
        else:
            self._ask_again(flight)

    async def _failed(self, flight: Flight, error: Exception) -> None:
        """A failure is a result like any other: late readers may have it if no writer began since LEASE."""
        self._land(flight)
        deliver(flight.early, error)
        if await self.leases.give_back(flight.lease):
            deliver(flight.late, error)
        else:
            self._ask_again(flight)
