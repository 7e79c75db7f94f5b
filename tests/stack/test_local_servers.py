"""MySQL or MariaDB, and Redis or Valkey, run as processes of this machine."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pymysql
import pytest
import redis

from tools.stack import process
from tools.stack.accounts import MysqlLogin
from tools.stack.errors import Unusable
from tools.stack.layout import read_json, write_json
from tools.stack.mysql_programs import MysqlProgram, examine
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import DEVELOPMENT, TESTS
from tools.stack.ports import free_port
from tools.stack.redis_server import RedisServer, redis_programs
from tools.stack.stores import first_usable


def values(login: MysqlLogin) -> list[tuple[object, ...]]:
    with login.connection("product_dashboard") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT value FROM kept")
        return list(cursor.fetchall())


def keep_a_value(login: MysqlLogin) -> None:
    login.run(
        [
            "CREATE TABLE product_dashboard.kept (value INT)",
            "INSERT INTO product_dashboard.kept VALUES (42)",
        ]
    )


def test_data_and_address_stay_over_a_stop_and_a_start(mysql_server: MysqlServer) -> None:
    root = mysql_server.start()
    keep_a_value(root)
    process.stop_recorded(mysql_server.home)

    assert mysql_server.start() == root
    assert values(root) == [(42,)]


def test_a_second_start_finds_the_running_server(running_server: MysqlServer) -> None:
    first = process.recorded(running_server.home)
    running_server.start()

    assert process.recorded(running_server.home) == first


def test_data_that_was_committed_stays_when_the_server_is_killed(
    mysql_program: MysqlProgram, tmp_path: Path
) -> None:
    mysql_server = MysqlServer(mysql_program, tmp_path / "mysql", DEVELOPMENT)
    root = mysql_server.start()
    keep_a_value(root)
    running = process.recorded(mysql_server.home)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    while running.alive:
        time.sleep(0.01)

    try:
        assert values(mysql_server.start()) == [(42,)]
    finally:
        process.stop_recorded(mysql_server.home)


def test_a_data_folder_that_was_left_half_initialised_is_created_again(mysql_server: MysqlServer) -> None:
    draft = mysql_server.home / f"{mysql_server.program.series}.new"
    draft.mkdir(parents=True)
    (draft / "ibdata1").write_bytes(b"half of something")

    mysql_server.start()

    assert not draft.exists()


def test_it_listens_only_on_loopback(running_server: MysqlServer) -> None:
    port = running_server.start().port
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as another:
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        another.bind(("127.0.0.2", port))  # free, for the server has 127.0.0.1 and not every address


@pytest.mark.parametrize("user", ["root", "product_dashboard", "", "mysql"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_login_without_the_password_is_refused(
    running_server: MysqlServer, user: str, password: str
) -> None:
    port = running_server.start().port
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        MysqlLogin("127.0.0.1", port, user, password).run(["SELECT 1"])


def test_the_passwords_are_on_no_command_line_and_readable_only_by_their_owner(
    running_server: MysqlServer,
) -> None:
    root = running_server.start()
    running = process.recorded(running_server.home)
    assert running is not None

    assert root.password not in running.command
    holding = [
        path for path in running_server.home.iterdir() if path.is_file() and root.password in path.read_text()
    ]
    assert holding
    assert {path.stat().st_mode & 0o777 for path in holding} == {0o600}


def test_the_services_account_has_its_own_databases_and_no_others(mysql_server: MysqlServer) -> None:
    root = mysql_server.start()
    root.run(["CREATE DATABASE productXdashboard"])
    service = mysql_server.service_account()

    service.run(["CREATE DATABASE product_dashboard_scratch", "DROP DATABASE product_dashboard_scratch"])
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        service.run(["CREATE TABLE productXdashboard.t (id INT)"])
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        service.run(["CREATE DATABASE other"])


def test_the_apis_account_reads_and_writes_rows_and_cannot_change_the_schema(
    mysql_server: MysqlServer,
) -> None:
    root = mysql_server.start()
    keep_a_value(root)
    serving = mysql_server.serving_account()

    serving.run(
        [
            "INSERT INTO product_dashboard.kept VALUES (1)",
            "UPDATE product_dashboard.kept SET value = 2 WHERE value = 1",
            "DELETE FROM product_dashboard.kept WHERE value = 2",
        ]
    )
    assert values(serving) == [(42,)]
    for statement in (
        "CREATE TABLE product_dashboard.t (id INT)",
        "ALTER TABLE product_dashboard.kept ADD more INT",
        "DROP TABLE product_dashboard.kept",
        "TRUNCATE TABLE product_dashboard.kept",
        "CREATE INDEX i ON product_dashboard.kept (value)",
        "CREATE DATABASE product_dashboard_2",
        "CREATE USER u",
    ):
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            serving.run([statement])
    root.run(["CREATE DATABASE productXdashboard", "CREATE TABLE productXdashboard.t (id INT)"])
    with pytest.raises(pymysql.err.OperationalError, match="denied"):
        serving.run(["INSERT INTO productXdashboard.t VALUES (1)"])


def test_a_running_server_of_an_earlier_version_gets_the_apis_account(mysql_server: MysqlServer) -> None:
    root = mysql_server.start()
    mysql_server.serving_account()
    root.run(["DROP USER product_dashboard_api"])
    (mysql_server.home / "product_dashboard_api.password").unlink()

    mysql_server.start()
    mysql_server.serving_account().run(["SELECT 1"])


def test_when_its_port_was_taken_meanwhile_it_takes_another(mysql_server: MysqlServer) -> None:
    mysql_server.start()
    port = read_json(mysql_server.home / "port.json", int)
    process.stop_recorded(mysql_server.home)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()

        assert mysql_server.start().port != port


def test_temporary_tables_are_in_a_folder_of_its_own_where_no_other_server_deletes_them(
    running_server: MysqlServer,
) -> None:
    with running_server.start().connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@tmpdir")
        assert cursor.fetchone() == (str(running_server.home / "tmp"),)


def test_two_servers_side_by_side_know_nothing_of_each_other(
    tmp_path: Path, mysql_server: MysqlServer, mysql_program: MysqlProgram
) -> None:
    other = MysqlServer(mysql_program, tmp_path / "other", TESTS)
    try:
        one, two = mysql_server.start(), other.start()
        assert one.port != two.port
        keep_a_value(one)
        with pytest.raises(pymysql.err.ProgrammingError, match="doesn't exist"):
            values(two)
        process.stop_recorded(other.home)
        assert values(one) == [(42,)]
    finally:
        process.stop_recorded(other.home)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(mysql_server: MysqlServer) -> None:
    broken = MysqlServer(mysql_server.program, mysql_server.home, [*TESTS, "--no-such-option=1"])

    with pytest.raises(Unusable, match=r"ended while starting(.|\n)*no-such-option"):
        broken.start()


def test_a_program_that_is_no_server_or_too_old_is_refused_with_the_reason(tmp_path: Path) -> None:
    def program(version: str) -> Path:
        path = tmp_path / "mysqld"
        path.write_text(f"#!/bin/sh\necho '{version}'\n")
        path.chmod(0o755)
        return path

    with pytest.raises(Unusable, match="does not run"):
        examine(tmp_path / "absent")
    with pytest.raises(Unusable, match="does not run"):
        examine(program("hello"))
    with pytest.raises(Unusable, match=r"MySQL 5\.7\.44 .* is too old: 8\.0 or newer"):
        examine(program("mysqld  Ver 5.7.44 for Linux on x86_64"))
    with pytest.raises(Unusable, match=r"MariaDB 10\.5\.1 .* is too old: 10\.11 or newer"):
        examine(program("mysqld  Ver 10.5.1-MariaDB for debian-linux-gnu on x86_64"))
    assert examine(program("/usr/sbin/mysqld  Ver 8.4.3-0ubuntu1 for Linux on x86_64")).series == "mysql-8.4"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = first_usable(redis_programs(), lambda program: RedisServer(program, tmp_path / "redis"))
    yield server
    process.stop_recorded(server.home)


def test_redis_asks_for_its_password(redis_server: RedisServer) -> None:
    url = urlsplit(redis_server.start())
    with (
        redis.Redis(host="127.0.0.1", port=url.port or 0) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()  # pyright: ignore[reportUnknownMemberType] - redis-py leaves its keyword arguments open
    running = process.recorded(redis_server.home)
    assert running is not None
    assert (url.password or "") not in running.command


def test_redis_starts_empty_on_the_same_address(redis_server: RedisServer) -> None:
    url = redis_server.start()
    with redis.Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType] - as above
        client.set("answer", 42)
    process.stop_recorded(redis_server.home)

    assert redis_server.start() == url
    with redis.Redis.from_url(url) as client:  # pyright: ignore[reportUnknownMemberType] - as above
        assert client.get("answer") is None


def test_redis_takes_another_port_when_its_own_is_taken(redis_server: RedisServer) -> None:
    port = free_port()
    redis_server.home.mkdir()
    write_json(redis_server.home / "port.json", port)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        assert urlsplit(redis_server.start()).port != port
