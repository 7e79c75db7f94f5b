"""The folder in which several workers keep their metrics, as `prometheus_client` needs it.

Its supervisor deletes it at the end. A supervisor that is killed cannot: the next one to start does. A folder is in use
while a process holds the lock on its file LOCK, shared: the supervisor does, and each worker, which may outlive it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "product-dashboard-metrics-"
LOCK = "lock"


@contextmanager
def metrics_folder(existing: str | None = None) -> Generator[str, None, None]:
    """Yield a new folder, or the existing one of a supervisor that was restarted; delete it at the end.

    Deletes first what killed supervisors of this user left behind. Workers inherit the lock when they are forked.
    """
    held = hold(existing) if existing else None
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _delete_unused(folder)
    name = existing or tempfile.mkdtemp(prefix=PREFIX)
    held = hold(name) if held is None else held
    try:
        yield name
    finally:
        os.close(held)
        shutil.rmtree(name, ignore_errors=True)


def hold(folder: str) -> int:
    """Mark the folder as in use until this process ends; returns the open file that does it."""
    file = os.open(Path(folder, LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _delete_unused(folder: Path) -> None:
    """Delete the folder if it is one of this user's and no process holds it."""
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return
        file = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # without a lock it was made by another program, or just now
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # in use
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(file)
