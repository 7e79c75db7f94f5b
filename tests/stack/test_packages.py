"""A server from the distribution's packages is unpacked and runs without root."""

import shutil
from pathlib import Path

import pytest

from tools.stack import process
from tools.stack.errors import Unusable
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import TESTS
from tools.stack.packages import unpacked_program

needs_apt = pytest.mark.skipif(shutil.which("apt-get") is None, reason="only where apt is")


@needs_apt
def test_a_server_is_fetched_unpacked_and_runs_from_its_folder(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    program = unpacked_program(packages)
    assert program.path.is_relative_to(packages)

    server = MysqlServer(program, tmp_path / "server", TESTS)
    try:
        server.start().run(["CREATE TABLE product_dashboard.t (id INT PRIMARY KEY)"])
    finally:
        process.stop_recorded(server.home)
    assert unpacked_program(packages) == program


def test_what_is_unpacked_already_is_used_without_asking_apt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "mariadb-server-core" / "usr" / "sbin" / "mariadbd"
    server.parent.mkdir(parents=True)
    server.write_text("#!/bin/sh\necho 'mariadbd  Ver 11.8.2-MariaDB for debian-linux-gnu on x86_64'\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert unpacked_program(tmp_path).path == server


def test_a_download_that_was_interrupted_is_not_used_as_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = tmp_path / ".mariadb-server-core.new" / "usr" / "sbin" / "mariadbd"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"\x7fELF")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unusable, match="there is no apt to fetch"):
        unpacked_program(tmp_path)
