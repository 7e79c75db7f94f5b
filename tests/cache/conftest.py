"""Servers and databases of the cache's tests. Redis is always a real one, which a test may pause, kill and restart."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from product_dashboard.cache import Cache, CacheOptions
from tests.cache.shop import Shop
from tools.bench.cache.database import FileDatabase
from tools.bench.cache.server import RedisServer


class Opening(Protocol):
    """Opens a cache on the Redis of a URL, as a process of its own would have it."""

    async def __call__(
        self, url: str, *, encoder: msgspec.json.Encoder | None = None, **options: Any
    ) -> Cache: ...


@pytest.fixture(scope="session")
def shared_server() -> Iterator[RedisServer]:
    """A server for the tests that leave it alone."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A server for one test, to be treated badly."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> FileDatabase:
    """Ten counters with the commit semantics of a database, shared by processes."""
    return FileDatabase(tmp_path, 10, load=(0.0, 0.0), commit=(0.0, 0.0))


@pytest.fixture
def shop(database: FileDatabase) -> Shop:
    """Cached reads of these counters, whose loads a test can count and hold up."""
    return Shop(database)


@pytest.fixture
async def open_cache(database: FileDatabase) -> AsyncIterator[Opening]:
    """Opens caches, and closes them at the end."""
    async with AsyncExitStack() as stack:

        async def opening(url: str, *, encoder: msgspec.json.Encoder | None = None, **options: Any) -> Cache:
            options.setdefault("belief", 0.4)
            # A busy machine may keep Redis from answering within the default of 0.25 s, and a HIT be a BYPASS.
            options.setdefault("timeout", 2.0)
            chosen = CacheOptions(**options)
            return await stack.enter_async_context(
                Cache.open(url, epoch_store=database, encoder=encoder, options=chosen)
            )

        yield opening


@pytest.fixture
async def cache(open_cache: Opening, shared_server: RedisServer) -> Cache:
    """A cache on the shared server, which no test stops or changes."""
    return await open_cache(shared_server.url)
