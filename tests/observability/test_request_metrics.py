"""The metrics of requests are counted in plain numbers, and exported as Prometheus would have counted them."""

import asyncio
import itertools

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from product_dashboard.app import create_app
from product_dashboard.cache import Metrics
from product_dashboard.observability import publishing
from product_dashboard.observability.metrics import DURATION_BOUNDS, REQUESTS_RUNNING
from product_dashboard.observability.request_metrics import RequestMetrics
from product_dashboard.settings import Settings
from tests.api_client import Api, running
from tests.waiting import PATIENCE_S

SECONDS = [0.0, *itertools.chain(*((bound, bound * 1.0001) for bound in DURATION_BOUNDS)), 99.0]


def samples(registry: CollectorRegistry, route: str) -> dict[str, float]:
    """The samples of the durations of one route, by the bound of the bucket, or by the end of the name."""
    return {
        sample.labels.get("le", sample.name.rpartition("_")[2]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.labels.get("route") == route and "seconds" in sample.name
    }


def test_durations_are_exported_as_if_each_had_been_observed_on_its_own() -> None:
    expected = CollectorRegistry()
    plain = Histogram(
        "seconds", "As the library counts.", ["route"], buckets=DURATION_BOUNDS, registry=expected
    )
    metrics = RequestMetrics()
    for seconds in SECONDS:
        plain.labels("/twice").observe(seconds)
        metrics.count("GET", "/twice", 200, seconds)
    metrics.publish()
    metrics.publish()  # adds nothing
    assert samples(REGISTRY, "/twice") == pytest.approx(samples(expected, "/twice"))


def test_metrics_grow_from_one_export_to_the_next() -> None:
    metrics = RequestMetrics()
    for status, times in ((200, 3), (404, 1), (200, 2)):
        for _ in range(times):
            metrics.count("GET", "/grows", status, 0.02)
        metrics.publish()
    labels = {"method": "GET", "route": "/grows"}
    assert REGISTRY.get_sample_value("http_requests_total", {**labels, "status": "200"}) == 5
    assert REGISTRY.get_sample_value("http_requests_total", {**labels, "status": "404"}) == 1
    assert samples(REGISTRY, "/grows")["count"] == 6


async def test_a_scrape_has_every_request_that_was_answered_before_it(settings: Settings) -> None:
    def counted(text: str) -> float:
        name = 'http_requests_total{method="GET",route="/health/live",status="200"} '
        return sum(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))

    async with running(create_app(settings)) as app, Api(app) as client:
        before = counted((await client.get("/metrics")).text)
        for _ in range(7):
            await client.get("/health/live")
        text = (await client.get("/metrics")).text
    assert counted(text) == before + 7
    assert "\nhttp_requests_in_progress 1.0\n" in text, "the request for the metrics itself"


def test_a_level_is_what_was_added_less_what_was_taken_away() -> None:
    REQUESTS_RUNNING.inc()
    REQUESTS_RUNNING.inc()
    REQUESTS_RUNNING.dec()
    REQUESTS_RUNNING.publish()
    assert REGISTRY.get_sample_value("http_requests_in_progress") == 1
    REQUESTS_RUNNING.dec()


async def test_metrics_are_published_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    published = asyncio.Event()
    faults = [OSError("no space left"), OSError("no space left")]

    def publish(_: Metrics) -> None:
        if faults:
            raise faults.pop()
        published.set()

    monkeypatch.setattr(publishing, "publish", publish)
    monkeypatch.setattr(publishing, "EVERY_S", 0.001)
    async with publishing.publishing(Metrics()), asyncio.timeout(PATIENCE_S):
        await published.wait()
