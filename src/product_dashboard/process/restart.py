"""The restart of the supervisor with new code: a check of the code, and the replacement of the process by execv."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from typing import NoReturn

import msgspec

INHERITANCE = "PRODUCT_DASHBOARD_INHERITANCE"
CHECK_OPTION = "--check"
CHECK_LIMIT_S = 60.0


class Worker(msgspec.Struct):
    """A worker process. Times are of the monotonic clock, which all processes of a machine share."""

    pid: int
    slot: int
    started_s: float
    starting: int | None
    """The pipe into which the worker writes when it serves; None after that."""
    told_s: float | None = None
    """When the supervisor sent it the signal to end."""
    is_old: bool = False
    """True if it was started before the last restart."""


class Inheritance(msgspec.Struct):
    """Everything that a supervisor passes to its successor, which is the same process after execv.

    `lifeline` is a pipe without data. Only the supervisor has its writing end open, so that a worker's read returns
    when the supervisor is gone.
    """

    listener: int
    folder: str
    lifeline: tuple[int, int]
    workers: list[Worker]

    def pass_on(self) -> NoReturn:
        """Replace this process by a new start of the service. Raises OSError if that is not possible."""
        files = [self.listener, *self.lifeline]
        files += [worker.starting for worker in self.workers if worker.starting is not None]
        for each in files:
            os.set_inheritable(each, True)  # noqa: FBT003 - it has no keyword
        os.environ[INHERITANCE] = msgspec.json.encode(self).decode()
        try:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the command that started this process
        finally:
            del os.environ[INHERITANCE]
            for each in files:
                os.set_inheritable(each, False)  # noqa: FBT003 - it has no keyword


def take_inheritance() -> Inheritance | None:
    """Return what the supervisor before this one passed on, its workers marked as old; None if there was none."""
    text = os.environ.pop(INHERITANCE, "")
    if not text:
        return None
    found = msgspec.json.decode(text, type=Inheritance)
    for worker in found.workers:
        worker.is_old = True
    for each in (*found.lifeline, *(worker.starting for worker in found.workers)):
        if each is not None:
            os.set_inheritable(each, False)  # noqa: FBT003 - it has no keyword
    return found


class Check:
    """A second start of the service with CHECK_OPTION: a process that loads the settings and the code, and ends."""

    def __init__(self, *, without: str) -> None:
        """Start the process, without this variable of the environment."""
        self._began_s = time.monotonic()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `result` closes it
        self._process = subprocess.Popen(  # noqa: S603 - the command that started this process
            [sys.executable, *sys.orig_argv[1:], CHECK_OPTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env={name: value for name, value in os.environ.items() if name != without},
        )

    def problem(self) -> str | None:
        """Return None while it runs, "" if all can be loaded, or the error."""
        status = self._process.poll()
        if status is None:
            if time.monotonic() - self._began_s < CHECK_LIMIT_S:
                return None
            self.stop()
            return f"it was not loaded within {CHECK_LIMIT_S:.0f} s"
        with self._errors:
            self._errors.seek(0)
            text = self._errors.read().decode(errors="replace").strip()
        return "" if status == 0 else text[-2000:] or f"exit status {status}"

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._errors.close()
