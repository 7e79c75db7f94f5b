"""watch: generates again on every save, and survives a wrong file."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.sqlgen.cli.watch import snapshot

ROOT = Path(__file__).parents[3]


@pytest.fixture
def watcher(project: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.sqlgen", "watch"],
        cwd=project, env={"PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate(timeout=10)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_saved_query_is_generated_and_a_wrong_one_does_not_end_the_watch(
    project: Path, watcher: subprocess.Popen[str]
) -> None:
    target = project / "generated/items.py"
    assert eventually(target.exists)
    assert eventually(lambda: "get_item" in target.read_text())
    query = project / "sql/items.sql"
    query.write_text("-- name: get_name :one\nSELECT nme FROM items WHERE id = :id;\n")
    lines: list[str] = []
    assert watcher.stdout is not None
    while "1 error" not in "".join(lines):
        lines.append(watcher.stdout.readline())
    assert any("sql/items.sql:2:8: error" in line for line in lines)
    query.write_text("-- name: get_name :one\nSELECT name FROM items WHERE id = :id;\n")
    assert eventually(lambda: "get_name" in target.read_text())
    assert watcher.poll() is None


def test_a_new_and_a_removed_file_are_changes(tmp_path: Path) -> None:
    before = snapshot([tmp_path])
    (tmp_path / "a.sql").write_text("SELECT 1")
    added = snapshot([tmp_path])
    assert added != before
    (tmp_path / "a.sql").unlink()
    assert snapshot([tmp_path, tmp_path / "gone.toml"]) == before
