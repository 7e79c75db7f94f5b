"""Starts MySQL and Redis for one test session, and removes them when the session ends.

They are never the servers that a developer uses. A killed session leaves its servers running; the next session
finds and removes them.
"""

import os
import secrets
import shutil
import sys
import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec
from testcontainers.community.mysql import MySqlContainer
from testcontainers.community.redis import RedisContainer
from testcontainers.core.config import testcontainers_config

from tools.stack import containers, process
from tools.stack.accounts import (
    SERVING_USER,
    MysqlLogin,
    derived_password,
    mysql_login,
    serving_statements,
    wait_for_mysql,
    wait_for_redis,
    with_database,
)
from tools.stack.errors import StackError, Unusable
from tools.stack.layout import STACK, private_folder, read_json, write_json
from tools.stack.mysql_group import MysqlGroup, create_group
from tools.stack.mysql_programs import MysqlProgram
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import TESTS
from tools.stack.process import Process
from tools.stack.redis_server import RedisProgram, RedisServer, redis_programs
from tools.stack.stores import first_usable, mysql_programs

Way = Literal["auto", "containers", "local", "mariadb"]
WAYS: tuple[Way, ...] = get_args(Way)

_SESSIONS = STACK / "test"
_OWNER_LABEL = "product-dashboard.test-session"
_START_SECONDS = 180


@dataclass(frozen=True)
class TestStores:
    """The servers of a session. `mysql_url` is for root and the empty database `tests`."""

    __test__ = False  # otherwise pytest collects the class, because of its name

    mysql_url: str
    redis_url: str
    about: str


@contextmanager
def session_stores(way: Way) -> Generator[TestStores]:
    """Start the stores of a session, and remove them when the block ends. Raises StackError with the reasons."""
    _remove_leftovers()
    with ExitStack() as cleanup:
        if way == "auto":
            way, reason = _choose()
        else:
            reason = "asked for"
        if way == "containers":
            yield _in_containers(cleanup, reason)
        else:
            yield _on_this_machine(cleanup, way, reason)


@contextmanager
def session_group() -> Generator[MysqlGroup]:
    """Start three MySQL servers in a group, and remove them when the block ends. Raises Unusable without an engine."""
    _remove_leftovers()
    containers.require_engine()
    name = f"product-dashboard-group-{os.getpid()}-{secrets.token_hex(3)}"
    label = f"{_OWNER_LABEL}={msgspec.json.encode(_session()).decode()}"
    # A commit is with the operating system before the server answers, so that SIGKILL of the server loses none.
    options = ("--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0")
    with ExitStack() as cleanup:
        group = create_group(name, cleanup.callback, [label], options)
        group.form()
        yield group


