"""One load of one key in this process, and who may share it.

A reader may take a result only if nothing in it was read before the reader came, or if Redis vouches that no writer
began in between. So readers fall into two groups at each step:

    early   came before the step's command was sent (or before the load was begun): may take what it brings
    late    came afterwards, but before SETTLE was sent: may take a load whose SETTLE is accepted; else they ask again
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from product_dashboard.cache.answer import CachedAnswer, State
from product_dashboard.cache.clock import now, wall_ms
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.lease import Lease, Leases, Obstacle
from product_dashboard.cache.loader import Loader
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.request import Loaded, Request
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import Stored
from product_dashboard.errors import Unavailable


class AskAgain:
    """Told to a late reader whose load was refused."""


ASK_AGAIN: Final = AskAgain()
Outcome = CachedAnswer[Any] | AskAgain
Waiter = asyncio.Future[Outcome]

_STEPS: Final = 20
_DEAF_POLL: Final = 0.05


@dataclass(slots=True)
class Flight:
    """A running attempt to get one key for all who joined it."""

    request: Request
    space: Space
    key: bytes
    expired: (
        Stored | None
    )  # what was there and must not be used, except to fall back on where the read allows it
    early: list[Waiter] = field(default_factory=list[Waiter])
    late: list[Waiter] = field(default_factory=list[Waiter])
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def promote(self) -> None:
        """What happens from now on is new to everybody who has come."""
        self.early += self.late
        self.late = []


def deliver(waiters: Sequence[Waiter], outcome: Outcome | Exception) -> None:
    """Give each waiter its outcome; those who have gone are passed over."""
    for waiter in waiters:
        if waiter.done():
            continue
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
            waiter.exception()  # marks it as looked at: its reader may be cancelled before it looks
        else:
            waiter.set_result(outcome)


def fresh(loaded: Loaded, state: State) -> CachedAnswer[Any]:
    return CachedAnswer(loaded.body, loaded.etag, state, 0)


def from_store(stored: Stored, state: State) -> CachedAnswer[Any]:
    return CachedAnswer(stored.body, stored.etag, state, max(0, (wall_ms() - stored.filled_ms) // 1000))


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

    async def join(self, request: Request, space: Space, expired: Stored | None) -> Outcome:
        """Share the flight of this key, or begin one. `expired` was found in the store and is not to be used."""
        key = space.value(request.name)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = Flight(request, space, key, expired)
            task = asyncio.create_task(self._fly(flight), name=f"cache {request.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._count.joins += 1
        waiter: Waiter = asyncio.get_running_loop().create_future()
        flight.late.append(waiter)
        return await waiter

    def wake(self, key: bytes) -> None:
        """A load of `key` is over, here or elsewhere."""
        flight = self._flights.get(key)
        if flight is not None:
            flight.woken.set()

    def wake_all(self) -> None:
        """Messages may have been lost, or Redis is gone."""
        for flight in self._flights.values():
            flight.woken.set()

    async def close(self) -> None:
        """Let running flights end for a while, then cancel them."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._options.close_timeout)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- insides

    async def _fly(self, flight: Flight) -> None:
        try:
            lease = await self._lease(flight)
            if lease is None:
                await self._past_the_cache(flight)
            elif lease.stored is not None:
                self._land(flight)
                self._metrics.counters.hits += len(flight.early)
                deliver(flight.early, from_store(lease.stored, "HIT"))
                self._ask_again(flight)
            else:
                await self._load(flight, lease)
        except Exception as error:  # noqa: BLE001 - whatever it is, its readers have to hear of it
            self._land(flight)
            deliver([*flight.early, *flight.late], error)
        except asyncio.CancelledError:
            self._land(flight)
            deliver([*flight.early, *flight.late], Unavailable("The service is shutting down."))
            raise

    def _land(self, flight: Flight) -> None:
        """From here on nobody joins this flight."""
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    def _ask_again(self, flight: Flight) -> None:
        self._count.retries += len(flight.late)
        deliver(flight.late, ASK_AGAIN)

    async def _lease(self, flight: Flight) -> Lease | None:
        """The lease to load under, or the value that has come meanwhile; None: read past the cache."""
        lease = Lease(flight.space, flight.request, flight.expired)
        left = self._options.timeout
        timed_out = False
        for _ in range(_STEPS):
            flight.woken.clear()
            flight.promote()
            asked = now()
            try:
                async with asyncio.timeout(left):
                    found = await self._leases.ask(lease)
            except (LinkDown, Refused, TimeoutError):
                self._count.errors += 1
                return None
            self._metrics.redis_seconds.observe(now() - asked)
            left = max(left - (now() - asked), 0.001)
            if isinstance(found, float):
                timed_out = not await self._wait(flight, found)
                left = self._options.timeout
            elif found is Obstacle.PASSABLE:
                continue
            elif found is Obstacle.WRITER:
                return None
            else:
                self._count.takeovers += timed_out and lease.stored is None
                return lease
        return None

    async def _wait(self, flight: Flight, seconds: float) -> bool:
        """Wait for the message that another process' load is over; false when its lease must have run out instead."""
        self._count.waits += 1
        if not self._leases.listening:
            seconds = min(seconds, _DEAF_POLL)
        try:
            async with asyncio.timeout(seconds):
                await flight.woken.wait()
        except TimeoutError:
            return False
        return True

    async def _past_the_cache(self, flight: Flight) -> None:
        # The load begins after this moment, for all who have come; nobody may join it later.
        self._land(flight)
        flight.promote()
        loaded = await self._loader.load_past(flight.request)
        self._count.bypasses += len(flight.early)
        deliver(flight.early, fresh(loaded, "BYPASS"))

    async def _load(self, flight: Flight, lease: Lease) -> None:
        stop = self._leases.keep_alive(lease.space, lease.bucket, lease.key, lease.token)
        try:
            loaded = await self._loader.load(flight.request, flight.promote)
        except Exception as error:  # noqa: BLE001 - handed to the readers
            await self._failed(flight, lease, error)
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

    async def _failed(self, flight: Flight, lease: Lease, error: Exception) -> None:
        """A failure is a result like any other: late readers may have it when no writer began since."""
        self._land(flight)
        expired, policy = flight.expired, flight.request.policy
        if (
            expired is not None
            and isinstance(error, policy.fail_safe_on)
            and within(expired, policy.fail_safe_ms)
            and await self._leases.put_back(lease, expired)
        ):
            self._count.stale += len(flight.early) + len(flight.late)
            deliver([*flight.early, *flight.late], from_store(expired, "STALE"))
            return
        deliver(flight.early, error)
        if await self._leases.give_back(lease):
            deliver(flight.late, error)
        else:
            self._ask_again(flight)


def within(stored: Stored, window_ms: int) -> bool:
    """Whether a value ran out less than `window_ms` ago."""
    return wall_ms() <= stored.fresh_until_ms + window_ms
