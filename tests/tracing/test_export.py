"""The way to the collector when it is gone, refuses or stalls: requests do not notice, and what is lost is counted."""

import asyncio
import socket
import threading
import time

import pytest
from prometheus_client import REGISTRY

from product_dashboard.settings import TracingSettings
from product_dashboard.tracing import export
from product_dashboard.tracing.export import QUEUE_LIMIT, Tracing
from tests.api_client import Api
from tests.tracing.collector import Collector, collecting, until
from tests.tracing.conftest import Serve

pytestmark = pytest.mark.any_server  # the spans of a server are in test_spans.py


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("trace_spans_dropped_total", {"reason": reason}) or 0


def exported() -> float:
    return REGISTRY.get_sample_value("trace_spans_exported_total") or 0


def emit(tracing: Tracing, number: int) -> None:
    for place in range(number):
        tracing.tracer.start_span(f"span {place}").end()


async def test_spans_that_wait_at_the_end_are_sent(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
    tracing, before = (
        Tracing(TracingSettings(endpoint=collector.endpoint, service_name="flushed")),
        exported(),
    )
    async with tracing.running():
        emit(tracing, 3)
    names = [span.name for span in collector.spans if span.resource["service.name"] == "flushed"]
    assert names == ["span 0", "span 1", "span 2"]
    assert exported() == before + 3


async def test_a_stalled_collector_costs_the_spans_above_the_limit_and_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "FLUSH_S", 0.1)
    before, before_end = dropped("queue_full"), dropped("end")
    with collecting("stalls") as collector:
        tracing = Tracing(TracingSettings(endpoint=collector.endpoint))
        async with tracing.running():
            emit(tracing, 1)
            await asyncio.to_thread(until, lambda: collector.requests == 1, "the first span is not sent")
            emit(tracing, QUEUE_LIMIT)  # returns, although the collector takes none of them
            assert dropped("queue_full") == before
            emit(tracing, 7)
            assert dropped("queue_full") == before + 7
        # The end does not wait for the collector, which has not answered yet.
        assert not collector.released.is_set()
        assert dropped("end") == before_end + 1 + QUEUE_LIMIT


async def test_spans_that_the_collector_refuses_are_counted() -> None:
    before = dropped("not_taken")
    with collecting("refuses") as collector:
        tracing = Tracing(TracingSettings(endpoint=collector.endpoint))
        async with tracing.running():
            emit(tracing, 5)
    assert dropped("not_taken") == before + 5


async def test_requests_are_answered_without_a_collector(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.05")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    before = dropped("not_taken")
    tracing = TracingSettings(endpoint=f"http://127.0.0.1:{port}")
    async with serve(tracing) as service, Api(service.app) as api:
        answers = await asyncio.gather(*(api.get(f"/api/v1/categories?page={page}") for page in range(1, 30)))
        await asyncio.to_thread(until, lambda: dropped("not_taken") > before, "nothing is lost")
        metrics = (await api.get("/metrics")).text
    assert {answer.status_code for answer in answers} == {200}
    assert 'trace_spans_dropped_total{reason="not_taken"}' in metrics


async def test_the_thread_begins_with_the_lifespan_and_ends_with_it(collector: Collector) -> None:
    def threads() -> int:
        return sum(thread.name == "OtelBatchSpanRecordProcessor" for thread in threading.enumerate())

    before = threads()
    tracing = Tracing(TracingSettings(endpoint=collector.endpoint))
    assert threads() == before, "a worker is forked before its lifespan begins"
    async with tracing.running():
        assert threads() == before + 1
    assert threads() == before


async def test_the_end_of_a_stalled_export_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "FLUSH_S", 0.05)
    with collecting("stalls") as collector:
        tracing = Tracing(TracingSettings(endpoint=collector.endpoint))
        async with tracing.running():
            emit(tracing, 1)
            await asyncio.to_thread(until, lambda: collector.requests == 1, "the span is not sent")
            began = time.monotonic()
        assert time.monotonic() - began < 9, "the exporter's own limit is 10 s, that of its queue 30 s"
