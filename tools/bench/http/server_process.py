"""Starts the service in a separate process, on a free loopback port, for a benchmark."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tools.stack.ports import free_port

_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 20.0


class ServerProcess(Struct):
    """A running server and its address."""

    host: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system CPU time of the process, in seconds; nan on other systems than Linux."""
        return cpu_seconds(self.pid)


def cpu_seconds(pid: int) -> float:
    """Return user and system CPU time of a process, in seconds; nan on other systems than Linux."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_until_ready(server: ServerProcess, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    url = f"http://{server.host}:{server.port}/health/ready"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(
                f"error: the server ended with code {process.returncode} while starting: {process.args!r}"
            )
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit(f"error: the API was not ready within {_READY_WITHIN_S:.0f} s")


def split_cpus() -> tuple[set[int], set[int]] | None:
    """Return the CPUs for the load generator and the one for the server.

    None if this process may use only one CPU, or if the system cannot bind a process to CPUs.
    """
    if not hasattr(os, "sched_getaffinity"):
        return None
    *others, last = sorted(os.sched_getaffinity(0))
    return (set(others), {last}) if others else None


@contextlib.contextmanager
def running(
    environment: Mapping[str, str],
    command: Sequence[str] = ("product_dashboard.server",),
    *,
    python: str = sys.executable,
    cpus: set[int] | None = None,
    quiet: bool = False,
) -> Generator[ServerProcess]:
    """Start the API with these environment variables added to the caller's; stop it when the block ends.

    `command` is the module that `python` starts, with its arguments. With `cpus` the server runs on these CPUs only.
    With `quiet` its output is discarded. Requests are not logged unless `environment` says so. Raises SystemExit with
    a message if the server does not become ready.
    """
    port = free_port()
    process = subprocess.Popen(
        [python, "-m", *command],
        env={
            **os.environ,
            "LOG_LEVEL": "warning",
            "LOG_REQUESTS": "false",
            **environment,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
    )
    if cpus is not None:
        os.sched_setaffinity(process.pid, cpus)
    server = ServerProcess("127.0.0.1", port, process.pid)
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
