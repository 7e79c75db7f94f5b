"""The server that the compiler's tests compare it with."""

import pytest

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
