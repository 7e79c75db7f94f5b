"""Runs every check that needs no store: `python -m tools.check`."""

import os
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The two type checkers take most of the time, and use one core each.
_AT_ONCE = 2

CHECKOUT = Path(__file__).resolve().parents[1]
_BIN = Path(sysconfig.get_path("scripts"))

CHECKS: dict[str, list[str]] = {
    "format": [str(_BIN / "ruff"), "format", "--check", "--quiet"],
    "lint": [str(_BIN / "ruff"), "check", "--quiet"],
    "types (mypy)": [str(_BIN / "mypy")],
    "types (pyright)": [str(_BIN / "pyright")],
    "imports": [str(_BIN / "lint-imports"), "--no-cache"],
    "generated code": [sys.executable, "-m", "tools.sqlgen", "check"],
    "OpenAPI document": [sys.executable, "-m", "tools.openapi", "check"],
    "prose": [sys.executable, "-m", "tools.prose"],
    "locks": [str(_BIN / "just"), "lock-check"],
}


def main() -> int:
    """Run every check and show the output of each one that fails; 1 if one failed."""
    failed: list[str] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for name, (status, output, seconds) in zip(CHECKS, pool.map(_run, CHECKS.values()), strict=True):
            print(f"check: {name:16} {'FAILED' if status else 'ok':7} {seconds:5.1f} s", flush=True)
            if status:
                print(output.rstrip(), flush=True)
                failed.append(name)
    print(f"check: failed: {', '.join(failed)}" if failed else f"check: all {len(CHECKS)} passed")
    return int(bool(failed))


def _run(command: list[str]) -> tuple[int, str, float]:
    """Run a check; its exit status, its output, and the seconds that it took."""
    started = time.perf_counter()
    ended = subprocess.run(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    )  # fmt: skip
    return ended.returncode, ended.stdout, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
