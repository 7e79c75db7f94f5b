"""`just cache-stats` computes shares and means from the service's metrics."""

import asyncio

import pytest

from product_dashboard.cache.metrics import Metrics
from product_dashboard.observability.cache_metrics import publish
from product_dashboard.observability.metrics import render_metrics
from tests.listener import listening
from tools.cache_stats import main, parse, rows

TEXT = """\
# HELP cache_events_total Events of the cache, by what has happened.
# TYPE cache_events_total counter
cache_events_total{event="hits"} 970.0
cache_events_total{event="misses"} 20.0
cache_events_total{event="takeovers"} 0.0
cache_events_total{event="bypasses"} 10.0
cache_events_total{event="stores_refused"} 3.0
cache_events_total{event="timed_loads"} 20.0
cache_events_total{event="lease_requests"} 0.0
cache_load_seconds_total 0.5
cache_redis_seconds_total 0.0
cache_believed 1.0
http_requests_total{method="GET"} 3.0
"""


def test_shares_and_means_come_first_and_counts_that_are_zero_are_left_out() -> None:
    assert rows(parse(TEXT)) == [
        ("answers", "1,000"),
        ("share of hits", "97.0 %"),
        ("mean load", "25.00 ms"),
        ("Redis is believed", "yes"),
        ("hits", "970"),
        ("misses", "20"),
        ("bypasses", "10"),
        ("stores refused", "3"),
    ]


def test_a_service_that_has_answered_nothing_divides_by_nothing() -> None:
    assert rows({}) == [("answers", "0"), ("Redis is believed", "no")]


def test_the_names_are_those_of_the_metrics_that_the_service_exports() -> None:
    metrics = Metrics()
    metrics.load_seconds.observe(0.25)
    before = parse(render_metrics().decode())
    publish(metrics)
    counts = parse(render_metrics().decode())
    assert {"hits", "misses", "bypasses", "believed", "timed_loads", "lease_requests"} <= set(counts)
    assert {"load_seconds_total", "redis_seconds_total"} <= set(counts)
    assert counts["load_seconds_total"] == before.get("load_seconds_total", 0) + 0.25


async def test_an_api_with_keys_gets_the_one_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        status = b"200 OK" if b"Bearer pd_x" in seen[-1] else b"401 Unauthorized"
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    async with listening(answer) as port:
        monkeypatch.setenv("PORT", str(port))
        assert await asyncio.to_thread(main) == 1
        assert "just api-key NAME metrics" in capsys.readouterr().err
        monkeypatch.setenv("API_KEY", "pd_x")
        assert await asyncio.to_thread(main) == 0


async def test_a_fault_of_the_api_is_no_reason_to_make_a_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    async with listening(answer) as port:
        monkeypatch.setenv("PORT", str(port))
        assert await asyncio.to_thread(main) == 1
    said = capsys.readouterr().err
    assert "/metrics answers 500" in said
    assert "api-key" not in said


def test_without_an_api_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "1")

    assert main() == 1
    said = capsys.readouterr().err
    assert "no API answers at http://127.0.0.1:1: [Errno" in said
    assert "hint: `just up`" in said
