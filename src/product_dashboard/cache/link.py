"""The process's link to Redis: one wire to each master, and one more wire for messages.

The link is up while all of its wires are, and while each master is the server that it was. `server` names them: a
digest of each master's run id (another after a restart), replication id (another after a promotion), database number,
and slots in a cluster. While the link is down every command fails at once. The link is tried again with growing pauses.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Final

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from product_dashboard.cache.clock import now
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.scripts import Script
from product_dashboard.cache.servers import Options, RedisUrl
from product_dashboard.cache.space import Space
from product_dashboard.cache.wire import Argument, OnPush, Reply, Wire

log = logging.getLogger(__name__)

_CLUSTER_BUCKETS: Final = 64
_FIRST_PAUSE: Final = 0.05
# Reads go to the database for so long after Redis is back; an attempt costs little.
_LONGEST_PAUSE: Final = 0.5
_HEALTHY: Final = 5.0  # after so long a loss is a new event, and the pauses begin again at the shortest


class Link:
    """Commands for Redis in any topology. A link that was not started is down.

    Each command names the space that it belongs to. If the space is of another server than the one that is connected
    now, the command fails with a RedisError: no step of an epoch can be taken on another server.
    """

    def __init__(self, url: RedisUrl, prefix: str, metrics: Metrics, *, timeout: float) -> None:
        # Both are called in the event loop and must not raise.
        self.heard: Callable[[bytes], None] = lambda _payload: None  # a message of the channel
        self.changed: Callable[[], None] = lambda: None  # `server` is another, or None
        self.server: str | None = None
        self.connections = 0  # how often the link has come up
        self.channel = f"{prefix}:wake"  # of the messages
        self._prefix = prefix
        self._buckets = _CLUSTER_BUCKETS if url.kind == "cluster" else 1
        self._url = url
        self._metrics = metrics
        self._timeout = timeout
        self._masters: list[Wire] = []
        self._messages: Wire | None = None
        self._by_slot: tuple[int, ...] = ()
        self._posted = 0  # scripts without a reply yet
        self._none_posted = asyncio.Event()
        self._none_posted.set()
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Keep the link up from now on. Returns when the first attempt to connect has succeeded or failed."""
        self._task = asyncio.create_task(self._keep(), name="cache-link")
        await self._tried.wait()

    async def close(self) -> None:
        """Close all wires for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def space(self, epoch: str, server: str) -> Space:
        """Return the names of the keys that an epoch has on a server."""
        return Space(self._prefix, epoch, server, self._buckets)

    # -- commands

    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]:
        """Read keys, each in the bucket at its place: bytes for each, None without a value.

        Raises RedisError at once if the link is down; otherwise the future may fail with it.
        """
        if self._by_slot:
            return asyncio.ensure_future(self._fetch_apart(space, keys, buckets))
        return self._master(space, 0).fetch(0, keys)

    async def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Reply:
        """Run a script whose keys are all in `bucket`. Raises RedisError."""
        return await self._master(space, bucket).script(script, keys, arguments)

    def post(
        self,
        script: Script,
        space: Space,
        bucket: int,
        keys: Sequence[bytes],
        arguments: Sequence[Argument],
        replied: Callable[[Reply], None],
    ) -> None:
        """Run a script for whose reply no caller waits: it may be sent a moment later, with other commands.

        `replied` gets the reply or the RedisError, now or later. It must not raise.
        """
        try:
            wire = self._master(space, bucket)
        except RedisError as error:
            replied(error)
            return
        self._posted += 1
        self._none_posted.clear()
        wire.post(script, keys, arguments, partial(self._replied, replied))

    async def all_replied(self) -> None:
        """Wait until every script that was posted has its reply; each has one within `timeout`."""
        await self._none_posted.wait()

    async def verify(self) -> str | None:
        """Ask each server who it is now, and return `server`; None if the link is down or was made again meanwhile.

        The link is dropped if a server is another one by now, or does not answer.
        """
        masters, messages = self._masters, self._messages
        if messages is None:
            return None
        try:
            _, found = await asyncio.gather(messages.command("PING"), _identify(masters))
            if _digest(found, self._by_slot) != self.server:
                raise RedisConnectionError("a server was restarted or changed its role")
        except RedisError as error:
            if masters is self._masters:
                self._drop(error)
        return self.server if masters is self._masters else None

    # -- internals

    def _replied(self, replied: Callable[[Reply], None], reply: Reply) -> None:
        self._posted -= 1
        if not self._posted:
            self._none_posted.set()
        replied(reply)

    def _master(self, space: Space, bucket: int) -> Wire:
        if not self._masters or space.server != self.server:
            raise RedisConnectionError("Redis is not connected")
        return self._masters[self._by_slot[space.slot(bucket)] if self._by_slot else 0]

    async def _fetch_apart(self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]) -> list[Reply]:
        """Read keys of a cluster. Each wire sends those of one bucket in one MGET, as all come in one turn."""
        pairs = zip(keys, buckets, strict=True)
        found = [self._master(space, bucket).fetch(bucket, (key,)) for key, bucket in pairs]
        return [reply for (reply,) in await asyncio.gather(*found)]

    async def _keep(self) -> None:
        pause, reason = _FIRST_PAUSE, ""
        while True:
            since = now()
            wires: list[Wire] = []
            try:
                await self._connect(wires)
                self._tried.set()
                reason = ""
                await self._stay(wires)
            except Exception as error:  # noqa: BLE001 - a server may answer anything, and redis-py raise anything then
                if not self._tried.is_set():
                    self._metrics.link_losses += 1
                before, reason = reason, f"{type(error).__name__}: {error}"
                if reason != before:  # each reason once, not at each attempt
                    log.warning("cache: Redis cannot be used, reading from the database: %s", reason)
            finally:
                self._drop(RedisConnectionError("the link is down"))
                for wire in wires:
                    wire.abort(RedisConnectionError("the link is down"))
                await asyncio.gather(*(wire.closed() for wire in wires))
            self._tried.set()
            if now() - since > _HEALTHY:
                pause = _FIRST_PAUSE
            # Jitter, so that processes do not all come at once.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret depends on it
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _connect(self, wires: list[Wire]) -> None:
        """Open all wires, into `wires`. Raises RedisError, TimeoutError, and other exceptions at a malformed reply."""
        async with asyncio.timeout(max(self._timeout * 4, 2.0)):
            found = await self._url.find_masters(self._timeout)
            for options in found.options:
                wires.append(await self._open_wire(options))  # noqa: PERF401 - open wires are closed if the next one fails
            identities = await _identify(wires)
            messages = await self._open_wire(found.options[0], self._push)
            wires.append(messages)
            await messages.subscribe(self.channel)
        self._masters, self._messages = wires[:-1], messages
        self._by_slot = found.by_slot
        self.server = _digest(identities, found.by_slot)
        self.connections += 1
        log.info("cache: connected to Redis, masters: %d", len(self._masters))
        self.changed()

    async def _stay(self, wires: Sequence[Wire]) -> None:
        """Return when one of the wires is lost."""
        try:
            done, _ = await asyncio.wait([wire.lost for wire in wires], return_when="FIRST_COMPLETED")
            log.warning("cache: Redis is gone, reading from the database: %s", done.pop().result())
        finally:
            self._drop(RedisConnectionError("the link is down"))
            self._metrics.link_losses += 1
            self.changed()

    async def _open_wire(self, options: Options, on_push: OnPush | None = None) -> Wire:
        connection = await self._url.connect(options)
        return Wire(connection, self._metrics, timeout=self._timeout, on_push=on_push)

    def _push(self, push: list[Reply]) -> None:
        if push[:1] == [b"message"] and isinstance(payload := push[-1], bytes):
            self.heard(payload)

    def _drop(self, reason: RedisError) -> None:
        """Stop using the wires at once; `_keep` then closes them."""
        masters, messages = self._masters, self._messages
        self._masters, self._messages, self.server = [], None, None
        for wire in (*masters, *([messages] if messages else [])):
            wire.abort(reason)


async def _identify(masters: Sequence[Wire]) -> list[str]:
    """Return who the servers are now. Raises RedisError, also if one of them is no master."""
    replies = await asyncio.gather(*(wire.command("INFO", "server", "replication") for wire in masters))
    return [_identity(wire, reply) for wire, reply in zip(masters, replies, strict=True)]


def _identity(wire: Wire, reply: Reply) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    info = {name: value for name, _, value in (line.partition(":") for line in text.splitlines())}
    run_id, replication_id, role = info.get("run_id"), info.get("master_replid"), info.get("role")
    if role != "master" or not run_id or not replication_id:
        raise RedisConnectionError(f"the server is no master (role {role})")
    return f"{run_id} {replication_id} {wire.database}"


def _digest(identities: Sequence[str], by_slot: Sequence[int]) -> str:
    """Return 40 characters that are others when a master is another, or when a slot moves to another master."""
    parts = [f"{identities[place]} {len(list(slots))}" for place, slots in groupby(by_slot or (0,))]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()
