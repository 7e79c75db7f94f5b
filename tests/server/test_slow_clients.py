"""Hundreds of clients that are slow on purpose, and requests of others that must not notice."""

import asyncio
import socket
import statistics

import pytest

from product_dashboard.server import bind
from product_dashboard.settings import load_settings
from tests.server.conftest import Service, Start
from tools.bench.http.slow_clients import KINDS, held, slow_clients

SLOW = 300
LIMITS = {
    "HEADER_TIMEOUT": "4",
    "BODY_TIMEOUT": "4",
    "WRITE_TIMEOUT": "4",
    "IDLE_TIMEOUT": "4",
    "DB_POOL_SIZE": "3",
    "LOG_REQUESTS": "false",
}


async def typical_seconds(service: Service, requests: int = 60) -> float:
    """The median time of requests one after another, all of which must succeed."""
    found = [await service.get("/api/v1/products") for _ in range(requests)]
    assert {status for status, _ in found} == {200}
    return statistics.median(seconds for _, seconds in found)


@pytest.mark.parametrize("kind", KINDS)
async def test_hundreds_of_slow_clients_slow_down_nobody_else_and_are_cut_off(
    start: Start, kind: str
) -> None:
    service = await (await start(**LIMITS)).listening()
    await typical_seconds(service)
    before = await typical_seconds(service)
    async with slow_clients(service.port, KINDS[kind], SLOW):
        await asyncio.sleep(1)
        assert await held(service.port) >= SLOW * 0.9, "the slow clients are not there"
        during = await typical_seconds(service)
        assert during < before * 4 + 0.01, f"{before=} {during=}"
        async with asyncio.timeout(15):
            while await held(service.port) > 0:  # noqa: ASYNC110 - it is the server's to know
                await asyncio.sleep(0.2)
        assert await typical_seconds(service, 10) < before * 4 + 0.01
    errors = [line for line in service.lines if line.get("level") != "info"]
    assert not errors, errors[0].get("exception")


def test_the_kernel_takes_little_of_an_answer_that_its_client_does_not_read() -> None:
    settings = load_settings(
        {"DATABASE_URL": "mysql://user:x@nowhere/x", "REDIS_URL": "redis://nowhere", "PORT": "0"}
    )
    with bind(settings) as listener, socket.socket() as client:
        listener.listen()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        client.connect(listener.getsockname())
        connection, _ = listener.accept()
        with connection:
            connection.setblocking(False)  # noqa: FBT003 - the only way to say it
            taken = 0
            try:
                while taken < 10_000_000:
                    taken += connection.send(bytes(65536))
            except BlockingIOError:
                pass
    assert taken < 500_000
