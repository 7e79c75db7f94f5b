"""The outermost ASGI layer of every request: its id, its log line, its metrics, and the handling of its failure.

It is one layer and not a stack of middlewares, because each layer costs every request.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import cast

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from structlog.types import EventDict

from product_dashboard import deadline
from product_dashboard.access.client import client_of
from product_dashboard.errors import Unavailable
from product_dashboard.observability.logs import info_writer
from product_dashboard.observability.metrics import REQUESTS_RUNNING
from product_dashboard.observability.request_ids import HEADER, begin_request
from product_dashboard.observability.request_metrics import REQUEST_METRICS
from product_dashboard.web.errors import allow_headers, error_reply, internal_error_reply

UNMATCHED = "unmatched"
QUIET = ("/health", "/metrics")
ARRIVED = "arrived"
"""In the state of a scope: when the request arrived (`time.perf_counter`), if that was before it was parsed."""
_IS_HEAD = "is_head"
NO_SNIFFING = (b"x-content-type-options", b"nosniff")


class RequestObserver:
    """Wraps the application. HEAD is handled as GET; the server omits the body.

    Each request has a deadline, `timeout_s` after its arrival.

    `allow` has the methods of each path template, for OPTIONS: Litestar's own answer names only those of
    the handler that was registered first.
    """

    def __init__(
        self, app: ASGIApp, *, timeout_s: float, log_requests: bool, allow: Mapping[str, str]
    ) -> None:
        self._app = app
        self._timeout_s = timeout_s
        self._allow = allow
        self._log = structlog.get_logger().bind()
        self._log_line = info_writer() if log_requests else None
        self.answered = 0
        self.cut_off = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        http = scope
        began = scope["state"].get(ARRIVED) or time.perf_counter()
        method = str(http["method"])
        request_id = begin_request(cast("list[tuple[bytes, bytes]]", scope["headers"])).encode()
        status = 0

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], NO_SNIFFING, (HEADER, request_id)]
                message["headers"] = self._corrected(http, headers) if method == "OPTIONS" else headers
            await send(message)

        if method == "HEAD":
            http = cast("HTTPScope", {**scope, "method": "GET"})
            scope["state"][_IS_HEAD] = True
        REQUESTS_RUNNING.inc()
        token = deadline.begin(self._timeout_s - (time.perf_counter() - began))
        try:
            await self._app(http, receive, observed_send)
        except asyncio.CancelledError:
            # Only the end of the service cancels a request, and this is the outermost frame of the request.
            self.cut_off += 1
            self._log.warning("request.cut_off", path=http["path"])
            if not status:
                stopping = error_reply(Unavailable("The service is stopping."))
                await stopping.answer(http, receive, observed_send)
        except Exception:
            self._log.exception("request.failed", path=http["path"])
            if status:
                raise
            await internal_error_reply().answer(http, receive, observed_send)
        finally:
            deadline.end(token)
            REQUESTS_RUNNING.dec()
            self.record(http, method, status, time.perf_counter() - began)

    def _corrected(self, scope: HTTPScope, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        allow = self._allow.get(_route(scope))
        if not allow:
            return headers
        return [header for header in headers if header[0] != b"allow"] + [*allow_headers(allow)]

    def record(self, scope: HTTPScope, method: str, status: int, seconds: float) -> None:
        """Write the log line of an answer, and count it.

        Of the scope only `path`, `path_template`, `client` and `state` are read.
        """
        self.answered += 1
        route = _route(scope)
        REQUEST_METRICS.count(method, route, status, seconds)
        REQUEST_METRICS.publish_soon()
        if self._log_line is None or route.startswith(QUIET):
            return
        peer = scope["client"]
        address = peer[0] if peer else None
        name = client_of(scope)
        line: EventDict = {
            "event": "request",
            "method": method,
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 2),
            "client": name or address,
        }
        if name:
            line["address"] = address
        self._log_line(line)


def is_head(scope: Scope) -> bool:
    """Return whether a request that is handled as GET was a HEAD, for an answer that has no end of its own."""
    return _IS_HEAD in scope["state"]


def _route(scope: HTTPScope) -> str:
    # Litestar's type always has it; the scope of a path that no route matches does not.
    return cast("dict[str, str]", scope).get("path_template", UNMATCHED)
