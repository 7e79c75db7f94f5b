"""The log fails, or no process reads it: requests are answered as before, and a signal ends the service."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator

import pytest

from tests.listener import listening
from tests.server.conftest import Service, Start
from tests.waiting import PATIENCE_S, SLACK_S
from tools.stack.ports import free_port

pytestmark = pytest.mark.any_server

REQUESTS = 60
LONG = "x" * 4000  # so that the lines of these requests fill a pipe, which holds 64 KiB


@pytest.fixture(params=["full disk", "closed pipe", "stalled reader"])
def broken_output(request: pytest.FixtureRequest) -> Iterator[int]:
    """A standard output that takes nothing, or nothing more."""
    if request.param == "full disk":
        output = os.open("/dev/full", os.O_WRONLY)
        yield output
        os.close(output)
        return
    reader, output = os.pipe()
    if request.param == "closed pipe":
        os.close(reader)
    yield output
    os.close(output)
    if request.param == "stalled reader":
        os.close(reader)


async def answers_on_one_connection(service: Service) -> None:
    """Send many requests on one connection; each must be answered as it is with a log that works."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    for number in range(REQUESTS):
        path = f"/api/v1/{LONG}{number}" if number % 2 else "/api/v1/products?page=0"
        writer.write(f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        assert head.split()[1] == ("404" if number % 2 else "400")
        assert body["error"]["code"] == ("NOT_FOUND" if number % 2 else "VALIDATION_ERROR")
    writer.close()


# Each signal ends it with one worker and with two: the log that fails is the same for both.
@pytest.mark.parametrize(("workers", "number"), [(1, signal.SIGTERM), (2, signal.SIGINT)])
async def test_a_log_that_fails_neither_changes_answers_nor_holds_up_the_end(
    start: Start, broken_output: int, workers: int, number: signal.Signals
) -> None:
    port = str(free_port())
    service = await start(stdout=broken_output, PORT=port, WORKERS=str(workers), SHUTDOWN_TIMEOUT="2")
    await service.answering(port)
    async with asyncio.timeout(PATIENCE_S):
        await answers_on_one_connection(service)
    assert (await service.get("/health/ready"))[1] < SLACK_S
    service.tell(number)
    assert await service.exit_status() == 0
    assert service.lines == [], "nothing belongs on standard error"


async def test_a_signal_during_the_start_ends_it_when_nobody_reads_the_log(
    start: Start, broken_output: int
) -> None:
    starting = asyncio.Event()

    async def silent_database(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        starting.set()
        await reader.read()

    async with listening(silent_database) as port:
        url = f"mysql://u:p@127.0.0.1:{port}/shop"
        service = await start(stdout=broken_output, DATABASE_URL=url, STARTUP_TIMEOUT="60")
        await asyncio.wait_for(starting.wait(), PATIENCE_S)
        await asyncio.sleep(0.5)
        service.tell(signal.SIGTERM)
        assert await service.exit_status() == 0


async def test_a_second_signal_ends_it_at_once_when_nobody_reads_the_log(
    start: Start, broken_output: int
) -> None:
    port = str(free_port())
    service = await start(stdout=broken_output, PORT=port, SHUTDOWN_TIMEOUT="60")
    await service.answering(port)
    _, writer = await service.begin_request()
    service.tell(signal.SIGTERM)
    await asyncio.sleep(0.5)
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 128 + signal.SIGTERM
    writer.close()
