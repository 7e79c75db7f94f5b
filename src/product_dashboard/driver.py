"""The only module that imports asyncmy, whose type hints are partial: a typed connection, and how to open it."""

import ssl
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import asyncmy
from asyncmy.constants import CLIENT
from asyncmy.constants.CR import CR_SERVER_LOST
from asyncmy.errors import MySQLError, OperationalError


class MySQLConnection(Protocol):
    """The part of the driver's connection that the service uses. Satisfies `generated.connection.Connection`."""

    time_limit_s: float  # of a statement, as last set on the server

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
) -> MySQLConnection:
    """Open a connection in autocommit mode that counts matched rows, not changed ones.

    It keeps up to `statement_cache` prepared statements. Raises asyncmy's errors and OSError.
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
        # A greeting that is cut off, or a server that ends right after it has accepted, make the driver raise
        # IndexError, struct.error, RuntimeError and others.
        raise OperationalError(CR_SERVER_LOST, f"no MySQL server answers there: {error}") from error
    return cast("MySQLConnection", connection)


def is_usable(connection: MySQLConnection) -> bool:
    """Return False if the connection is known to be closed or out of step; the server is not asked."""
    broken: bool = cast("Any", connection)._stream_broken  # noqa: SLF001 - the driver has no public way
    return connection.connected and not broken
