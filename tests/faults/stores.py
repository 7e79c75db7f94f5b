"""A database and a Redis that can be frozen, killed and started again, on the same ports and with the same data.

They are servers of this machine, or containers. A killed run leaves them running; the next session of the tests
finds and removes servers of this machine, as it does its own.
"""

import os
import secrets
import shutil
import signal
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from product_dashboard.migrate import upgrade
from tools.stack import containers, process
from tools.stack.accounts import MysqlLogin, wait_for_mysql, wait_for_redis
from tools.stack.containers import docker
from tools.stack.errors import Unusable
from tools.stack.layout import STACK, private_folder, write_json
from tools.stack.mysql_programs import MysqlProgram
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import TESTS
from tools.stack.ports import free_port
from tools.stack.process import Process
from tools.stack.redis_server import RedisProgram, RedisServer, redis_programs
from tools.stack.stores import first_usable, mysql_programs
from tools.stack.testing import Way, scratch_database

_START_SECONDS = 120
# A commit is with the operating system before the server answers, so that SIGKILL of the server loses none.
_DATABASE_OPTIONS = (*TESTS, "--innodb-flush-log-at-trx-commit=2")


class Store(Protocol):
    """A server that faults are done to. `start` waits until the server answers."""

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...

    def kill(self) -> None: ...

    def start(self) -> None: ...


@dataclass(frozen=True)
class Stores:
    """The servers of a run. `database_url` names a migrated database that is empty."""

    database: Store
    redis: Store
    database_url: str
    redis_url: str
    about: str


@contextmanager
def fault_stores(way: Way) -> Generator[Stores]:
    """Start both servers, and remove them when the block ends. Raises Unusable with the reasons."""
    with ExitStack() as cleanup:
        database, login, redis, redis_url, about = (
            _containers(cleanup) if _in_containers(way) else _local(cleanup, way)
        )
        login.run(["CREATE DATABASE IF NOT EXISTS tests"])
        url = cleanup.enter_context(scratch_database(login.url("tests")))
        upgrade(url)
        yield Stores(database, redis, url, redis_url, about)


def _in_containers(way: Way) -> bool:
    if way != "auto":
        return way == "containers"
    try:
        containers.require_engine()
    except Unusable:
        return False
    return True


@dataclass(frozen=True)
class LocalStore:
    """A server of this machine. `launch` starts it, unless it runs, and waits until it answers."""

    server: MysqlServer | RedisServer
    launch: Callable[[], object]

    def freeze(self) -> None:
        os.kill(self._pid(), signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._pid(), signal.SIGCONT)

    def kill(self) -> None:
        pid = self._pid()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def start(self) -> None:
        self.launch()

    def _pid(self) -> int:
        running = process.recorded(self.server.home)
        if running is None:
            raise Unusable(f"the server of {self.server.home} has ended by itself")
        return running.pid


def _local(cleanup: ExitStack, way: Way) -> tuple[Store, MysqlLogin, Store, str, str]:
    home = private_folder(STACK / "test" / f"faults-{os.getpid()}")
    cleanup.callback(shutil.rmtree, home, ignore_errors=True)
    cleanup.callback(process.stop_recorded, home / "mysql")
    cleanup.callback(process.stop_recorded, home / "redis")
    write_json(home / "owner.json", Process(os.getpid(), process.birth(os.getpid()) or "", "faults"))

    def start_mysql(program: MysqlProgram) -> tuple[MysqlServer, MysqlLogin, str]:
        server = MysqlServer(program, home / "mysql", _DATABASE_OPTIONS)
        return server, server.start(), str(program)

    def start_redis(program: RedisProgram) -> tuple[RedisServer, str, str]:
        server = RedisServer(program, home / "redis")
        return server, server.start(), str(program)

    mysql, login, mysql_name = first_usable(
        mysql_programs("mariadb" if way == "mariadb" else None), start_mysql
    )
    redis, redis_url, redis_name = first_usable(redis_programs(), start_redis)
    about = f"{mysql_name.partition(' (')[0]} and {redis_name.partition(' (')[0]} of this machine"
    return LocalStore(mysql, mysql.start), login, LocalStore(redis, redis.start), redis_url, about


@dataclass(frozen=True)
class ContainerStore:
    """A server in a container. `answers` waits until the server answers."""

    name: str
    answers: Callable[[], object]

    def freeze(self) -> None:
        docker("pause", self.name)

    def thaw(self) -> None:
        docker("unpause", self.name)

    def kill(self) -> None:
        docker("kill", "--signal", "KILL", self.name)

    def start(self) -> None:
        docker("start", self.name)
        self.answers()


def _containers(cleanup: ExitStack) -> tuple[Store, MysqlLogin, Store, str, str]:
    for image in (containers.MYSQL_IMAGE, containers.REDIS_IMAGE):
        containers.require_image(image)
    password = secrets.token_hex(16)
    login = MysqlLogin("127.0.0.1", free_port(), "root", password)
    mysql_environment = {"MYSQL_ROOT_PASSWORD": password}
    mysql = _run_container(
        cleanup, "mysql", containers.MYSQL_IMAGE, f"{login.port}:3306", mysql_environment, _DATABASE_OPTIONS
    )
    redis_port = free_port()
    options = ("redis-server", "--requirepass", password, "--save", "", "--appendonly", "no")
    redis = _run_container(cleanup, "redis", containers.REDIS_IMAGE, f"{redis_port}:6379", {}, options)
    redis_url = f"redis://:{password}@127.0.0.1:{redis_port}/0"

    def mysql_answers() -> object:
        return wait_for_mysql(login, seconds=_START_SECONDS, still_starting=lambda: True)

    def redis_answers() -> object:
        return wait_for_redis(redis_url, seconds=_START_SECONDS, still_starting=lambda: True)

    mysql_answers()
    redis_answers()
    about = f"{containers.MYSQL_IMAGE} and {containers.REDIS_IMAGE} in containers"
    return (
        ContainerStore(mysql, mysql_answers),
        login,
        ContainerStore(redis, redis_answers),
        redis_url,
        about,
    )


def _run_container(
    cleanup: ExitStack,
    kind: str,
    image: str,
    ports: str,
    environment: dict[str, str],
    options: tuple[str, ...],
) -> str:
    """Start a container that the end of the block removes; its name."""
    name = f"product-dashboard-faults-{os.getpid()}-{secrets.token_hex(3)}-{kind}"
    cleanup.callback(docker, "rm", "--force", "--volumes", name, missing_is_fine=True)
    settings = [word for variable in environment for word in ("--env", variable)]
    docker(
        "run", "--detach", "--name", name, "--publish", f"127.0.0.1:{ports}", *settings, image, *options,
        env=environment,
    )  # fmt: skip
    return name
