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

from product_dashboard.cache.answer import CachedAnswer, State
from product_dashboard.cache.clock import now, wall_ms
from product_dashboard.cache.lease import Lease, Leases, Obstacle
from product_dashboard.cache.loader import Loader, deliver
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.request import Loaded, Request
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import Stored
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

    @property
    def request(self) -> Request:
        return self.lease.request

    def promote(self) -> None:
        """Whatever happens from now on is new to every reader who has come."""
        self.early += self.late
        self.late = []


def fresh(loaded: Loaded, state: State) -> CachedAnswer[Any]:
    """Return the answer that a load gives."""
    return CachedAnswer(loaded.body, loaded.etag, state, 0)


def from_store(stored: Stored) -> CachedAnswer[Any]:
    """Return the answer that a stored value gives."""
    return CachedAnswer(stored.body, stored.etag, "HIT", max(0, (wall_ms() - stored.filled_ms) // 1000))


class Flights:
    """All flights of this process."""

    def __init__(self, leases: Leases, loader: Loader, metrics: Metrics, options: CacheOptions) -> None:
        self._leases = leases
        self._loader = loader
        self._metrics = metrics
        self._count = metrics.counters
        self._options = options
        self._flights: dict[bytes, Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(
        self, request: Request, space: Space, shape: bytes, pass_over: bytes
    ) -> CachedAnswer[Any] | None:
        """Share the flight of this key, or begin one. `pass_over` is the fill of a value that is not usable.

        Return None if a writer has overtaken the flight: the reader has to ask again.
        """
        key = space.value(request.name)
        flight = self._flights.get(key)
        if flight is None:
            lease = Lease(space, request, shape, pass_over, key, space.bucket(request.name))
            flight = self._flights[key] = Flight(lease)
            task = asyncio.create_task(self._fly(flight), name=f"cache {request.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._count.joins += 1
        waiter: Waiter = asyncio.get_running_loop().create_future()
        flight.late.append(waiter)
        return await waiter

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
            await asyncio.wait(self._tasks, timeout=self._options.close_timeout)
            await asyncio.sleep(0)  # a task that is cancelled before its first step would not answer its readers
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- insides

    async def _fly(self, flight: Flight) -> None:
        lease = flight.lease
        try:
            if not await self._lease(flight):
                await self._past_the_cache(flight)
            elif lease.stored is not None:
                self._land(flight)
                self._count.hits += len(flight.early)
                deliver(flight.early, from_store(lease.stored))
                self._ask_again(flight)
            else:
                await self._load(flight)
        except Exception as error:  # noqa: BLE001 - whatever it is, the readers have to hear of it
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
        self._count.retries += len(flight.late)
        deliver(flight.late, None)

    async def _lease(self, flight: Flight) -> bool:
        """Get the lease, or a value that has come meanwhile. Return False if the read has to go past the cache."""
        lease = flight.lease
        left = self._options.timeout
        timed_out = False
        for _ in range(_STEPS):
            flight.woken.clear()
            flight.promote()
            asked = now()
            try:
                async with asyncio.timeout(left):
                    found = await self._leases.ask(lease)
            except (RedisError, TimeoutError):
                self._count.errors += 1
                return False
            self._metrics.redis_seconds.observe(now() - asked)
            left = max(left - (now() - asked), 0.001)
            if isinstance(found, float):
                timed_out = not await self._wait(flight, found)
                left = self._options.timeout
            elif found is Obstacle.WRITER:
                return False
            elif found is not Obstacle.REMOVED:
                self._count.takeovers += timed_out and lease.stored is None
                return True
        return False

    async def _wait(self, flight: Flight, seconds: float) -> bool:
        """Wait for the message that another load is over. Return False if its lease must have run out instead."""
        self._count.waits += 1
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
        loaded = await self._loader.load_past(flight.request)
        self._count.bypasses += len(flight.early)
        deliver(flight.early, fresh(loaded, "BYPASS"))

    async def _load(self, flight: Flight) -> None:
        lease = flight.lease
        stop = self._leases.keep_alive(lease)
        try:
            loaded = await self._loader.load(flight.request, flight.promote)
        except Exception as error:  # noqa: BLE001 - handed to the readers
            await self._failed(flight, error)
            return
        finally:
            stop()
        self._land(flight)
        self._count.misses += len(flight.early)
        deliver(flight.early, fresh(loaded, "MISS"))
        if await self._leases.store(lease, loaded, vouch=bool(flight.late)):
            self._count.misses += len(flight.late)
            deliver(flight.late, fresh(loaded, "MISS"))
        else:
            self._ask_again(flight)

    async def _failed(self, flight: Flight, error: Exception) -> None:
        """A failure is a result like any other: late readers may have it if no writer began since LEASE."""
        self._land(flight)
        deliver(flight.early, error)
        if await self._leases.give_back(flight.lease):
            deliver(flight.late, error)
        else:
            self._ask_again(flight)
