"""One connection to Redis that all requests of a process share.

Commands given in the same turn of the event loop leave in one write, and all plain reads among them in one MGET,
each key once. Replies come in the order of the commands, so that a queue is all the book-keeping there is.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import hiredis

from product_dashboard.cache.clock import now
from product_dashboard.cache.errors import UNUSABLE, LinkDown, Refused

Reply = object
Push = Callable[[list[Reply]], None]
Argument = bytes | str | int

_INCOMPLETE: Final = object()


# Its stub says "a tuple of one item".
pack = cast("Callable[[tuple[Argument, ...]], bytes]", cast("Any", hiredis).pack_command)


def items(reply: Reply) -> list[Reply]:
    """The elements of an array reply; none for any other."""
    return cast("list[Reply]", reply) if isinstance(reply, list) else []


class _Command:
    """A command on its way; its one reply resolves `future`."""

    __slots__ = ("deadline", "future")

    def __init__(self, deadline: float, future: asyncio.Future[Reply]) -> None:
        self.deadline = deadline
        self.future = future

    def deliver(self, reply: Reply) -> bool:
        """Take a reply; true when it was the last one this call waits for."""
        if not self.future.done():
            if isinstance(reply, hiredis.ReplyError):
                self.future.set_exception(Refused(str(reply)))
            else:
                self.future.set_result(reply)
        return True

    def fail(self, error: LinkDown) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class _Batch:
    """The plain reads of one turn of the loop: every key once, however many ask for it."""

    __slots__ = ("deadline", "in_one", "keys", "replies", "single", "waiters")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.in_one = False  # sent as one MGET, else as a GET for each key
        self.keys: dict[bytes, int] = {}
        self.replies: list[Reply] = []
        self.single: list[tuple[asyncio.Future[Reply], int]] = []
        self.waiters: list[tuple[asyncio.Future[list[Reply]], tuple[int, ...]]] = []

    def ask(self, keys: Sequence[bytes], future: asyncio.Future[list[Reply]]) -> None:
        places = self.keys
        self.waiters.append((future, tuple([places.setdefault(key, len(places)) for key in keys])))

    def deliver(self, reply: Reply) -> bool:
        if not self.in_one:
            self.replies.append(reply)
        elif len(found := items(reply)) == len(self.keys):
            self.replies = found
        else:
            self.fail(LinkDown(f"Redis refused a read: {reply!r}"))
            return True
        if len(self.replies) < len(self.keys):
            return False
        replies = self.replies
        for one, place in self.single:
            if not one.done():
                one.set_result(replies[place])
        for several, places in self.waiters:
            if not several.done():
                several.set_result([replies[place] for place in places])
        return True

    def fail(self, error: LinkDown) -> None:
        for one, _ in self.single:
            if not one.done():
                one.set_exception(error)
        for several, _ in self.waiters:
            if not several.done():
                several.set_exception(error)


class Connection(asyncio.BufferedProtocol):
    """A connection without supervision: once lost it stays lost, and `lost` tells why.

    `timeout` (s) bounds each command: when the oldest one has had no reply by then, the connection is given up,
    since nothing behind it can be answered sooner.
    """

    def __init__(self, *, timeout: float, on_push: Push | None = None, many: bool = True) -> None:
        self.loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[LinkDown] = self.loop.create_future()
        self.sent = 0
        self._timeout = timeout
        self._on_push = on_push
        self._many = many  # a cluster's node refuses an MGET over several slots
        self._reader = hiredis.Reader(notEnoughData=_INCOMPLETE)
        # Its default is to give its buffer back after every reply above 16 KB, and to grow it again for the next.
        self._reader.setmaxbuf(4 * 1024 * 1024)
        # Its stub wants bytes; it takes any buffer, and copies it.
        self._feed = cast("Callable[[bytearray, int, int], None]", self._reader.feed)
        self._buffer = bytearray(128 * 1024)
        self._transport: asyncio.Transport | None = None
        self._pending: deque[_Command | _Batch] = deque()
        self._outgoing: list[bytes] = []
        self._batch: _Batch | None = None
        self._flushing = False
        self._watch: asyncio.TimerHandle | None = None

    # -- what callers use

    def command(self, *arguments: Argument) -> asyncio.Future[Reply]:
        """Send a command; the future fails with Refused (an error reply) or LinkDown."""
        future: asyncio.Future[Reply] = self.loop.create_future()
        if self.lost.done():
            future.set_exception(self.lost.result())
            return future
        self._outgoing.append(pack(arguments))
        self._pending.append(_Command(now() + self._timeout, future))
        self.sent += 1
        self._schedule()
        return future

    def get(self, key: bytes) -> asyncio.Future[Reply]:
        """As `fetch`, of one key: the way that a hit takes."""
        future: asyncio.Future[Reply] = self.loop.create_future()
        batch = self._batch
        if batch is None:
            if self.lost.done():
                future.set_exception(self.lost.result())
                return future
            batch = self._batch = _Batch(now() + self._timeout)
            self._schedule()
        places = batch.keys
        batch.single.append((future, places.setdefault(key, len(places))))
        return future

    def fetch(self, keys: Sequence[bytes]) -> asyncio.Future[list[Reply]]:
        """Read keys with whatever else is read in this turn of the loop; bytes, None or an error for each."""
        future: asyncio.Future[list[Reply]] = self.loop.create_future()
        if self.lost.done():
            future.set_exception(self.lost.result())
            return future
        batch = self._batch
        if batch is None:
            batch = self._batch = _Batch(now() + self._timeout)
            self._schedule()
        batch.ask(keys, future)
        return future

    def subscribe(self, channels: Sequence[str]) -> asyncio.Future[Reply]:
        """Ask for messages of `channels`; the future resolves when they are coming."""
        # RESP3 answers SUBSCRIBE with pushes alone, so that it has no place in the queue; the PING behind it has.
        self._outgoing.append(pack(("SUBSCRIBE", *channels)))
        return self.command("PING")

    def abort(self, reason: str) -> None:
        """Give the connection up; everything in flight fails with LinkDown."""
        self._finish(LinkDown(reason))
        if self._transport is not None:
            self._transport.abort()

    # -- the protocol's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it

    def get_buffer(self, sizehint: int) -> bytearray:
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            self._feed(self._buffer, 0, nbytes)
            while (reply := self._reader.gets()) is not _INCOMPLETE:
                self._receive(reply)
                if self.lost.done():
                    return
        except hiredis.ProtocolError as error:
            self.abort(f"Redis spoke nonsense: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(LinkDown(f"connection lost: {exc or 'closed by Redis'}"))

    # -- insides

    def _receive(self, reply: Reply) -> None:
        if isinstance(reply, hiredis.PushNotification):
            if self._on_push is not None:
                self._on_push(reply)
            return
        if not self._pending:
            self.abort("Redis spoke nonsense: a reply that nobody asked for")
            return
        if self._pending[0].deliver(reply):
            self._pending.popleft()
        if isinstance(reply, hiredis.ReplyError) and str(reply).startswith(UNUSABLE):
            self.abort(f"Redis cannot be used: {reply}")

    def _schedule(self) -> None:
        if not self._flushing:
            self._flushing = True
            self.loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        batch, self._batch = self._batch, None
        if self.lost.done() or self._transport is None:
            if batch is not None:
                batch.fail(LinkDown("connection lost"))
            return
        if batch is not None:
            self._send_batch(batch)
        if self._outgoing:
            self._transport.write(b"".join(self._outgoing))
            self._outgoing.clear()
        if self._watch is None:
            self._watch = self.loop.call_later(self._timeout, self._check)

    def _send_batch(self, batch: _Batch) -> None:
        self._pending.append(batch)
        batch.in_one = self._many and len(batch.keys) > 1
        if not batch.in_one:
            self._outgoing.extend([pack(("GET", key)) for key in batch.keys])
            self.sent += len(batch.keys)
        else:
            self._outgoing.append(pack(("MGET", *batch.keys)))
            self.sent += 1

    def _check(self) -> None:
        self._watch = None
        if self.lost.done() or not self._pending:
            return
        left = self._pending[0].deadline - now()
        if left <= 0:
            self.abort("Redis did not answer in time")
        else:
            self._watch = self.loop.call_later(left, self._check)

    def _finish(self, error: LinkDown) -> None:
        if self.lost.done():
            return
        self.lost.set_result(error)
        if self._watch is not None:
            self._watch.cancel()
        pending, self._pending = self._pending, deque()
        for call in pending:
            call.fail(error)
        self._outgoing.clear()
        if self._batch is not None:
            self._batch.fail(error)
            self._batch = None
