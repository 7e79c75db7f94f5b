"""Runs of mypy and pyright on files that a test writes."""

import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
_CACHE = CHECKOUT / ".mypy_cache"
_PROGRAMS = Path(sys.executable).parent


def mypy(cwd: Path, cache: Path, *targets: str | Path) -> subprocess.CompletedProcess[str]:
    """Check files with the options of `just check`; `cache` is a folder of the test.

    It begins as a copy of the cache of `just check`, if there is one: mypy checks the packages that the files import
    only if that has not done so.
    """
    if _CACHE.exists() and not cache.exists():
        shutil.copytree(_CACHE, cache)
    options: list[str | Path] = ["--config-file", CHECKOUT / "pyproject.toml"]
    options += ["--no-error-summary", "--cache-dir", cache]
    return run([_PROGRAMS / "mypy", *options, *targets], cwd)


def pyright(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check a folder of its own strictly."""
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    return run([_PROGRAMS / "pyright", "--project", folder, "--pythonpath", sys.executable], folder)


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program, and wait for its end."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
