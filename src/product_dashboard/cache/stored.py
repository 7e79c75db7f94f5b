"""Answers from stored bytes only: nothing is loaded, and nothing is waited for but Redis.

A caller that knows which entries answer a request reads them here, under the rules of every hit (README.md): Redis is
believed, the entry has the wanted shape, and it has the nonces that its tags have now.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from product_dashboard.cache.belief import Belief
from product_dashboard.cache.flight import from_store
from product_dashboard.cache.link import Link
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import CachedAnswer, Entry, unpack, usable
from product_dashboard.cache.wire import Reply

Answers = tuple[CachedAnswer[Any], ...]
Deliver = Callable[[list[Answers | None]], None]


class Locations:
    """The entries that answer one request, and their keys in the space that is believed now."""

    __slots__ = ("_space", "buckets", "entries", "keys")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._space: Space | None = None
        self.keys: list[bytes] = []
        self.buckets: list[int] = []

    def locate(self, space: Space) -> None:
        """Set `keys` and `buckets`: for each entry its value, and then the nonces of its tags."""
        if space is self._space:
            return
        self._space, self.keys, self.buckets = space, [], []
        for entry in self.entries:
            self.keys += [space.value(entry.name), *[space.nonce(tag) for tag in entry.tags]]
            self.buckets += [space.bucket(name) for name in (entry.name, *entry.tags)]


class StoredReads:
    """Reads stored answers of a cache."""

    def __init__(self, belief: Belief, link: Link) -> None:
        self._belief = belief
        self._link = link

    def read(self, wanted: Sequence[Locations], deliver: Deliver) -> None:
        """Read all of `wanted` in one command, and call `deliver` once, now or later, with an item for each of them.

        An item has the answers of its entries, or is None if one of them cannot be answered from stored bytes. The
        requests that `wanted` answers must have arrived before this call.
        """
        nothing: list[Answers | None] = [None] * len(wanted)
        if not self._belief.valid():
            deliver(nothing)
            return
        space = self._belief.space
        keys: list[bytes] = []
        buckets: list[int] = []
        for each in wanted:
            each.locate(space)
            keys += each.keys
            buckets += each.buckets
        try:
            found = self._link.fetch(space, keys, buckets)
        except RedisError:
            deliver(nothing)
            return
        found.add_done_callback(partial(_arrived, wanted, deliver, nothing))


def _arrived(
    wanted: Sequence[Locations],
    deliver: Deliver,
    nothing: list[Answers | None],
    found: asyncio.Future[list[Reply]],
) -> None:
    if found.cancelled() or found.exception() is not None:
        deliver(nothing)
        return
    replies = found.result()
    answers: list[Answers | None] = []
    end = 0
    for each in wanted:
        begin, end = end, end + len(each.keys)
        answers.append(_answers(each.entries, replies[begin:end]))
    deliver(answers)


def _answers(entries: tuple[Entry, ...], replies: list[Reply]) -> Answers | None:
    """Return the answers, None if one entry is not usable. `replies` has the value and the nonces of each."""
    found: list[CachedAnswer[Any]] = []
    at = 0
    for entry in entries:
        begin, at = at, at + 1 + len(entry.tags)
        stored = unpack(replies[begin])
        if stored is None or not usable(stored, entry.shape, replies[begin + 1 : at]):
            return None
        found.append(from_store(stored, entry))
    return tuple(found)
