"""The process: how it ends, its workers, and its log."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable

import pytest

from tests.server.conftest import BODY, Service, Start
from tests.waiting import eventually
from tools.stack.ports import free_port

pytestmark = pytest.mark.any_server

BOTH = [signal.SIGTERM, signal.SIGINT]


Wait = Callable[[], Awaitable[object]]


async def never() -> None:
    await asyncio.Event().wait()


async def request_that_lasts(service: Service, until: Wait) -> asyncio.Task[bytes]:
    """Send a request that is under way until its body is sent, after a wait; its task returns the answer."""
    reader, writer = await service.begin_request()

    async def finish() -> bytes:
        try:
            await until()
            writer.write(BODY)
            return await reader.read()
        finally:
            writer.close()

    return asyncio.create_task(finish())


@pytest.mark.parametrize("number", BOTH)
async def test_a_signal_ends_it_with_status_0_and_an_audit_line(start: Start, number: signal.Signals) -> None:
    service = await (await start()).listening()
    for _ in range(3):
        assert (await service.get("/api/v1/products"))[0] == 200
    service.tell(number)
    assert await service.exit_status() == 0
    events = [line["event"] for line in service.lines if line["event"].startswith("service.")]
    assert events == ["service.started", "service.listening", "service.stopping", "service.stopped"]
    assert (await service.logged("service.stopping"))["signal"] == number.name
    audit = await service.logged("service.stopped")
    assert (audit["requests"], audit["cut_off"]) == (3, 0)
    assert audit["uptime_s"] > 0


async def test_what_is_running_is_finished_and_nothing_new_is_taken(start: Start) -> None:
    service = await (await start()).listening()
    refused = asyncio.Event()
    request = await request_that_lasts(service, refused.wait)
    service.tell(signal.SIGTERM)
    await service.logged("service.stopping")
    await service.refuses()
    refused.set()
    assert b"HTTP/1.1 201 Created" in await request
    assert await service.exit_status() == 0


async def test_what_does_not_finish_in_time_is_cut_off_and_told_so(start: Start) -> None:
    service = await (await start(SHUTDOWN_TIMEOUT="1")).listening()
    request = await request_that_lasts(service, service.process.wait)
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    answer = await request
    assert b" 503 " in answer or answer == b""
    assert (await service.logged("service.stopped"))["cut_off"] == 1


async def test_idle_connections_do_not_hold_up_the_end(start: Start) -> None:
    service = await (await start(SHUTDOWN_TIMEOUT="60")).listening()
    connections = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(20)]
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    for _, writer in connections:
        writer.close()


async def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    service = await (await start(SHUTDOWN_TIMEOUT="60")).listening()
    request = await request_that_lasts(service, never)
    service.tell(signal.SIGTERM)
    await service.logged("service.stopping")
    service.tell(signal.SIGINT)
    assert await service.exit_status() == 128 + signal.SIGINT
    await service.logged("service.aborted")
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)


async def test_wrong_settings_are_all_told_before_anything_starts(start: Start) -> None:
    service = await start(PORT="x", LOG_LEVEL="loud")
    assert await service.exit_status() == 2
    assert [line["text"] for line in service.lines] == [
        "product-dashboard: the settings are wrong:\n",
        "  PORT='x' is not allowed; allowed: a whole number from 0 to 65535\n",
        "  LOG_LEVEL='loud' is not allowed; allowed: one of debug, info, warning, error\n",
    ]


async def test_a_port_in_use_is_told_in_one_line(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = await start(PORT=str(taken.getsockname()[1]))
        assert await service.exit_status() == 1
    (line,) = service.lines
    assert line["event"] == "startup.failed"
    assert "Address already in use" in line["reason"]


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "\udcff"])
async def test_a_host_that_is_no_name_is_told_in_one_line(start: Start, host: str) -> None:
    service = await start(HOST=host)
    assert await service.exit_status() == 1
    (line,) = service.lines
    assert line["event"] == "startup.failed"
    assert line["reason"].startswith("cannot listen on ")
    assert line["reason"].endswith("(see HOST and PORT)")


async def test_several_workers_share_the_port_and_end_with_their_supervisor(start: Start) -> None:
    service = await start(WORKERS="2")
    await service.logged("service.listening", count=2)
    await service.listening()
    for _ in range(20):
        assert (await service.get("/api/v1/products"))[0] == 200
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    audits = [line for line in service.lines if line["event"] == "service.stopped"]
    assert sum(line["requests"] for line in audits) == 20
    assert len({line["pid"] for line in audits}) == 2


async def test_the_figures_of_all_workers_are_told_by_each(start: Start) -> None:
    service = await start(WORKERS="2")
    await service.logged("service.listening", count=2)
    await service.listening()
    for _ in range(20):
        await service.get("/api/v1/products")
    for _ in range(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(b"GET /metrics HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        figures = (await reader.read()).decode()
        writer.close()
        assert 'http_requests_total{method="GET",route="/api/v1/products",status="200"} 20.0' in figures


async def figure(service: Service, name: str) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
    figures = (await reader.read()).decode()
    writer.close()
    return sum(float(line.split()[1]) for line in figures.splitlines() if line.startswith(f"{name} "))


async def test_a_worker_that_dies_is_replaced_and_no_longer_counted(start: Start) -> None:
    service = await (await start(WORKERS="2")).listening()
    await service.logged("service.listening", count=2)
    idle = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(10)]

    async def are_counted() -> bool:
        return await figure(service, "http_connections") == len(idle) + 1

    async def is_alone() -> bool:
        return await figure(service, "http_connections") == 1

    await eventually(are_counted)
    workers = [line["pid"] for line in service.lines if line["event"] == "service.started"]
    for count, victim in enumerate(workers, start=1):
        os.kill(victim, signal.SIGKILL)
        died = await service.logged("worker.died", count=count)
        assert (died["pid"], died["exit_status"]) == (victim, -9)
        await service.logged("service.listening", count=2 + count)
    await eventually(is_alone)
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    started = {line["pid"] for line in service.lines if line["event"] == "service.started"}
    stopped = {line["pid"] for line in service.lines if line["event"] == "service.stopped"}
    assert stopped == started - set(workers)
    assert len(stopped) == 2
    for _, writer in idle:
        writer.close()


async def test_workers_that_cannot_start_end_the_whole(start: Start) -> None:
    url = f"mysql://u:p@127.0.0.1:{free_port()}/shop"
    service = await start(WORKERS="2", DATABASE_URL=url, STARTUP_TIMEOUT="0.5")
    assert await service.exit_status() == 1
    await service.logged("startup.failed")


async def test_workers_do_not_outlive_a_supervisor_that_was_killed(start: Start) -> None:
    service = await start(WORKERS="2")
    await service.logged("service.listening", count=2)
    service.tell(signal.SIGKILL)
    await service.exit_status()  # also waits for the end of the log, which the workers hold open
    assert [line["event"] for line in service.lines].count("service.stopped") == 2


async def test_a_second_signal_kills_workers_that_still_work(start: Start) -> None:
    service = await start(WORKERS="2", SHUTDOWN_TIMEOUT="60")
    await service.logged("service.listening", count=2)
    await service.listening()
    request = await request_that_lasts(service, never)
    service.tell(signal.SIGTERM)
    await service.logged("service.stopping")
    await asyncio.sleep(0.3)
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 128 + signal.SIGTERM
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)


async def client_in_log(service: Service, forwarded: str) -> str:
    """Whom the service takes for the client of a request that says on whose behalf it comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(
        f"GET /nothing HTTP/1.1\r\nhost: test\r\nx-forwarded-for: {forwarded}\r\nconnection: close\r\n\r\n".encode()
    )
    await reader.read()
    writer.close()
    client: str = (await service.logged("request"))["client"]
    service.lines.clear()
    return client


async def test_nobody_is_believed_to_be_a_proxy_unless_named(start: Start) -> None:
    service = await (await start()).listening()
    assert await client_in_log(service, "1.2.3.4") == "127.0.0.1"


async def test_a_named_proxy_is_believed_but_not_what_its_client_says(start: Start) -> None:
    service = await (await start(TRUSTED_PROXIES="127.0.0.0/8,10.0.0.1")).listening()
    assert await client_in_log(service, "1.2.3.4") == "1.2.3.4"
    assert await client_in_log(service, "6.6.6.6, 1.2.3.4, 10.0.0.1") == "1.2.3.4"
