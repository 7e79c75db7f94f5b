"""The work of one process in the smaller measurements; the parent (`bench`) starts it and reads its last line."""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tools.bench.cache.database import FileDatabase
from tools.bench.cache.worker import adapter_class

WAYS = 50


class Source:
    """A load that takes its time and remembers when it was done."""

    def __init__(self, database: FileDatabase, seconds: float) -> None:
        self.database = database
        self.seconds = seconds
        self.loads = 0
        self.began = asyncio.Event()
        self.ended = 0.0

    async def load(self, key: int) -> int:
        self.loads += 1
        self.began.set()
        version = await self.database.get(key)
        await asyncio.sleep(self.seconds)
        self.ended = time.time()
        return version


async def started(config: dict[str, Any], seconds: float) -> tuple[Any, Source]:
    database = FileDatabase(Path(config["folder"]), 10, load=(0, 0), commit=(0, 0))
    source = Source(database, 0.0)
    adapter = adapter_class(config["adapter"])()
    await adapter.start(config["url"], database, source.load, {})
    await adapter.read(9)  # the work of the first read is done
    source.seconds, source.loads = seconds, 0
    return adapter, source


async def stampede(config: dict[str, Any]) -> dict[str, Any]:
    """Fifty reads of a cold key at a given moment."""
    adapter, source = await started(config, 0.2)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    finished: list[float] = []

    async def read() -> None:
        await adapter.read(1)
        finished.append(time.time())

    await asyncio.gather(*(read() for _ in range(WAYS)))
    await adapter.stop()
    return {"loads": source.loads, "ended": source.ended, "finished": finished}


async def cancellation(config: dict[str, Any]) -> dict[str, Any]:
    """Rounds of fifty readers of which forty-nine are cancelled at random."""
    adapter, source = await started(config, 0.002)
    failures = extra = rounds = 0
    until = time.monotonic() + 60
    while rounds < config["rounds"] and time.monotonic() < until:
        rounds += 1
        await adapter.write(1, dies=False)
        await asyncio.sleep(0.002)
        before: int = source.loads
        tasks = [asyncio.create_task(adapter.read(1)) for _ in range(WAYS)]
        survivor = tasks.pop(random.randrange(WAYS))
        for task in random.sample(tasks, len(tasks)):
            if random.random() < 0.1:
                await asyncio.sleep(random.choice((0, 0.001)))
            task.cancel()
        # Not wait_for, which waits for a cancellation to be heard: not every cache hears it.
        await asyncio.wait((survivor, *tasks), timeout=3)
        failures += not survivor.done() or survivor.cancelled() or survivor.exception() is not None
        extra += source.loads - before != 1
    return {"rounds": rounds, "failures": failures, "not_one_load": extra}


async def loader(config: dict[str, Any]) -> dict[str, Any]:
    """Begins a load that never ends; the parent kills it."""
    adapter, source = await started(config, 3600)
    task = asyncio.create_task(adapter.read(1))
    await source.began.wait()
    print("loading", flush=True)
    await task
    return {}


async def waiter(config: dict[str, Any]) -> dict[str, Any]:
    """Waits for the load of another process, and replaces that process when it is dead."""
    adapter, _ = await started(config, 0.0)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    done, _ = await asyncio.wait((asyncio.create_task(adapter.read(1)),), timeout=config["patience"])
    return {"done": time.time() if done else None}


async def hit(config: dict[str, Any]) -> dict[str, Any]:
    """Client CPU of a hit of 8 KB at 50-way concurrency, in microseconds, in rounds with redis-py beside it."""
    from tools.bench.cache import hit

    return await hit.measure(config["url"], Path(config["folder"]), rounds=config["rounds"])


def main() -> None:
    config = json.loads(sys.argv[1])
    scenario = globals()[config["scenario"]]

    async def run() -> None:
        print(json.dumps(await scenario(config)), flush=True)
        os._exit(0)  # some have threads or tasks that never end

    _run(run())


def _run(work: Coroutine[Any, Any, None]) -> None:
    """On the service's event loop, where it is installed."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    main()
