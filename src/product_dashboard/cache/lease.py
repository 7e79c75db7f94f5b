"""The steps of the protocol that a reader takes in Redis: ask for a lease, renew it, and end it."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from itertools import chain
from typing import Final, TypeVar, cast

from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from product_dashboard import deadline
from product_dashboard.cache.link import Link
from product_dashboard.cache.loader import Loaded, Request
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.opening import Gates
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.scripts import LEASE, RENEW, SETTLE, TAG
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import NONCE_SIZE, Stored, fill_of, pack, unpack, usable
from product_dashboard.cache.wire import Argument, Reply, items

T = TypeVar("T")

_BLOCKED: Final = (b"F", b"X", b"G")

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
    # Also the fill id of its value.
    token: bytes = field(default_factory=partial(secrets.token_bytes, NONCE_SIZE))
    cleared: tuple[bytes, ...] = ()  # writers that are over, whose fences are up
    nonces: tuple[bytes, ...] = ()  # of the tags, from before the load
    stored: Stored | None = None  # found instead of a lease


@dataclass(eq=False)
class Leases:
    """Asks for leases, and ends them."""

    link: Link
    gates: Gates
    counters: Counters
    options: CacheOptions

    async def ask(self, lease: Lease, seconds: float) -> Lease | Obstacle | float:
        """Return the lease, an obstacle, or how many seconds to wait for another reader's load.

        The removal of obstacles, which asks the database, takes at most `seconds`; each command has its own timeout.
        If a usable value has come meanwhile, the lease is returned with it in `stored`. Raises RedisError.
        """
        places = _by_bucket(lease)
        if len(places) == 1:
            replies = [await self._ask_lease(lease, lease.request.tags)]
        else:
            replies = await asyncio.gather(*(self._ask(lease, *place) for place in places.items()))
        first = replies[0]
        if first[0] == b"W":
            return _second(first, int) / 1000 + 0.001
        blocked = {
            bucket: reply for bucket, reply in zip(places, replies, strict=True) if reply[0] in _BLOCKED
        }
        if blocked:
            if first[0] == b"L":
                await self.give_back(lease)
            async with deadline.limit(seconds, RedisTimeoutError):
                return await self._clear(lease, blocked)
        found = first[0] == b"V"
        nonces = _in_order(
            lease, places, [first[2:] if found else first[1:], *(reply[1:] for reply in replies[1:])]
        )
        if found:
            raw = _second(first, bytes)
            stored = unpack(raw)
            if not usable(stored, lease.shape, nonces):
                lease.pass_over = fill_of(raw)
                return Obstacle.REMOVED
            lease.stored = stored
            return lease
        if not all(isinstance(nonce, bytes) for nonce in nonces):
            raise ResponseError(f"a script answered {first!r}")
        lease.nonces = cast("tuple[bytes, ...]", nonces)
        return lease

    def keep_alive(self, lease: Lease) -> Callable[[], None]:
        """Renew a lease until the function that is returned is called."""
        # Most loads end before the first renewal, and need no task.
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[None]] = []

        def begin() -> None:
            tasks.append(loop.create_task(self._renew(lease), name="cache-renew"))

        timer = loop.call_later(self.options.lease / 3, begin)

        def stop() -> None:
            timer.cancel()
            for task in tasks:
                task.cancel()

        return stop

    async def store(self, lease: Lease, loaded: Loaded) -> bool:
        """Store what was loaded. Return True if it was accepted, and no tag was invalidated since LEASE."""
        return await self._settle(lease, _packed(lease, loaded), loaded.ttl_ms)

    def store_soon(self, lease: Lease, loaded: Loaded) -> None:
        """Store what was loaded, if the lease is still held then; no reader waits for that."""
        arguments = (lease.token, self.link.channel, _packed(lease, loaded), loaded.ttl_ms)
        self.link.post(SETTLE, lease.space, lease.bucket, (lease.key,), arguments, self._stored)

    async def give_back(self, lease: Lease) -> bool:
        """Let another reader load. Return True if no writer began while the lease was held."""
        return await self._settle(lease, b"", 0)

    # -- internals

    async def _ask(self, lease: Lease, bucket: int, tags: Sequence[str]) -> list[Reply]:
        """Run the script of one bucket."""
        if bucket == lease.bucket:
            return await self._ask_lease(lease, tags)
        space = lease.space
        keys = (space.gate(bucket), *map(space.nonce, tags))
        arguments: tuple[Argument, ...] = (*self._new_nonces(lease, tags), *_fields(tags), *lease.cleared)
        return _parts(await self.link.script(TAG, space, bucket, keys, arguments))

    async def _ask_lease(self, lease: Lease, tags: Sequence[str]) -> list[Reply]:
        space = lease.space
        keys = (lease.key, space.gate(lease.bucket), *map(space.nonce, tags))
        arguments: tuple[Argument, ...] = (
            lease.token,
            int(self.options.lease * 1000),
            lease.pass_over,
            *self._new_nonces(lease, tags),
            "v" + lease.request.name,
            *_fields(tags),
            *lease.cleared,
        )
        return _parts(await self.link.script(LEASE, space, lease.bucket, keys, arguments))

    def _new_nonces(self, lease: Lease, tags: Sequence[str]) -> tuple[bytes, int]:
        """Return the nonces for tags that have none, and for how many ms they are kept."""
        return secrets.token_bytes(NONCE_SIZE * len(tags)), lease.request.policy.ttl_ms + _NONCE_SPARE_MS

    async def _clear(self, lease: Lease, blocked: dict[int, list[Reply]]) -> Obstacle:
        """Try to remove the obstacles of some buckets."""
        if any(reply[0] == b"F" for reply in blocked.values()):
            return Obstacle.WRITER
        if any(reply[0] == b"X" for reply in blocked.values()) and not await self.gates.writers_over():
            return Obstacle.WRITER
        for bucket, reply in blocked.items():
            if reply[0] == b"X":
                writers = {part for part in reply[1:] if isinstance(part, bytes)}
                self.counters.fences_cleared += len(writers)
                lease.cleared += tuple(writers)
            elif not await self.gates.restore(lease.space, bucket):
                return Obstacle.WRITER
        return Obstacle.REMOVED

    async def _renew(self, lease: Lease) -> None:
        arguments = (lease.token, int(self.options.lease * 1000))
        while True:
            try:
                if await self.link.script(RENEW, lease.space, lease.bucket, (lease.key,), arguments) != 1:
                    return
            except RedisError:
                self.counters.errors += 1
            await asyncio.sleep(self.options.lease / 3)

    async def _settle(self, lease: Lease, value: bytes, ttl_ms: int) -> bool:
        """End the lease. Return True if it was still held, and each tag has its nonce from before the load."""
        try:
            async with deadline.limit(self.options.timeout, RedisTimeoutError):
                settled = self._settle_key(lease, value, ttl_ms)
                if lease.request.tags:
                    return all(await asyncio.gather(settled, self._tags_stand(lease)))
                return await settled
        except RedisError:
            self.counters.errors += 1
            return False

    async def _settle_key(self, lease: Lease, value: bytes, ttl_ms: int) -> bool:
        arguments = (lease.token, self.link.channel, value, ttl_ms)
        reply = await self.link.script(SETTLE, lease.space, lease.bucket, (lease.key,), arguments)
        if value:
            self._stored(reply)
        return reply == 1

    def _stored(self, reply: Reply) -> None:
        """Count what became of a value."""
        if isinstance(reply, Exception):
            self.counters.errors += 1
        elif reply == 1:
            self.counters.stores += 1
        else:
            self.counters.stores_refused += 1

    async def _tags_stand(self, lease: Lease) -> bool:
        """Return whether each tag still has its nonce from before the load."""
        space, tags = lease.space, lease.request.tags
        found = await self.link.fetch(
            space, [space.nonce(tag) for tag in tags], [space.bucket(tag) for tag in tags]
        )
        return tuple(found) == lease.nonces


def _packed(lease: Lease, loaded: Loaded) -> bytes:
    """Return the bytes of a value to store."""
    value = Stored(
        fill=lease.token,
        shape=lease.shape,
        filled_ms=loaded.filled_ms,
        etag=loaded.stored_etag,
        nonces=lease.nonces,
        body=loaded.stored_body,
    )
    return pack(value)


def _fields(tags: Sequence[str]) -> list[str]:
    """Return the fields of the gate that hold the fences of tags."""
    return ["t" + tag for tag in tags]


def _by_bucket(lease: Lease) -> dict[int, Sequence[str]]:
    """Return the tags in each bucket; that of the value is the first, and may have none."""
    space, tags = lease.space, lease.request.tags
    if space.buckets == 1:
        return {lease.bucket: tags}
    places: dict[int, list[str]] = {lease.bucket: []}
    for tag in tags:
        places.setdefault(space.bucket(tag), []).append(tag)
    return {**places}


def _in_order(
    lease: Lease, places: dict[int, Sequence[str]], found: Sequence[Sequence[Reply]]
) -> tuple[Reply, ...]:
    """Return the nonces that were found in each bucket in the order of the tags of the read."""
    if any(len(tags) != len(nonces) for tags, nonces in zip(places.values(), found, strict=True)):
        raise ResponseError("a script answered without the nonces of its tags")
    if len(found) == 1:
        return tuple(found[0])
    by_tag = dict(zip(chain(*places.values()), chain(*found), strict=True))
    return tuple([by_tag[tag] for tag in lease.request.tags])


def _parts(reply: Reply) -> list[Reply]:
    if parts := items(reply):
        return parts
    raise ResponseError(f"a script answered {reply!r}")


def _second(reply: list[Reply], kind: type[T]) -> T:
    if len(reply) > 1 and isinstance(reply[1], kind):
        return reply[1]
    raise ResponseError(f"a script answered {reply!r}")
