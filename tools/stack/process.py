"""Background processes that outlive the command that starts them, recorded in a file.

The system reuses process ids, so a record also holds the time at which the process was started. A process with
the recorded id and another start time is a different one, and is not stopped.
"""

import os
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools.stack.layout import private_folder, read_json, write_json

_LOG_LIMIT_BYTES = 20_000_000
_RECORD = "process.json"


@dataclass(frozen=True)
class Process:
    """A recorded process. `born` is an opaque text for its start time; no other process has the same pid and text."""

    pid: int
    born: str
    command: str

    @property
    def alive(self) -> bool:
        """True if this process still runs, and is not a zombie."""
        return birth(self.pid) == self.born


def birth(pid: int) -> str | None:
    """The start time of the process with this pid, as an opaque text; None if there is no such process."""
    return _birth_from_proc(pid) if Path("/proc/self/stat").exists() else _birth_from_ps(pid)


def _birth_from_ps(pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return " ".join(shown[1:]) if shown and not shown[0].startswith("Z") else None


def _birth_from_proc(pid: int) -> str | None:
    try:
        # Only the name, in parentheses, may contain spaces.
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, started = fields[0], fields[19]
    return None if state in "ZX" else f"{boot}:{started}"


def recorded(home: Path) -> Process | None:
    """The process that was started for this folder; None if it does not run any more."""
    process = read_json(home / _RECORD, Process)
    return process if process is not None and process.alive else None


def spawn(command: Sequence[str], *, home: Path, env: Mapping[str, str], cwd: Path | None = None) -> Process:
    """Start `command` detached from this terminal, with its record and its log in `home`."""
    private_folder(home)
    log = log_of(home)
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_name(log.name + ".old"))
    with log.open("ab") as output, _uninterrupted():
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd or home,
            start_new_session=True,
        )  # fmt: skip
        # A process that has already ended has no start time; its record then reads as one that does not run.
        process = Process(started.pid, birth(started.pid) or "ended at once", " ".join(command)[:500])
        write_json(home / _RECORD, process)
        started.returncode = 0  # detached on purpose; without it Popen warns that the process still runs
    return process


def stop_recorded(home: Path) -> bool:
    """Stop the process of this folder; False if it did not run."""
    running = recorded(home)
    if running is not None:
        stop(running)
    (home / _RECORD).unlink(missing_ok=True)
    return running is not None


def stop(process: Process, *, seconds: float = 60) -> bool:
    """Send SIGTERM, and SIGKILL after `seconds`; False if SIGKILL was necessary."""
    _signal(process, signal.SIGTERM)
    if _ended(process, seconds):
        return True
    _signal(process, signal.SIGKILL)
    _ended(process, 10)
    return False


def _signal(process: Process, number: int) -> None:
    if process.alive:
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def _ended(process: Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Delay Ctrl-C until the block ends: a process that is not recorded yet would never be stopped."""
    held: list[tuple[int, FrameType | None]] = []
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    except ValueError:  # not the main thread: Ctrl-C does not arrive here anyway
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if held:
            raise KeyboardInterrupt


def log_of(home: Path) -> Path:
    """The path of the log of this folder's process."""
    return home / "process.log"


def tail_command(*homes: Path, follow: bool) -> list[str]:
    """The command that shows the ends of the logs of these folders' processes."""
    return ["tail", "-n", "50", *(["-F"] if follow else []), *(str(log_of(home)) for home in homes)]


def last_lines(home: Path, count: int = 15) -> str:
    """The end of the log of this folder's process, indented, for an error message."""
    log = log_of(home)
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return f"  (no {log})"
    return "\n".join(f"  | {line}" for line in lines)
