"""The service as a separate process on a free port; tests can read its log."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.waiting import PATIENCE_S

BODY = b'{"name": "Lamps"}'
Start = Callable[..., Awaitable["Service"]]


class Service:
    """A running `python -m product_dashboard.server`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.port: int = 0
        self._reader = asyncio.create_task(self._read())
        self._changed = asyncio.Condition()

    async def _read(self) -> None:
        """Collect the log from standard output, or, where that leads elsewhere, from standard error."""
        output = self.process.stdout or self.process.stderr
        assert output is not None
        async for line in output:
            async with self._changed:
                self.lines.append(self._parsed(line))
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    @staticmethod
    def _parsed(line: bytes) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = json.loads(line)
        except ValueError:
            return {"event": "not a log line", "text": line.decode()}
        return parsed

    async def logged(self, event: str, count: int = 1, timeout_s: float = 2 * PATIENCE_S) -> dict[str, Any]:
        """The `count`-th line of `event`, which may be still to come."""

        def found() -> list[dict[str, Any]]:
            return [line for line in self.lines if line["event"] == event]

        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(found()) >= count or self._reader.done())
        assert len(found()) >= count, f"{event} was not logged: {self.lines}"
        return found()[count - 1]

    async def listening(self) -> "Service":
        line = await self.logged("service.listening")
        address: str = line["addresses"][0]
        self.port = urlsplit(address).port or 0
        return self

    async def answering(self, port: str, timeout_s: float = 2 * PATIENCE_S) -> "Service":
        """Wait until the service, whose log cannot be read, answers requests on this port."""
        self.port = int(port)
        async with asyncio.timeout(timeout_s):
            while True:
                try:
                    assert (await self.get("/health/live"))[0] == 200
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    return self

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def exit_status(self, timeout_s: float = PATIENCE_S) -> int:
        async with asyncio.timeout(timeout_s):
            status = await self.process.wait()
            await self._reader
        return status

    async def refuses(self) -> None:
        """Wait until a new connection is refused."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except ConnectionRefusedError:
                    return
                except ConnectionResetError:
                    continue  # the kernel had accepted it
                writer.close()
                await asyncio.sleep(0.02)

    async def begin_request(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Begin a POST of a category. The service reads its body when this returns: `{"name": "Lamps"}`, to be sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            b"POST /api/v1/categories HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY)
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        return reader, writer

    async def get(self, path: str) -> tuple[int, float]:
        """The status of a request on a connection of its own, and the seconds that it took."""
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n")
        await reader.read()
        writer.close()
        return int(head.split()[1]), time.perf_counter() - began


@pytest.fixture
async def start(database_url: str, redis_url: str) -> AsyncIterator[Start]:
    """Starts the service with additional variables; a service that still runs is killed after the test.

    `stdout` is a file descriptor in place of the pipe that the test reads, `shell` a command that runs before.
    """
    running: list[Service] = []

    async def start_one(
        *, stdout: int = asyncio.subprocess.PIPE, shell: str = "true", **variables: str
    ) -> Service:
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORT": "0",
            "LOG_FORMAT": "json",
            "DB_POOL_SIZE": "3",
            **variables,
        }
        process = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            f'{shell}; exec "$@"',
            "sh",
            sys.executable,
            "-W",
            "error",
            "-m",
            "product_dashboard.server",
            env=environment,
            stdout=stdout,
            stderr=asyncio.subprocess.STDOUT
            if stdout == asyncio.subprocess.PIPE
            else asyncio.subprocess.PIPE,
        )
        running.append(Service(process))
        return running[-1]

    yield start_one
    for service in running:
        if service.process.returncode is None:
            service.process.kill()
        await service.exit_status()


@pytest.fixture(scope="session")
def database_url(create_database: Callable[[], str]) -> str:
    return create_database()
