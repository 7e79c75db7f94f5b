"""Loads past the cache: one at a time for a name in this process, and never one that began before its reader."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from product_dashboard.errors import Unavailable

T = TypeVar("T")


@dataclass(slots=True)
class _Queue(Generic[T]):
    waiting: list["asyncio.Future[T]"] = field(default_factory=list["asyncio.Future[T]"])


class Direct(Generic[T]):
    """While a load runs, readers of the same name gather; the next load, begun after all of them came, answers them.

    So a reader waits for two loads at most, and the database sees one at a time.
    """

    def __init__(self) -> None:
        self._queues: dict[str, _Queue[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """The result of a load that begins after this call. Its exception reaches everybody who waited for it."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = _Queue()
            queue.waiting.append(future)
            task = asyncio.create_task(self._drain(name, queue, load), name=f"cache-direct {name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            queue.waiting.append(future)
        return await future

    async def _drain(self, name: str, queue: _Queue[T], load: Callable[[], Awaitable[T]]) -> None:
        try:
            while group := [future for future in queue.waiting if not future.done()]:
                queue.waiting = []
                await self._serve(group, load)
        finally:
            del self._queues[name]
            _fail(queue.waiting, Unavailable("The service is shutting down."))

    async def _serve(self, group: list["asyncio.Future[T]"], load: Callable[[], Awaitable[T]]) -> None:
        try:
            result = await load()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits, whatever it is
            _fail(group, error)
        except asyncio.CancelledError:
            _fail(group, Unavailable("The load was cancelled."))
            raise
        else:
            for future in group:
                if not future.done():
                    future.set_result(result)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _fail(futures: "list[asyncio.Future[T]]", error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
            future.exception()  # marks it as looked at: its reader may be gone by now
