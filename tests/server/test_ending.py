"""The end of the service: first it refuses new connections, then it drains, then a limit ends the rest."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.server.conftest import Service, Start
from tests.server.test_process import figure, request_that_lasts
from tests.waiting import PATIENCE_S, SLACK_S

pytestmark = pytest.mark.any_server

DRAIN_S = 4


class Client:
    """A connection that is kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, service: Service) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", service.port))

    async def get(self, path: str) -> tuple[int, bytes]:
        self._writer.write(f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        return int(head.split()[1]), await self._reader.readexactly(length)

    async def is_closed(self) -> bool:
        return await self._reader.read() == b""

    def close(self) -> None:
        self._writer.close()


@pytest.mark.parametrize("workers", [1, 2])
async def test_new_connections_are_refused_at_the_first_signal_while_requests_run(
    start: Start, workers: int
) -> None:
    service = await start(WORKERS=str(workers))
    await service.logged("service.listening", count=workers)
    await service.listening()
    refused = asyncio.Event()
    request = await request_that_lasts(service, refused.wait)
    service.tell(signal.SIGTERM)
    await service.refuses()
    refused.set()
    assert b"HTTP/1.1 201 Created" in await request
    assert await service.exit_status() == 0


@pytest.mark.parametrize("workers", [1, 2])
async def test_during_the_drain_it_serves_open_connections_and_says_that_it_is_not_ready(
    start: Start, workers: int
) -> None:
    service = await start(WORKERS=str(workers), DRAIN_SECONDS=str(DRAIN_S))
    await service.logged("service.listening", count=workers)
    client = await Client.of(await service.listening())
    assert (await client.get("/health/ready"))[0] == 200
    began = time.monotonic()
    service.tell(signal.SIGTERM)
    await service.refuses()
    status, body = await client.get("/health/ready")
    assert status == 503
    assert b"stopping" in body
    assert (await client.get("/health/live"))[0] == 200
    for _ in range(5):
        assert (await client.get("/api/v1/products"))[0] == 200
    assert await client.is_closed()
    assert DRAIN_S <= time.monotonic() - began < DRAIN_S + SLACK_S
    assert await service.exit_status() == 0
    client.close()


async def test_the_drain_ends_early_when_nobody_is_connected(start: Start) -> None:
    service = await (await start(DRAIN_SECONDS="60")).listening()
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0


async def test_a_second_signal_ends_the_drain(start: Start) -> None:
    service = await (await start(DRAIN_SECONDS="60")).listening()
    client = await Client.of(service)
    assert (await client.get("/health/live"))[0] == 200
    service.tell(signal.SIGTERM)
    await service.logged("service.stopping")
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 128 + signal.SIGTERM
    client.close()


async def test_workers_whose_supervisor_was_killed_free_the_port(start: Start) -> None:
    service = await start(WORKERS="2")
    await service.logged("service.listening", count=2)
    await service.listening()
    service.tell(signal.SIGKILL)
    await service.refuses()
    await service.exit_status()


async def test_a_stopped_worker_does_not_hold_up_the_end_for_ever(start: Start) -> None:
    service = await start(WORKERS="2", SHUTDOWN_TIMEOUT="1")
    await service.logged("service.listening", count=2)
    worker = (await service.logged("service.started"))["pid"]
    os.kill(worker, signal.SIGSTOP)
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 128 + signal.SIGTERM


def owners_of_files(folder: Path) -> set[str]:
    """The slots of workers in the names of the files with figures."""
    return {path.stem.rpartition("_")[2] for path in folder.glob("product-dashboard-metrics-*/*.db")}


async def test_a_dead_worker_leaves_its_counts_and_no_files(start: Start, tmp_path: Path) -> None:
    service = await start(WORKERS="2", TMPDIR=str(tmp_path))
    await service.logged("service.listening", count=2)
    await service.listening()
    for _ in range(30):
        assert (await service.get("/api/v1/products"))[0] == 200
    name = 'http_requests_total{method="GET",route="/api/v1/products",status="200"}'
    seconds = 'http_request_duration_seconds_count{method="GET",route="/api/v1/products"}'
    bucket = 'http_request_duration_seconds_bucket{le="10.0",method="GET",route="/api/v1/products"}'
    for count in range(1, 4):
        running = {line["pid"] for line in service.lines if line["event"] == "service.started"}
        dead = {line["pid"] for line in service.lines if line["event"] == "worker.died"}
        os.kill(min(running - dead), signal.SIGKILL)
        await service.logged("worker.died", count=count)
        await service.logged("service.listening", count=2 + count)
        assert await figure(service, name) == 30
        assert await figure(service, seconds) == 30
        assert await figure(service, bucket) == 30
    assert owners_of_files(tmp_path) == {"0", "1"}
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
    assert owners_of_files(tmp_path) == set()


def metrics_folders(folder: Path) -> set[str]:
    return {each.name for each in folder.glob("product-dashboard-metrics-*")}


async def test_the_next_start_removes_the_files_of_a_killed_supervisor_and_no_others(
    start: Start, tmp_path: Path
) -> None:
    foreign = tmp_path / "product-dashboard-metrics-of-another-program"
    foreign.mkdir()
    (foreign / "data").touch()
    variables = {"WORKERS": "2", "TMPDIR": str(tmp_path)}
    killed, living = await start(**variables), await start(**variables)
    for service in (killed, living):
        await service.logged("service.listening", count=2)
    assert len(metrics_folders(tmp_path)) == 3
    killed.tell(signal.SIGKILL)
    await killed.exit_status()  # its workers have ended too: they have its output
    third = await start(**variables)
    await third.logged("service.listening", count=2)
    assert len(metrics_folders(tmp_path)) == 3
    assert (foreign / "data").exists()
    await living.listening()
    assert (await living.get("/metrics"))[0] == 200
    for service in (living, third):
        service.tell(signal.SIGTERM)
        assert await service.exit_status() == 0
    assert metrics_folders(tmp_path) == {foreign.name}


async def test_the_counts_of_the_cache_are_summed_over_workers_and_outlive_a_dead_one(start: Start) -> None:
    service = await start(WORKERS="2")
    await service.logged("service.listening", count=2)
    await service.listening()

    async def answers() -> float:
        named = [f'cache_events_total{{event="{event}"}}' for event in ("hits", "misses", "bypasses")]
        return sum([await figure(service, name) for name in named])

    async def counted(number: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await answers() != number:  # noqa: ASYNC110 - the other worker publishes every few seconds
                await asyncio.sleep(0.2)

    for _ in range(30):
        assert (await service.get("/api/v1/dashboard/products"))[0] == 200
    await counted(30)
    os.kill((await service.logged("service.started"))["pid"], signal.SIGKILL)
    await service.logged("service.listening", count=3)
    await counted(30)
    assert (await service.get("/api/v1/dashboard/products"))[0] == 200
    await counted(31)
