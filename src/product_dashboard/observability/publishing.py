"""Exports the metrics that the service counts in plain numbers, because a metric of Prometheus costs more to change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from product_dashboard.background import in_background
from product_dashboard.cache import Metrics
from product_dashboard.observability import cache_metrics
from product_dashboard.observability.metrics import LEVELS, TALLIES
from product_dashboard.observability.request_metrics import REQUEST_METRICS

log = structlog.stdlib.get_logger()

EVERY_S = 1.0


def publish(metrics_of_cache: Metrics) -> None:
    """Bring all exported metrics of this process up to date."""
    cache_metrics.publish(metrics_of_cache)
    REQUEST_METRICS.publish()
    for each in (*LEVELS, *TALLIES):
        each.publish()


@asynccontextmanager
async def publishing(metrics_of_cache: Metrics) -> AsyncGenerator[None, None]:
    """Publish every second, so that the worker that is asked for metrics finds the metrics of the others.

    A worker that is killed takes the counts of its cache since the last second with it.
    """

    async def forever() -> None:
        while True:
            try:
                publish(metrics_of_cache)
            except Exception as error:  # noqa: BLE001 - the task continues: the next turn exports what has grown
                log.warning("metrics.not_published", reason=repr(error))
            await asyncio.sleep(EVERY_S)

    try:
        async with in_background(forever(), "publish-metrics"):
            yield
    finally:
        publish(metrics_of_cache)
