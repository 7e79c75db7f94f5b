"""A steady flow of GET requests, whose latencies are the same figure in a quiet service and in a loaded one.

Requests are sent at fixed times, not when the last one is answered: a service that gets slower does not get less to do.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.client import Client, Cut


@dataclass
class Flow:
    """The answers to a steady flow of requests."""

    seconds: list[float] = field(default_factory=list[float])
    """From the time at which a request was due to the end of its answer."""
    failures: list[str] = field(default_factory=list[str])
    """Answers other than 200."""

    def add(self, other: "Flow") -> None:
        """Add the answers of another flow."""
        self.seconds += other.seconds
        self.failures += other.failures


async def steady(port: int, paths: Sequence[str], *, per_second: float, seconds: float) -> Flow:
    """Send GETs of these paths in turn at a fixed rate, over a few connections, and return the answers."""
    flow, clients = Flow(), [Client(port, timeout_s=30) for _ in range(16)]
    free: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
    for client in clients:
        free.put_nowait(client)

    async def one(path: str, due: float) -> None:
        client = await free.get()
        try:
            answer = await client.request("GET", path)
            flow.seconds.append(time.monotonic() - due)
            if answer.status != 200:
                flow.failures.append(f"GET {path}: {answer.status} {answer.body[:200]!r}")
        except Cut as cut:
            flow.failures.append(f"GET {path}: {cut}")
        finally:
            free.put_nowait(client)

    began = time.monotonic()
    running: list[asyncio.Task[None]] = []
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        running.append(asyncio.create_task(one(paths[number % len(paths)], due)))
    await asyncio.gather(*running)
    for client in clients:
        client.close()
    return flow
