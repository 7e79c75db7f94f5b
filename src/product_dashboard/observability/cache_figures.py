"""Exports the counts of the cache to Prometheus."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prometheus_client import Gauge

from product_dashboard.cache import Metrics

EVERY_S = 5.0

_CACHE = Gauge(
    "cache_events", "What the cache has done since the start.", ["what"], multiprocess_mode="livesum"
)


def publish(metrics: Metrics) -> None:
    """Set the gauges to the counts as they are now."""
    for name, value in metrics.snapshot().items():
        _CACHE.labels(name).set(value)


@asynccontextmanager
async def publishing(metrics: Metrics) -> AsyncGenerator[None, None]:
    """Publish every few seconds, so that the worker that is asked for metrics finds the counts of the others."""

    async def forever() -> None:
        while True:
            publish(metrics)
            await asyncio.sleep(EVERY_S)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
