"""`python -m product_dashboard.migrate` as a user meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from product_dashboard.migrate.files import read_migrations

pytestmark = pytest.mark.any_server  # its work is tested on both, in test_running.py and test_the_schema.py


def run(url: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        env["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "product_dashboard.migrate", *arguments],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_up_status_and_down(fresh_database: str) -> None:
    count = len(read_migrations())

    up = run(fresh_database, "up")
    assert up.returncode == 0
    assert f"migrate: {count} applied" in up.stderr

    assert "migrate: nothing to do, all is applied" in run(fresh_database, "up").stderr

    shown = run(fresh_database, "status")
    assert shown.returncode == 0
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["applied"] * count

    assert "migrate: 2 taken back" in run(fresh_database, "down", "--count", "2").stderr
    assert run(fresh_database, "status").stdout.count("pending") == 2
    assert f"migrate: {count - 2} taken back" in run(fresh_database, "down", "--all").stderr


def test_the_address_may_be_in_a_file(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database_url"
    secret.write_text(f"{fresh_database}\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))

    assert "pending" in run(None, "status").stdout
    assert "both set" in run(fresh_database, "status").stderr


def test_without_a_database_it_says_which_variable_to_set() -> None:
    failed = run(None, "up")

    assert failed.returncode == 1
    assert "DATABASE_URL is not set" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_count_below_one_is_refused(fresh_database: str) -> None:
    failed = run(fresh_database, "down", "--count", "0")

    assert failed.returncode == 2
    assert "invalid" in failed.stderr
