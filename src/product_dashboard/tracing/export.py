"""The way of spans to the collector: a bounded queue, and a thread that sends batches by OTLP over HTTP.

The queue, the thread and the protocol are OpenTelemetry's. This module adds what an operator must know: what was
lost, and an end that has a limit. A collector that is gone, or takes its time, costs spans and nothing else.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from os import getpid
from typing import Final
from urllib.parse import urlsplit

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME, SERVICE_VERSION
from opentelemetry.trace import Tracer

from product_dashboard import __version__
from product_dashboard.observability.metrics import SPANS_DROPPED, SPANS_EXPORTED
from product_dashboard.settings import Sampler, TracingSettings

log = structlog.stdlib.get_logger()

QUEUE_LIMIT: Final = 2048
BATCH_LIMIT: Final = 512
FLUSH_S: Final = 2.0
"""At the end of the process, spans that still wait are sent for so long."""
_PATH: Final = "/v1/traces"
_SCOPE: Final = "product-dashboard"

_SAMPLERS: Final[Mapping[Sampler, Callable[[float], sampling.Sampler]]] = {
    "always_on": lambda _: sampling.ALWAYS_ON,
    "always_off": lambda _: sampling.ALWAYS_OFF,
    "traceidratio": sampling.TraceIdRatioBased,
    "parentbased_always_on": lambda _: sampling.ParentBased(sampling.ALWAYS_ON),
    "parentbased_always_off": lambda _: sampling.ParentBased(sampling.ALWAYS_OFF),
    "parentbased_traceidratio": lambda ratio: sampling.ParentBased(sampling.TraceIdRatioBased(ratio)),
}


class Tracing:
    """The tracer of one application, and what its spans go through. Nothing is sent before `running`."""

    def __init__(self, settings: TracingSettings) -> None:
        self._settings = settings
        self._collector = urlsplit(settings.endpoint).netloc.rpartition("@")[2]  # without a password
        resource = Resource.create(
            {
                SERVICE_NAME: settings.service_name,
                SERVICE_VERSION: __version__,
                "process.pid": getpid(),
            }
        )
        sampler = _SAMPLERS[settings.sampler](settings.ratio)
        self._provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
        self.tracer: Final[Tracer] = self._provider.get_tracer(_SCOPE)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Send spans until the block ends, and then those that wait, for at most FLUSH_S.

        The thread begins here: a worker runs this after it was forked.
        """
        exporter = CountingExporter(OTLPSpanExporter(endpoint=self._settings.endpoint + _PATH))
        queue = CountingQueue(exporter)
        self._provider.add_span_processor(queue)
        log.info("traces.on", collector=self._collector, sampler=self._settings.sampler)
        try:
            yield
        finally:
            await self._flush(queue, exporter)

    async def _flush(self, queue: "CountingQueue", exporter: "CountingExporter") -> None:
        loop, flushed = asyncio.get_running_loop(), asyncio.Event()

        def shut_down() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the event loop ended first
                loop.call_soon_threadsafe(flushed.set)

        # Not a thread of the event loop's pool: the process would wait for it.
        threading.Thread(target=shut_down, name="traces-flush", daemon=True).start()
        try:
            async with asyncio.timeout(FLUSH_S):
                await flushed.wait()
        except TimeoutError:
            lost = exporter.give_up(queue.put)
            log.warning("traces.not_flushed", spans=lost, collector=self._collector)


class CountingExporter(SpanExporter):
    """Counts what the collector takes, and what it does not. `begun` is the number of spans that left the queue."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.begun = 0
        self._ended = 0
        self._given_up = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch, in the thread of the queue."""
        self.begun += len(spans)
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            if not self._given_up:
                self._ended += len(spans)
                is_taken = result is SpanExportResult.SUCCESS
                (SPANS_EXPORTED if is_taken else SPANS_DROPPED.labels("not_taken")).inc(len(spans))
        return result

    def give_up(self, put: int) -> int:
        """Count as lost what has not ended of `put` spans; return the number."""
        self._given_up = True
        lost = put - self._ended
        SPANS_DROPPED.labels("end").inc(lost)
        self._exporter.shutdown()  # it ends the pauses between attempts
        return lost

    def shutdown(self) -> None:
        self._exporter.shutdown()


class CountingQueue(BatchSpanProcessor):
    """OpenTelemetry's queue, which drops and counts a span where the original would drop another one uncounted."""

    def __init__(self, exporter: CountingExporter) -> None:
        super().__init__(exporter, max_queue_size=QUEUE_LIMIT, max_export_batch_size=BATCH_LIMIT)
        self._counted = exporter
        self.put = 0

    @property
    def waiting(self) -> int:
        """Number of spans in the queue. Each of the two counts is changed by one thread only."""
        return self.put - self._counted.begun

    def on_end(self, span: ReadableSpan) -> None:
        """Put a span into the queue if it is sampled. Called in the event loop, for which it never waits."""
        if span.context is None or not span.context.trace_flags.sampled:
            return
        if self.waiting >= QUEUE_LIMIT:
            SPANS_DROPPED.labels("queue_full").inc()
            return
        self.put += 1
        super().on_end(span)
