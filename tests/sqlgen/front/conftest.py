"""A server to hold the parser and the catalogue against."""

import os
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import asyncmy
import pytest

from tests.sqlgen.front.server import Server


@pytest.fixture(scope="session")
async def server(modern_server_url: str) -> AsyncIterator[Server]:
    """One connection in an empty database of its own."""
    parts = urlsplit(modern_server_url)
    connection = await cast("Any", asyncmy).connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        charset="utf8mb4",
        autocommit=True,
    )
    found = Server(connection, f"front_{os.getpid()}")
    await found.create()
    yield found
    await found.drop()
    connection.close()
