"""One process of the checker: readers and writers on a few hot keys. Its parent starts, kills and restarts it."""

import asyncio
import importlib
import json
import os
import random
import sys
import time
from enum import IntEnum
from pathlib import Path
from typing import Any

from tools.bench.cache import adapters
from tools.bench.cache.database import Board, FileDatabase

SLOTS = 16


class Slot(IntEnum):
    """The counts of a worker, in memory that survives it."""

    READS = 0
    STALE = 1
    LOADS = 2
    WRITES = 3
    REFUSED = 4
    DIED = 5
    READ_ERRORS = 6
    CANCELLED = 7
    READY = 8  # 1 when the cache is open


class Worker:
    """Readers that check each answer against the floor they found when they started, and writers that move it."""

    def __init__(self, config: dict[str, Any]) -> None:
        folder = Path(config["folder"])
        self.config = config
        self.counts = Board(folder / f"counts-{config['worker']}", SLOTS).numbers
        self.database = make_database(config)
        self.floors = self.database.floors
        self.adapter: adapters.Adapter = adapter_class(config["adapter"])()
        self.until = 0.0
        self.first_stale: list[str] = []

    async def load(self, key: int) -> int:
        self.counts[Slot.LOADS] += 1
        return int(await self.database.get(key))

    async def run(self) -> dict[str, Any]:
        config = self.config
        await self.database.start()
        await self.adapter.start(config["url"], self.database, self.load, config["options"])
        self.until = time.monotonic() + config["seconds"]
        self.counts[Slot.READY] = 1
        tasks = [asyncio.create_task(self.reader()) for _ in range(config["readers"])]
        tasks += [asyncio.create_task(self.writer()) for _ in range(config["writers"])]
        await asyncio.wait(tasks, timeout=config["seconds"] + 8)  # some never hear of a cancellation
        found = {**await self.adapter.stop(), **self.database.counts()}
        await self.database.stop()
        return found

    async def reader(self) -> None:
        keys, counts, cancels = self.config["keys"], self.counts, self.config["cancel"]
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            key = random.randrange(keys)
            if random.random() < cancels:
                await self.cancelled_read(key)
                continue
            floor = self.floors[key]
            try:
                version = await self.adapter.read(key)
            except Exception as error:  # noqa: BLE001 - counted: no read may fail
                counts[Slot.READ_ERRORS] += 1
                self.note(f"read failed: {error!r}")
                await asyncio.sleep(0.01)
                continue
            counts[Slot.READS] += 1
            if version < floor:
                counts[Slot.STALE] += 1
                self.note(f"key {key}: got {version} after {floor} was committed")
            elif self.config["seen_counts"]:
                self.floors[key] = max(self.floors[key], version)
            if turn % 50 == 0:
                await asyncio.sleep(0)  # a hit in memory never waits: let the others run

    async def cancelled_read(self, key: int) -> None:
        task = asyncio.create_task(self.adapter.read(key))
        await asyncio.sleep(random.choice((0, 0, 0.0005, 0.003)))
        task.cancel()
        await asyncio.wait((task,), timeout=5)
        self.counts[Slot.CANCELLED] += 1

    async def writer(self) -> None:
        config, counts = self.config, self.counts
        while time.monotonic() < self.until:
            await asyncio.sleep(random.expovariate(config["write_rate"] / config["writers"]))
            dies = random.random() < config["kill_rate"]
            try:
                await self.adapter.write(random.randrange(config["keys"]), dies=dies)
                counts[Slot.WRITES] += 1
                counts[Slot.DIED] += dies
            except Exception as error:  # noqa: BLE001 - a refused write is allowed, and counted
                counts[Slot.REFUSED] += 1
                self.note(f"write refused: {error!r}")

    def note(self, text: str) -> None:
        if len(self.first_stale) < 5:
            self.first_stale.append(text)
            print(text, file=sys.stderr, flush=True)


def adapter_class(name: str) -> Any:
    """A class of adapters, or `module:Class` of another module of this package."""
    module, _, found = name.rpartition(":")
    if not module:
        return getattr(adapters, found)
    return getattr(importlib.import_module(f"tools.bench.cache.{module}"), found)


def make_database(config: dict[str, Any]) -> Any:
    """The modelled database, or MySQL where a URL is given."""
    folder = Path(config["folder"])
    load, commit = tuple(config["load"]), tuple(config["commit"])
    if config["mysql"]:
        from tools.bench.cache.mysql import MySQLDatabase

        return MySQLDatabase(
            config["mysql"], folder, config["keys"], load=load, reads=config["database_reads"]
        )
    return FileDatabase(folder, config["keys"], load=load, commit=commit)


def main() -> None:
    config = json.loads(sys.argv[1])

    async def run() -> None:
        print(json.dumps(await Worker(config).run()), flush=True)
        os._exit(0)  # some leave threads or tasks behind that never end

    asyncio.run(run())


if __name__ == "__main__":
    main()
