"""The answer with the events of one listener, in the format of server-sent events (HTML, 9.2)."""

import asyncio
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.types import Receive, Scope, Send

from product_dashboard.errors import AppError
from product_dashboard.events.listeners import Listener, Listeners
from product_dashboard.events.schemas import Change
from product_dashboard.observability.requests import is_head
from product_dashboard.web.envelope import NO_STORE
from product_dashboard.web.errors import error_reply
from product_dashboard.web.representation import ENCODER

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT_S: Final = 15.0
"""Seconds of silence after which a comment is sent: proxies end a connection on which nothing moves."""
HEARTBEAT: Final = b":\n\n"
HEADERS: Final = (
    (b"content-type", MEDIA_TYPE.encode()),
    NO_STORE,
    (b"x-accel-buffering", b"no"),  # nginx would keep events until its buffer is full
    (b"connection", b"close"),  # the client comes back on another connection, perhaps to another process
)


class EventStream(Response[str]):
    """An answer that ends when the client leaves, or when the service ends. It is its own ASGI application.

    The deadline of the request does not end it, because nothing in it waits with a deadline.
    """

    def __init__(self, listeners: Listeners) -> None:
        super().__init__("")
        self._listeners = listeners

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any) -> Any:
        """Return the answer itself."""
        del app, request
        return self.answer

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events: an ASGI application."""
        try:
            with self._listeners.join() as listener:
                await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
                if not is_head(scope):
                    await _send_events(listener, receive, send)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except AppError as error:  # of `join`: nothing was sent
            await error_reply(error).answer(scope, receive, send)


async def _send_events(listener: Listener, receive: Receive, send: Send) -> None:
    leaving = asyncio.create_task(_end_when_gone(listener, receive), name="listener-leaving")
    try:
        while not listener.is_over:
            change = await listener.next(HEARTBEAT_S)
            if not listener.is_over:
                body = HEARTBEAT if change is None else encode(change)
                await send({"type": "http.response.body", "body": body, "more_body": True})
    finally:
        leaving.cancel()


async def _end_when_gone(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


def encode(change: Change) -> bytes:
    """Encode an event."""
    return b"event: change\ndata: %s\n\n" % ENCODER.encode(change)
