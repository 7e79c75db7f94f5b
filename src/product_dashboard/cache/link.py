"""The process's link to Redis: kept up in the background, one connection for commands and one for messages.

While it is down every command fails at once: that is the breaker. A connection that times out is given up, new
ones are tried with growing pauses, and each try is the probe that closes the breaker again.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, Protocol

from product_dashboard.cache.clock import now
from product_dashboard.cache.connection import Argument, Connection, Reply
from product_dashboard.cache.endpoint import Address, Dialled, Target, connect, dial_master
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.scripts import Script
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

BreakerState = Literal["closed", "open", "half_open"]


class Link(Protocol):
    """What the protocol needs of Redis, whatever its topology.

    Commands name the space they belong to: where its server is not the one that is connected now, they fail with
    LinkDown, so that no step of an epoch can ever be taken on another server.
    """

    server: (
        str | None
    )  # what is talked to now (a run id, or a digest of a cluster's); None while it cannot be used
    breaker: BreakerState
    opened: int  # how often the breaker opened
    buckets: int  # over how many hash tags keys are spread

    def get(self, space: Space, name: str) -> asyncio.Future[Reply]: ...
    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]: ...
    def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Awaitable[Reply]: ...
    def command(self, space: Space, bucket: int, *arguments: Argument) -> Awaitable[Reply]: ...
    @property
    def listening(self) -> bool: ...  # messages arrive
    def commands_sent(self) -> int: ...
    async def start(self) -> None: ...
    async def close(self) -> None: ...


class Listener:
    """What a link tells its owner; all three are called from the event loop and must not raise."""

    def __init__(self) -> None:
        self.message: Callable[[bytes, bytes], None] = lambda _channel, _payload: None
        self.changed: Callable[[], None] = lambda: None  # `server` became another, or None
        self.deaf: Callable[[], None] = lambda: None  # messages may have been lost


class Backoff:
    """Pauses that double from 50 ms to 2 s, jittered, so that processes do not knock together."""

    def __init__(self) -> None:
        self._next = 0.05

    async def pause(self) -> None:
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not secrecy
        self._next = min(self._next * 2, 2.0)

    def reset(self) -> None:
        self._next = 0.05


async def run_script(
    connection: Connection, script: Script, keys: Sequence[bytes], arguments: Sequence[Argument]
) -> Reply:
    """EVALSHA, and EVAL where Redis does not know the script (any more)."""
    try:
        return await connection.command("EVALSHA", script.sha, len(keys), *keys, *arguments)
    except Refused as error:
        if not str(error).startswith("NOSCRIPT"):
            raise
    return await connection.command("EVAL", script.text, len(keys), *keys, *arguments)


def failed(error: LinkDown) -> "asyncio.Future[Any]":
    """A read that has failed already."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


class MessageLine:
    """The second connection: subscribed to the cache's channels for as long as it lives."""

    def __init__(self, target: Target, channels: Sequence[str], listener: Listener, timeout: float) -> None:
        self.listening = False
        self._target = target
        self._channels = channels
        self._listener = listener
        self._timeout = timeout

    async def keep(self, locate: Callable[[], Awaitable[Address]]) -> None:
        """Stay subscribed until cancelled."""
        backoff = Backoff()
        while True:
            with contextlib.suppress(LinkDown, Refused, OSError):
                await self._listen(await locate(), backoff)
            await backoff.pause()

    async def _listen(self, address: Address, backoff: Backoff) -> None:
        connection = await connect(self._target, address, timeout=self._timeout, on_push=self._push)
        try:
            await connection.subscribe(self._channels)
            self.listening = True
            backoff.reset()
            await self._watch(connection)
        finally:
            self.listening = False
            connection.abort("given up")
            self._listener.deaf()

    async def _watch(self, connection: Connection) -> None:
        """Ask now and then whether the line still stands: a silent death would make every waiter wait its full time."""
        while not connection.lost.done():
            await asyncio.wait((connection.lost,), timeout=2.0)
            if not connection.lost.done():
                await connection.command("PING")

    def _push(self, push: list[Reply]) -> None:
        match push:
            case [b"message", bytes() as channel, bytes() as payload]:
                self._listener.message(channel, payload)
            case _:
                pass


