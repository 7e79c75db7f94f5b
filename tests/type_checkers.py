"""Runs of mypy and pyright on files that a test writes."""

import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
_CACHE = CHECKOUT / ".mypy_cache"
_PROGRAMS = Path(sys.executable).parent
# Those of pyproject.toml that decide whether mypy can use what it has kept: with others it checks all packages again.
_AS_IN_CHECK = ("ignore-without-code", "redundant-expr", "truthy-bool")


def mypy(cwd: Path, cache: Path, *targets: str | Path) -> subprocess.CompletedProcess[str]:
    """Check files as `just check` does; `cache` is a folder of the test.

    It begins as a copy of the cache of `just check`, if there is one: mypy then reads the imported packages in a second,
    and checks them for half a minute otherwise.
    """
    if _CACHE.exists() and not cache.exists():
        shutil.copytree(_CACHE, cache)
    options = ["--strict", "--warn-unreachable", "--python-version=3.11", "--no-error-summary"]
    options += [f"--enable-error-code={each}" for each in _AS_IN_CHECK]
    return run([_PROGRAMS / "mypy", *options, "--cache-dir", cache, *targets], cwd)


def pyright(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check a folder of its own strictly."""
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
    return run([_PROGRAMS / "pyright", "--project", folder, "--pythonpath", sys.executable], folder)


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program, and wait for its end."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
