"""Traces of several workers, each with an exporter of its own, and their end."""

import asyncio
import signal

import pytest

from tests.server.conftest import Start
from tests.tracing.collector import Span, collecting, until

pytestmark = pytest.mark.any_server  # the spans of a server are in test_spans.py


def pids(spans: list[Span]) -> set[int]:
    return {span.resource["process.pid"] for span in spans if span.name == "GET /api/v1/categories"}


async def test_each_worker_sends_its_spans_and_none_waits_for_a_stalled_collector_at_its_end(
    start: Start,
) -> None:
    with collecting() as collector:
        service = await start(
            WORKERS="2", OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint, OTEL_BSP_SCHEDULE_DELAY="20"
        )
        await service.logged("service.listening", 2)
        await service.listening()
        while len(pids(collector.spans)) < 2:  # which worker accepts a connection is up to the kernel
            assert (await service.get("/api/v1/categories"))[0] == 200
            await asyncio.sleep(0.01)
        collector.mode, before = "stalls", collector.requests
        assert (await service.get("/api/v1/categories"))[0] == 200
        await asyncio.to_thread(until, lambda: collector.requests > before, "no batch is sent")
        service.tell(signal.SIGTERM)
        assert await service.exit_status() == 0
        assert not collector.released.is_set()
