"""The steps of the protocol that a reader takes in Redis: ask for a lease, renew it, and end it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Final, TypeVar

from redis.exceptions import RedisError, ResponseError

from product_dashboard.cache.link import Link
from product_dashboard.cache.loader import Loaded, Request
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.opening import Gates
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.scripts import LEASE, RENEW, SETTLE, TAG
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import NONCE_SIZE, Stored, fill_of, pack, unpack, usable
from product_dashboard.cache.wire import Reply, items

T = TypeVar("T")

# A nonce is kept longer than any value that carries it: a nonce that is lost early makes misses.
_NONCE_SPARE_MS: Final = 60_000


class Obstacle(Enum):
    """The reason why there is no lease."""

    WRITER = auto()  # a writer is in flight, or may be
    REMOVED = auto()  # there was an obstacle; ask again


@dataclass(slots=True, eq=False)
class Lease:
    """An attempt to get the right to load a key; then that right."""

    space: Space
    request: Request
    shape: bytes
    pass_over: bytes  # the fill id of a value that is not usable
    key: bytes
    bucket: int
    token: str = field(default_factory=partial(secrets.token_hex, 8))
    # Writers that are over, by the name that has their fences.
    cleared: dict[str, list[bytes]] = field(default_factory=dict[str, list[bytes]])
    nonces: tuple[bytes, ...] = ()  # of the tags, from before the load
    stored: Stored | None = None  # found instead of a lease


@dataclass(eq=False)
class Leases:
    """Asks for leases, and ends them."""

    link: Link
    gates: Gates
    counters: Counters
    options: CacheOptions

    async def ask(self, lease: Lease) -> Lease | Obstacle | float:
        """Return the lease, an obstacle, or how many seconds to wait for another reader's load.

        If a usable value has come meanwhile, the lease is returned with it in `stored`. Raises RedisError.
        """
        tags = lease.request.tags
        first, *others = await asyncio.gather(
            self._ask_lease(lease), *(self._ask_tag(lease, tag) for tag in tags)
        )
        if first[0] == b"W":
            return _second(first, int) / 1000 + 0.001
        replies = dict(zip(("", *tags), (first, *others), strict=True))
        blocked = {name: reply for name, reply in replies.items() if reply[0] in (b"F", b"X", b"G")}
        if blocked:
            if first[0] == b"L":
                await self.give_back(lease)
            return await self._clear(lease, blocked)
        lease.nonces = tuple([_second(reply, bytes) for reply in others])
        if first[0] == b"V":
            raw = _second(first, bytes)
            stored = unpack(raw)
            if not usable(stored, lease.shape, lease.nonces):
                lease.pass_over = fill_of(raw)
                return Obstacle.REMOVED
            lease.stored = stored
        return lease

    def keep_alive(self, lease: Lease) -> Callable[[], object]:
        """Renew a lease until the function that is returned is called."""
        return asyncio.create_task(self._renew(lease), name="cache-renew").cancel

    async def store(self, lease: Lease, loaded: Loaded, *, vouch: bool) -> bool:
        """Store what was loaded; True if it was accepted and, with `vouch`, no tag was invalidated since LEASE."""
        value = Stored(
            fill=secrets.token_bytes(NONCE_SIZE),
            shape=lease.shape,
            filled_ms=loaded.filled_ms,
            etag=loaded.stored_etag,
            nonces=lease.nonces,
            body=loaded.stored_body,
        )
        return await self._settle(lease, pack(value), loaded.ttl_ms, vouch=vouch)

    async def give_back(self, lease: Lease) -> bool:
        """Let another reader load. Return True if no writer began while the lease was held."""
        return await self._settle(lease, b"", 0, vouch=True)

    # -- internals

    async def _ask_lease(self, lease: Lease) -> list[Reply]:
        name, cleared = "v" + lease.request.name, lease.cleared.get("", ())
        arguments = (name, lease.token, int(self.options.lease * 1000), lease.pass_over, *cleared)
        keys = (lease.key, lease.space.gate(lease.bucket))
        return _parts(await self.link.script(LEASE, lease.space, lease.bucket, keys, arguments))

    async def _ask_tag(self, lease: Lease, tag: str) -> list[Reply]:
        space = lease.space
        bucket = space.bucket(tag)
        kept = lease.request.policy.ttl_ms + _NONCE_SPARE_MS
        arguments = ("t" + tag, secrets.token_bytes(NONCE_SIZE), kept, *lease.cleared.get(tag, ()))
        keys = (space.nonce(tag), space.gate(bucket))
        return _parts(await self.link.script(TAG, space, bucket, keys, arguments))

    async def _clear(self, lease: Lease, blocked: dict[str, list[Reply]]) -> Obstacle:
        """Try to remove the obstacles; `blocked` has "" for the key, else tags."""
        if any(reply[0] == b"F" for reply in blocked.values()):
            return Obstacle.WRITER
        if any(reply[0] == b"X" for reply in blocked.values()) and not await self.gates.writers_over():
            return Obstacle.WRITER
        for name, reply in blocked.items():
            if reply[0] == b"X":
                writers = [part for part in reply[1:] if isinstance(part, bytes)]
                self.counters.fences_cleared += len(writers)
                lease.cleared.setdefault(name, []).extend(writers)
            elif not await self.gates.restore(lease.space, lease.space.bucket(name or lease.request.name)):
                return Obstacle.WRITER
        return Obstacle.REMOVED

    async def _renew(self, lease: Lease) -> None:
        arguments = (lease.token, int(self.options.lease * 1000))
        while True:
            await asyncio.sleep(self.options.lease / 3)
            try:
                if await self.link.script(RENEW, lease.space, lease.bucket, (lease.key,), arguments) != 1:
                    return
            except RedisError:
                self.counters.errors += 1

    async def _settle(self, lease: Lease, value: bytes, ttl_ms: int, *, vouch: bool) -> bool:
        calls: list[Awaitable[bool]] = [self._settle_key(lease, value, ttl_ms)]
        if vouch and lease.request.tags:
            calls.append(self._tags_stand(lease))
        try:
            async with asyncio.timeout(self.options.timeout):
                return all(await asyncio.gather(*calls))
        except (RedisError, TimeoutError):
            self.counters.errors += 1
            return False

    async def _settle_key(self, lease: Lease, value: bytes, ttl_ms: int) -> bool:
        arguments = (lease.token, self.link.channel, value, ttl_ms)
        accepted = await self.link.script(SETTLE, lease.space, lease.bucket, (lease.key,), arguments) == 1
        if value and accepted:
            self.counters.stores += 1
        elif value:
            self.counters.stores_refused += 1
        return accepted

    async def _tags_stand(self, lease: Lease) -> bool:
        """Return whether each tag still has its nonce from before the load."""
        space, tags = lease.space, lease.request.tags
        found = await self.link.fetch(
            space, [space.nonce(tag) for tag in tags], [space.bucket(tag) for tag in tags]
        )
        return tuple(found) == lease.nonces


def _parts(reply: Reply) -> list[Reply]:
    if parts := items(reply):
        return parts
    raise ResponseError(f"a script answered {reply!r}")


def _second(reply: list[Reply], kind: type[T]) -> T:
    if len(reply) > 1 and isinstance(reply[1], kind):
        return reply[1]
    raise ResponseError(f"a script answered {reply!r}")
