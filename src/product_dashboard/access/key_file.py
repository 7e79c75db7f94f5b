"""Reads the key file at the start, and again after each change, without blocking the event loop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from product_dashboard.access.keys import Key, KeyFileError, KeyRing, parse_keys
from product_dashboard.background import in_background

log = structlog.stdlib.get_logger()

CHECK_INTERVAL_S = 1.0

Version = tuple[int, int, int, int]
_NEVER_READ: Version = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of a key file at one time. `version` changes if the file is written, or replaced."""

    path: Path
    version: Version
    ring: KeyRing


def read_key_file(path: Path) -> KeyFile:
    """Read the file. Raises KeyFileError if it cannot be read, or has a bad line."""
    version = _version(path)  # before the content: a change in between is seen by the next check
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KeyFileError(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise KeyFileError("it is not UTF-8 text") from None
    return KeyFile(path, version, parse_keys(text))


def _version(path: Path) -> Version:
    try:
        found = path.stat()  # follows symbolic links: orchestrators replace a mounted secret by switching one
    except OSError as error:
        raise KeyFileError(f"it cannot be read: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


class WatchedKeys:
    """The keys in force. A file that becomes unusable changes nothing: the last usable keys stay.

    A process begins with the keys of the file as it is then. Those in the settings may be older: a worker that replaces
    a dead one gets the settings of the service's start. If the file is unusable, such a worker accepts no key.
    """

    def __init__(self, file: KeyFile) -> None:
        self._file = file
        self._refused: Version | str | None = None  # the version, or the reason, that was logged

    @property
    def ring(self) -> KeyRing:
        return self._file.ring

    def find(self, presented: bytes) -> Key | None:
        """Return the key that a client sent, or None."""
        return self._file.ring.find(presented)

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None, None]:
        """Check the file now, and every second until the block ends."""
        if not await self.check():
            self._file = KeyFile(self._file.path, _NEVER_READ, KeyRing({}))
        async with in_background(self._watch(), "watch-keys"):
            yield

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            await self.check()

    async def check(self) -> bool:
        """Read the file if it has changed. Return False if it is unusable.

        The file system is asked in a thread: it may be a remote one.
        """
        version: Version | None = None
        try:
            version = await asyncio.to_thread(_version, self._file.path)
            if version in {self._file.version, self._refused}:
                return version == self._file.version
            self._file = await asyncio.to_thread(read_key_file, self._file.path)
        except KeyFileError as error:
            seen = version or str(error)
            if seen != self._refused:
                log.error("access.keys_not_reloaded", file=str(self._file.path), reason=str(error))  # noqa: TRY400 - one line
            self._refused = seen
            return False
        self._refused = None
        log.info("access.keys_reloaded", file=str(self._file.path), keys=len(self.ring))
        return True
