"""The faults of a run, at random times: one after another, each healed before the next one begins."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.faults.service import Service
from tests.faults.stores import Store, Stores
from tests.faults.timeline import Timeline


@dataclass
class Saboteur:
    """Does faults to a service and its stores."""

    service: Service
    stores: Stores
    timeline: Timeline
    random: random.Random
    waiting: list[str] = field(default_factory=list[str])

    def kinds(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """The faults by name."""
        return {
            "kill worker": self._kill_worker,
            "freeze database": lambda: self._freeze(self.stores.database, longest_s=3.0),
            "kill database": lambda: self._kill(self.stores.database),
            "freeze redis": lambda: self._freeze(self.stores.redis, longest_s=3.0),
            "kill redis": lambda: self._kill(self.stores.redis),
            "stall log": self._stall_log,
        }

    async def next(self) -> None:
        """Do one fault: each kind once, in random order, before any kind comes again."""
        if not self.waiting:
            self.waiting = list(self.kinds())
            self.random.shuffle(self.waiting)
        await self.do(self.waiting.pop())

    async def do(self, kind: str) -> None:
        """Do one fault, and heal it."""
        with self.timeline.fault(kind):
            await self.kinds()[kind]()

    async def _kill_worker(self) -> None:
        workers = self.service.workers()
        if workers:
            os.kill(self.random.choice(workers), signal.SIGKILL)
        await asyncio.sleep(0.5)

    async def _freeze(self, store: Store, longest_s: float) -> None:
        await asyncio.to_thread(store.freeze)
        try:
            await asyncio.sleep(self.random.uniform(0.2, longest_s))
        finally:
            await asyncio.to_thread(store.thaw)

    async def _kill(self, store: Store) -> None:
        await asyncio.to_thread(store.kill)
        try:
            await asyncio.sleep(self.random.uniform(0, 1))
        finally:
            await asyncio.to_thread(store.start)

    async def _stall_log(self) -> None:
        self.service.stall_log()
        try:
            await asyncio.sleep(self.random.uniform(1, 3))
        finally:
            self.service.resume_log()
