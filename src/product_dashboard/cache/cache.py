"""The cache of a process: opened in the application's lifespan, handed to reads and writes."""

from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Literal, TypeVar

import msgspec
from redis.exceptions import RedisError

from product_dashboard.cache.belief import Belief
from product_dashboard.cache.epoch import Closer, EpochStore
from product_dashboard.cache.flight import Flights, fresh, from_store
from product_dashboard.cache.keys import Target
from product_dashboard.cache.lease import Leases
from product_dashboard.cache.link import Link
from product_dashboard.cache.loader import Loader, Policy, Request
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.opening import Gates, Opener
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.servers import parse_url
from product_dashboard.cache.space import Space
from product_dashboard.cache.stored import StoredReads
from product_dashboard.cache.transaction import Committer, Transaction, Transactions
from product_dashboard.cache.values import CachedAnswer, Entry, fill_of, shape_of, unpack, usable
from product_dashboard.cache.wire import Reply

ConnectionT = TypeVar("ConnectionT")
CacheState = Literal["up", "bypassed", "down"]

_ATTEMPTS: Final = 5


class Cache:
    """Answers cached reads and opens writes. Made by `Cache.open`. README.md says what it promises."""

    # Tracing has subclasses of these.
    link_class: type[Link] = Link
    loader_class: type[Loader] = Loader
    flights_class: type[Flights] = Flights

    def __init__(
        self, url: str, store: EpochStore, encoder: msgspec.json.Encoder, options: CacheOptions
    ) -> None:
        self._options = options
        self._encoder = encoder
        self._shapes: dict[bytes, bytes] = {}
        # The reads whose last answer was a miss: the next one probably is, too, and asks for the lease at once. LEASE
        # returns a value that is there, but costs Redis a script.
        self._missed: set[str] = set()
        self.metrics: Final = Metrics()
        self._count = counters = self.metrics.counters
        self._link = link = self.link_class(
            parse_url(url), options.prefix, self.metrics, timeout=options.timeout
        )
        closer = Closer(store, counters, options.belief)
        gates = Gates(link, store, counters)
        self._opener = Opener(store, link, closer, gates, counters)
        self._belief = Belief(store, link, closer, self._opener, options.belief, options.timeout)
        self.metrics.belief = self._belief.valid
        self._loader = self.loader_class(self.metrics, encoder.encode)
        self._flights = self.flights_class(
            Leases(link, gates, counters, options), self._loader, self.metrics, options
        )
        self.stored: Final = StoredReads(self._belief, link)
        self._committer = Committer(link, store, self._belief, closer, counters, options)
        link.heard, link.changed = self._flights.wake, self._link_changed

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        epoch_store: EpochStore,
        encoder: msgspec.json.Encoder | None = None,
        options: CacheOptions | None = None,
    ) -> "AsyncGenerator[Cache]":
        """Open a cache on the Redis of `url`, and close it at the end.

        `encoder` makes the stored bytes of every cached read from its result. Opening does not fail while Redis is
        unreachable: the cache is used as soon as Redis answers. Raises ValueError if `url` is not a Redis URL.
        """
        cache = cls(url, epoch_store, encoder or msgspec.json.Encoder(), options or CacheOptions())
        try:
            await cache._link.start()
            await cache._belief.begin()
            yield cache
        finally:
            await cache._close()

    # -- what callers use

    async def answer(self, request: Request) -> CachedAnswer[Any]:
        """Answer one read. Callers use `read.response(...)`."""
        if not self._options.reads:
            self._count.bypasses += 1
            return fresh(await self._loader.load_alone(request), "BYPASS")
        belief = self._belief
        read, shape = request.policy.name, self._shape(request.policy)
        for _ in range(_ATTEMPTS):
            if not (belief.valid() or await belief.ensure()):
                break
            space, pass_over = belief.space, b""
            if read not in self._missed:
                try:
                    raw, *nonces = await self._fetch(request, space)
                except RedisError:
                    self._count.errors += 1
                    break
                stored = unpack(raw)
                if stored is not None and usable(stored, shape, nonces):
                    self._count.hits += 1
                    return from_store(stored, Entry(request.name, request.tags, shape))
                pass_over = fill_of(raw)
            answer = await self._flights.join(request, space, shape, pass_over)
            if answer is not None:
                (self._missed.discard if answer.state == "HIT" else self._missed.add)(read)
                return answer
        loaded = await self._loader.load_past(request)
        self._count.bypasses += 1
        return fresh(loaded, "BYPASS")

    def transaction(
        self, database: Transactions[ConnectionT], *, invalidates: Iterable[Target] | None = None
    ) -> AbstractAsyncContextManager[Transaction[ConnectionT]]:
        """Open a transaction that invalidates its targets when it commits, and nothing when it is rolled back.

        `invalidates` names targets; `tx.invalidates(...)` names more of them inside. An empty `invalidates` says that
        there will hardly be one, None that they are named inside. Raises Unavailable if the commit would leave
        something stale behind and that cannot be prevented now.
        """
        return self._committer.transaction(database, invalidates)

    async def ping(self) -> bool:
        """Look whether Redis can be reached and may be believed now."""
        return await self._belief.ensure()

    @property
    def state(self) -> CacheState:
        """The state at the last look; call `ping` before for a fresh look.

        "up": reads are answered from Redis. "bypassed": Redis answers, but reads go to the database, because the cache
        is switched off for reads or because what Redis holds may not be believed. "down": Redis does not answer.
        """
        if self._link.server is None:
            return "down"
        return "up" if self._options.reads and self._belief.confirmed else "bypassed"

    # -- internals

    def _fetch(self, request: Request, space: Space) -> Awaitable[list[Reply]]:
        """Read the value and the nonces of its tags."""
        name, tags = request.name, request.tags
        keys = [space.value(name), *[space.nonce(tag) for tag in tags]]
        return self._link.fetch(space, keys, [space.bucket(one) for one in (name, *tags)])

    def _shape(self, policy: Policy) -> bytes:
        """Return the shape of the answers of a read."""
        shape = self._shapes.get(policy.schema)
        if shape is None:
            shape = self._shapes[policy.schema] = shape_of(policy.schema, self._encoder)
        return shape

    def _link_changed(self) -> None:
        self._flights.wake_all()
        if self._link.server is not None:
            self._belief.look()

    async def _close(self) -> None:
        await self._flights.close()
        await self._loader.close()
        await self._link.all_replied()
        await self._opener.close()
        await self._belief.close()
        await self._link.close()
