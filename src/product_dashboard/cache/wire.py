"""One connection to Redis that all requests of a process share.

redis-py connects, logs in, encrypts and parses. This module adds what redis-py has no word for: all commands given in
one turn of the event loop leave in one write, and all plain reads of one bucket among them leave as one MGET with each
key once. A command whose reply no caller waits for also waits a moment for others. Two tasks own the socket. Callers
wait for futures, so a caller that is cancelled never disturbs the stream.

A wire that is lost stays lost. redis-py would connect again on its own, so it gets no command after a loss.
"""

# Only public names of redis-py are used. A raw read of 8 KB, 50 at once, takes 6.1 us of CPU, and 4.1 us on the private
# `connection._writer`. That difference cannot be measured in a request of the service. (A GET of redis-py takes 59 us.)

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import AskError, ClusterError, NoScriptError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from product_dashboard.cache.clock import now
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.scripts import Script

Reply = object
Argument = bytes | str | int
OnPush = Callable[[list[Reply]], None]

# Seconds that a command whose reply no caller waits for is kept back, so that it can be sent with the next command. A
# write with one command takes about ten times the CPU of a command in a write with others.
_LINGER_S: Final = 0.002

# These answers mean "ask another server, or later": the wire is given up, and the link looks for the servers again.
_UNUSABLE: Final = (ReadOnlyError, ClusterError, AskError)

# Its stub says "a tuple of one item".
_pack = cast("Callable[[tuple[Argument, ...]], bytes]", cast("Any", hiredis).pack_command)


def items(reply: Reply) -> list[Reply]:
    """Return the elements of an array reply; an empty list for any other reply."""
    return cast("list[Reply]", reply) if isinstance(reply, list) else []


@dataclass(slots=True, eq=False)
class _Call:
    """A command and the future of its reply."""

    packed: bytes
    future: asyncio.Future[Reply]
    deadline: float

    def deliver(self, reply: Reply) -> None:
        if self.future.done():
            return
        if isinstance(reply, Exception):
            self.future.set_exception(reply)
        else:
            self.future.set_result(reply)


@dataclass(slots=True, eq=False)
class _Reads:
    """The plain reads of one bucket in one turn of the loop: each key once, for all who ask for it."""

    deadline: float
    places: dict[bytes, int] = field(default_factory=dict[bytes, int])
    waiters: list[tuple[asyncio.Future[list[Reply]], list[int]]] = field(
        default_factory=list[tuple[asyncio.Future[list[Reply]], list[int]]]
    )

    @property
    def packed(self) -> bytes:
        return _pack(("MGET", *self.places))

    def deliver(self, reply: Reply) -> None:
        found = items(reply)
        if len(found) != len(self.places) and not isinstance(reply, Exception):
            reply = ResponseError("MGET answered no array of its keys")
        for future, places in self.waiters:
            if future.done():
                continue
            if isinstance(reply, Exception):
                future.set_exception(reply)
            else:
                future.set_result([found[place] for place in places])


