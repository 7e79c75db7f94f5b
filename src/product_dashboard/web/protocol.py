"""uvicorn's HTTP protocol, with limits on slow and large clients, and with checks of HTTP that it lacks.

Without them a client that sends nothing, that sends a header or a body byte by byte, or that does not read,
could hold its connection forever, and send headers of any size. Here, each connection is in one of four
phases, and each phase in which the client has the next move has a deadline that single bytes do not extend:

    IDLE      no request has begun          new connection: header limit; kept alive: idle limit (uvicorn's)
    HEADERS   a request line or a header    header limit, from the first byte; size limit
    BODY      headers are complete          body limit, from the end of the headers
    WORKING   the request is complete       none: the application has the next move

Answers must be read: the write limit runs while the transport's buffer is above its high-water mark, and from
the end of an answer until the buffer is empty.

Requests that a client sends before it has the answers to earlier ones wait in memory. A client that sends more
than MAX_PIPELINED of them is disconnected.

A request that RFC 9112 tells a server to reject (Host, Transfer-Encoding, version) is refused with the service's
envelope, and its connection closed. If an earlier request still waits for its answer, the connection is only closed.
"""

import asyncio
import re
from asyncio import TimerHandle
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from product_dashboard.errors import Code, soon
from product_dashboard.observability.metrics import CONNECTIONS, CONNECTIONS_CUT
from product_dashboard.settings import HttpSettings
from product_dashboard.web.errors import error_body
from product_dashboard.web.one_write import OneWrite

MAX_PIPELINED = 32

_VERSIONS = ("1.0", "1.1")
# RFC 3986, host [":" port]: an address in brackets, or a name, which may be empty.
_HOST = re.compile(rb"(?:\[[A-Za-z0-9._~%!$&'()*+,;=:-]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]*)(?::([0-9]{0,5}))?")
_LAST_PORT = 65_535


class Phase(Enum):
    IDLE = auto()
    HEADERS = auto()
    BODY = auto()
    WORKING = auto()