class SingleLink:
    """One server, named by the URL or by sentinels."""

    buckets = 1

    def __init__(
        self, target: Target, channels: Sequence[str], listener: Listener, *, timeout: float
    ) -> None:
        self.server: str | None = None
        self.breaker: BreakerState = "half_open"
        self.opened = 0
        self._target = target
        self._listener = listener
        self._timeout = timeout
        self._connection: Connection | None = None
        self._sent_before = 0
        self._messages = MessageLine(target, channels, listener, timeout)
        self._tasks: list[asyncio.Task[None]] = []
        self._first = asyncio.Event()

    @property
    def listening(self) -> bool:
        return self._messages.listening

    async def start(self) -> None:
        """Begin; returns when the first try to connect is over, however it ended."""
        self._tasks = [
            asyncio.create_task(self._keep(), name="cache-link"),
            asyncio.create_task(self._messages.keep(self._locate), name="cache-messages"),
        ]
        await self._first.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Transports that were given up close their sockets in the next turn of the loop.
        await asyncio.sleep(0)

    def get(self, space: Space, name: str) -> asyncio.Future[Reply]:
        connection = self._connection
        if connection is None or space.server != self.server:
            return failed(LinkDown("Redis is not connected"))
        return connection.get(space.value(name))

    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]:
        del buckets  # one server has them all
        if self._connection is None or space.server != self.server:
            return failed(LinkDown("Redis is not connected"))
        return self._connection.fetch(keys)

    async def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Reply:
        del bucket
        return await run_script(self._connected(space), script, keys, arguments)

    async def command(self, space: Space, bucket: int, *arguments: Argument) -> Reply:
        del bucket
        return await self._connected(space).command(*arguments)

    def _connected(self, space: Space) -> Connection:
        if self._connection is None or space.server != self.server:
            raise LinkDown("Redis is not connected")
        return self._connection

    def commands_sent(self) -> int:
        return self._sent_before + (self._connection.sent if self._connection else 0)

    async def _keep(self) -> None:
        backoff = Backoff()
        while True:
            try:
                dialled = await dial_master(self._target, await self._locate(), timeout=self._timeout)
            except (LinkDown, Refused, OSError) as error:
                if not self._first.is_set():
                    log.warning("cache: Redis cannot be used, reading from the database: %s", error)
                    self.opened += 1
                self.breaker = "open"
                self._first.set()
                await backoff.pause()
                self.breaker = "half_open"
                continue
            await self._live(dialled, backoff)

    async def _live(self, dialled: Dialled, backoff: Backoff) -> None:
        connection = dialled.connection
        self._connection, self.server, self.breaker = connection, dialled.run_id, "closed"
        self._listener.changed()
        self._first.set()
        log.info("cache: connected to Redis %s", dialled.run_id[:8])
        since = now()
        try:
            reason = await asyncio.shield(connection.lost)
            log.warning("cache: Redis gone, reading from the database: %s", reason)
        finally:
            connection.abort("given up")
            self._sent_before += connection.sent
            self._connection, self.server, self.breaker = None, None, "open"
            self.opened += 1
            self._listener.changed()
        if now() - since > 5.0:  # noqa: PLR2004 - long enough to call it healthy
            backoff.reset()
        else:
            await backoff.pause()

    async def _locate(self) -> Address:
        if self._target.kind == "single":
            return self._target.addresses[0]
        return await ask_sentinels(self._target, timeout=self._timeout)


async def ask_sentinels(target: Target, *, timeout: float) -> Address:
    """The address of the service's master, from the first sentinel that knows it. Raises LinkDown."""
    username, password = target.sentinel_login
    login = Target(
        kind="single",
        addresses=target.addresses,
        username=username,
        password=password,
        database=0,
        service="",
        tls=target.tls,
        sentinel_login=(None, None),
    )
    reasons: list[str] = []
    for address in target.addresses:
        try:
            connection = await connect(login, address, timeout=timeout)
        except LinkDown as error:
            reasons.append(str(error))
            continue
        try:
            match await connection.command("SENTINEL", "get-master-addr-by-name", target.service):
                case [bytes() as host, bytes() as port]:
                    return host.decode(), int(port)
                case _:
                    reasons.append(f"{address[0]}:{address[1]} knows no service {target.service!r}")
        except (LinkDown, Refused) as error:
            reasons.append(str(error))
        finally:
            connection.abort("asked")
    raise LinkDown("no sentinel names a master: " + "; ".join(reasons))
