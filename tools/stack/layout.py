"""Where the stack keeps its things: one ignored folder of the checkout, and names made from its path.

Two checkouts on one machine differ in their path, so their containers, volumes and ports differ too.
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
# Below the ports that Linux and macOS hand out by themselves, above the well-known ones.
_FIRST_PORT, _PORT_BLOCKS = 20_000, 2_000


def checkout_id(checkout: Path = CHECKOUT) -> str:
    """Ten hexadecimal digits that name this checkout among all on this machine."""
    return hashlib.sha256(str(checkout).encode()).hexdigest()[:10]


def preferred_port(offset: int, checkout: Path = CHECKOUT) -> int:
    """The port that this checkout asks for first, so that URLs stay the same from run to run."""
    return _FIRST_PORT + int(checkout_id(checkout), 16) % _PORT_BLOCKS * 4 + offset


def private_folder(folder: Path) -> Path:
    """`folder`, created with access for its owner alone: it holds passwords."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone: a reader sees the old text or the new one."""
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def write_json(path: Path, value: object) -> None:
    """Replace the file by this value."""
    write_private(path, msgspec.json.encode(value).decode() + "\n")


def read_json(path: Path, shape: type[T]) -> T | None:
    """The value in the file, or None where there is no such file, or one of another version of this."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def kept_secret(path: Path) -> str:
    """A password of 32 hexadecimal digits, made on first use and the same ever after."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8").strip()


@contextmanager
def exclusive(folder: Path = STACK) -> Generator[None]:
    """Only one command at a time changes what is in `folder`; the others wait. Gone with its process."""
    private_folder(folder)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("stack: waiting for another command that is at work here ...", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