class HardenedProtocol(HttpToolsProtocol):
    """One connection of a client; `limits` has its times and sizes."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: HttpSettings,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._phase = Phase.IDLE
        self._running: RequestResponseCycle | None = None  # `cycle` is the newest, which may still wait
        self._heard = False  # whether the client has sent anything since the last answer
        self._messages = 0  # requests that have begun
        self._header_bytes = 0
        self._unfinished_bytes = 0
        self._read_timer: TimerHandle | None = None
        self._read_timer_phase: Phase | None = None
        self._write_timer: TimerHandle | None = None
        self._refused = False

    # --- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        if len(self.connections) >= self._limits.max_connections:
            self.transport = transport
            self._refuse(Code.OVERLOADED, "The service has too many connections; try again soon.")
            return
        super().connection_made(transport)
        CONNECTIONS.inc()
        self._arm_read_timer(Phase.HEADERS, self._limits.header_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self.connections:
            CONNECTIONS.dec()
        self._disarm_read_timer()
        self._disarm_write_timer()
        self._unset_keepalive_if_required()
        self._tell_application()
        super().connection_lost(exc)

    # --- the requests of the client

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._heard = True
        began = self._messages
        super().data_received(data)
        if self._phase is Phase.HEADERS and self._messages == began:
            # No callback is called before the end of a header: count the pieces that contain nothing else.
            self._unfinished_bytes += len(data)
            self._check_header_size()
        self._watch_client()

    def on_message_begin(self) -> None:
        self._phase = Phase.HEADERS
        self._messages += 1
        self._header_bytes = self._unfinished_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._header_bytes += len(url)
        self._check_header_size()
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > self._limits.max_header_bytes:
            self._check_header_size()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._refused or not self._conforms():
            return
        super().on_headers_complete()
        self._phase = Phase.BODY  # from now on `cycle` is this request
        if len(self.pipeline) > MAX_PIPELINED:
            self._cut_flood()

    def _conforms(self) -> bool:
        """Refuse a request that RFC 9112 tells a server to reject; return False for it."""
        parser = cast("Any", self.parser)  # None after the end of the connection only
        version: str = parser.get_http_version()
        hosts = [value for name, value in self.headers if name == b"host"]
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if version not in _VERSIONS:
            self._refuse(Code.HTTP_VERSION_NOT_SUPPORTED, "The service speaks HTTP/1.1 and HTTP/1.0.")
        elif len(hosts) > 1 or (not hosts and version == "1.1"):
            self._refuse(Code.BAD_REQUEST, "The request must have one Host header.")
        elif hosts and not _is_host(hosts[0]):
            self._refuse(Code.BAD_REQUEST, "The Host header is not valid.")
        elif codings and version == "1.0":
            self._refuse(Code.BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding.")
        elif codings and b",".join(codings).lower() != b"chunked":
            self._refuse(Code.NOT_IMPLEMENTED, "The only transfer coding of the service is chunked.")
        return not self._refused

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        if self._must_close() and not self.pipeline:
            # The client connects again, to the worker that takes the place of this one.
            cycle.keep_alive = False
        self._answer(cycle, app)

    def _answer(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Let the application answer the request."""
        super()._start_asgi_task(cycle, OneWrite(app, cycle))

    def _must_close(self) -> bool:
        """Return whether the answers close their connections now: a rolling restart moves the clients."""
        return bool(self.app_state.get("moving"))

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase = Phase.WORKING
        if not self._refused:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        del msg  # uvicorn's words
        self._refuse(Code.BAD_REQUEST, "This is not a valid HTTP request.")

    def _check_header_size(self) -> None:
        limit = self._limits.max_header_bytes
        if max(self._header_bytes, self._unfinished_bytes) > limit and not self._refused:
            self._refuse(Code.HEADERS_TOO_LARGE, f"The request's headers are larger than {limit} bytes.")

    # --- deadlines of the client's requests

    def _watch_client(self) -> None:
        """Set the deadline after each piece of data if the client has the next move; clear it otherwise."""
        if self._refused or self.transport.is_closing():
            return
        if self._phase is Phase.HEADERS:
            self._arm_read_timer(Phase.HEADERS, self._limits.header_timeout_s)
        elif self._phase is Phase.BODY:
            self._arm_read_timer(Phase.BODY, self._limits.body_timeout_s)
        elif self._answered() and self.timeout_keep_alive_task is None:
            # Bytes between two requests have ended the idle limit, and begun no request.
            self._arm_read_timer(Phase.HEADERS, self._limits.header_timeout_s)
        else:
            self._disarm_read_timer()

    def _arm_read_timer(self, phase: Phase, seconds: float) -> None:
        if self._read_timer_phase is phase:
            return
        self._disarm_read_timer()
        self._read_timer_phase = phase
        self._read_timer = self.loop.call_later(seconds, self._on_read_timeout)

    def _disarm_read_timer(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = self._read_timer_phase = None

    def _on_read_timeout(self) -> None:
        waited_for = "body" if self._read_timer_phase is Phase.BODY else "headers"
        self._read_timer = self._read_timer_phase = None
        CONNECTIONS_CUT.labels(f"slow_{waited_for}").inc()
        if not self._heard or (self._phase is Phase.BODY and self._answered()):
            self._abort()
        else:
            self._refuse(Code.REQUEST_TIMEOUT, f"The request's {waited_for} took too long to arrive.")

    def _answered(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        return cycle is None or cycle.response_complete

    def _is_between_messages(self) -> bool:
        """Return whether the next byte begins a request, and all earlier requests are answered."""
        return self._phase in (Phase.IDLE, Phase.WORKING) and self._answered() and not self._refused

    def timeout_keep_alive_handler(self) -> None:
        # close() would first wait until the client has read the rest of the buffer.
        if self.transport.get_write_buffer_size():
            self._cut_slow_reader()
        else:
            super().timeout_keep_alive_handler()

    # --- deadlines of the answers

    def pause_writing(self) -> None:
        super().pause_writing()
        self._arm_write_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._disarm_write_timer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._heard = False
        if self.transport.get_write_buffer_size():
            self._arm_write_timer()

    def _arm_write_timer(self) -> None:
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(self._limits.write_timeout_s, self._on_write_timeout)

    def _disarm_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _on_write_timeout(self) -> None:
        self._write_timer = None
        if self.transport.get_write_buffer_size():
            self._cut_slow_reader()

    def _cut_slow_reader(self) -> None:
        CONNECTIONS_CUT.labels("slow_reading").inc()
        self._abort()

    # --- the end of the connection

    def _cut_flood(self) -> None:
        """Disconnect without an answer: the client could not tell which of its requests it belongs to."""
        self._refused = True
        self._disarm_read_timer()
        CONNECTIONS_CUT.labels("flooding").inc()
        self._abort()

    def _refuse(self, code: Code, message: str) -> None:
        """Answer with this error and close the connection; only close it if the client expects another answer first."""
        if self._refused:
            return
        self._refused = True
        self._disarm_read_timer()
        if self._owes_another_answer():
            self._abort()
            return
        self._tell_application()
        self.transport.write(_raw_answer(code, message))
        self.transport.close()
        self._arm_write_timer()

    def _owes_another_answer(self) -> bool:
        """Return whether the next bytes belong to an answer that has begun, or to a request before the newest one.

        An error would seem to be the answer to that request, which may be a write that is committed.
        """
        running = self._running
        if running is None or running.response_complete:
            return False
        return running.response_started or self._phase is not Phase.BODY or running is not self.cycle

    def _abort(self) -> None:
        self._tell_application()
        self.transport.abort()

    def _tell_application(self) -> None:
        """Tell the running request that the client is gone, and drop the requests that wait behind it.

        uvicorn tells only the newest request of a connection: the running one would write to a closed transport.
        """
        self.pipeline.clear()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()


def _raw_answer(code: Code, message: str) -> bytes:
    body = error_body(code, message)
    retry = f"retry-after: {soon()}\r\n" if code.status == HTTPStatus.SERVICE_UNAVAILABLE else ""
    head = (
        f"HTTP/1.1 {code.status} {HTTPStatus(code.status).phrase}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n{retry}x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


def _is_host(value: bytes) -> bool:
    """Return True for a value of Host that a URL can have."""
    found = _HOST.fullmatch(value)
    return found is not None and int(found[1] or 0) <= _LAST_PORT
