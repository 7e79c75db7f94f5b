"""Leases in Redis: asking for one, keeping it, and what becomes of the load made under it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final

from product_dashboard.cache.clock import wall_ms
from product_dashboard.cache.connection import Reply, items
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.gates import Gates
from product_dashboard.cache.link import Link
from product_dashboard.cache.metrics import Counters
from product_dashboard.cache.options import CacheOptions
from product_dashboard.cache.request import Loaded, Request
from product_dashboard.cache.scripts import LEASE, RENEW, SETTLE, TAG
from product_dashboard.cache.space import Space
from product_dashboard.cache.values import NONCE, Stored, fill_of, pack, unpack

_NONCE_SPARE_MS: Final = 60_000


class Obstacle(Enum):
    """What stands in the way of a lease."""

    WRITER = auto()  # a writer is in flight, or that cannot be ruled out
    PASSABLE = auto()  # it has been cleared away: ask again


class Lease:
    """An attempt to get the right to load a key, and that right."""

    __slots__ = (
        "bucket",
        "cleared",
        "key",
        "nonces",
        "pass_over",
        "passed",
        "request",
        "space",
        "stored",
        "token",
    )

    def __init__(self, space: Space, request: Request, expired: Stored | None) -> None:
        self.space = space
        self.request = request
        self.key = space.value(request.name)
        self.bucket = space.bucket(request.name)
        self.token = secrets.token_hex(8)
        self.pass_over = expired.fill if expired is not None else b""
        self.cleared: dict[str, list[bytes]] = {}  # fences whose writers are known to be over, by name
        self.nonces: tuple[bytes, ...] = ()  # of the tags, from before the load
        self.passed = False  # the value to pass over was there until the lease was taken
        self.stored: Stored | None = None  # found instead of a lease


class Leases:
    """The steps of the protocol that readers take."""

    def __init__(self, link: Link, gates: Gates, counters: Counters, options: CacheOptions) -> None:
        self._link = link
        self._gates = gates
        self._count = counters
        self._options = options
        self._lease_ms = int(options.lease * 1000)
        self._channel = f"{options.prefix}:wake"

    @property
    def listening(self) -> bool:
        """Whether messages arrive; else whoever waits has to look now and then."""
        return self._link.listening

    async def ask(self, lease: Lease) -> Lease | Obstacle | float:
        """The lease (with a value in it, if one has come meanwhile), an obstacle, or the seconds to wait for another.

        Raises LinkDown or Refused.
        """
        tags = lease.request.tags
        first, *others = await asyncio.gather(
            self._ask_lease(lease), *(self._ask_tag(lease, tag) for tag in tags)
        )
        if first[0] == b"W":
            return _integer(first) / 1000 + 0.001
        replies = dict(zip(("", *tags), (first, *others), strict=True))
        blocked = {name: reply for name, reply in replies.items() if reply[0] in (b"F", b"X", b"G")}
        if blocked:
            if first[0] == b"L":
                await self.give_back(lease)
            return await self._clear(lease, blocked)
        nonces = tuple([_binary(reply) for reply in others])
        if first[0] == b"V":
            return self._found(lease, _binary(first), nonces)
        lease.nonces = nonces
        lease.passed = _integer(first) == 1
        return lease

    def keep_alive(self, space: Space, bucket: int, key: bytes, token: str) -> Callable[[], None]:
        """Renew what `token` holds under `key` until the function that is returned is called."""
        task = asyncio.create_task(self._renew(space, bucket, key, token), name="cache-renew")

        def stop() -> None:
            task.cancel()

        return stop

    async def store(self, lease: Lease, loaded: Loaded, *, vouch: bool) -> bool:
        """Store what was loaded; true when it was accepted, and with `vouch` also no tag was invalidated since."""
        value = packed(loaded, lease.nonces)
        return await self._settle(lease, value, loaded.ttl_ms + lease.request.policy.kept_ms, vouch=vouch)

    async def put_back(self, lease: Lease, stored: Stored) -> bool:
        """Put the value back that the lease replaced; false when it must not be shown any more."""
        left_ms = stored.fresh_until_ms + lease.request.policy.kept_ms - wall_ms()
        if not lease.passed or left_ms <= 0 or stored.nonces != lease.nonces:
            return False
        return await self._settle(lease, repacked(stored), left_ms, vouch=True)

    async def give_back(self, lease: Lease) -> bool:
        """Let another load; true when no writer began while the lease was held."""
        return await self._settle(lease, b"", 0, vouch=True)

    # -- insides

    async def _ask_lease(self, lease: Lease) -> list[Reply]:
        gate = lease.space.gate(lease.bucket)
        arguments = (
            "v" + lease.request.name,
            lease.token,
            self._lease_ms,
            lease.pass_over,
            *lease.cleared.get("", ()),
        )
        return _parts(await self._link.script(LEASE, lease.space, lease.bucket, (lease.key, gate), arguments))

    async def _ask_tag(self, lease: Lease, tag: str) -> list[Reply]:
        space = lease.space
        bucket = space.bucket(tag)
        policy = lease.request.policy
        # A nonce outlives every value that carries it: one that is lost early makes misses.
        kept = policy.ttl_ms + policy.kept_ms + _NONCE_SPARE_MS
        arguments = ("t" + tag, secrets.token_bytes(NONCE), kept, *lease.cleared.get(tag, ()))
        return _parts(
            await self._link.script(TAG, space, bucket, (space.nonce(tag), space.gate(bucket)), arguments)
        )

    def _found(self, lease: Lease, raw: bytes, nonces: tuple[bytes, ...]) -> Lease | Obstacle:
        stored = unpack(raw)
        if stored is not None and stored.nonces == nonces:
            lease.stored = stored
            return lease
        lease.pass_over = fill_of(raw)
        return Obstacle.PASSABLE

    async def _clear(self, lease: Lease, blocked: dict[str, list[Reply]]) -> Obstacle:
        """Try to get what is in the way out of it; names are "" for the key itself, else tags."""
        if any(reply[0] == b"F" for reply in blocked.values()):
            self._count.fenced_reads += 1
            return Obstacle.WRITER
        if any(reply[0] == b"X" for reply in blocked.values()) and not await self._gates.writers_over():
            return Obstacle.WRITER
        for name, reply in blocked.items():
            if reply[0] == b"X":
                writers = [part for part in reply[1:] if isinstance(part, bytes)]
                self._count.fences_cleared += len(writers)
                lease.cleared.setdefault(name, []).extend(writers)
            elif not await self._gates.activate(lease.space, lease.space.bucket(name or lease.request.name)):
                return Obstacle.WRITER
        return Obstacle.PASSABLE

    async def _renew(self, space: Space, bucket: int, key: bytes, token: str) -> None:
        while True:
            await asyncio.sleep(self._options.lease / 3)
            try:
                if await self._link.script(RENEW, space, bucket, (key,), (token, self._lease_ms)) != 1:
                    return
            except (LinkDown, Refused):
                self._count.errors += 1

    async def _settle(self, lease: Lease, value: bytes, ttl_ms: int, *, vouch: bool) -> bool:
        calls: list[Awaitable[bool]] = [self._settle_key(lease, value, ttl_ms)]
        if vouch and lease.request.tags:
            calls.append(self._tags_stand(lease))
        try:
            async with asyncio.timeout(self._options.timeout):
                return all(await asyncio.gather(*calls))
        except (LinkDown, Refused, TimeoutError):
            self._count.errors += 1
            return False

    async def _settle_key(self, lease: Lease, value: bytes, ttl_ms: int) -> bool:
        arguments = (lease.token, self._channel, value, ttl_ms)
        accepted = await self._link.script(SETTLE, lease.space, lease.bucket, (lease.key,), arguments) == 1
        if value and accepted:
            self._count.stores += 1
        elif value:
            self._count.stores_refused += 1
        return accepted

    async def _tags_stand(self, lease: Lease) -> bool:
        """Whether every tag still has the nonce from before the load: asked after the last late reader has come."""
        space, tags = lease.space, lease.request.tags
        found = await self._link.fetch(
            space, [space.nonce(tag) for tag in tags], [space.bucket(tag) for tag in tags]
        )
        return tuple(found) == lease.nonces


def packed(loaded: Loaded, nonces: tuple[bytes, ...]) -> bytes:
    """What is stored of a load."""
    return pack(
        fill=secrets.token_bytes(NONCE),
        filled_ms=loaded.filled_ms,
        fresh_until_ms=loaded.filled_ms + loaded.ttl_ms,
        etag=loaded.stored_etag,
        nonces=nonces,
        body=loaded.stored_body,
    )


def repacked(stored: Stored) -> bytes:
    """The bytes that `unpack` made this of."""
    return pack(
        fill=stored.fill,
        filled_ms=stored.filled_ms,
        fresh_until_ms=stored.fresh_until_ms,
        etag=stored.etag,
        nonces=stored.nonces,
        body=stored.body,
    )


def _parts(reply: Reply) -> list[Reply]:
    if parts := items(reply):
        return parts
    raise Refused(f"a script answered {reply!r}")


def _integer(reply: list[Reply]) -> int:
    if len(reply) > 1 and isinstance(reply[1], int):
        return reply[1]
    raise Refused(f"a script answered {reply!r}")


def _binary(reply: list[Reply]) -> bytes:
    if len(reply) > 1 and isinstance(reply[1], bytes):
        return reply[1]
    raise Refused(f"a script answered {reply!r}")
