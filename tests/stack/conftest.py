"""Local servers in temporary folders, and temporary checkouts for the command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.stack import containers, process
from tools.stack.errors import Unusable
from tools.stack.mysql_programs import MysqlProgram
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import TESTS
from tools.stack.stores import PACKAGES, first_usable, mysql_programs

HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Checkout:
    """A copy of the files that the stack needs, in a temporary folder."""

    path: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m tools.stack` in the checkout."""
        return self.python("-m", "tools.stack", *arguments, stdout=subprocess.PIPE, **environment)

    def python(
        self, *arguments: str, stdout: int = subprocess.PIPE, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.path, env={**env, **environment},
            stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=300, check=False,
        )  # fmt: skip

    def urls(self) -> dict[str, str]:
        """The URLs of the stores, as `env` prints them."""
        printed = self.run("env")
        assert printed.returncode == 0, printed.stderr
        lines = [line.removeprefix("export ").partition("=") for line in printed.stdout.splitlines()]
        return {name: value.strip("'") for name, _, value in lines}


_NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "STACK", "HOST", "PORT"}


@pytest.fixture
def new_checkout(
    tmp_path_factory: pytest.TempPathFactory, mysql_program: MysqlProgram
) -> Iterator[Callable[[], Checkout]]:
    """Makes a new checkout at each call; `reset` runs in each of them after the test."""
    with checkouts(tmp_path_factory, mysql_program) as new:
        yield new


@contextmanager
def checkouts(
    tmp_path_factory: pytest.TempPathFactory, mysql_program: MysqlProgram
) -> Generator[Callable[[], Checkout]]:
    """Make a new checkout at each call; `reset` runs in each of them when the block ends."""
    made: list[Checkout] = []

    def new() -> Checkout:
        path = tmp_path_factory.mktemp("checkout")
        ignored = shutil.ignore_patterns("__pycache__")
        for name in ("tools", "src", "generated", "migrations"):
            shutil.copytree(HERE / name, path / name, ignore=ignored)
        shutil.copy(HERE / ".env.example", path)
        if mysql_program.path.is_relative_to(PACKAGES):  # unpacked once for all checkouts
            (path / ".stack").mkdir(mode=0o700)
            (path / ".stack" / "packages").symlink_to(PACKAGES)
        made.append(Checkout(path))
        return made[-1]

    yield new
    for checkout in made:
        ended = checkout.run("reset")
        assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="session")
def mysql_program() -> MysqlProgram:
    """A MySQL or MariaDB server program of this machine."""
    return first_usable(mysql_programs(), lambda program: program)


@pytest.fixture
def mysql_server(tmp_path: Path, mysql_program: MysqlProgram) -> Iterator[MysqlServer]:
    """A server in a temporary folder, not started."""
    server = MysqlServer(mysql_program, tmp_path / "mysql", TESTS)
    yield server
    process.stop_recorded(server.home)


@pytest.fixture(scope="session")
def running_server(
    tmp_path_factory: pytest.TempPathFactory, mysql_program: MysqlProgram
) -> Iterator[MysqlServer]:
    """A running server for the tests that change nothing on it."""
    server = MysqlServer(mysql_program, tmp_path_factory.mktemp("running") / "mysql", TESTS)
    server.start()
    yield server
    process.stop_recorded(server.home)


@pytest.fixture(scope="session")
def engine() -> None:
    """Skips the test if there is no Docker Engine or an image cannot be pulled."""
    try:
        containers.require_engine()
        containers.require_image(containers.MYSQL_IMAGE)
        containers.require_image(containers.REDIS_IMAGE)
    except Unusable as why:
        pytest.skip(f"needs containers: {why.message}")
