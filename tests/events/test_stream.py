"""The answer to a listener: an ASGI application that ends with its client, and has no deadline."""

import asyncio
from typing import Any

import pytest

from product_dashboard import deadline
from product_dashboard.events import stream
from product_dashboard.events.listeners import Listeners
from product_dashboard.events.stream import HEARTBEAT, EventStream
from tests.waiting import PATIENCE_S

FIRST = b'event: change\ndata: {"changed":["categories","products","customers","orders"],"cache":"up"}\n\n'


class Client:
    """Listens until it leaves; `sent` gets the bodies that the service sends."""

    def __init__(self, listeners: Listeners, *, is_head: bool = False) -> None:
        self.sent: asyncio.Queue[bytes] = asyncio.Queue()
        self._gone = asyncio.Event()
        scope: Any = {"state": {"is_head": True} if is_head else {}}
        answer: Any = EventStream(listeners).answer
        self.answer = asyncio.create_task(answer(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await self.sent.put(message["body"])

    async def next(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self.sent.get()

    def leave(self) -> None:
        self._gone.set()


async def test_a_stream_continues_after_the_deadline_of_its_request() -> None:
    listeners = Listeners(1)
    token = deadline.begin(0.01)
    client = Client(listeners)
    deadline.end(token)
    assert await client.next() == FIRST
    await asyncio.sleep(0.02)
    listeners.tell(["orders"], "up")
    assert await client.next() == b'event: change\ndata: {"changed":["orders"],"cache":"up"}\n\n'
    client.leave()
    await client.answer


async def test_a_client_that_leaves_makes_place_for_another() -> None:
    listeners = Listeners(1)
    client = Client(listeners)
    assert await client.next() == FIRST
    refused = Client(listeners)
    assert b"OVERLOADED" in await refused.next()
    client.leave()
    await client.answer
    assert len(listeners) == 0
    other = Client(listeners)
    assert await other.next() == FIRST
    other.leave()
    await other.answer


async def test_a_comment_is_sent_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.001)
    client = Client(Listeners(1))
    assert await client.next() == FIRST
    assert await client.next() == HEARTBEAT
    client.leave()
    await client.answer


async def test_head_gets_no_events() -> None:
    listeners = Listeners(1)
    client = Client(listeners, is_head=True)
    await client.answer
    assert await client.next() == b""
    assert len(listeners) == 0
