"""Exports the figures that the service counts in plain numbers, because a metric of Prometheus costs more to change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from product_dashboard.cache import Metrics
from product_dashboard.observability import cache_figures
from product_dashboard.observability.metrics import LEVELS
from product_dashboard.observability.request_figures import REQUEST_FIGURES

EVERY_S = 1.0


def publish(cache_metrics: Metrics) -> None:
    """Bring all exported figures of this process up to date."""
    cache_figures.publish(cache_metrics)
    REQUEST_FIGURES.publish()
    for level in LEVELS:
        level.publish()


@asynccontextmanager
async def publishing(cache_metrics: Metrics) -> AsyncGenerator[None, None]:
    """Publish every second, so that the worker that is asked for metrics finds the figures of the others.

    A worker that is killed takes the counts of its cache since the last second with it.
    """

    async def forever() -> None:
        while True:
            publish(cache_metrics)
            await asyncio.sleep(EVERY_S)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        publish(cache_metrics)
