"""Calling a read function: one call at a time for a name in this process."""

import asyncio
from collections.abc import Callable
from typing import Any

from product_dashboard.cache.clock import now
from product_dashboard.cache.direct import Direct
from product_dashboard.cache.metrics import Metrics
from product_dashboard.cache.request import Loaded, Request


class Loader:
    """Runs loads and measures them."""

    def __init__(self, metrics: Metrics, *, timeout: float, encode: Callable[[Any], bytes]) -> None:
        self._encode = encode
        self._metrics = metrics
        self._timeout = timeout
        self._running: dict[str, asyncio.Future[None]] = {}
        self._direct: Direct[Loaded] = Direct()

    async def load(self, request: Request, begins: Callable[[], None] = lambda: None) -> Loaded:
        """Load; `begins` is called in the last moment before the function is, and may be told of a wait before it."""
        while (other := self._running.get(request.name)) is not None:
            await asyncio.wait((other,))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[request.name] = done
        started = now()
        self._metrics.counters.loads += 1
        begins()
        try:
            return await request.load(self._timeout, self._encode)
        except Exception:
            self._metrics.counters.load_errors += 1
            raise
        finally:
            del self._running[request.name]
            done.set_result(None)
            self._metrics.load_seconds.observe(now() - started)

    async def load_past(self, request: Request) -> Loaded:
        """A load that begins after this call and is stored nowhere; shared with those who ask meanwhile."""
        return await self._direct.load(request.name, lambda: self._counted(request))

    async def load_alone(self, request: Request) -> Loaded:
        """A load that nobody shares and no other waits for."""
        self._metrics.counters.direct_loads += 1
        return await request.load(self._timeout, self._encode)

    async def close(self) -> None:
        await self._direct.close()

    async def _counted(self, request: Request) -> Loaded:
        self._metrics.counters.direct_loads += 1
        return await self.load(request)