@contextmanager
def scratch_database(server_url: str) -> Generator[str]:
    """Create an empty database with a new name, and drop it when the block ends; its URL."""
    name = f"test_{uuid.uuid4().hex}"
    login = mysql_login(server_url)
    login.run([f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4"])
    try:
        yield with_database(server_url, name)
    finally:
        login.run([f"DROP DATABASE IF EXISTS `{name}`"])


def with_serving_account(database_url: str) -> str:
    """Create the account that the API serves with on a test's database; the URL for this account."""
    root = mysql_login(database_url)
    database = urlsplit(database_url).path.lstrip("/")
    password = derived_password(root.password, SERVING_USER)
    root.run(serving_statements(password, database))
    return MysqlLogin(root.host, root.port, SERVING_USER, password).url(database)


def _choose() -> tuple[Way, str]:
    try:
        containers.require_engine()
        for image in (containers.MYSQL_IMAGE, containers.REDIS_IMAGE):
            containers.require_image(image)
    except Unusable as why:
        return "local", why.message
    return "containers", "a Docker Engine answers and has the images"


def _in_containers(cleanup: ExitStack, reason: str) -> TestStores:
    # Ryuk would be one more image to pull; `_remove_leftovers` does the same.
    testcontainers_config.ryuk_disabled = True
    labels = {_OWNER_LABEL: msgspec.json.encode(_session()).decode()}
    password = secrets.token_hex(16)  # the ports are published to the network
    mysql = MySqlContainer(containers.MYSQL_IMAGE, username="root", password=password, dbname="tests")
    mysql.with_kwargs(labels=labels).with_tmpfs_mount("/var/lib/mysql").with_command(" ".join(TESTS))
    redis = RedisContainer(containers.REDIS_IMAGE, password=password).with_kwargs(labels=labels)
    cleanup.enter_context(mysql)
    cleanup.enter_context(redis)
    login = MysqlLogin(_host(mysql), int(mysql.get_exposed_port(3306)), "root", password)
    redis_url = f"redis://:{password}@{_host(redis)}:{redis.get_exposed_port(6379)}/0"
    return _ready(login, redis_url, reason)


def _host(container: MySqlContainer | RedisContainer) -> str:
    host = str(container.get_container_host_ip())
    return "127.0.0.1" if host == "localhost" else host  # ports are published for IPv4


def _on_this_machine(cleanup: ExitStack, way: Way, reason: str) -> TestStores:
    home = private_folder(_SESSIONS / f"{os.getpid()}")
    cleanup.callback(_remove, home)
    write_json(home / "owner.json", _session())

    def start_mysql(program: MysqlProgram) -> tuple[MysqlLogin, str]:
        server = MysqlServer(program, home / "mysql", TESTS)
        return server.start(), str(program)

    def start_redis(program: RedisProgram) -> str:
        return RedisServer(program, home / "redis").start()

    try:
        login, about = first_usable(mysql_programs("mariadb" if way == "mariadb" else None), start_mysql)
        redis_url = first_usable(redis_programs(), start_redis)
    except Unusable as why:
        raise StackError(f"no stores for the tests on this machine: {why.message}", why.hint) from why
    login.run(["CREATE DATABASE IF NOT EXISTS tests"])
    return _ready(login, redis_url, f"{reason}; {about}")


def _ready(login: MysqlLogin, redis_url: str, reason: str) -> TestStores:
    def forever() -> bool:
        return True

    mysql = wait_for_mysql(login, seconds=_START_SECONDS, still_starting=forever)
    redis = wait_for_redis(redis_url, seconds=_START_SECONDS, still_starting=forever)
    return TestStores(login.url("tests"), redis_url, f"{mysql}, {redis} ({reason})")


def _remove_leftovers() -> None:
    """Remove the servers of sessions that ended without removing them."""
    for home in _SESSIONS.glob("*/"):
        owner = read_json(home / "owner.json", Process)
        if owner is None or not owner.alive:
            _remove(home)
    try:
        containers.require_engine()
        listed = containers.docker(
            "ps",
            "--all",
            "--filter",
            f"label={_OWNER_LABEL}",
            "--format",
            f'{{{{.ID}}}} {{{{.Label "{_OWNER_LABEL}"}}}}',
        )
        for line in listed.splitlines():
            container, _, label = line.partition(" ")
            if not msgspec.json.decode(label, type=Process).alive:
                containers.docker("rm", "--force", "--volumes", container, missing_is_fine=True)
        networks = ("network", "ls", "--filter", f"label={_OWNER_LABEL}", "--format")
        for line in containers.docker(*networks, f'{{{{.ID}}}} {{{{.Label "{_OWNER_LABEL}"}}}}').splitlines():
            network, _, label = line.partition(" ")
            if not msgspec.json.decode(label, type=Process).alive:
                containers.docker("network", "rm", network, missing_is_fine=True)
    except Unusable as why:
        print(f"stack: cannot look for containers of earlier sessions: {why.message}", file=sys.stderr)


def _session() -> Process:
    """The owner of the session's servers: the current process."""
    return Process(os.getpid(), process.birth(os.getpid()) or "", "tests")


def _remove(home: Path) -> None:
    for name in ("mysql", "redis"):
        process.stop_recorded(home / name)
    shutil.rmtree(home, ignore_errors=True)
