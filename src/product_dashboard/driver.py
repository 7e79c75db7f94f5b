"""The one place that touches asyncmy, whose type hints are partial: a typed connection and how to get one."""

import ssl
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import asyncmy
from asyncmy.constants import CLIENT
from asyncmy.constants.CR import CR_SERVER_LOST
from asyncmy.errors import MySQLError, OperationalError


class Connection(Protocol):
    """What the service uses of the driver's connection. It satisfies `generated.connection.Connection`."""

    @property
    def connected(self) -> bool: ...

    def cursor(self, cursor: Any = None, /) -> AbstractAsyncContextManager[Any]: ...

    def get_server_info(self) -> str: ...

    async def begin(self) -> None: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...

    def close(self) -> None: ...

    async def ensure_closed(self) -> None: ...


async def open_connection(
    *,
    host: str,
    port: int,
    user: str,
    password: str,
    database: str,
    tls: ssl.SSLContext | None,
    statement_cache: int,
) -> Connection:
    """Open a connection in autocommit mode whose row counts are of matched rows, not of changed ones.

    `statement_cache` is how many prepared statements it keeps. Raises asyncmy's errors and OSError.
    """
    connect = cast("Any", asyncmy).connect
    try:
        connection = await connect(
            host=host,
            port=port,
            user=user,
            password=password.encode(),  # as text it would be sent in Latin-1
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.FOUND_ROWS,
            stmt_cache_size=statement_cache,
            ssl=tls,
        )
    except (MySQLError, OSError):
        raise
    except Exception as error:
        # A greeting that is cut off, and a server that is gone the moment it has accepted, make the driver
        # fail in many ways: IndexError, struct.error, RuntimeError ...
        raise OperationalError(CR_SERVER_LOST, f"no MySQL server answers there: {error}") from error
    return cast("Connection", connection)


def is_usable(connection: Connection) -> bool:
    """Whether both ends still hold the connection, as far as is known without asking the server."""
    broken: bool = cast("Any", connection)._stream_broken  # noqa: SLF001 - the driver has no public way
    return connection.connected and not broken
