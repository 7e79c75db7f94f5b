import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one table and one query."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "sql").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.sqlgen]\n[tool.ruff]\nline-length = 100\n")
    (tmp_path / "migrations/0001.items.sql").write_text(
        "CREATE TABLE items (id BINARY(16) PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(10, 2));\n"
    )
    (tmp_path / "sql/items.sql").write_text(
        "-- name: get_item :one\nSELECT id, name, price FROM items WHERE id = :id;\n"
    )
    return tmp_path


@pytest.fixture
def sqlgen(project: Path) -> Run:
    """Runs the command line in the project; `stdout` is a file for its output, which is captured otherwise."""

    def run(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tools.sqlgen", *arguments]
        return subprocess.run(
            command,
            cwd=project,
            env={"PYTHONPATH": str(ROOT)},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )

    return run
