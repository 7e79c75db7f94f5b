"""The locks of dependencies: every version with its hashes, and no address of a registry.

    requirements.lock           what development and tests need, which includes the next
    requirements-runtime.lock   what the service needs: the image installs this

`python -m tools.lock` writes both from pyproject.toml, leaving versions as they are where they fit;
`--upgrade` takes the newest that fit. `--check` writes nothing, and fails when a lock is not what
pyproject.toml asks for.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
DEVELOPMENT = "requirements.lock"
RUNTIME = "requirements-runtime.lock"
_SHOWN = 20


class LockError(Exception):
    """The locks could not be made: what uv said."""


def compile_locks(folder: Path, *, upgrade: bool = False) -> None:
    """Write both locks into `folder`, preferring the versions of those that lie there. Raises LockError."""
    development, runtime = folder / DEVELOPMENT, folder / RUNTIME
    newer = ["--upgrade"] if upgrade else []
    _uv_compile("--group", "dev", "--output-file", str(development), *newer)
    # Constrained by the other, so that what is tested is what runs.
    _uv_compile("--constraints", str(development), "--output-file", str(runtime), *newer)


def requirements(lock: Path) -> dict[str, str]:
    """Each requirement of a lock by its name: version, marker and hashes, without comments and breaks."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ") if lock.exists() else ""
    lines = (" ".join(line.split()) for line in joined.splitlines())
    return {line.partition("==")[0]: line for line in lines if line and not line.startswith("#")}


def differences(ours: Path, wanted: Path) -> list[str]:
    """What has to change in `ours` to be `wanted`, one line a requirement."""
    have, want = requirements(ours), requirements(wanted)
    lines = [f"{name}: not needed" for name in have if name not in want]
    for name, requirement in want.items():
        if name not in have:
            lines.append(f"{name}: is missing")
        elif have[name] != requirement:
            lines.append(f"{name}: {_head(have[name])} should be {_head(requirement)}")
    return sorted(lines)


def _head(requirement: str) -> str:
    head, _, hashes = requirement.partition(" --hash=")
    return f"{head.partition('==')[2]} ({hashes.count('sha256:')} hashes)"


def _uv_compile(*arguments: str) -> None:
    command = [
        *_uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header",
        "--no-emit-index-url", "--python-version", "3.11", *arguments, "pyproject.toml",
    ]  # fmt: skip
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise LockError(ended.stderr.strip())


def _uv() -> list[str]:
    found = os.environ.get("UV") or shutil.which("uv")
    return [found] if found else ["python3", "-m", "uv"]


def _check() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        for name in (DEVELOPMENT, RUNTIME):
            if (CHECKOUT / name).exists():
                shutil.copy(CHECKOUT / name, scratch)
        compile_locks(Path(scratch))
        found = {name: differences(CHECKOUT / name, Path(scratch) / name) for name in (DEVELOPMENT, RUNTIME)}
    for name, lines in found.items():
        for line in lines[:_SHOWN]:
            print(f"{name}: {line}", file=sys.stderr)
    if any(found.values()):
        print("lock: the locks are not what pyproject.toml asks for\n  hint: `just lock`", file=sys.stderr)
        return 1
    print("lock: both locks are what pyproject.toml asks for")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lock", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; fail where a lock is out of date")
    what.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return _check()
        compile_locks(CHECKOUT, upgrade=options.upgrade)
    except LockError as error:
        print(f"lock: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
