"""Services as processes, and connections that listen to their events."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any

import msgspec

from product_dashboard.errors import Overloaded
from product_dashboard.events.listeners import Listeners
from tests.server.conftest import Service, database_url, start
from tests.waiting import PATIENCE_S

__all__ = ["database_url", "start"]  # the fixtures, for the tests of this folder too

PATH = "/api/v1/dashboard/events"


class Stream:
    """The answer to a client that listens: its head, and then its events."""

    def __init__(self, reader: asyncio.StreamReader, head: str) -> None:
        self.head = head
        self._reader = reader

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    async def event(self) -> Any:
        """The data of the next event."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = await self._reader.readline()
                assert line, "the stream has ended"
                if line.startswith(b"data: "):
                    return msgspec.json.decode(line.removeprefix(b"data: "))

    async def until_changed(self, topic: str) -> Any:
        """The next event that names this resource."""
        while topic not in (event := await self.event())["changed"]:
            pass
        return event

    async def until_quiet(self) -> None:
        """Read the events of the beginning: the first one, and the one of the first look."""
        await self.event()
        await self.event()

    async def rest(self) -> bytes:
        """All that is still to come: returns at the end of the connection."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read()


@asynccontextmanager
async def listening(service: Service, method: str = "GET", headers: str = "") -> AsyncGenerator[Stream]:
    """Listen to the events of a service until the block ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(f"{method} {PATH} HTTP/1.1\r\nhost: test\r\n{headers}\r\n".encode())
    try:
        yield Stream(reader, (await reader.readuntil(b"\r\n\r\n")).decode().lower())
    finally:
        writer.close()


@contextmanager
def crowded(listeners: Listeners) -> Generator[None]:
    """Take all places of listeners until the block ends."""
    with ExitStack() as places:
        with suppress(Overloaded):
            while True:
                places.enter_context(listeners.join())
        yield


async def post_category(service: Service, name: str) -> Any:
    """Commit something on a service."""
    return await post(service, "/categories", name=name)


async def post(service: Service, path: str, **fields: object) -> Any:
    """Create a resource on a connection of its own; return it."""
    body = msgspec.json.encode(fields)
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return (await _ask(service, "POST", path, head, body, status=201))["data"]


async def get(service: Service, path: str) -> Any:
    """Return the answer to a GET on a connection of its own."""
    return await _ask(service, "GET", path, "", b"", status=200)


async def _ask(service: Service, method: str, path: str, head: str, body: bytes, status: int) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    target = f"{method} /api/v1{path} HTTP/1.1"
    writer.write(f"{target}\r\nhost: test\r\n{head}connection: close\r\n\r\n".encode() + body)
    answer_head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert int(answer_head.split()[1]) == status, answer
    return msgspec.json.decode(answer)
