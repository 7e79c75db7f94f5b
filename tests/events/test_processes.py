"""Events over HTTP: of other processes, in bursts, within their limits, and at the end of the service."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack

import pytest

from product_dashboard.events.changes import INTERVAL_S
from tests.events.conftest import listening, post_category
from tests.server.conftest import Service, Start
from tests.tracing.collector import collecting

pytestmark = pytest.mark.any_server

# A machine that is busy with tests must not change the state of the cache, nor refuse writes.
PATIENT = {
    "REDIS_TIMEOUT": "5",
    "DB_ACQUIRE_TIMEOUT": "30",
    "DB_QUERY_TIMEOUT": "30",
    "REQUEST_TIMEOUT": "60",
}


async def running(start: Start, **variables: str) -> Service:
    return await (await start(**{**PATIENT, **variables})).listening()


async def test_listeners_of_two_processes_hear_of_a_commit_of_one_and_a_burst_is_few_events(
    start: Start,
) -> None:
    one, other = await asyncio.gather(*[running(start) for _ in range(2)])
    async with listening(one) as here, listening(other) as there:
        assert here.status == 200
        for header in (
            "content-type: text/event-stream",
            "cache-control: no-store",
            "x-accel-buffering: no",
            "connection: close",
        ):
            assert header in here.head
        assert await here.event() == {
            "changed": ["categories", "products", "customers", "orders"],
            "cache": "up",
        }
        await here.event()  # of the first look
        await there.until_quiet()
        await post_category(one, "Told to both")
        await asyncio.gather(here.until_changed("categories"), there.until_changed("categories"))

        began = time.monotonic()

        async def post(client: int) -> None:
            for number in range(10):
                await post_category(one, f"Burst {client} {number}")

        burst = asyncio.gather(*[post(client) for client in range(3)])
        heard = 0
        while not burst.done():
            await there.until_changed("categories")
            heard += 1
        await burst
        assert 1 <= heard <= (time.monotonic() - began) / INTERVAL_S + 2
        async with listening(one, method="HEAD", headers="connection: close\r\n") as head:
            assert head.status == 200
            assert await head.rest() == b""


async def test_listeners_are_bounded_and_do_not_hold_up_the_end(start: Start) -> None:
    service = await running(start, EVENT_LISTENERS="2", SHUTDOWN_TIMEOUT="60")
    async with listening(service) as one, listening(service) as two:
        await one.until_quiet()
        async with listening(service, headers="connection: close\r\n") as three:
            assert three.status == 503
            assert "retry-after" in three.head
            assert b"OVERLOADED" in await three.rest()
        await post_category(service, "Still told")
        await asyncio.gather(one.until_changed("categories"), two.until_changed("categories"))
        service.tell(signal.SIGTERM)
        assert (await one.rest()).endswith(b"0\r\n\r\n")
        assert (await two.rest()).endswith(b"0\r\n\r\n")
    assert await service.exit_status() == 0
    assert (await service.logged("service.stopped"))["cut_off"] == 0


async def test_a_restart_ends_the_streams_in_order_and_listeners_continue_on_new_workers(
    start: Start,
) -> None:
    with collecting() as collector:
        service = await start(
            WORKERS="2",
            SHUTDOWN_TIMEOUT="600",  # longer than the test waits: a restart that waits for a stream fails
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
            **PATIENT,
        )
        await service.logged("service.listening", count=2)
        await service.listening()
        async with AsyncExitStack() as stack:
            streams = [await stack.enter_async_context(listening(service)) for _ in range(6)]
            await asyncio.gather(*[stream.event() for stream in streams])
            service.tell(signal.SIGHUP)
            await service.logged("service.restarted", timeout_s=60)
            for rest in await asyncio.gather(*[stream.rest() for stream in streams]):
                assert rest.endswith(b"0\r\n\r\n")
        stopped = [line for line in service.lines if line["event"] == "service.stopped"]
        assert [line["cut_off"] for line in stopped] == [0, 0]
        async with listening(service) as one, listening(service) as two:
            await asyncio.gather(one.event(), two.event())
            await post_category(service, "After the restart")
            await asyncio.gather(one.until_changed("categories"), two.until_changed("categories"))
            service.tell(signal.SIGTERM)
            assert (await one.rest()).endswith(b"0\r\n\r\n")
            assert (await two.rest()).endswith(b"0\r\n\r\n")
        assert await service.exit_status() == 0
