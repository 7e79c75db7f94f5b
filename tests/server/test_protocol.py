"""The limits of one connection, each tested with a small application."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, cast

import pytest
import uvicorn

from product_dashboard.settings import HttpSettings
from product_dashboard.web.protocol import HardenedProtocol
from tests.listener import connected
from tests.waiting import PATIENCE_S, SLACK_S, eventually

LIMITS = HttpSettings(
    header_timeout_s=0.4,
    body_timeout_s=0.6,
    write_timeout_s=0.6,
    idle_timeout_s=0.5,
    max_header_bytes=4096,
    max_connections=50,
)
BIG = 30_000_000
SECONDS = {"/slow": 1.0, "/slower": SLACK_S}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """/echo reads the body and says how long it is, /big sends more than any buffer holds, /slow and /slower think."""
    body = b""
    if scope["path"] == "/echo":
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            if not message["more_body"]:
                break
    if scope["path"] in SECONDS:
        await asyncio.sleep(SECONDS[scope["path"]])
    answer = bytes(BIG) if scope["path"] == "/big" else b"%d" % len(body)
    headers = [(b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


class Server(uvicorn.Server):
    """A server that leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def serving(limits: HttpSettings) -> AsyncGenerator[tuple[uvicorn.Server, int], None]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application,
        http=cast("type[asyncio.Protocol]", partial(HardenedProtocol, limits=limits)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=cast("int", limits.idle_timeout_s),
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield server, listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[tuple[uvicorn.Server, int]]:
    async with serving(LIMITS) as found:
        yield found


@pytest.fixture
def port(server: tuple[uvicorn.Server, int]) -> int:
    return server[1]


class Client:
    """A raw connection. A small receive buffer, so that not reading is felt by the server soon."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._began = time.monotonic()

    def send(self, data: bytes) -> None:
        self._began = time.monotonic()
        self.writer.write(data)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            status_line, *lines = head.decode().split("\r\n")[:-2]
            headers = dict(line.split(": ", 1) for line in lines)
            return (
                int(status_line.split()[1]),
                headers,
                await self.reader.readexactly(int(headers["content-length"])),
            )

    async def until_closed(self) -> float:
        """Return the seconds from the last request until the server ends the connection. Discards what it sends."""
        await self.rest()
        return time.monotonic() - self._began

    async def rest(self) -> bytes:
        """Return what the server sends until it ends the connection."""
        received = bytearray()
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                while data := await self.reader.read(65536):
                    received += data
        return bytes(received)


@pytest.fixture
async def connect(port: int) -> AsyncIterator[Callable[[], Any]]:
    clients: list[Client] = []

    async def open_one() -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", port, limit=1000)))
        return clients[-1]

    yield open_one
    for client in clients:
        client.writer.close()


async def drip(client: Client, data: bytes, every_s: float = 0.1) -> None:
    """Send byte after byte, for longer than any test waits."""
    try:
        for byte in data:
            client.writer.write(bytes([byte]))
            await asyncio.sleep(every_s)
    except ConnectionError:
        pass


async def test_requests_on_one_connection_are_answered(connect: Any) -> None:
    client = await connect()
    for length in (0, 10, 100_000):
        client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % length + b"x" * length)
        status, _, body = await client.answer()
        assert (status, body) == (200, b"%d" % length)


async def test_pipelined_requests_are_answered_in_their_order(connect: Any) -> None:
    client = await connect()
    client.send(
        b"".join(
            b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % n + b"x" * n for n in range(20)
        )
    )
    assert [(await client.answer())[2] for _ in range(20)] == [b"%d" % n for n in range(20)]


async def test_a_flood_of_pipelined_requests_is_cut_off(
    connect: Any, server: tuple[uvicorn.Server, int]
) -> None:
    client = await connect()
    client.send(b"GET /slower HTTP/1.1\r\nhost: x\r\n\r\n")
    client.send(b"GET /echo HTTP/1.1\r\nhost: x\r\n\r\n" * 10_000)
    assert await client.rest() == b"", "the first request was answered"
    assert not any(
        each.pipeline for each in cast("set[HardenedProtocol]", server[0].server_state.connections)
    )


async def test_a_silent_connection_is_closed_without_a_word(connect: Any) -> None:
    began = time.monotonic()
    client = await connect()
    await client.until_closed()
    assert 0.4 <= time.monotonic() - began < 0.4 + SLACK_S


async def test_dripping_a_header_does_not_extend_its_limit(connect: Any) -> None:
    client = await connect()
    dripping = asyncio.create_task(drip(client, b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 200))
    began = time.monotonic()
    status, headers, body = await client.answer()
    assert time.monotonic() - began < 0.4 + SLACK_S
    assert status == 408
    assert headers["connection"] == "close"
    assert json.loads(body)["error"]["code"] == "REQUEST_TIMEOUT"
    dripping.cancel()


async def test_dripping_empty_lines_between_requests_does_not_keep_a_connection(connect: Any) -> None:
    client = await connect()
    client.send(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    await client.answer()
    dripping = asyncio.create_task(drip(client, b"\r\n" * 100))
    assert await client.until_closed() < SLACK_S
    dripping.cancel()


async def test_dripping_a_body_does_not_extend_its_limit(connect: Any) -> None:
    client = await connect()
    began = time.monotonic()
    client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
    dripping = asyncio.create_task(drip(client, b"y" * 200))
    status, _, body = await client.answer()
    assert 0.6 <= time.monotonic() - began < 0.6 + SLACK_S
    assert (status, json.loads(body)["error"]["code"]) == (408, "REQUEST_TIMEOUT")
    dripping.cancel()


async def test_a_body_after_its_answer_is_not_waited_for_without_end(connect: Any) -> None:
    client = await connect()
    client.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
    assert (await client.answer())[0] == 200
    dripping = asyncio.create_task(drip(client, b"y" * 200))
    assert await client.until_closed() < SLACK_S
    dripping.cancel()


async def test_chunks_without_end_are_given_up(connect: Any) -> None:
    client = await connect()
    client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    dripping = asyncio.create_task(drip(client, b"1\r\ny\r\n" * 100))
    assert (await client.answer())[0] == 408
    dripping.cancel()


async def test_an_idle_connection_is_closed_after_its_limit(connect: Any) -> None:
    client = await connect()
    client.send(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    await client.answer()
    assert 0.5 <= await client.until_closed() < 0.5 + SLACK_S


async def test_a_slow_answer_is_not_a_slow_client(connect: Any) -> None:
    client = await connect()
    client.send(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await client.answer())[0] == 200


async def test_who_does_not_read_is_cut_off(connect: Any, server: tuple[uvicorn.Server, int]) -> None:
    state = server[0].server_state
    connections, tasks = set(state.connections), set(state.tasks)
    client = await connect()
    client.send(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n")
    await eventually(lambda: state.connections - connections)
    await eventually(lambda: not state.connections - connections)
    await eventually(lambda: not state.tasks - tasks)


async def test_who_reads_is_given_everything() -> None:
    async with (
        serving(HttpSettings(write_timeout_s=60)) as (_, port),
        connected("127.0.0.1", port) as connection,
    ):
        client = Client(*connection)
        client.send(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n")
        assert len((await client.answer())[2]) == BIG


async def test_who_leaves_the_end_of_an_answer_unread_is_cut_off(server: tuple[uvicorn.Server, int]) -> None:
    """The unread rest is below the transport's high-water mark, so that no write waits."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listening.setblocking(False)  # noqa: FBT003 - the only way to say it
    loop = asyncio.get_running_loop()
    before = set(server[0].server_state.connections)
    await loop.sock_connect(listening, ("127.0.0.1", server[1]))
    with listening:
        await eventually(lambda: server[0].server_state.connections - before)
        with contextlib.suppress(ConnectionError):  # it may be cut off while it still asks
            for _ in range(60):
                await loop.sock_sendall(
                    listening, b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\nx" * 1000
                )
                await asyncio.sleep(0)
        await eventually(lambda: not server[0].server_state.connections - before)


@pytest.mark.parametrize(
    "header",
    [
        b"x: " + b"y" * 5000 + b"\r\n",
        b"".join(b"x%d: %s\r\n" % (n, b"y" * 90) for n in range(100)),
        b"x: " + b"y" * 300_000,
    ],
    ids=["one long header", "many headers", "a header without end"],
)
async def test_headers_beyond_the_limit_are_refused(connect: Any, header: bytes) -> None:
    client = await connect()
    client.send(b"GET /echo HTTP/1.1\r\nhost: x\r\n" + header + b"\r\n")
    status, headers, body = await client.answer()
    assert (status, json.loads(body)["error"]["code"]) == (431, "HEADERS_TOO_LARGE")
    assert headers["connection"] == "close"
    await client.until_closed()


async def test_a_long_path_counts_as_a_header(connect: Any) -> None:
    client = await connect()
    client.send(b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await client.answer())[0] == 431


@pytest.mark.parametrize("pieces", [1, 7, 100])
async def test_headers_within_the_limit_are_taken_however_they_arrive(connect: Any, pieces: int) -> None:
    client = await connect()
    data = b"GET /echo HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 3500 + b"\r\n\r\n"
    size = len(data) // pieces
    for start in range(0, len(data), size):
        client.send(data[start : start + size])
        await client.writer.drain()
        await asyncio.sleep(0)
    assert (await client.answer())[0] == 200


async def test_a_body_does_not_count_as_headers_that_arrive_with_it(connect: Any) -> None:
    client = await connect()
    client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-le")
    await asyncio.sleep(0.05)
    client.send(b"ngth: 60000\r\n\r\n" + b"x" * 60_000 + b"GET /echo HTTP/1.1\r\nhost: x\r\nx")
    assert (await client.answer())[2] == b"60000"
    client.send(b": y\r\n\r\n")
    assert (await client.answer())[2] == b"0"


async def test_what_is_no_http_is_refused_in_the_envelope(connect: Any) -> None:
    client = await connect()
    client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    status, _, body = await client.answer()
    assert status == 400
    assert json.loads(body)["error"] == {
        "code": "BAD_REQUEST",
        "message": "This is not a valid HTTP request.",
        "details": [],
    }


@pytest.mark.parametrize(
    "behind",
    [
        b"\x00\x01\x02nonsense\r\n\r\n",
        b"GET /echo HTTP/1.1\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 5000 + b"\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nhost: x\r\n",
    ],
    ids=["nonsense", "no host", "a long header", "a header without end"],
)
@pytest.mark.parametrize("between", [b"", b"GET /slower HTTP/1.1\r\nhost: x\r\n\r\n"])
async def test_a_refusal_is_not_the_answer_to_an_earlier_request(
    connect: Any, behind: bytes, between: bytes
) -> None:
    client = await connect()
    client.send(b"POST /slower HTTP/1.1\r\nhost: x\r\n\r\n" + between + behind)
    assert await client.rest() == b"", "the client cannot know which of its requests was answered"


@pytest.mark.parametrize("chunk", [b"z\r\n", b"-1\r\n", b"fffffffffffffffff\r\n"])
async def test_a_request_with_an_invalid_body_is_refused_in_the_envelope(connect: Any, chunk: bytes) -> None:
    client = await connect()
    client.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    client.send(chunk)
    status, headers, body = await client.answer()
    assert (status, json.loads(body)["error"]["code"]) == (400, "BAD_REQUEST")
    assert headers["connection"] == "close"
    assert await client.rest() == b""


HOST = b"host: x\r\n"


@pytest.mark.parametrize(
    ("request_head", "status", "code"),
    [
        (b"GET /echo HTTP/1.1\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\n" + HOST + HOST, 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nHost: a\r\nhOST: b\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.0\r\nHost: a\r\nhOST: b\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: a/b\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: a:b\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: a:65536\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: a:" + b"9" * 900 + b"\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: a:1:2\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: ::1\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: [::1\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/1.1\r\nhost: [::1]x\r\n", 400, "BAD_REQUEST"),
        (b"POST /echo HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip, chunked\r\n", 501, "NOT_IMPLEMENTED"),
        (b"POST /echo HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip\r\n", 501, "NOT_IMPLEMENTED"),
        (
            b"POST /echo HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
            501,
            "NOT_IMPLEMENTED",
        ),
        (b"POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n", 400, "BAD_REQUEST"),
        (b"GET /echo HTTP/0.9\r\n" + HOST, 505, "HTTP_VERSION_NOT_SUPPORTED"),
        (b"GET /echo\r\n", 505, "HTTP_VERSION_NOT_SUPPORTED"),
        (b"GET /echo HTTP/2.0\r\n" + HOST, 505, "HTTP_VERSION_NOT_SUPPORTED"),
    ],
)
async def test_a_request_that_http_forbids_is_refused_in_the_envelope_and_its_connection_closed(
    connect: Any, request_head: bytes, status: int, code: str
) -> None:
    client = await connect()
    body = b"5\r\nhello\r\n0\r\n\r\n" if b"transfer-encoding" in request_head else b""
    client.send(request_head + b"\r\n" + body)
    found, headers, body = await client.answer()
    assert (found, json.loads(body)["error"]["code"]) == (status, code)
    assert json.loads(body)["ok"] is False
    assert headers["connection"] == "close"
    assert await client.reader.read() == b"", "one answer, and nothing after it"


@pytest.mark.parametrize(
    "request_head",
    [
        b"POST /echo HTTP/1.1\r\nHost: example.org:80\r\nTransfer-Encoding: Chunked\r\n",
        b"POST /echo HTTP/1.1\r\nhost: [::1]:3000\r\ntransfer-encoding: chunked\r\n",
        b"POST /echo HTTP/1.1\r\nhost: a_b.example.org.:65535\r\ntransfer-encoding: chunked\r\n",
        b"POST /echo HTTP/1.1\r\nhost: 127.0.0.1:\r\ntransfer-encoding: chunked\r\n",
        b"POST /echo HTTP/1.1\r\nhost:\r\ntransfer-encoding: chunked\r\n",
        b"POST /echo HTTP/1.0\r\ncontent-length: 15\r\n",
    ],
)
async def test_a_request_that_http_allows_is_served(connect: Any, request_head: bytes) -> None:
    client = await connect()
    client.send(request_head + b"\r\n5\r\nhello\r\n0\r\n\r\n")
    status, _, body = await client.answer()
    assert (status, body) in {(200, b"5"), (200, b"15")}


async def test_no_request_behind_a_refused_one_is_served(connect: Any) -> None:
    client = await connect()
    client.send(b"GET /echo HTTP/2.0\r\n\r\nGET /echo HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await client.answer())[0] == 505
    assert await client.reader.read() == b""


@pytest.mark.parametrize("upgrade", [b"websocket", b"h2c"])
async def test_an_upgrade_is_ignored_and_its_connection_ends(connect: Any, upgrade: bytes) -> None:
    client = await connect()
    client.send(b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: " + upgrade + b"\r\n\r\n")
    await client.until_closed()


async def test_connections_beyond_the_limit_are_told_to_come_back() -> None:
    async with serving(HttpSettings(max_connections=3)) as (server, port):
        clients = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(3)]
        await eventually(lambda: len(server.server_state.connections) == 3)
        refused = Client(*await asyncio.open_connection("127.0.0.1", port))
        status, headers, body = await refused.answer()
        assert (status, json.loads(body)["error"]["code"]) == (503, "OVERLOADED")
        assert headers["retry-after"] in {"1", "2", "3"}
        assert len(server.server_state.connections) == 3
        clients[0].writer.close()
        await eventually(lambda: len(server.server_state.connections) == 2)
        again = Client(*await asyncio.open_connection("127.0.0.1", port))
        again.send(b"GET /echo HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await again.answer())[0] == 200
        for client in (*clients, refused, again):
            client.writer.close()
