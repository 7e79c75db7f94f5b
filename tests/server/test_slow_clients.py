"""Hundreds of clients that are slow on purpose, and requests of others that must not notice."""

import asyncio
import socket

import pytest

from product_dashboard.server import bind
from product_dashboard.settings import load_settings
from tests.faults.crowd import KINDS, Kind, crowd, held
from tests.faults.shelf import fill_shelf
from tests.server.conftest import Service, Start

pytestmark = pytest.mark.any_server

SLOW = 300
LIMITS = {
    "HEADER_TIMEOUT": "4",
    "BODY_TIMEOUT": "4",
    "WRITE_TIMEOUT": "4",
    "IDLE_TIMEOUT": "4",
    "DB_POOL_SIZE": "3",
    "DB_ACQUIRE_TIMEOUT": "3.5",  # shorter than the limits of slow clients, which must not hold connections
    "REDIS_TIMEOUT": "3.5",  # a machine that is busy with the crowd is no loss of Redis
    "LOG_REQUESTS": "false",
}


async def answers_all(service: Service, requests: int = 30) -> None:
    """Check that requests of others succeed."""
    for _ in range(requests):
        status, _ = await service.get("/api/v1/products")
        assert status == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_hundreds_of_slow_clients_are_cut_off_and_no_request_of_others_fails(
    start: Start, kind: Kind
) -> None:
    service = await (await start(**LIMITS)).listening()
    await fill_shelf(service.port)
    async with crowd(service.port, kind, SLOW, reconnect=False):
        assert await held(service.port) > 0, "the slow clients are not there"
        await answers_all(service)
        async with asyncio.timeout(60):
            while await held(service.port) > 0:  # noqa: ASYNC110 - only the service knows it
                await asyncio.sleep(0.2)
        await answers_all(service)
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
