"""The stack's folder in the checkout, and names and ports derived from the path of the checkout.

Two checkouts on one machine have different paths, so their containers, volumes and ports differ too.
"""

import fcntl
import hashlib
import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[2]
STACK = CHECKOUT / ".stack"
# Below the range of ephemeral ports of Linux and macOS, and above the well-known ports.
_FIRST_PORT, _PORT_BLOCKS = 20_000, 2_000


def checkout_id(checkout: Path = CHECKOUT) -> str:
    """Ten hexadecimal digits that identify the checkout on this machine."""
    return hashlib.sha256(str(checkout).encode()).hexdigest()[:10]


def preferred_port(offset: int, checkout: Path = CHECKOUT) -> int:
    """The port that a server of this checkout tries first, so that its URL is the same in each run."""
    return _FIRST_PORT + int(checkout_id(checkout), 16) % _PORT_BLOCKS * 4 + offset


def private_folder(folder: Path) -> Path:
    """Create the folder with access only for its owner, as it holds passwords; the folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable only by its owner."""
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def write_json(path: Path, value: object) -> None:
    """Replace the file by the value as JSON."""
    write_private(path, msgspec.json.encode(value).decode() + "\n")


def read_json(path: Path, shape: type[T]) -> T | None:
    """Decode the file; None if there is no such file, or if another version wrote it with another shape."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def kept_secret(path: Path) -> str:
    """The password in the file, of 32 hexadecimal digits; created on first use."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8").strip()


@contextmanager
def exclusive(folder: Path = STACK) -> Generator[None]:
    """Hold the lock of `folder`, waiting for other commands. A process that ends releases it."""
    private_folder(folder)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("stack: waiting for another command that is at work here ...", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
