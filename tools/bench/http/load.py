"""A closed-loop HTTP/1.1 load generator: each connection sends its next request when the response has arrived.

It uses little CPU compared with the server that it measures: one selector for all connections, complete requests as
bytes, and of a response it parses only the status, Content-Length and X-Cache. `Result.cpu_seconds` shows how much.
"""

import contextlib
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field

_PIECE = 65_536
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_CACHE = b"\r\nx-cache:"
_DRAIN_S = 20.0


class Result(Struct):
    """The figures of one run."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """CPU time of the generator itself."""
    latencies_ms: list[float] = field(default_factory=list[float])
    """One per response, in ascending order once the run has ended."""
    statuses: Counter[int] = field(default_factory=Counter[int])
    cache_states: Counter[str] = field(default_factory=Counter[str])
    """Number of responses per value of X-Cache."""
    failures: Counter[str] = field(default_factory=Counter[str])
    """Number of requests without a complete response, per reason."""

    @property
    def requests_per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds if self.seconds else 0.0

    @property
    def generator_load(self) -> float:
        """The share of the run, 0 to 1, in which the generator used its CPU."""
        return self.cpu_seconds / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency in milliseconds that `share` (0 to 1) of the requests do not exceed."""
        if not self.latencies_ms:
            return float("nan")
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(share * len(self.latencies_ms)))]


def get(path: str, headers: str = "") -> bytes:
    """Make a GET. Each line of `headers` ends with CR LF."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n{headers}\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    """Make a POST with a JSON body."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def run(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Result:
    """Send `requests` over `connections` connections for `seconds` seconds, and wait for the last responses.

    Ends earlier if there are no more requests. Raises OSError if a connection cannot be made.
    """
    cpu_before = time.process_time()
    with contextlib.closing(_Run((host, port), requests)) as load:
        load.go(connections, seconds)
    load.result.cpu_seconds = time.process_time() - cpu_before
    load.result.latencies_ms.sort()
    return load.result


class _Connection:
    """A connection with one request under way, and the bytes of its response that have arrived."""

    __slots__ = ("buffer", "sent_at", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=_DRAIN_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)


class _Run:
    def __init__(self, address: tuple[str, int], requests: Iterator[bytes]) -> None:
        self.result = Result()
        self._address = address
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._sending = True

    def go(self, connections: int, seconds: float) -> None:
        began = time.perf_counter()
        for _ in range(connections):
            self._open()
        self._until(began + seconds)
        self._sending = False
        self._until(time.perf_counter() + _DRAIN_S)
        self.result.seconds = time.perf_counter() - began
        if unanswered := len(self._selector.get_map()):
            self.result.failures["no response"] += unanswered

    def close(self) -> None:
        for key in [*self._selector.get_map().values()]:
            self._close(key.data)
        self._selector.close()

    def _until(self, end: float) -> None:
        """Take responses until `end`, or until no request is under way."""
        while self._selector.get_map() and (left := end - time.perf_counter()) > 0:
            for key, _ in self._selector.select(left):
                self._take(key.data)

    def _open(self) -> None:
        connection = _Connection(self._address)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._send(connection)

    def _send(self, connection: _Connection) -> None:
        """Send the next request; close the connection if there is none."""
        request = next(self._requests, None) if self._sending else None
        if request is None:
            self._close(connection)
        else:
            connection.send(request)

    def _close(self, connection: _Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()

    def _take(self, connection: _Connection) -> None:
        """Read what has arrived; after a complete response send the next request."""
        try:
            piece = connection.socket.recv(_PIECE)
        except ConnectionError as error:
            self._fail(connection, type(error).__name__)
            return
        if not piece:
            self._fail(connection, "closed by the server")
            return
        data = connection.buffer + piece if connection.buffer else piece
        if not self._record(data, connection.sent_at):
            connection.buffer = data
            return
        connection.buffer = b""
        self._send(connection)

    def _record(self, data: bytes, sent_at: float) -> bool:
        """Record the response; return False if it is not complete."""
        head_end = data.find(_HEAD_END)
        if head_end < 0:
            return False
        head = data[:head_end].lower()
        if len(data) < head_end + len(_HEAD_END) + int(_value(head, _LENGTH) or 0):
            return False
        result = self.result
        result.latencies_ms.append((time.perf_counter() - sent_at) * 1000)
        result.statuses[int(head[9:12])] += 1
        if state := _value(head, _CACHE):
            result.cache_states[state.decode().upper()] += 1
        return True

    def _fail(self, connection: _Connection, reason: str) -> None:
        """Count a lost request, and continue on a new connection."""
        self.result.failures[reason] += 1
        self._close(connection)
        if self._sending:
            self._open()


def _value(head: bytes, name: bytes) -> bytes:
    start = head.find(name)
    if start < 0:
        return b""
    start += len(name)
    end = head.find(b"\r", start)
    return head[start : end if end >= 0 else len(head)].strip()
