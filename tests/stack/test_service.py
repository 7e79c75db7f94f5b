"""The API in the background: started once, awaited, restarted after a change of its code, and stopped."""

import http.client
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from product_dashboard.migrate import upgrade
from tests.waiting import PATIENCE_S
from tools.stack import process, service
from tools.stack.accounts import mysql_login
from tools.stack.errors import StackError
from tools.stack.mysql_programs import MysqlProgram
from tools.stack.ports import free_port

from .conftest import Checkout, checkouts

SHOW_ACCOUNT = "import os, urllib.parse as u; print(u.urlsplit(os.environ['DATABASE_URL']).username)"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, mysql_program: MysqlProgram) -> Iterator[Checkout]:
    """A checkout with running stores and a migrated database."""
    with checkouts(tmp_path_factory, mysql_program) as new:
        made = new()
        assert made.run("up", "--prefer", "local").returncode == 0
        upgrade(made.urls()["DATABASE_URL"])
        yield made


@pytest.fixture
def checkout(migrated: Checkout) -> Iterator[Checkout]:
    """The checkout, without a running API."""
    assert migrated.run("up").returncode == 0  # a test may have stopped the stores
    yield migrated
    assert migrated.run("stop").returncode == 0


def get(port: int, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


def pid(checkout: Checkout) -> int:
    running = process.recorded(checkout.path / ".stack" / "api")
    assert running is not None
    return running.pid


def test_serve_starts_it_once_and_prints_where_it_is(checkout: Checkout) -> None:
    port = free_port()
    first = checkout.run("serve", PORT=str(port))
    assert first.returncode == 0, first.stderr
    assert f"http://127.0.0.1:{port}/api/v1" in first.stdout
    assert f"http://127.0.0.1:{port}/swagger/index.html" in first.stdout
    assert "curl -s " in first.stdout
    status, body = get(port, "/health/ready")
    assert status == 200
    assert json.loads(body)["data"]["database"] == "up"

    started = pid(checkout)
    assert checkout.run("serve", PORT=str(port)).returncode == 0
    assert pid(checkout) == started


def test_it_serves_with_an_account_that_cannot_change_the_schema(checkout: Checkout) -> None:
    told = checkout.run("exec", "--serving", "--", sys.executable, "-c", SHOW_ACCOUNT)
    assert told.stdout.strip() == "product_dashboard_api"
    told = checkout.run("exec", "--", sys.executable, "-c", SHOW_ACCOUNT)
    assert told.stdout.strip() == "product_dashboard"

    port = free_port()
    assert checkout.run("serve", PORT=str(port)).returncode == 0
    with (
        mysql_login(checkout.urls()["DATABASE_URL"]).connection() as connection,
        connection.cursor() as cursor,
    ):
        # An account sees its own connections only: the owner must see none.
        cursor.execute("SHOW PROCESSLIST")
        assert len(cursor.fetchall()) == 1
    assert get(port, "/api/v1/dashboard/overview")[0] == 200


def test_its_address_is_known_to_commands_without_the_variables(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    assert checkout.run("serve", PORT=str(port)).returncode == 0

    assert f"API: pid {pid(checkout)} at http://127.0.0.1:{port}\n" in checkout.run("status").stdout
    home = checkout.path / ".stack" / "api"
    monkeypatch.setattr(service, "HOME", home)
    monkeypatch.setattr(service, "_ADDRESS", home / "address.json")
    assert service.address_to_ask({}).port == port
    assert service.address_to_ask({"PORT": "3001"}).port == 3001

    checkout.run("down")
    assert service.address_to_ask({}).port == 3000


def test_other_code_or_other_settings_replace_it(checkout: Checkout) -> None:
    port = str(free_port())
    checkout.run("serve", PORT=port)
    first = pid(checkout)

    told = checkout.run("serve", PORT=port, LOG_LEVEL="warning")
    assert "have changed" in told.stderr
    second = pid(checkout)
    assert second != first

    errors = checkout.path / "src" / "product_dashboard" / "errors.py"
    errors.write_text(errors.read_text() + "\n# another line\n")
    checkout.run("serve", PORT=port, LOG_LEVEL="warning")
    assert pid(checkout) != second


def test_a_port_that_another_program_has_is_named_with_the_variable_to_set(checkout: Checkout) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        refusals = [checkout.run(command, PORT=str(port)) for command in ("port", "serve")]

    for refused in refusals:
        assert refused.returncode == 1
        assert f"port {port} is taken by another program" in refused.stderr
        assert "set PORT" in refused.stderr


def test_the_port_of_the_running_api_is_not_taken_by_another_program(checkout: Checkout) -> None:
    port = str(free_port())
    assert checkout.run("port", PORT=port).returncode == 0
    assert checkout.run("serve", PORT=port).returncode == 0
    assert checkout.run("port", PORT=port).returncode == 0


def test_a_service_that_does_not_start_shows_the_end_of_its_log(checkout: Checkout) -> None:
    refused = checkout.run("serve", PORT=str(free_port()), WORKERS="many")

    assert refused.returncode == 1
    assert "the API ended while starting" in refused.stderr
    assert "WORKERS='many' is not allowed" in refused.stderr


def test_down_lets_it_end_in_order(checkout: Checkout) -> None:
    port = free_port()
    checkout.run("serve", PORT=str(port))

    told = checkout.run("down")

    assert "API: stopped" in told.stderr
    with pytest.raises(ConnectionRefusedError):
        get(port, "/health/live")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "3000 "])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(StackError, match="is not a port"):
        service.address({"PORT": port})


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:3000"),
        ("0.0.0.0", "http://127.0.0.1:3000"),
        ("::", "http://[::1]:3000"),
        ("::1", "http://[::1]:3000"),
        ("192.0.2.7", "http://192.0.2.7:3000"),
    ],
)
def test_the_url_can_be_called_from_this_machine(host: str, url: str) -> None:
    assert service.address({"HOST": host}).url == url
