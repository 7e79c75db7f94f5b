"""Spans of the current request: how they begin, and what an error leaves in them."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from asyncmy.errors import MySQLError
from opentelemetry import context, trace
from opentelemetry.propagators.textmap import Getter
from opentelemetry.semconv.attributes.db_attributes import DB_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.errors import AppError
from product_dashboard.observability.trace_ids import begin_trace

Attributes = Mapping[str, str | int]

_PARENT: Final = "traceparent"
_W3C: Final = TraceContextTextMapPropagator()
_tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)


class _Headers(Getter[RawHeaders]):
    def get(self, carrier: RawHeaders, key: str) -> list[str] | None:
        values = [value.decode("latin-1") for name, value in carrier if name == key.encode()]
        # A traceparent is not a list: two of them are none (W3C Trace Context, 3.2).
        return values if values and not (key == _PARENT and len(values) > 1) else None

    def keys(self, carrier: RawHeaders) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


_HEADERS: Final = _Headers()


@contextmanager
def request_span(
    tracer: Tracer, method: str, headers: RawHeaders, began: float, attributes: Attributes
) -> Generator[Span]:
    """Begin the span of a request that arrived at `began` (`time.perf_counter`); end it at the end of the block.

    Its parent is the caller's span, if the headers name one.
    """
    parent = _W3C.extract(headers, getter=_HEADERS)
    start_ns = time.time_ns() - int((time.perf_counter() - began) * 1e9)
    span = tracer.start_span(
        method, context=parent, kind=SpanKind.SERVER, attributes=attributes, start_time=start_ns
    )
    token = context.attach(trace.set_span_in_context(span, parent))
    own = _tracer.set(tracer)
    begin_trace(trace.format_trace_id(span.get_span_context().trace_id))
    try:
        yield span
    finally:
        begin_trace("")
        _tracer.reset(own)
        context.detach(token)
        span.end()


def begin(name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None) -> Span:
    """Begin a span in the current one, which does not become the current one; the caller ends it.

    Return a span that records nothing outside of a request, and in a request that is not sampled.
    """
    tracer = _tracer.get()
    if tracer is None or not trace.get_current_span().is_recording():
        return trace.INVALID_SPAN
    return tracer.start_span(name, kind=kind, attributes=attributes)


@contextmanager
def inner_span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> Generator[Span]:
    """Make a span of the block, in the current one."""
    span = begin(name, kind=kind, attributes=attributes)
    if not span.is_recording():
        yield span
        return
    token = context.attach(trace.set_span_in_context(span))
    try:
        yield span
    except BaseException as error:
        note_error(span, error)
        raise
    finally:
        context.detach(token)
        span.end()


def note_error(span: Span, error: BaseException) -> None:
    """Note the type of the error that ended a span. An error of the client is no failure of the service."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    span.set_attribute(ERROR_TYPE, name)
    if isinstance(error, MySQLError) and error.args:
        span.set_attribute(DB_RESPONSE_STATUS_CODE, str(error.args[0]))
    if not isinstance(error, AppError) or error.code.status >= 500:  # noqa: PLR2004 - the statuses of the service
        span.set_status(StatusCode.ERROR)
