"""A closed-loop HTTP/1.1 load generator: each connection sends its next request when the response has arrived.

It uses little CPU compared with the server it measures: one asyncio.Protocol per connection, which parses only
the status line, Content-Length and X-Cache.
"""

import asyncio
import time
from collections import Counter

from msgspec import Struct, field

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_CACHE = b"x-cache:"


class Result(Struct):
    """The figures of one run."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list[float])
    """One per response, in ascending order once the run has ended."""
    statuses: Counter[int] = field(default_factory=Counter[int])
    cache_states: Counter[str] = field(default_factory=Counter[str])
    """Number of responses per value of X-Cache."""
    failures: Counter[str] = field(default_factory=Counter[str])
    """Number of connections that were reset or closed before the response, per reason."""

    @property
    def requests_per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency in milliseconds that `share` (0 to 1) of the requests do not exceed."""
        if not self.latencies_ms:
            return float("nan")
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(share * len(self.latencies_ms)))]


class _Client(asyncio.Protocol):
    """One connection: sends the request again after each response, until `done`."""

    def __init__(self, request: bytes, result: Result, done: "asyncio.Future[None]") -> None:
        self._request = request
        self._result = result
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(f"a stream transport is needed, not {transport!r}")
        self._transport = transport
        self._send()

    def _send(self) -> None:
        if self._transport is not None:
            self._sent_at = time.perf_counter()
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(_HEAD_END)
        if head_end < 0:
            return
        head = self._buffer[:head_end].lower()
        if len(self._buffer) < head_end + len(_HEAD_END) + _number_after(head, _LENGTH):
            return
        self._buffer = b""
        self._result.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        self._result.statuses[int(head[9:12])] += 1
        if _CACHE in head:
            self._result.cache_states[_text_after(head, _CACHE).upper()] += 1
        if self._done.done():
            self.close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._result.failures[type(exc).__name__ if exc else "closed by the server"] += 1

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _text_after(head: bytes, name: bytes) -> str:
    start = head.index(name) + len(name)
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip().decode("latin-1")


def _number_after(head: bytes, name: bytes) -> int:
    return int(_text_after(head, name)) if name in head else 0


def _request(host: str, path: str, body: bytes | None) -> bytes:
    head = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
    )
    if body is None:
        return f"{head}\r\n".encode()
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def run(
    host: str, port: int, path: str, *, connections: int, seconds: float, body: bytes | None = None
) -> Result:
    """Request `path` over `connections` connections for `seconds` seconds; with a JSON `body`, by POST.

    Raises OSError if a connection cannot be made.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    result = Result()
    request = _request(f"{host}:{port}", path, body)
    began = time.perf_counter()
    clients = await asyncio.gather(
        *(
            loop.create_connection(lambda: _Client(request, result, done), host, port)
            for _ in range(connections)
        ),
    )
    await asyncio.sleep(seconds)
    done.set_result(None)
    result.seconds = time.perf_counter() - began
    for _, client in clients:
        client.close()
    result.latencies_ms.sort()
    return result
