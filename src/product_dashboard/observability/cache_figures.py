"""The cache's own counts, which are plain numbers, as figures for Prometheus."""

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
    """Take over the numbers as they are now; what is text stays where it is."""
    for name, value in metrics.snapshot().items():
        if not isinstance(value, str):
            _CACHE.labels(name).set(value)


@asynccontextmanager
async def publishing(metrics: Metrics) -> AsyncGenerator[None, None]:
    """Take them over again and again: with several workers, the one that is asked knows only its own."""

    async def forever() -> None:
        while True:
            publish(metrics)
            await asyncio.sleep(EVERY_S)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
