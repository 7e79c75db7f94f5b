"""`@cached`: a read function whose answers are kept."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from product_dashboard.cache.answer import CachedAnswer
from product_dashboard.cache.cache import Cache
from product_dashboard.cache.keys import Key, KeyMaker, Tag
from product_dashboard.cache.ledger import Transactions
from product_dashboard.cache.request import FailSafe, Policy, Request

P = ParamSpec("P")
SourceT = TypeVar("SourceT")
ValueT = TypeVar("ValueT")


class CachedRead(Generic[SourceT, P, ValueT]):
    """A read function with a cache in front of it. Calling it calls the function, uncached."""

    def __init__(
        self,
        function: Callable[Concatenate[SourceT, P], Awaitable[ValueT]],
        policy: Policy,
        tags: Callable[..., Iterable[Tag]] | None,
    ) -> None:
        if tags is not None and _parameters(tags) != _parameters(function)[1:]:
            raise TypeError(
                f"{policy.name}: tags takes {_parameters(tags)}, the function {_parameters(function)[1:]}; "
                "they must be the same, without what the function loads from"
            )
        self._function = function
        self._policy = policy
        self._tags = tags
        self._keys = KeyMaker(policy.name, function)
        update_wrapper(self, function)

    async def __call__(self, source: SourceT, /, *args: P.args, **kwargs: P.kwargs) -> ValueT:
        """The function itself."""
        return await self._function(source, *args, **kwargs)

    def response(
        self, cache: Cache, source: SourceT, /, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, CachedAnswer[ValueT]]:
        """The answer as it is sent, from the cache or by one load. Raises what the function raises."""
        name = self._keys.name(args, kwargs)
        # Not `async`: a hit is to cost one coroutine, not two.
        if self._tags is None and not self._policy.watched:
            return cache.answer_plain(self._policy, self._function, name, source, args, kwargs)
        tags = () if self._tags is None else tuple([tag.name for tag in self._tags(*args, **kwargs)])
        return cache.answer(Request(self._policy, self._function, name, tags, source, args, kwargs))

    def key(self, *args: P.args, **kwargs: P.kwargs) -> Key:
        """What a write that changes this answer names in `invalidates`."""
        return Key(self._keys.name(args, kwargs))

    async def invalidate(
        self, cache: Cache, database: Transactions[object], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Make this answer stale now, for changes that did not come through `cache.transaction`."""
        async with cache.transaction(database, invalidates=[self.key(*args, **kwargs)]):
            pass


def cached(
    *,
    name: str,
    ttl: timedelta,
    tags: Callable[..., Iterable[Tag]] | None = None,
    stamp: Callable[[Any, datetime], Any] | None = None,
    refresh_ahead: timedelta = timedelta(0),
    serve_stale: timedelta = timedelta(0),
    fail_safe: FailSafe | None = None,
) -> Callable[[Callable[Concatenate[SourceT, P], Awaitable[ValueT]]], CachedRead[SourceT, P, ValueT]]:
    """Keep the answers of an async read function whose first parameter is what it loads from.

    `name`      unique in the service: two reads of one name would answer each other.
    `ttl`       how long an answer is kept, less up to a tenth of it at random.
    `tags`      from the same arguments: what a write may invalidate many answers by.
    `stamp`     puts the time of the fill into a result; only the stored bytes carry it.

    Staleness is allowed only where one of these is given, and never across an invalidation:
    `refresh_ahead`  reload in the background when an answer is used so short before its end.
    `serve_stale`    use an answer so long after its end (X-Cache: STALE) while it is reloaded in the background.
    `fail_safe`      when a reload fails with one of the named exceptions, use an answer that ended within its window.
    """
    # None of these three may decide the types of the function: the read's own signature does.
    if ttl <= timedelta(0):
        raise ValueError(f"{name}: ttl must be positive, not {ttl}")
    policy = Policy(
        name=name,
        ttl_ms=_ms(ttl),
        stamp=stamp,
        refresh_ahead_ms=_ms(refresh_ahead),
        serve_stale_ms=_ms(serve_stale),
        fail_safe_ms=_ms(fail_safe.window) if fail_safe else 0,
        fail_safe_on=fail_safe.on if fail_safe else (),
        watched=bool(refresh_ahead or serve_stale or fail_safe),
    )

    def decorate(
        function: Callable[Concatenate[SourceT, P], Awaitable[ValueT]],
    ) -> CachedRead[SourceT, P, ValueT]:
        return CachedRead(function, policy, tags)

    return decorate


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _ms(duration: timedelta) -> int:
    return int(duration / timedelta(milliseconds=1))
