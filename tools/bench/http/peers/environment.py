"""Installs the packages of the peers into an environment of their own, on demand: the ordinary one stays small."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.stack.layout import CHECKOUT, STACK

LOCK = CHECKOUT / "requirements-bench.lock"
HOME = STACK / "bench-venv"
PYTHON = HOME / "bin" / "python"
_SYNCED = HOME / ".synced-with"  # written last, so that the next run repeats an interrupted one


def is_installed() -> bool:
    """Return if the environment has the packages of the lock as it is now."""
    return PYTHON.exists() and _SYNCED.exists() and _SYNCED.read_bytes() == LOCK.read_bytes()


def install() -> None:
    """Install the packages of the lock with their hashes checked, unless they are there.

    Raises SystemExit if uv is not installed or fails.
    """
    if is_installed():
        return
    uv = os.environ.get("UV") or shutil.which("uv")  # uvx sets UV for its commands
    if uv is None:
        raise SystemExit("error: the peers need uv to be installed\nhint: pip install uv, or --no-peers")
    print(f"bench: installing the packages of {LOCK.name} ...", file=sys.stderr)
    commands = (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(HOME)],
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(LOCK)],
    )
    for command in commands:
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit("error: the packages of the peers cannot be installed\nhint: --no-peers")
    _SYNCED.write_bytes(LOCK.read_bytes())


def import_path() -> str:
    """Return PYTHONPATH for a peer: this project is not installed in the environment."""
    return os.pathsep.join(map(str, (CHECKOUT, Path(CHECKOUT, "src"))))
