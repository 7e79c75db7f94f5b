"""The cache of compiled files in .sqlgen-cache/: after a change of one file only that file is recompiled.

An entry is valid while its key is unchanged. The key is a digest of everything that affects the result: the
compiler's own files, the settings, the schema, the text. A cache that cannot be read counts as empty.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from tools.sqlgen.diagnostics import Diagnostic

FOLDER = ".sqlgen-cache"
_SOURCES = Path(__file__).parents[1]
S = TypeVar("S", bound=Struct)


class ModuleEntry(Struct, frozen=True):
    """The result of compiling one query file."""

    key: str
    diagnostics: tuple[Diagnostic, ...]
    text: str | None
    """The formatted module; None if there is an error."""


class PackageEntry(Struct, frozen=True):
    """The formatted files that depend only on the schema."""

    key: str
    diagnostics: tuple[Diagnostic, ...]
    """Of the schema files."""
    files: dict[str, str]


def fingerprint(parts: Iterable[str]) -> str:
    """A digest of texts, in order."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def compiler_fingerprint() -> str:
    """Changes with every edit of the compiler, and with the Python that runs it."""
    return fingerprint([sys.version, *sorted(_stamps(str(_SOURCES)))])


def _stamps(folder: str) -> Iterator[str]:
    """Yield path, time of modification and size of each Python file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            elif entry.name.endswith(".py"):
                stat = entry.stat()
                yield f"{entry.path}:{stat.st_mtime_ns}:{stat.st_size}"


class Cache:
    """The cache folder; with `None` as its path nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def module(self, name: str, key: str) -> ModuleEntry | None:
        return self._entry(f"{name}.module", key, ModuleEntry)

    def package(self, key: str) -> PackageEntry | None:
        return self._entry("package", key, PackageEntry)

    def put_module(self, name: str, entry: ModuleEntry) -> None:
        self._write(f"{name}.module", msgspec.msgpack.encode(entry))

    def forget_modules(self, keep: Iterable[str]) -> None:
        """Remove the entries of query files that no longer exist."""
        if self._folder is None or not self._folder.is_dir():
            return
        kept = {f"{name}.module" for name in keep}
        for path in self._folder.glob("*.module"):
            if path.name not in kept:
                path.unlink()

    def put_package(self, entry: PackageEntry) -> None:
        self._write("package", msgspec.msgpack.encode(entry))

    def schema(self, key: str, kind: type[S]) -> S | None:
        data = self._read("schema")
        if data is None or not data.startswith(key.encode()):
            return None
        import pickle  # noqa: PLC0415 - only a run that compiles needs it

        found: object = pickle.loads(data[len(key) :])  # noqa: S301 - written below, in an ignored folder of this checkout
        assert isinstance(found, kind)
        return found

    def put_schema(self, key: str, schema: Struct) -> None:
        if self._folder is not None:
            import pickle  # noqa: PLC0415 - see above

            self._write("schema", key.encode() + pickle.dumps(schema, protocol=pickle.HIGHEST_PROTOCOL))

    def _entry(self, name: str, key: str, kind: type[S]) -> S | None:
        data = self._read(name)
        if data is None:
            return None
        try:
            entry = msgspec.msgpack.decode(data, type=kind)
        except msgspec.DecodeError:
            return None
        return entry if getattr(entry, "key", None) == key else None

    def _read(self, name: str) -> bytes | None:
        if self._folder is None:
            return None
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, name: str, data: bytes) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(exist_ok=True)
        part = self._folder / f"{name}.part"
        part.write_bytes(data)
        part.replace(self._folder / name)


NO_CACHE = Cache(None)
"""A cache that keeps nothing."""
