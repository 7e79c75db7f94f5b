"""Databases for the checker: what they hold, when a write is committed, and who holds the epoch row.

`FileDatabase` models one with memory shared by the processes and file locks, which the kernel gives back when a
process dies, as a database does when a connection dies. It is fast enough for a million reads. `mysql.py`
has the real thing.

Every process notes here the newest version of each key that is known to be committed (`floor`): a read that starts
afterwards and brings an older one is stale.
"""

import asyncio
import fcntl
import json
import mmap
import os
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Epoch(NamedTuple):
    """The epoch row, in the shape of the cache's EpochState, which an environment of a peer does not have."""

    epoch: str
    server: str
    closed: bool


class Board:
    """Numbers shared by all processes: floors of keys, and counters that outlive a killed process."""

    def __init__(self, path: Path, slots: int) -> None:
        if not path.exists():
            path.write_bytes(bytes(8 * slots))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8 * slots)
        self.numbers = memoryview(self._map).cast("Q")


@dataclass(slots=True)
class Pending:
    """An open transaction of the model: one key that will get a new version at COMMIT."""

    key: int = -1
    version: int = 0
    row: int = -1
    epoch_row: int = -1

    def release(self) -> None:
        for fd in (self.row, self.epoch_row):
            if fd >= 0:
                os.close(fd)
        self.row = self.epoch_row = -1


class FileDatabase:
    """`keys` counters with row locks, READ COMMITTED reads, and an epoch row."""

    def __init__(
        self, folder: Path, keys: int, *, load: tuple[float, float], commit: tuple[float, float]
    ) -> None:
        self._folder = folder
        self._load = load
        self.commit = commit  # the shortest and the longest time that COMMIT takes
        self.versions = Board(folder / "versions", keys).numbers
        self.floors = Board(folder / "floors", keys).numbers
        self._state = folder / "epoch.json"
        for lock in ("epoch.lock", *(f"row-{key}.lock" for key in range(keys))):
            (folder / lock).touch()
        if not self._state.exists():
            self._save(Epoch("0" * 16, "", closed=False))

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to disconnect from."""

    def counts(self) -> dict[str, int]:
        """Nothing that `Verdict` does not have."""
        return {}

    # -- what a loader does

    async def get(self, key: int) -> int:
        """The committed version at the moment of the call; it takes a while to arrive."""
        version: int = self.versions[key]
        await asyncio.sleep(random.uniform(*self._load))
        return version

    # -- transactions

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Pending]:
        pending = Pending()
        try:
            yield pending
            # COMMIT is on its way for a while, is done at one moment, and is known to be done afterwards.
            await asyncio.sleep(random.uniform(*self.commit))
            if pending.key >= 0:
                self.versions[pending.key] = pending.version
                self.floors[pending.key] = pending.version
        finally:
            pending.release()

    async def increment(self, pending: Pending, key: int) -> None:
        """Lock a row and give it a new version in this transaction."""
        pending.row = await self._locked(self._folder / f"row-{key}.lock", fcntl.LOCK_EX)
        pending.key, pending.version = key, self.versions[key] + 1

    # -- the epoch store

    async def read(self) -> Any:
        await asyncio.sleep(random.uniform(0, 0.002))
        state = self._load_state()
        return Epoch(state.epoch, state.server, (self._folder / f"closed-{state.epoch}").exists())

    async def close(self, epoch: str) -> None:
        (self._folder / f"closed-{epoch}").touch()
        await asyncio.sleep(random.uniform(0, 0.002))

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        fd = self._try_lock(self._folder / "epoch.lock", fcntl.LOCK_EX)
        if fd < 0:
            return False
        try:
            if self._load_state().epoch != expected:
                return False
            self._save(Epoch(epoch, server, closed=False))
            return True
        finally:
            os.close(fd)

    async def barrier(self) -> bool:
        fd = self._try_lock(self._folder / "epoch.lock", fcntl.LOCK_EX)
        if fd < 0:
            return False
        os.close(fd)
        return True

    async def hold(self, conn: Any) -> Any:
        pending: Pending = conn
        pending.epoch_row = await self._locked(self._folder / "epoch.lock", fcntl.LOCK_SH)
        return self._load_state()

    # -- internals

    def _load_state(self) -> Epoch:
        epoch, server = json.loads(self._state.read_text())
        return Epoch(epoch, server, closed=False)

    def _save(self, state: Epoch) -> None:
        draft = self._folder / f"epoch-{os.getpid()}.tmp"
        draft.write_text(json.dumps([state.epoch, state.server]))
        draft.replace(self._state)

    @staticmethod
    def _try_lock(path: Path, kind: int) -> int:
        fd = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return -1
        return fd

    async def _locked(self, path: Path, kind: int) -> int:
        while (fd := self._try_lock(path, kind)) < 0:  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(random.uniform(0.0005, 0.003))
        return fd
