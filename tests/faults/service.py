"""The service under test: a real process with its workers, on one port, whose log can fail."""

import asyncio
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Literal

import msgspec

from tests.faults.client import Client, Cut
from tools.stack.ports import free_port
from tools.stack.process import birth

LogTo = Literal["pipe", "full disk"]

_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0


class ServiceFailed(Exception):
    """The service did not start, or did not end in order."""


class Service:
    """A `python -m product_dashboard.server`, or a module in its place, that can be started several times.

    With `log_to="pipe"` the log is read here, unless `stall_log` has been called. `events` counts the lines of the
    log, and `faults` keeps the lines that report a fault of the service itself.
    """

    def __init__(self, variables: Mapping[str, str], module: str = "product_dashboard.server") -> None:
        self.port = free_port()
        self.last_lines: deque[str] = deque(maxlen=40)
        self.faults: list[str] = []
        self._module = module
        self._variables = {**variables, "PATH": os.environ["PATH"], "PORT": str(self.port)}
        self._process: asyncio.subprocess.Process | None = None
        self._log = -1
        self._rest = b""
        self._errors: IO[bytes] | None = None

    async def start(self, log_to: LogTo) -> None:
        """Start the process, and wait until it is ready. Raises ServiceFailed."""
        if log_to == "pipe":
            self._log, output = os.pipe()
            os.set_blocking(self._log, False)
            self.resume_log()
        else:
            output = os.open("/dev/full", os.O_WRONLY)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` closes it
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            env=self._variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=self._errors,
            start_new_session=True,
        )
        os.close(output)
        await self.ready()

    async def ready(self) -> None:
        """Wait until /health/ready answers 200. Raises ServiceFailed."""
        client = Client(self.port, timeout_s=5)
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        try:
            while asyncio.get_running_loop().time() < deadline:
                if self._process is None or self._process.returncode is not None:
                    raise ServiceFailed(f"the service has ended\n{self.tail()}")
                try:
                    if (await client.request("GET", "/health/ready")).status == 200:
                        return
                except Cut:
                    pass  # it is starting
                await asyncio.sleep(0.05)
        finally:
            client.close()
        raise ServiceFailed(f"the service was not ready within {_READY_SECONDS:g} s\n{self.tail()}")

    async def stop(self) -> None:
        """End the process by SIGTERM. Raises ServiceFailed if it does not end in order; it is killed then."""
        if self._process is None:
            return
        process, self._process = self._process, None
        workers = _children(process.pid)
        try:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(_STOP_SECONDS):
                status = await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            for pid in workers:
                if birth(pid) is not None:
                    os.kill(pid, signal.SIGKILL)
            raise ServiceFailed(f"the service did not end within {_STOP_SECONDS:g} s of SIGTERM") from None
        finally:
            last_lines = self.tail()
            self._close_log()
            if self._errors is not None:
                self._errors.close()
                self._errors = None
        if status != 0:
            raise ServiceFailed(f"the service ended with status {status}\n{last_lines}")

    def workers(self) -> list[int]:
        """The pids of the worker processes."""
        return [] if self._process is None else _children(self._process.pid)

    def stall_log(self) -> None:
        """Stop reading the log, as a reader does that hangs."""
        if self._log >= 0:
            asyncio.get_running_loop().remove_reader(self._log)

    def resume_log(self) -> None:
        """Read the log, from where it was left."""
        if self._log >= 0:
            asyncio.get_running_loop().add_reader(self._log, self._read_log)

    def tail(self) -> str:
        """The last lines of the log and of standard error, indented."""
        if self._errors is not None:
            self._errors.seek(0)
            self.last_lines.extend(self._errors.read().decode(errors="replace").splitlines())
        return "\n".join(f"  | {line}" for line in self.last_lines)

    def _read_log(self) -> None:
        try:
            data = os.read(self._log, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            self._close_log()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if b'"request"' not in line:
                self._note(line)

    def _note(self, line: bytes) -> None:
        text = line.decode(errors="replace")
        self.last_lines.append(text)
        try:
            event = msgspec.json.decode(line, type=dict[str, object]).get("event")
        except msgspec.MsgspecError:
            event = "not a line of the log"
        if event in {"request.failed", "not a line of the log"}:
            self.faults.append(text)

    def _close_log(self) -> None:
        if self._log >= 0:
            asyncio.get_running_loop().remove_reader(self._log)
            os.close(self._log)
            self._log = -1
            self._rest = b""


@asynccontextmanager
async def running(
    variables: Mapping[str, str],
    module: str = "product_dashboard.server",
    log_to: LogTo = "pipe",
) -> AsyncGenerator[Service]:
    """Start a service, and end it when the block ends."""
    service = Service(variables, module)
    try:
        await service.start(log_to)
        yield service
    finally:
        await service.stop()


def _children(pid: int) -> list[int]:
    """The worker processes of a supervisor; without the check of new code that a restart runs."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in found if "--check" not in _command(child)]


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
