"""Spans of cached reads, and of the commands for Redis."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from opentelemetry.semconv.attributes.db_attributes import (
    DB_OPERATION_NAME,
    DB_STORED_PROCEDURE_NAME,
    DB_SYSTEM_NAME,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.trace import Span, SpanKind
from redis.exceptions import RedisError

from product_dashboard.cache import Cache, CachedAnswer
from product_dashboard.cache.flight import Flights
from product_dashboard.cache.link import Link
from product_dashboard.cache.loader import Loaded, Loader, Request
from product_dashboard.cache.scripts import Script
from product_dashboard.cache.space import Space
from product_dashboard.cache.wire import Argument, Reply
from product_dashboard.tracing.spans import Attributes, begin, inner_span, note_error

T = TypeVar("T")

CACHE_NAME: Final = "cache.name"
CACHE_RESULT: Final = "cache.result"


class TracedLink(Link):
    """Commands for Redis, each with a span if a request waits for its reply. END has none."""

    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]:
        """See Link. The MGET may be shared with other requests of this turn of the event loop."""
        span = begin("MGET", kind=SpanKind.CLIENT, attributes=self._attributes("MGET"))
        return _followed(span, partial(super().fetch, space, keys, buckets))

    async def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Reply:
        attributes = self._attributes("EVALSHA", script.name)
        with inner_span(f"EVALSHA {script.name}", kind=SpanKind.CLIENT, attributes=attributes):
            return await super().script(script, space, bucket, keys, arguments)

    def post(
        self,
        script: Script,
        space: Space,
        bucket: int,
        keys: Sequence[bytes],
        arguments: Sequence[Argument],
        replied: Callable[[Reply], None],
    ) -> None:
        """See Link. The span ends with the reply, for which the request does not wait."""
        attributes = self._attributes("EVALSHA", script.name)
        span = begin(f"EVALSHA {script.name}", kind=SpanKind.CLIENT, attributes=attributes)

        def ended(reply: Reply) -> None:
            if isinstance(reply, Exception):
                note_error(span, reply)
            span.end()
            replied(reply)

        super().post(script, space, bucket, keys, arguments, ended if span.is_recording() else replied)

    def _attributes(self, command: str, script: str | None = None) -> Attributes:
        found: dict[str, str | int] = {DB_SYSTEM_NAME: "redis", DB_OPERATION_NAME: command}
        if script is not None:
            found[DB_STORED_PROCEDURE_NAME] = script
        if len(self._url.addresses) == 1:  # of several, the one that answers is not known here
            found[SERVER_ADDRESS], found[SERVER_PORT] = self._url.addresses[0]
        return found


def _followed(span: Span, send: Callable[[], asyncio.Future[T]]) -> asyncio.Future[T]:
    """Send a command, and end its span when its future is done."""
    if not span.is_recording():
        return send()
    try:
        future = send()
    except RedisError as error:
        note_error(span, error)
        span.end()
        raise
    future.add_done_callback(partial(_end, span))
    return future


def _end(span: Span, future: asyncio.Future[Any]) -> None:
    error = asyncio.CancelledError() if future.cancelled() else future.exception()
    if error is not None:
        note_error(span, error)
    span.end()


class TracedLoader(Loader):
    """Loads, each with a span in that of the reader who began it."""

    async def load(self, request: Request, begins: Callable[[], None] = lambda: None) -> Loaded:
        with inner_span(f"load {request.policy.name}", attributes={CACHE_NAME: request.policy.name}):
            return await super().load(request, begins)

    async def load_alone(self, request: Request) -> Loaded:
        with inner_span(f"load {request.policy.name}", attributes={CACHE_NAME: request.policy.name}):
            return await super().load_alone(request)


class TracedFlights(Flights):
    """Loads that readers share, each reader with a span of its wait."""

    async def join(
        self, request: Request, space: Space, shape: bytes, pass_over: bytes
    ) -> CachedAnswer[Any] | None:
        with inner_span("cache wait", attributes={CACHE_NAME: request.policy.name}):
            return await super().join(request, space, shape, pass_over)


class TracedCache(Cache):
    """A cache whose reads have spans."""

    link_class = TracedLink
    loader_class = TracedLoader
    flights_class = TracedFlights

    async def answer(self, request: Request) -> CachedAnswer[Any]:
        name = request.policy.name
        with inner_span(f"cache {name}", attributes={CACHE_NAME: name}) as span:
            answer = await super().answer(request)
            span.set_attribute(CACHE_RESULT, answer.state.lower())
            return answer
