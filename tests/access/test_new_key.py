"""`just api-key`: prints a key once, and adds its hash to the file."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from product_dashboard.access.key_file import read_key_file
from product_dashboard.access.new_key import main

LINE = f"old read sha256:{'0' * 64}"


def test_it_prints_a_key_that_the_file_then_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keys.txt"
    assert main(["shop", "read", "write", "--file", str(path)]) == 0
    assert main(["grafana", "metrics", "--file", str(path)]) == 0
    assert main(["reader", "--file", str(path)]) == 0

    printed = capsys.readouterr()
    keys = printed.out.split()
    ring = read_key_file(path).ring
    found = [ring.find(key.encode()) for key in keys]
    assert [(key.name, set(key.scopes)) for key in found if key] == [
        ("shop", {"read", "write"}),
        ("grafana", {"metrics"}),
        ("reader", {"read"}),
    ]
    assert len({*keys}) == 3
    assert all(len(key) >= 46 and key.startswith("pd_") for key in keys)
    for key in keys:
        assert key not in path.read_text()
        assert key not in printed.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_the_file_has_stays_and_so_do_its_mode_and_its_inode(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f"# comment\n{LINE}")  # no end of line
    path.chmod(0o640)
    before = path.stat()

    assert main(["shop", "--file", str(path)]) == 0

    assert path.read_text().startswith(f"# comment\n{LINE}\nshop read sha256:")
    after = path.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["sh op"], "the name must have"),
        ([""], "the name must have"),
        (["shop", "admin"], "the scopes must be some of read, write, metrics"),
        (["shop", "read", "read"], "the scopes must be some of read, write, metrics"),
    ],
)
def test_a_wrong_name_or_scope_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(LINE + "\n")
    assert main([*arguments, "--file", str(path)]) == 1
    printed = capsys.readouterr()
    assert reason in printed.err
    assert printed.out == ""
    assert path.read_text() == LINE + "\n"


def test_a_file_with_a_bad_line_is_not_added_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keys.txt"
    path.write_text("nonsense\n")
    assert main(["shop", "--file", str(path)]) == 1
    assert "line 1: " in capsys.readouterr().err
    assert path.read_text() == "nonsense\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nowhere" / "keys.txt"
    assert main(["shop", "--file", str(path)]) == 1
    assert f"{path} cannot be written: No such file" in capsys.readouterr().err


def test_the_file_is_that_of_the_environment_and_without_one_it_says_what_to_set(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    command = [sys.executable, "-m", "product_dashboard.access.new_key", "shop"]
    environment = {key: value for key, value in os.environ.items() if key != "API_KEYS_FILE"}

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, check=False, timeout=60
        )

    refused = run()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "set API_KEYS_FILE" in refused.stderr
    made = run(API_KEYS_FILE=str(path))
    assert made.returncode == 0
    assert read_key_file(path).ring.find(made.stdout.strip().encode()) is not None
