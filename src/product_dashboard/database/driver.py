"""A typed connection of asyncmy: how to open it, and how to send several statements in one write.

asyncmy's type hints are partial. Other modules import only its exceptions and error numbers.
"""

import ssl
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol, cast

import asyncmy
from asyncmy import protocol
from asyncmy.connection import MySQLResult
from asyncmy.constants import CLIENT
from asyncmy.constants.COMMAND import COM_QUERY, COM_STMT_EXECUTE
from asyncmy.constants.CR import CR_SERVER_LOST
from asyncmy.cursors import Cursor
from asyncmy.errors import InternalError, MySQLError, OperationalError

from product_dashboard.database_url import Server

MAX_PACKET = 2**24 - 1
# The account or the database does not exist, or is not allowed: to try again does not help.
REFUSED_FOR_GOOD = frozenset({1044, 1045, 1049, 1130, 1698})

_pack_binary_params = cast("Any", protocol).pack_binary_params


class MySQLConnection(Protocol):
    """The part of the driver's connection that the service uses. Satisfies `generated.connection.Connection`."""

    server: Server
    time_limit_s: float  # of a statement, as last set on the server

    @property
    def connected(self) -> bool: ...

    def cursor(self, cursor: Any = None, /) -> AbstractAsyncContextManager[Any]: ...

    def get_server_info(self) -> str: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...

    def close(self) -> None: ...

    async def ensure_closed(self) -> None: ...


async def open_connection(
    *,
    server: Server,
    user: str,
    password: str,
    database: str,
    tls: ssl.SSLContext | None,
    statement_cache: int,
    autocommit: bool,
    cursor_class: Callable[..., Any] = Cursor,
) -> MySQLConnection:
    """Open a connection that counts matched rows, not changed ones.

    With `autocommit`, each statement is a transaction of its own; without it, a statement after the end of a
    transaction begins the next one. The connection keeps up to `statement_cache` prepared statements. Raises asyncmy's
    errors and OSError.
    """
    connect = cast("Any", asyncmy).connect
    try:
        connection = await connect(
            host=server.host,
            port=server.port,
            user=user,
            password=password.encode(),  # as text it would be sent in Latin-1
            database=database,
            charset="utf8mb4",
            autocommit=autocommit,
            client_flag=CLIENT.FOUND_ROWS,
            stmt_cache_size=statement_cache,
            ssl=tls,
            cursor_cls=cursor_class,
        )
    except (MySQLError, OSError):
        raise
    except Exception as error:
        # A greeting that is cut off, or a server that ends right after it has accepted, make the driver raise
        # IndexError, struct.error, RuntimeError and others.
        raise OperationalError(CR_SERVER_LOST, f"no MySQL server answers there: {error}") from error
    connection.server = server
    return cast("MySQLConnection", connection)


def is_usable(connection: MySQLConnection) -> bool:
    """Return False if the connection is known to be closed or out of step; the server is not asked."""
    broken: bool = cast("Any", connection)._stream_broken  # noqa: SLF001 - the driver has no public way
    return connection.connected and not broken


def abort(connection: MySQLConnection) -> None:
    """End a connection that another task may be using: that task gets the error of a lost connection.

    `close` would remove the transport from under it, and the driver then raises errors of all kinds.
    """
    transport = cast("Any", connection)._transport  # noqa: SLF001 - the driver has no public way
    if transport is not None:
        transport.abort()


def is_mariadb(version: str) -> bool:
    """Return True for the version of a MariaDB server, as `get_server_info` returns it; False for MySQL."""
    return "mariadb" in version.lower()


class Statement(NamedTuple):
    """The text of a statement with `%s` for each argument, its arguments, and, where wanted, the name of its query."""

    text: str
    args: tuple[Any, ...]
    name: str | None = None


class Answer(NamedTuple):
    """The server's answer to a statement."""

    rows: Sequence[tuple[Any, ...]]
    rowcount: int
    lastrowid: int


async def execute_all(connection: MySQLConnection, statements: Sequence[Statement]) -> Answer:
    """Send all statements in one write, read their answers, and return the last one.

    The server also executes the statements after one that fails, so none of them may be a COMMIT, and the connection
    must not be in autocommit mode: after a deadlock, which ends the transaction, they would be committed one by one.
    Raises the first error that the server has answered, and the driver's errors.
    """
    # The driver has no public way to send a statement before the last one is answered.
    driver = cast("Any", connection)
    prepared = [await _prepare(driver, text, args) for text, args, _ in statements]
    packets = [_packet(driver, *pair) for pair in zip(statements, prepared, strict=True)]
    driver._write_bytes(b"".join(packets))  # noqa: SLF001 - see above
    error: MySQLError | None = None
    result: Any = None
    for each in prepared:
        driver._next_seq_id = 1  # noqa: SLF001 - see above
        result = MySQLResult(driver)
        try:
            await (result.read_binary(each) if _is_open(each) else result.read())
        except MySQLError as failure:
            error = error or failure
            if isinstance(failure, InternalError) or not is_usable(connection):
                break  # there are no more answers
    if error is not None:
        raise error
    return Answer(result.rows or (), result.affected_rows, result.insert_id)


async def execute_script(connection: MySQLConnection, script: str) -> list[Sequence[tuple[Any, ...]]]:
    """Send statements, with semicolons between them, in one write; return the rows of each.

    The server executes no statement after one that fails. Raises the driver's errors.
    """
    async with cast("Any", connection).cursor(Cursor) as cursor:
        await cursor.execute(script)
        results: list[Sequence[tuple[Any, ...]]] = [await cursor.fetchall()]
        while await cursor.nextset():
            results.append(await cursor.fetchall())
        return results


async def _prepare(driver: Any, text: str, args: tuple[Any, ...]) -> Any:
    """Return the prepared statement of a text; None if it cannot be prepared, or nothing is to be."""
    if not driver._stmt_cache_size:  # noqa: SLF001 - see execute_all
        return None
    return await driver._acquire_cached_statement(text, len(args))  # noqa: SLF001 - see execute_all


def _is_open(prepared: Any) -> bool:
    """Return False for no statement, and for one that a small cache has closed again, in favour of a later one."""
    return prepared is not None and not prepared._closed  # noqa: SLF001 - see execute_all


def _packet(driver: Any, statement: Statement, prepared: Any) -> bytes:
    """Return the packet that executes a statement. Raises ValueError if it does not fit into one packet."""
    text, args, _ = statement
    if _is_open(prepared):
        arguments = _pack_binary_params(args, driver._encoding) if args else b""  # noqa: SLF001 - see execute_all
        payload: bytes = bytes((COM_STMT_EXECUTE,)) + prepared._execute_header + arguments  # noqa: SLF001 - see execute_all
    else:
        # The driver writes bytes into the text as surrogates.
        query = driver.cursor(Cursor).mogrify(text, args).encode("utf-8", "surrogateescape")
        payload = bytes((COM_QUERY,)) + query
    if len(payload) >= MAX_PACKET:
        raise ValueError("the statement is too long for a pipeline")
    return len(payload).to_bytes(3, "little") + b"\0" + payload
