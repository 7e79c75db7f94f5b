"""Format generated text with the ruff that the project has locked, in one call for all files."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.sqlgen.diagnostics import RunError


class FormatError(RunError):
    """ruff is missing, or refused the generated code."""


def ruff_path() -> str:
    """The ruff beside this interpreter, or the first on PATH. Raises FormatError."""
    found = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if found is None:
        raise FormatError("ruff was not found: install the project's locked development dependencies")
    return found


def format_files(files: Mapping[str, str], settings: Path | None) -> dict[str, str]:
    """Format the files, by name, with `ruff format` and the rules of the pyproject.toml `settings`."""
    python = {name: text for name, text in files.items() if name.endswith(".py")}
    if not python:
        return dict(files)
    with tempfile.TemporaryDirectory(prefix="sqlgen-") as folder:
        for name, text in python.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        rules = ["--config", str(settings)] if settings and settings.exists() else ["--isolated"]
        command = [ruff_path(), "format", "--no-cache", *rules, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FormatError(
                f"ruff refused generated code; this is a fault of the compiler: {done.stderr.strip()}"
            )
        return {**files, **{name: (Path(folder) / name).read_text(encoding="utf-8") for name in python}}
