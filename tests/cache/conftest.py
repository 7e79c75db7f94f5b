"""Servers and databases of the cache's tests. Redis is always a real one, which a test may pause, kill and restart."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from product_dashboard.cache import Cache, CacheOptions
from tests.cache.shop import Shop
from tools.bench.cache_database import FileDatabase
from tools.bench.cache_server import RedisServer

OpenCache = Callable[..., "object"]


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
async def open_cache(database: FileDatabase) -> AsyncIterator[Callable[..., object]]:
    """Opens caches, each as a process of its own would have it; closes them at the end."""
    async with AsyncExitStack() as stack:

        async def opening(url: str, **options: float | str) -> Cache:
            chosen = CacheOptions(**{"trust": 0.4, **options})
            return await stack.enter_async_context(Cache.open(url, ledger=database, options=chosen))

        yield opening


@pytest.fixture
async def cache(open_cache: Callable[..., object], shared_server: RedisServer) -> Cache:
    """A cache on the server that nobody hurts."""
    return await open_cache(shared_server.url)
