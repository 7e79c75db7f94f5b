"""Spans of requests: those that pass the application, and those that recipes answer."""

import re
import time
from collections.abc import Callable
from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Message, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.semconv.attributes.client_attributes import CLIENT_ADDRESS
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_REQUEST_METHOD_ORIGINAL,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_PATH, URL_SCHEME
from opentelemetry.semconv.attributes.user_agent_attributes import USER_AGENT_ORIGINAL
from opentelemetry.trace import Span, StatusCode, Tracer
from structlog.types import EventDict

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.errors import AppError
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.observability.requests import ARRIVED, QUIET, RequestObserver
from product_dashboard.observability.trace_ids import current_trace_id
from product_dashboard.parts import Handlers
from product_dashboard.recipes.direct import Address, DirectAnswers, Lines, Request
from product_dashboard.recipes.recipe import Prepared
from product_dashboard.tracing.cache import CACHE_RESULT
from product_dashboard.tracing.spans import note_error, request_span

RESPONSE: Final = b"traceresponse"
"""Tells the client the trace of its request (W3C Trace Context, level 2)."""
_METHODS: Final = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
# A client may send any number: int() refuses one of 5,000 digits, and OTLP one of more than 64 bits.
_is_port: Final = re.compile(r"[0-9]{1,5}").fullmatch
_HEAD_END: Final = b"\r\n\r\n"
_FAILURE: Final = 500


class TracedObserver(RequestObserver):
    """The outermost layer of a request, with a span around it. Probes and scrapes have none."""

    def __init__(self, *arguments: Any, tracer: Tracer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._tracer = tracer
        if self._log_line is not None:
            self._log_line = _with_trace_id(self._log_line)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(QUIET):
            await super().__call__(scope, receive, send)
            return
        began = scope["state"].get(ARRIVED) or time.perf_counter()
        headers = cast("RawHeaders", scope["headers"])
        method, attributes = _asked(scope["method"], scope["path"], scope["scheme"], headers)
        with request_span(self._tracer, method, headers, began, attributes) as span:
            response = RESPONSE, traceresponse(span)

            async def send_with_trace(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], response]
                await send(message)

            await super().__call__(scope, receive, send_with_trace)

    def record(self, scope: HTTPScope, method: str, status: int, seconds: float) -> None:
        """Write the log line of an answer, count it, and say in its span what it was."""
        span = trace.get_current_span()
        if span.is_recording():
            _describe(span, scope, method, status)
        super().record(scope, method, status, seconds)


class TracedAnswers(DirectAnswers):
    """Answers by recipes, each with the span of its request."""

    def __init__(self, *arguments: Any, tracer: Tracer, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._tracer = tracer

    def answer(
        self,
        request: Request,
        answer: StoredAnswer | Prepared,
        peer: Address,
        began: float,
        default: Lines,
        *,
        keep_alive: bool,
        state: dict[str, Any],
    ) -> bytes:
        """Return the bytes of the answer; see DirectAnswers."""
        # The protocol of these requests is not told apart behind a proxy: they never reach its middleware.
        method, attributes = _asked(request.method, request.path, "http", request.headers)
        with request_span(self._tracer, method, request.headers, began, attributes) as span:
            sent = super().answer(request, answer, peer, began, default, keep_alive=keep_alive, state=state)
            if isinstance(answer, Prepared):
                span.set_attribute(CACHE_RESULT, "hit")
            line = b"\r\n%s: %s\r\n\r\n" % (RESPONSE, traceresponse(span))
        return sent.replace(_HEAD_END, line, 1)


def traceresponse(span: Span) -> bytes:
    """Return the value of the header for the span of a request."""
    ids = span.get_span_context()
    return b"00-%032x-%016x-%02x" % (ids.trace_id, ids.span_id, ids.trace_flags)


def noting_errors(handlers: Handlers) -> Handlers:
    """Return exception handlers that first note the type of a failure in the span of the request."""
    return {kind: _noting(handler) for kind, handler in handlers.items()}


def _noting(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def noted(request: Any, error: Exception) -> Any:
        if not isinstance(error, AppError) or error.code.status >= _FAILURE:
            note_error(trace.get_current_span(), error)
        return handler(request, error)

    return noted


def _asked(method: str, path: str, scheme: str, headers: RawHeaders) -> tuple[str, dict[str, str | int]]:
    """Return the name of the span of a request while its route is not known, and its attributes.

    Not the query of the URL: a name that is searched for may be that of a person.
    """
    known = method if method in _METHODS else "_OTHER"
    attributes: dict[str, str | int] = {HTTP_REQUEST_METHOD: known, URL_PATH: path, URL_SCHEME: scheme}
    if known != method:
        attributes[HTTP_REQUEST_METHOD_ORIGINAL] = method
    for name, value in headers:
        if name == b"host":
            host, _, port = value.decode("latin-1").rpartition(":")
            if host and _is_port(port):
                attributes[SERVER_ADDRESS], attributes[SERVER_PORT] = host, int(port)
            else:
                attributes[SERVER_ADDRESS] = value.decode("latin-1")
        elif name == b"user-agent":
            attributes[USER_AGENT_ORIGINAL] = value.decode("latin-1")
    return known if known == method else "HTTP", attributes


def _describe(span: Span, scope: HTTPScope, method: str, status: int) -> None:
    # The scope of a path that no route matches has no template.
    route = cast("dict[str, str]", scope).get("path_template")
    if route is not None:
        span.update_name(f"{method} {route}")
        span.set_attribute(HTTP_ROUTE, route)
    span.set_attribute(HTTP_RESPONSE_STATUS_CODE, status)
    if client := scope["client"]:
        span.set_attribute(CLIENT_ADDRESS, client[0])
    if status >= _FAILURE:
        span.set_status(StatusCode.ERROR)
        if ERROR_TYPE not in (getattr(span, "attributes", None) or {}):
            span.set_attribute(ERROR_TYPE, str(status))


def _with_trace_id(write: Callable[[EventDict], None]) -> Callable[[EventDict], None]:
    def written(event: EventDict) -> None:
        if trace_id := current_trace_id():
            event["trace_id"] = trace_id
        write(event)

    return written
