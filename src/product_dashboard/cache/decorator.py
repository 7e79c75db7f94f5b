"""`@cached`: a read function whose answers are kept."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from product_dashboard.cache.cache import Cache
from product_dashboard.cache.keys import Key, KeyMaker, Tag
from product_dashboard.cache.loader import Policy, Request
from product_dashboard.cache.transaction import Transactions
from product_dashboard.cache.values import CachedAnswer, schema_of

P = ParamSpec("P")
SourceT = TypeVar("SourceT")
ValueT = TypeVar("ValueT")

Tags: TypeAlias = tuple[Tag, ...] | Callable[..., Iterable[Tag]]
"""The tags of all answers of a read, or a function that returns those of one answer."""


class CachedRead(Generic[SourceT, P, ValueT]):
    """A read function with a cache in front of it. Calling it calls the function, without the cache."""

    def __init__(
        self,
        function: Callable[Concatenate[SourceT, P], Awaitable[ValueT]],
        policy: Policy,
        tags: Tags,
    ) -> None:
        if callable(tags) and _parameters(tags) != _parameters(function)[1:]:
            raise TypeError(
                f"{policy.name}: tags takes {_parameters(tags)}, the function {_parameters(function)[1:]}; "
                "they must be the same, without what the function loads from"
            )
        self._function = function
        self._policy = policy
        self._tags_of: Callable[..., Iterable[Tag]] | None = tags if callable(tags) else None
        self._tags = () if callable(tags) else _names(tags)
        self._keys = KeyMaker(policy.name, function)
        update_wrapper(self, function)

    async def __call__(self, source: SourceT, /, *args: P.args, **kwargs: P.kwargs) -> ValueT:
        """Call the function itself."""
        return await self._function(source, *args, **kwargs)

    def response(
        self, cache: Cache, source: SourceT, /, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, CachedAnswer[ValueT]]:
        """Return the encoded answer, from the cache or by one load. Raises what the function raises."""
        name = self._keys.name(args, kwargs)
        tags = self._tags if self._tags_of is None else _names(self._tags_of(*args, **kwargs))
        # Not `async`: a hit costs one coroutine, not two.
        return cache.answer(Request(self._policy, self._function, name, tags, source, args, kwargs))

    def key(self, *args: P.args, **kwargs: P.kwargs) -> Key:
        """Return what a write that changes this answer names in `invalidates`."""
        return Key(self._keys.name(args, kwargs))

    async def invalidate(
        self, cache: Cache, database: Transactions[object], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Invalidate this answer now, after a change that did not go through `cache.transaction`."""
        async with cache.transaction(database, invalidates=[self.key(*args, **kwargs)]):
            pass


def cached(
    *,
    name: str,
    ttl: timedelta,
    tags: Tags = (),
    stamp: Callable[[Any, datetime], Any] | None = None,
) -> Callable[[Callable[Concatenate[SourceT, P], Awaitable[ValueT]]], CachedRead[SourceT, P, ValueT]]:
    """Keep the answers of an async read function whose first parameter is what it loads from.

    `name`      unique in the service: two reads of one name would answer each other.
    `ttl`       how long an answer is kept, less up to a tenth of it at random.
    `tags`      by a tag a write invalidates many answers at once. A tuple if all answers carry the same tags;
                otherwise a function with the parameters of the read, except the first.
    `stamp`     puts the time of the fill into a result; only the stored bytes carry it.

    Raises TypeError if the function does not declare a return type that has a JSON schema: the schema is stored with
    each answer, and an answer with another schema is not used.
    """
    if ttl <= timedelta(0):
        raise ValueError(f"{name}: ttl must be positive, not {ttl}")

    def decorate(
        function: Callable[Concatenate[SourceT, P], Awaitable[ValueT]],
    ) -> CachedRead[SourceT, P, ValueT]:
        policy = Policy(name, int(ttl / timedelta(milliseconds=1)), stamp, schema_of(name, function))
        return CachedRead(function, policy, tags)

    return decorate


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _names(tags: Iterable[Tag]) -> tuple[str, ...]:
    return tuple([tag.name for tag in tags])
