"""Fixtures for the compiler's tests on a live server."""

import os
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

import asyncmy
import pytest

from tests.sqlgen.server import Server
from tools.sqlgen.verify.wire import Client


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> str:
    """TEST_DATABASE_URL where it is given (a server to develop against), else the session's own server."""
    return os.environ.get("TEST_DATABASE_URL") or request.getfixturevalue("mysql_url")


@pytest.fixture(scope="session")
def modern_server_url(server_url: str) -> str:
    """The server's URL if it is MySQL 9: the compiler must agree with its types and functions."""
    client = Client(server_url)
    try:
        if client.is_mariadb or client.version < (9,):
            pytest.skip(
                f"needs MySQL 9, and this is {'MariaDB' if client.is_mariadb else 'MySQL'} {client.version}"
            )
    finally:
        client.close()
    return server_url


@pytest.fixture(scope="session")
async def server(server_url: str) -> AsyncIterator[Server]:
    """One connection in an empty database of its own, to compare the parser and the catalog with."""
    parts = urlsplit(server_url)
    connection = await asyncmy.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        charset="utf8mb4",
        autocommit=True,
    )
    found = Server(connection, f"syntax_{os.getpid()}")
    await found.create()
    yield found
    await found.drop()
    connection.close()
