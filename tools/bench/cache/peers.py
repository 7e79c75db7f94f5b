"""Other caches, each set up as its own documentation advises. They are installed for a run only, by `uv run --with`.

All of them invalidate after COMMIT, as their documents show it: a writer that dies in between invalidates nothing.
"""

# The packages are not there when types are checked.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUntypedFunctionDecorator=false, reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportFunctionMemberAccess=false

import asyncio
from typing import Any
from urllib.parse import urlsplit

from tools.bench.cache.adapters import TTL, Load

PACKAGES = {
    "Cashews": ("cashews[redis]",),
    "Aiocache": ("aiocache[redis]",),
    "Dogpile": ("dogpile.cache", "redis"),
}


class _Peer:
    """Commit first, then invalidate; a writer that dies only commits."""

    _database: Any

    async def write(self, key: int, *, dies: bool) -> None:
        async with self._database.transaction() as pending:
            await self._database.increment(pending, key)
        if not dies:
            await self.invalidate(key)

    async def invalidate(self, key: int) -> None:
        raise NotImplementedError


class Cashews(_Peer):
    """https://github.com/Krukov/cashews: `@cache(ttl, key, lock=True)`, `cache.delete` after the change."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        from cashews import Cache

        del options
        self._database = database
        self._cache = Cache()
        self._cache.setup(url)

        @self._cache(ttl=TTL, key="item:{key}", lock=True)
        async def read(key: int) -> int:
            return await load(key)

        self._read = read

    async def read(self, key: int) -> int:
        found: int = await self._read(key)
        return found

    async def invalidate(self, key: int) -> None:
        await self._cache.delete(f"item:{key}")

    async def stop(self) -> dict[str, Any]:
        await self._cache.close()
        return {}


class Aiocache(_Peer):
    """https://aiocache.aio-libs.org: `@cached_stampede(lease=2, ttl)`, `cache.delete` after the change."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        import aiocache
        from aiocache.serializers import PickleSerializer

        del options
        self._database = database
        parts = urlsplit(url)

        @aiocache.cached_stampede(
            lease=2,
            ttl=TTL,
            cache=aiocache.Cache.REDIS,
            endpoint=parts.hostname,
            port=parts.port,
            serializer=PickleSerializer(),
            key_builder=lambda _function, key: f"item:{key}",
        )
        async def read(key: int) -> int:
            return await load(key)

        self._read = read

    async def read(self, key: int) -> int:
        found: int = await self._read(key)
        return found

    async def invalidate(self, key: int) -> None:
        await self._read.cache.delete(f"item:{key}")

    async def stop(self) -> dict[str, Any]:
        await self._read.cache.close()
        return {}


class Dogpile(_Peer):
    """https://dogpilecache.sqlalchemy.org: a Redis region with its distributed lock, in threads: it is synchronous."""

    async def start(self, url: str, database: Any, load: Load, options: dict[str, Any]) -> None:
        from dogpile.cache import make_region

        del options
        self._database = database
        self._load = load
        self._loop = asyncio.get_running_loop()
        arguments = {
            "url": url,
            "redis_expiration_time": 2 * TTL,
            "distributed_lock": True,
            "thread_local_lock": False,
            "lock_timeout": 60,
            "lock_sleep": 0.1,
        }
        self._region = make_region().configure(
            "dogpile.cache.redis", expiration_time=TTL, arguments=arguments
        )

    async def read(self, key: int) -> int:
        def creator() -> int:
            return asyncio.run_coroutine_threadsafe(self._loaded(key), self._loop).result()

        found: int = await asyncio.to_thread(self._region.get_or_create, f"item:{key}", creator)
        return found

    async def _loaded(self, key: int) -> int:
        return await self._load(key)

    async def invalidate(self, key: int) -> None:
        await asyncio.to_thread(self._region.delete, f"item:{key}")

    async def stop(self) -> dict[str, Any]:
        return {}
