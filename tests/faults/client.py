"""A minimal HTTP/1.1 client: one connection, one request at a time, and as little CPU as possible.

The load shares the processor with the service that it loads, so each request costs one write, one search for the
end of the head, and one future.
"""

import asyncio
import time
from typing import NamedTuple

_HEAD_END = b"\r\n\r\n"


class Cut(Exception):
    """The connection ended before the answer was complete. `sent` is False if the request was not sent."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class Answer(NamedTuple):
    """An answer, and the times (of `time.monotonic`) at which its request was sent and it was complete."""

    status: int
    head: bytes
    body: bytes
    began: float
    ended: float

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None. `name` is in lower case."""
        return _header(self.head, name.encode())


class Client(asyncio.Protocol):
    """A connection to the service, opened again when it is lost. One request at a time."""

    def __init__(self, port: int, timeout_s: float) -> None:
        self.port = port
        self.timeout_s = timeout_s
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None

    async def request(
        self, method: str, path: str, body: bytes | None = None, headers: tuple[str, ...] = ()
    ) -> Answer:
        """Send a request; each of `headers` is a line `name: value`. Raises Cut, also after `timeout_s`."""
        transport = self._transport or await self._connect()
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *headers]
        if body is not None:
            lines += ["content-type: application/json", f"content-length: {len(body)}"]
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        self._buffer = b""
        began = time.monotonic()
        transport.write("\r\n".join(lines).encode() + _HEAD_END + (body or b""))
        too_late = loop.call_later(self.timeout_s, self._lose, f"no answer within {self.timeout_s:g} s")
        try:
            status, head, content = await self._answer
        finally:
            too_late.cancel()
            self._answer = None
        if b"connection: close" in head.lower():
            self.close()
        return Answer(status, head, content, began, time.monotonic())

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def _connect(self) -> asyncio.Transport:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout_s):
                self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self.port)
        except (OSError, TimeoutError) as error:
            raise Cut(f"cannot connect: {error!r}", sent=False) from error
        return self._transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0 or self._answer is None or self._answer.done():
            return
        head = self._buffer[:end]
        status = int(head[9:12])
        length = 0 if status == 304 else int(_header(head, b"content-length") or 0)
        body = self._buffer[end + len(_HEAD_END) :]
        if len(body) >= length:
            self._answer.set_result((status, head, body))

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(f"connection lost: {exc!r}" if exc else "connection closed without an answer")

    def _lose(self, reason: str) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Cut(reason, sent=True))


def _header(head: bytes, name: bytes) -> str | None:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    stop = head.find(b"\r\n", start)
    return head[start : stop if stop >= 0 else len(head)].strip().decode("latin-1")