class Wire:
    """A connection after its handshake. `lost` is done when it is gone, and holds the reason.

    `timeout` (s) bounds each command: if the oldest one has no reply by then, the wire is given up, since nothing
    behind it can be answered sooner. `on_push` gets each message of a subscription; it must not raise.
    """

    def __init__(
        self,
        connection: AbstractConnection,
        metrics: Metrics,
        *,
        timeout: float,
        on_push: OnPush | None = None,
    ) -> None:
        self.lost: asyncio.Future[RedisError] = asyncio.get_running_loop().create_future()
        self.database = str(connection.db)
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self._metrics = metrics
        self._receive = cast("Callable[..., Awaitable[Reply]]", connection.read_response)
        self._timeout = timeout
        self._on_push = on_push
        self._queue: list[_Call] = []
        self._reads: dict[int, _Reads] = {}
        self._pending: deque[_Call | _Reads] = deque()  # sent; replies come in this order
        self._wake = asyncio.Event()
        self._watch: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._overdue: _Call | _Reads | None = None
        self._tasks = [
            self._loop.create_task(self._own(self._write), name="cache-wire-write"),
            self._loop.create_task(self._own(self._read), name="cache-wire-read"),
        ]

    # -- what callers use

    def command(self, *arguments: Argument, soon: bool = False) -> asyncio.Future[Reply]:
        """Send a command: now, or `soon`, with the next one or after a moment.

        The future fails with a RedisError: a ResponseError where Redis refused the command.
        """
        return self._send(_pack(arguments), soon=soon)

    def fetch(self, bucket: int, keys: Sequence[bytes]) -> asyncio.Future[list[Reply]]:
        """Read keys of one bucket, together with its other reads of this turn: bytes for each, None without a value."""
        future: asyncio.Future[list[Reply]] = self._loop.create_future()
        if self.lost.done():
            future.set_exception(self.lost.result())
            return future
        reads = self._reads.get(bucket)
        if reads is None:
            reads = self._reads[bucket] = _Reads(now() + self._timeout)
            self._wake.set()
        places = reads.places
        reads.waiters.append((future, [places.setdefault(key, len(places)) for key in keys]))
        return future

    async def script(self, script: Script, keys: Sequence[bytes], arguments: Sequence[Argument]) -> Reply:
        """Run a script by its digest, or by its text where Redis does not know the digest. Raises RedisError."""
        try:
            return await self.command("EVALSHA", script.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            return await self.command("EVAL", script.text, len(keys), *keys, *arguments)

    def post(
        self,
        script: Script,
        keys: Sequence[bytes],
        arguments: Sequence[Argument],
        replied: Callable[[Reply], None],
    ) -> None:
        """Run a script for whose reply no caller waits: as `script`, but sent soon.

        `replied` gets the reply or the RedisError, now or later. It must not raise.
        """

        def done(reply: asyncio.Future[Reply]) -> None:
            error = reply.exception()
            if isinstance(error, NoScriptError):
                again = self.command("EVAL", script.text, len(keys), *keys, *arguments)
                again.add_done_callback(lambda reply: replied(reply.exception() or reply.result()))
            else:
                replied(error or reply.result())

        first = self.command("EVALSHA", script.sha, len(keys), *keys, *arguments, soon=True)
        first.add_done_callback(done)

    def subscribe(self, channel: str) -> asyncio.Future[Reply]:
        """Ask for the messages of `channel`; the future is done when they are coming."""
        # RESP3 answers SUBSCRIBE with a push only, which has no place in the queue. The PING behind it has one.
        return self._send(_pack(("SUBSCRIBE", channel)) + _pack(("PING",)))

    def abort(self, reason: RedisError) -> None:
        """Give the wire up. Everything in flight fails with `reason`; the tasks close the connection."""
        if self.lost.done():
            return
        self.lost.set_result(reason)
        for timer in (self._watch, self._linger):
            if timer is not None:
                timer.cancel()
        for call in (*self._pending, *self._queue, *self._reads.values()):
            call.deliver(reason)
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def closed(self) -> None:
        """Close the socket of an aborted wire, also if its tasks were cancelled before their first step."""
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:  # also if the caller is cancelled meanwhile
            await self._connection.disconnect(nowait=True)

    # -- the tasks

    async def _own(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            while not self.lost.done():
                await step()
        except RedisError as error:
            self.abort(error)
        except Exception as error:  # noqa: BLE001 - redis-py raises many things at a server that talks nonsense
            self.abort(RedisConnectionError(f"the connection failed: {error!r}"))
        finally:
            self.abort(RedisConnectionError("the wire was given up"))
            await self._connection.disconnect(nowait=True)

    async def _write(self) -> None:
        """Send everything that was given since the last turn."""
        await self._wake.wait()
        self._wake.clear()
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        # Reads come last, so that they find what is stored in the same turn.
        calls: list[_Call | _Reads] = [*self._queue, *self._reads.values()]
        self._queue.clear()
        self._reads.clear()
        self._pending.extend(calls)
        self._metrics.commands += len(calls)
        if self._watch is None:
            self._watch = self._loop.call_later(self._timeout, self._check)
        if not self._connection.is_connected:  # redis-py would connect again
            raise RedisConnectionError("the connection is lost")
        await self._connection.send_packed_command(
            b"".join([call.packed for call in calls]), check_health=False
        )

    async def _read(self) -> None:
        """Take one reply and hand it to the command that it belongs to."""
        reply: Reply
        try:
            # No timeout here: each command has its own. (None would mean redis-py's socket_timeout.)
            reply = await self._receive(timeout=math.inf, push_request=True)
        except ResponseError as error:
            reply = error
        if isinstance(reply, hiredis.PushNotification):
            if self._on_push is not None:
                self._on_push(cast("list[Reply]", reply))
            return
        if not self._pending:
            raise RedisConnectionError("Redis sent a reply to no command")
        self._pending.popleft().deliver(reply)
        if isinstance(reply, _UNUSABLE):
            raise RedisConnectionError(f"Redis cannot be used: {reply}")

    # -- internals

    def _send(self, packed: bytes, *, soon: bool = False) -> asyncio.Future[Reply]:
        future: asyncio.Future[Reply] = self._loop.create_future()
        if self.lost.done():
            future.set_exception(self.lost.result())
        else:
            self._queue.append(_Call(packed, future, now() + self._timeout))
            if not soon:
                self._wake.set()
            elif self._linger is None and not self._wake.is_set():
                self._linger = self._loop.call_later(_LINGER_S, self._wake.set)
        return future

    def _check(self) -> None:
        """Give the wire up if its oldest command is overdue; else look again when that would be."""
        self._watch = None
        if self.lost.done() or not self._pending:
            return
        oldest = self._pending[0]
        left = oldest.deadline - now()
        if left <= 0 and oldest is self._overdue:
            self.abort(RedisTimeoutError("Redis did not answer in time"))
            return
        # If the loop was blocked, the reply may have arrived unread: an overdue command gets one more turn of the loop.
        self._overdue = oldest if left <= 0 else None
        self._watch = self._loop.call_later(max(left, 0), self._check)
