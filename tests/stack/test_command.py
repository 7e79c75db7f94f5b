"""`python -m tools.stack`, each test in a checkout of its own."""

import os
import shutil
import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

import pymysql
import pytest

from tools.stack.accounts import mysql_login
from tools.stack.layout import checkout_id

from .conftest import Checkout

NewCheckout = Callable[[], Checkout]


def up(checkout: Checkout, way: str = "local") -> dict[str, str]:
    started = checkout.run("up", "--prefer", way)
    assert started.returncode == 0, started.stderr
    return checkout.urls()


def count_kept(url: str) -> int:
    with mysql_login(url).connection("product_dashboard") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM kept")
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])


def keep_a_row(url: str) -> None:
    mysql_login(url).run(
        ["CREATE TABLE product_dashboard.kept (id INT)", "INSERT INTO product_dashboard.kept VALUES (1)"]
    )


def answers(url: str) -> bool:
    try:
        mysql_login(url).run(["SELECT 1"])
    except pymysql.err.OperationalError:
        return False
    return True


@pytest.fixture(params=["local", "containers"])
def way(request: pytest.FixtureRequest) -> str:
    if request.param == "containers":
        request.getfixturevalue("engine")
    return str(request.param)


def test_up_is_idempotent_down_keeps_the_data_and_reset_drops_it(new_checkout: NewCheckout, way: str) -> None:
    checkout = new_checkout()
    urls = up(checkout, way)
    keep_a_row(urls["DATABASE_URL"])

    assert up(checkout, way) == urls

    assert checkout.run("down").returncode == 0
    assert not answers(urls["DATABASE_URL"])
    assert checkout.run("env").returncode == 1
    if way == "containers":
        assert "hint: `just up`" in checkout.run("logs", "redis").stderr

    if way == "containers":  # neither the data nor the passwords of containers are in this folder
        shutil.rmtree(checkout.path / ".stack")
    again = checkout.run("up")
    assert "as in the last run" in again.stderr or way == "containers"
    assert checkout.urls() == urls
    assert count_kept(urls["DATABASE_URL"]) == 1

    assert checkout.run("reset").returncode == 0
    with pytest.raises(pymysql.err.ProgrammingError, match="doesn't exist"):
        count_kept(up(checkout, way)["DATABASE_URL"])


def test_two_checkouts_run_side_by_side_and_do_not_disturb_each_other(
    new_checkout: NewCheckout, way: str
) -> None:
    one, two = new_checkout(), new_checkout()
    first, second = up(one, way), up(two, way)
    assert not set(first.values()) & set(second.values())
    keep_a_row(first["DATABASE_URL"])

    assert two.run("reset").returncode == 0

    assert one.urls() == first
    assert count_kept(first["DATABASE_URL"]) == 1


def test_the_choice_and_its_reason_are_told_without_passwords(new_checkout: NewCheckout) -> None:
    checkout = new_checkout()
    told = checkout.run("up", STACK="local")

    assert told.returncode == 0
    assert "stack: MySQL: " in told.stderr
    assert "(asked for: local)" in told.stderr
    for url in checkout.urls().values():
        password = urlsplit(url).password
        assert password
        assert password not in told.stderr
        assert password not in checkout.run("status").stdout


def test_without_an_engine_the_way_is_local_and_the_reason_is_told(new_checkout: NewCheckout) -> None:
    told = new_checkout().run("up", DOCKER_HOST="unix:///nonexistent/docker.sock")

    assert told.returncode == 0
    assert "MySQL: no containers: " in told.stderr
    assert "there is no container" in told.stderr


def test_servers_named_by_the_environment_are_used_and_left_alone(new_checkout: NewCheckout) -> None:
    owner, guest = new_checkout(), new_checkout()
    urls = up(owner)
    keep_a_row(urls["DATABASE_URL"])

    told = guest.run("up", **urls)
    assert told.returncode == 0
    assert "DATABASE_URL is set" in told.stderr
    shown = guest.run("exec", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", **urls)
    assert shown.stdout.split() == [urls["DATABASE_URL"], urls["REDIS_URL"]]
    for command in ("down", "reset"):
        assert guest.run(command, **urls).returncode == 0

    assert count_kept(urls["DATABASE_URL"]) == 1


def test_one_store_can_be_given_and_the_other_started(new_checkout: NewCheckout) -> None:
    owner, guest = new_checkout(), new_checkout()
    given = up(owner)["DATABASE_URL"]

    shown = guest.run(
        "exec", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", DATABASE_URL=given, STACK="local"
    )

    database, cache = shown.stdout.split()
    assert database == given
    assert cache.startswith("redis://:")
    assert not (guest.path / ".stack" / "mysql").exists()
    assert (guest.path / ".stack" / "redis").exists()


def test_exec_gives_the_commands_own_exit_status(new_checkout: NewCheckout) -> None:
    assert new_checkout().run("exec", "--", "sh", "-c", "exit 7", STACK="local").returncode == 7


def test_another_way_stops_the_servers_of_the_first_and_keeps_their_data(
    new_checkout: NewCheckout, engine: None
) -> None:
    checkout = new_checkout()
    local = up(checkout, "local")
    keep_a_row(local["DATABASE_URL"])

    contained = up(checkout, "containers")

    assert not (checkout.path / ".stack" / "mysql" / "process.json").exists()
    with pytest.raises(pymysql.err.ProgrammingError, match="doesn't exist"):
        count_kept(contained["DATABASE_URL"])
    assert count_kept(up(checkout, "local")["DATABASE_URL"]) == 1
    name = f"product-dashboard-{checkout_id(checkout.path)}-mysql"
    listed = subprocess.run(
        ["docker", "ps", "--filter", f"name={name}", "-q"], capture_output=True, check=True
    )
    assert listed.stdout == b""


def test_a_way_that_does_not_exist_is_refused(new_checkout: NewCheckout) -> None:
    refused = new_checkout().run("up", STACK="magic")

    assert refused.returncode == 1
    assert "STACK='magic' is not a way to get the stores" in refused.stderr


def test_when_no_way_works_each_reason_and_what_to_install_are_told(new_checkout: NewCheckout) -> None:
    script = (
        "import sys; from tools.stack import mysql_programs as m, packages; m._MORE_FOLDERS = ();"
        "from tools.stack.__main__ import main; sys.exit(main(['up']))"
    )
    checkout = new_checkout()
    (checkout.path / ".stack" / "packages").unlink(missing_ok=True)
    told = checkout.python("-c", script, PATH="/nonexistent")

    assert told.returncode == 1
    assert "no way to get MySQL works on this machine" in told.stderr
    assert "there is no docker command" in told.stderr
    assert "there is no apt to fetch the packages" in told.stderr
    assert "hint: install Docker" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_reader_that_leaves_before_the_end_is_no_error(new_checkout: NewCheckout) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = new_checkout().python("-m", "tools.stack", "status", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
