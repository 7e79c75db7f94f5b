"""The cache of a process: built in the application's lifespan, handed to reads and writes."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec

from product_dashboard.cache.absent import NoLedger, NoLink
from product_dashboard.cache.answer import CachedAnswer
from product_dashboard.cache.clock import wall_ms
from product_dashboard.cache.endpoint import parse_url
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.flight import AskAgain, Flights, fresh, from_store, within
from product_dashboard.cache.gates import Gates
from product_dashboard.cache.keys import Target
from product_dashboard.cache.lease import Leases
from product_dashboard.cache.ledger import Ledger, Transactions
from product_dashboard.cache.link import Link, Listener
from product_dashboard.cache.loader import Loader
from product_dashboard.cache.local import Announcer, Local
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.refresh import Refresher
from product_dashboard.cache.request import Policy, Request
from product_dashboard.cache.space import Space
from product_dashboard.cache.topology import make_link
from product_dashboard.cache.trust import Trust
from product_dashboard.cache.values import Stored, unpack, unpack_plain
from product_dashboard.cache.write import Transaction, Writer

ConnectionT = TypeVar("ConnectionT")

_ATTEMPTS: Final = 5


class Cache:
    """Answers cached reads and opens writes. Made by `Cache.open`; README.md says what it promises."""

    def __init__(
        self,
        link: Link,
        ledger: Ledger,
        announcer: Announcer,
        encoder: msgspec.json.Encoder,
        options: CacheOptions,
        metrics: Metrics,
    ) -> None:
        self._link = link
        self._metrics = metrics
        self._count = metrics.counters
        metrics.look = self._look_at_link
        self._options = options
        self._trust = Trust(
            ledger, link, metrics, prefix=options.prefix, lease=options.trust, patience=options.timeout
        )
        gates = Gates(link, ledger, metrics.counters)
        leases = Leases(link, gates, metrics.counters, options)
        self._loader = Loader(metrics, timeout=options.load_timeout, encode=encoder.encode)
        self._flights = Flights(leases, self._loader, metrics, options)
        self._refresher = Refresher(link, leases, self._loader, metrics.counters, options)
        self._announcer = announcer
        self._wake, self._acknowledgements = f"{options.prefix}:wake".encode(), announcer.channel.encode()
        self._writer = Writer(link, ledger, self._trust, announcer, metrics.counters, options)
        self._short = options.reads and not options.local_entries
        self._local: Local | None = None
        if options.local_entries:
            self._local = Local(link, self._trust, prefix=options.prefix, entries=options.local_entries)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        ledger: Ledger,
        encoder: msgspec.json.Encoder | None = None,
        options: CacheOptions | None = None,
    ) -> "AsyncGenerator[Cache]":
        """Open a cache on the Redis server of `url`, and close it at the end.

        `encoder` makes the stored bytes of every cached read from its result. Opening does not fail while Redis is
        unreachable: the cache is used as soon as Redis answers. Raises ValueError if `url` is not a Redis URL.
        """
        options = options or CacheOptions()
        listener = Listener()
        announcer = Announcer(prefix=options.prefix)
        channels = [f"{options.prefix}:wake", announcer.channel]
        if options.local_entries:
            channels.append(f"{options.prefix}:local")
        link = make_link(parse_url(url), channels, listener, timeout=options.timeout)
        cache = cls(link, ledger, announcer, encoder or msgspec.json.Encoder(), options, Metrics())
        listener.message, listener.changed, listener.deaf = cache._heard, cache._link_changed, cache._deaf
        try:
            await link.start()
            await cache._trust.begin()
            if cache._local is not None:
                cache._local.start()
            yield cache
        finally:
            await cache._close()

    @classmethod
    def disabled(cls) -> "Cache":
        """A cache without Redis: every read is answered from the database, and a write is its transaction."""
        options = CacheOptions()
        announcer = Announcer(prefix=options.prefix)
        return cls(NoLink(), NoLedger(), announcer, msgspec.json.Encoder(), options, Metrics())

    # -- what callers use

    async def answer(self, request: Request) -> CachedAnswer[Any]:
        """Answer one read; `read.response(...)` is how to call it."""
        if not self._options.reads:
            self._count.bypasses += 1
            return fresh(await self._loader.load_alone(request), "BYPASS")
        trust, local = self._trust, self._local
        for _ in range(_ATTEMPTS):
            if not (trust.valid() or await trust.ensure()):
                break
            space = trust.space
            if local is not None and (known := local.get(request.name)) is not None:
                self._count.hits += 1
                self._count.local_hits += 1
                return from_store(known, "HIT")
            ticket = local.ticket() if local is not None else None
            try:
                stored = await self._look(request, space)
            except (LinkDown, Refused):
                self._count.errors += 1
                break
            if stored is not None and (answer := self._usable(request, space, stored)) is not None:
                if local is not None:
                    local.keep(request, stored, ticket)
                return answer
            outcome = await self._flights.join(request, space, stored)
            if not isinstance(outcome, AskAgain):
                return outcome
        return await self._past_the_cache(request)

    async def answer_plain(
        self,
        policy: Policy,
        function: Callable[..., Awaitable[Any]],
        name: str,
        source: object,
        arguments: tuple[object, ...],
        keywords: dict[str, object],
    ) -> CachedAnswer[Any]:
        """As `answer`, for a read without tags or leave to be stale: a hit takes the shortest way there is.

        It makes the request only when it misses.
        """
        trust = self._trust
        if not self._short or not trust.valid():
            return await self.answer(Request(policy, function, name, (), source, arguments, keywords))
        space = trust.space
        try:
            raw = await self._link.get(space, name)
        except (LinkDown, Refused):
            self._count.errors += 1
            request = Request(policy, function, name, (), source, arguments, keywords)
            return await self._past_the_cache(request)
        if (found := unpack_plain(raw)) is not None:
            self._count.hits += 1
            filled_ms, etag, body = found
            return CachedAnswer(body, etag, "HIT", max(0, wall_ms() - filled_ms) // 1000)
        request = Request(policy, function, name, (), source, arguments, keywords)
        outcome = await self._flights.join(request, space, unpack(raw))
        return await self.answer(request) if isinstance(outcome, AskAgain) else outcome

    def transaction(
        self, database: Transactions[ConnectionT], *, invalidates: Iterable[Target] = ()
    ) -> AbstractAsyncContextManager[Transaction[ConnectionT]]:
        """Open a transaction that invalidates `invalidates` when it commits, and nothing when it does not.

        Raises Unavailable where the commit would leave something stale behind and that cannot be prevented now.
        """
        return self._writer.write(database, invalidates)

    async def ping(self) -> bool:
        """Whether Redis can be reached and may be believed now."""
        return await self._trust.ensure()

    @property
    def metrics(self) -> Metrics:
        """Counts so far; their `snapshot` is up to date whenever it is taken."""
        self._look_at_link()
        return self._metrics

    # -- insides

    async def _look(self, request: Request, space: Space) -> Stored | None:
        name, tags = request.name, request.tags
        if not tags:
            (raw,) = await self._link.fetch(space, (space.value(name),), (space.bucket(name),))
            return unpack(raw)
        keys = [space.value(name), *[space.nonce(tag) for tag in tags]]
        buckets: Sequence[int] = [space.bucket(name), *[space.bucket(tag) for tag in tags]]
        raw, *nonces = await self._link.fetch(space, keys, buckets)
        stored = unpack(raw)
        return stored if stored is not None and stored.nonces == tuple(nonces) else None

    def _usable(self, request: Request, space: Space, stored: Stored) -> CachedAnswer[Any] | None:
        policy = request.policy
        if policy.watched:
            left_ms = stored.fresh_until_ms - wall_ms()
            if left_ms <= -policy.serve_stale_ms:
                return None
            if left_ms <= policy.refresh_ahead_ms:
                self._refresher.start(request, space, stored)
            if left_ms <= 0:
                self._count.stale += 1
                return from_store(stored, "STALE")
        self._count.hits += 1
        return from_store(stored, "HIT")

    async def _past_the_cache(self, request: Request) -> CachedAnswer[Any]:
        policy = request.policy
        try:
            loaded = await self._loader.load_past(request)
        except policy.fail_safe_on:
            if (stored := await self._last_known(request)) is None:
                raise
            self._count.stale += 1
            return from_store(stored, "STALE")
        self._count.bypasses += 1
        return fresh(loaded, "BYPASS")

    async def _last_known(self, request: Request) -> Stored | None:
        """What Redis has for a read that may fall back on it, although the database cannot confirm the epoch."""
        try:
            stored = await self._look(request, self._trust.space)
        except (LinkDown, Refused):
            return None
        return stored if stored is not None and within(stored, request.policy.fail_safe_ms) else None

    def _look_at_link(self) -> None:
        metrics = self._metrics
        metrics.breaker, metrics.breaker_opened = self._link.breaker, self._link.opened
        metrics.commands = self._link.commands_sent()
        metrics.believed = self._trust.valid()

    def _heard(self, channel: bytes, payload: bytes) -> None:
        if channel == self._wake:
            self._flights.wake(payload)
        elif channel == self._acknowledgements:
            self._announcer.heard(payload)
        elif self._local is not None:
            self._local.heard(payload)

    def _deaf(self) -> None:
        self._flights.wake_all()
        if self._local is not None:
            self._local.deaf()

    def _link_changed(self) -> None:
        self._deaf()
        if self._link.server is not None:
            self._trust.kick()

    async def _close(self) -> None:
        if self._local is not None:
            await self._local.close()
        await self._flights.close()
        await self._refresher.close()
        await self._loader.close()
        await self._writer.close()
        await self._trust.close()
        await self._link.close()
