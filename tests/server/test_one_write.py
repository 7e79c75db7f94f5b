"""Answers in one write: the same bytes as uvicorn's own, and only one write for head and body."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from product_dashboard.settings import HttpSettings
from product_dashboard.web.protocol import HardenedProtocol

Message = dict[str, Any]
Protocol = type[asyncio.Protocol]
Headers = list[tuple[bytes, bytes]]

LENGTH = (b"content-length", b"5")
WAIT_S = 20.0


def start(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": [*headers]}


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


ANSWERS: dict[str, list[Message]] = {
    "whole": [start(LENGTH, (b"x-one", b"\xe4 \t1")), body(b"hello")],
    "no fields": [{"type": "http.response.start", "status": 200}, {"type": "http.response.body"}],
    "empty": [start((b"content-length", b"0")), body(b"")],
    "in two parts": [start(LENGTH), body(b"he", more=True), body(b"llo")],
    "without its length": [start(), body(b"hello")],
    "in chunks": [start(), body(b"he", more=True), body(b"", more=True), body(b"llo"), body(b"too much")],
    "chunked by its header": [start((b"transfer-encoding", b"chunked")), body(b"hello")],
    "no content": [start(status=204), body(b"")],
    "not modified": [start((b"etag", b'"1"'), status=304), body(b"")],
    "closing": [start(LENGTH, (b"connection", b"close")), body(b"hello")],
    "names in upper case": [start((b"Content-Length", b"5"), (b"Connection", b"close")), body(b"hello")],
    "unknown status": [start(LENGTH, status=599), body(b"hello")],
    "two lengths": [start((b"content-length", b"3"), LENGTH), body(b"hello")],
    "another header injected by a value": [start(LENGTH, (b"x-id", b"1\r\nset-cookie: a=b")), body(b"hello")],
    "a line feed in a value": [start(LENGTH, (b"x-id", b"1\nset-cookie: a=b")), body(b"hello")],
    "a null in a value": [start((b"x-id", b"\0"), LENGTH), body(b"hello")],
    "a repeated name with a bad value": [
        start((b"x-id", b"1\r\nset-cookie: a=b"), (b"x-id", b"1"), LENGTH),
        body(b"hello"),
    ],
    "another header injected by a name": [start(LENGTH, (b"x\r\ny", b"1")), body(b"hello")],
    "a space in a name": [start((b"x id", b"1"), LENGTH), body(b"hello")],
    "two heads": [start(LENGTH), start(LENGTH), body(b"hello")],
    "a body only": [body(b"hello")],
    "nothing": [],
}
WITHOUT_LENGTH = {"no fields": b"", "without its length": b"hello", "in chunks": b"hello"}
REQUESTS = {
    "get": b"GET /%s HTTP/1.1\r\nhost: a\r\n\r\n",
    "head": b"HEAD /%s HTTP/1.1\r\nhost: a\r\n\r\n",
    "the last one": b"GET /%s HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    "http 1.0": b"GET /%s HTTP/1.0\r\n\r\n",
    "unread body": b"POST /%s HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab",
    "read body": b"PUT /%s HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab",
}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Send the messages that the path counts; a PUT reads its body before."""
    if scope["method"] == "PUT":
        await receive()
    for message in [*ANSWERS.values()][int(scope["path"][1:])]:
        await send({**message})


async def failing(_: Any, __: Any, send: Any) -> None:
    await send(start(LENGTH))
    raise RuntimeError("after the head")


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def serving(protocol: object, app: Any = application) -> AsyncGenerator[int, None]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=cast("Protocol", protocol),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        headers=[("x-default", "1")],
    )
    server = Server(config)
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.001)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def exchange(port: int, request: bytes) -> bytes:
    """Send the request, and end the connection; return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        # The server answers the second request only after the first, if it keeps the connection.
        writer.write(request + b"GET /0 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        async with asyncio.timeout(WAIT_S):
            return await reader.read()
    finally:
        writer.close()


async def test_an_answer_has_the_bytes_that_uvicorn_sends() -> None:
    async with (
        serving(HttpToolsProtocol) as own,
        serving(partial(HardenedProtocol, limits=HttpSettings())) as port,
    ):
        for number, name in enumerate(ANSWERS):
            for kind, request in REQUESTS.items():
                sent = request % str(number).encode()
                if kind == "http 1.0" and name in WITHOUT_LENGTH:
                    continue  # the next test
                assert await exchange(port, sent) == await exchange(own, sent), (name, kind)


@pytest.mark.parametrize(("name", "content"), WITHOUT_LENGTH.items())
async def test_a_body_without_a_length_ends_with_the_connection_of_a_client_of_http_1_0(
    name: str, content: bytes
) -> None:
    number = [*ANSWERS].index(name)
    async with serving(partial(HardenedProtocol, limits=HttpSettings())) as port:
        answer = await exchange(port, REQUESTS["http 1.0"] % str(number).encode())
    head, _, sent = answer.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert b"transfer-encoding" not in head
    assert sent == content


async def test_no_header_can_be_injected() -> None:
    async with serving(partial(HardenedProtocol, limits=HttpSettings())) as port:
        for number, name in enumerate(ANSWERS):
            answer = await exchange(port, REQUESTS["the last one"] % str(number).encode())
            assert b"set-cookie" not in answer, name
            assert b"\r\ny" not in answer, name
            if "inject" in name:
                assert answer.startswith(b"HTTP/1.1 500 ") or not answer, name


async def test_a_failure_between_head_and_body_is_answered_500() -> None:
    async with serving(partial(HardenedProtocol, limits=HttpSettings()), failing) as port:
        answer = await exchange(port, REQUESTS["get"] % b"0")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert answer.count(b"HTTP/1.1") == 1


class CountedTransport:
    """A transport that keeps what was written, one item a write."""

    def __init__(self, transport: asyncio.Transport, writes: list[bytes]) -> None:
        self._transport = transport
        self._writes = writes

    def write(self, data: bytes) -> None:
        self._writes.append(data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


async def test_head_and_body_are_one_write() -> None:
    writes: list[bytes] = []

    class Counted(HardenedProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(cast("asyncio.Transport", CountedTransport(transport, writes)))

    async with serving(partial(Counted, limits=HttpSettings())) as port:
        answer = await exchange(port, REQUESTS["get"] % b"0")
    assert len(writes) == 2, "one for each request"
    assert b"".join(writes) == answer
