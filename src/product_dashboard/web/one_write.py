"""Sends an answer in one write to the socket, where uvicorn writes its head and its body separately.

uvicorn's event loop hands each write to the kernel at once, so that the second one costs as much as the first.
Only the common form of an answer is sent here: its whole body in one message, and its length in a header. All
others, and those that uvicorn refuses, go to uvicorn's own `send`.

uvicorn sends an answer without a length in chunks, also to a client of HTTP/1.0, which knows none and would take the
lengths of the chunks for content. Here the body of such an answer ends with the connection (RFC 9112, 6.3).
"""

from http import HTTPStatus
from typing import Final

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendEvent,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Scope,
)
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_LENGTH: Final = b"content-length"
_OF_CONNECTION: Final = {b"connection", b"transfer-encoding"}
_OF_LENGTH: Final = {_LENGTH, b"transfer-encoding"}
# RFC 9110, 5.1 and 5.5; names in lower case.
_NAME_BYTES: Final = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_VALUE_BYTES: Final = bytes([ord("\t"), *range(0x20, 0x7F), *range(0x80, 0x100)])
_CLOSE: Final = b"connection: close\r\n\r\n"
_END: Final = b"\r\n"


class OneWrite:
    """An ASGI application that lets `app` answer the request of one cycle.

    The head is held until the first part of the body, as ASGI demands.
    """

    __slots__ = ("_app", "_cycle", "_start", "_until_close")

    def __init__(self, app: ASGI3Application, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._start: HTTPResponseStartEvent | None = None
        self._until_close = False

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, _: object) -> None:
        await self._app(scope, receive, self._send)

    async def _send(self, message: ASGISendEvent) -> None:
        cycle = self._cycle
        start, self._start = self._start, None
        if start is None and message["type"] == "http.response.start" and not cycle.response_started:
            self._start = message
            return
        if start is not None:
            if message["type"] == "http.response.body" and (answer := _whole(cycle, start, message)):
                send_whole(cycle, answer)
                return
            if _ends_with_connection(cycle, start):
                self._until_close = True
                cycle.chunked_encoding = False
            await cycle.send(start)
        if self._until_close and message["type"] == "http.response.body":
            cycle.expected_content_length = len(message.get("body", b""))
        await cycle.send(message)


def send_whole(cycle: RequestResponseCycle, answer: bytes) -> None:
    """Send the bytes of an answer, and end the cycle as its `send` does."""
    cycle.transport.write(answer)
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _ends_with_connection(cycle: RequestResponseCycle, start: HTTPResponseStartEvent) -> bool:
    """Return whether the client knows only HTTP/1.0, and the answer has a body whose length nothing tells."""
    return (
        cycle.scope["http_version"] == "1.0"
        and start["status"] not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        and _OF_LENGTH.isdisjoint(name.lower() for name, _ in start.get("headers", ()))
    )


def _whole(
    cycle: RequestResponseCycle, start: HTTPResponseStartEvent, end: HTTPResponseBodyEvent
) -> bytes | None:
    """Return the bytes of an answer; None if uvicorn must send it, or refuse it."""
    body = end.get("body", b"")
    headers = [*cycle.default_headers, *start.get("headers", ())]
    by_name = dict(headers)
    if (
        end.get("more_body", False)
        or len(by_name) != len(headers)  # a name that is repeated
        or by_name.get(_LENGTH) != b"%d" % len(body)
        or not _OF_CONNECTION.isdisjoint(by_name)
        or cycle.disconnected
        or cycle.flow.write_paused
        or cycle.access_log
        or cycle.scope["method"] == "HEAD"
        # All names are checked at once, and all values, by deleting the bytes that they may have.
        or b"".join(by_name).translate(None, _NAME_BYTES)
        or b"".join(by_name.values()).translate(None, _VALUE_BYTES)
    ):
        return None
    lines = [b"%s: %s\r\n" % header for header in headers]
    return b"".join((STATUS_LINE[start["status"]], *lines, _END if cycle.keep_alive else _CLOSE, body))
