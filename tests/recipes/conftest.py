"""Services in this process on loopback ports, with and without recipes, and raw connections to them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import uvicorn
from litestar import Litestar

from product_dashboard.app import DIRECT_ANSWERS, create_app
from product_dashboard.observability.metrics import ANSWERED_BY_BYTES
from product_dashboard.process.serving import configuration
from product_dashboard.recipes.direct import DirectAnswers
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings, load_settings
from tests.api_client import Api, running
from tests.server.conftest import start
from tests.server.test_protocol import Server
from tests.waiting import PATIENCE_S

__all__ = ["start"]  # the fixture that starts the service as a process, for the tests of this folder too

LAMPS = 5


class Connection:
    """A raw connection to a service."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, *, to_head: bool = False) -> "Answer":
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            status_line, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
            length = 0 if to_head else int(dict(headers).get("content-length", "0"))
            return Answer(status_line, headers, await self.reader.readexactly(length))

    async def ask(self, data: bytes) -> "Answer":
        self.send(data)
        return await self.answer(to_head=data.startswith(b"HEAD"))

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read() == b""


@dataclass
class Answer:
    """Status line, headers in their order, and body."""

    status_line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.status_line.split()[1])

    def __getitem__(self, name: str) -> str:
        return dict(self.headers)[name]


@dataclass
class Service:
    """A running service; `server` is uvicorn's."""

    app: Litestar
    server: uvicorn.Server
    port: int

    @property
    def direct(self) -> DirectAnswers:
        found: DirectAnswers = self.app.state[DIRECT_ANSWERS]
        return found

    @property
    def resources(self) -> Resources:
        found: Resources = self.app.state["resources"]
        return found

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection, None]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Connection(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Service, None]:
    async with running(create_app(settings)) as app:
        config = configuration(app, settings)
        config.host, config.port = "127.0.0.1", 0
        server = Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield Service(app, server, server.servers[0].sockets[0].getsockname()[1])
        finally:
            server.should_exit = True
            await task


Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture(scope="session")
def database_url(create_database: Callable[[], str]) -> str:
    return create_database()


@pytest.fixture(scope="session")
def serve(database_url: str, redis_url: str) -> Serve:
    """Starts a service with additional variables."""

    def started(**variables: str) -> AbstractAsyncContextManager[Service]:
        environment = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "REDIS_TIMEOUT": "5",
            "DB_POOL_SIZE": "2",
            "SHUTDOWN_TIMEOUT": "1",
        }
        return serving(load_settings({**environment, **variables}))

    return started


@pytest.fixture(scope="module")
async def shop(settings: Settings) -> AsyncIterator["Shop"]:
    """A service with recipes, and one without, on the same stores with a few products."""
    plain = msgspec.structs.replace(settings, recipes=False)
    async with serving(settings) as fast, serving(plain) as ordinary, Api(fast.app) as api:
        category = (await api.category("Lamps"))["id"]
        products = [
            (await api.product(category, name=f"Lamp {n}", stock_quantity=50))["id"] for n in range(LAMPS)
        ]
        customer = (await api.customer(email=f"{uuid4()}@example.org"))["id"]
        items = [{"product_id": products[0], "quantity": 2}]
        order = (await api.made("/orders", customer_id=customer, items=items))["id"]
        yield Shop(fast, ordinary, api, category, products, customer, order)


@dataclass
class Shop:
    """Two services on the same stores, and the ids of what is in them."""

    fast: Service
    ordinary: Service
    api: Api
    category: str
    products: list[str]
    customer: str
    order: str


def get(path: str, *lines: str, host: str = "test") -> bytes:
    """Return the bytes of a GET."""
    return "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", f"host: {host}", *lines, "")).encode()


def directly() -> Callable[[], int]:
    """Return a function that returns how many requests were answered by their bytes since the call of this one."""
    before = ANSWERED_BY_BYTES.count
    return lambda: ANSWERED_BY_BYTES.count - before


async def until_direct(connection: Connection, request: bytes) -> Any:
    """Repeat a request until it is answered directly; return that answer."""
    for _ in range(5):
        count = directly()
        answer = await connection.ask(request)
        if count():
            return answer
    raise AssertionError(f"never answered directly: {request!r}")
