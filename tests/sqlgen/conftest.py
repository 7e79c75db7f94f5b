"""The server that the compiler's tests compare it with."""

import os
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import asyncmy
import pytest

from tests.sqlgen.server import Server
from tools.sqlgen.verify.wire import Client


@pytest.fixture(scope="session")
def modern_server_url(mysql_url: str) -> str:
    """The session's server if it is MySQL 9, whose types and functions the compiler follows; else a skip."""
    client = Client(mysql_url)
    try:
        if client.is_mariadb or client.version < (9,):
            pytest.skip(
                f"needs MySQL 9, and this is {'MariaDB' if client.is_mariadb else 'MySQL'} {client.version}"
            )
    finally:
        client.close()
    return mysql_url


@pytest.fixture(scope="session")
async def server(modern_server_url: str) -> AsyncIterator[Server]:
    """One connection in an empty database of its own, to compare the parser and the catalog with."""
    parts = urlsplit(modern_server_url)
    connection = await cast("Any", asyncmy).connect(
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
