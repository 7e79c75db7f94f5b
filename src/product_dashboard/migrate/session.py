"""A connection to the database whose schema changes: it waits for the server, and for the lock on the schema."""

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import pymysql
from pymysql.cursors import Cursor

from product_dashboard.database.database import tls_context
from product_dashboard.database.driver import REFUSED_FOR_GOOD
from product_dashboard.database.primary import (
    BEFORE,
    NoPrimary,
    NotPrimary,
    is_member,
    question,
    refusal,
    view_of,
)
from product_dashboard.database_url import Server
from product_dashboard.migrate.files import MigrationError
from product_dashboard.settings import DatabaseSettings, load_database_settings

Say = Callable[[str], None]

_LOCK_SLICE_S = 5
_LOCK_WAIT_S = 1800
_RETRY_PAUSE_S = 0.5
_LOCK_NAME_LENGTH = 64  # the server's limit
_ASK_S = 2


class Session:
    """One connection, not in autocommit: the caller commits changes of data."""

    def __init__(self, connection: "pymysql.Connection[Cursor]", database: str) -> None:
        self.connection = connection
        self.database = database

    def execute(self, sql: str, *parameters: object) -> None:
        """Execute one statement. pymysql's errors pass through."""
        with self.connection.cursor() as cursor:
            # Without parameters the driver interpolates nothing: a % in a migration stays a %.
            cursor.execute(sql, parameters or None)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of one query."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return list(cursor.fetchall())

    @contextmanager
    def alone(self, say: Say) -> Generator[None]:
        """Hold the lock on this database's schema; the server releases it with the connection in any case.

        Raises MigrationError if another run holds it for half an hour.
        """
        name = _lock_name(self.database)
        deadline = time.monotonic() + _LOCK_WAIT_S
        while self.rows("SELECT GET_LOCK(%s, %s)", name, _LOCK_SLICE_S) != [(1,)]:
            if time.monotonic() > deadline:
                raise MigrationError(
                    f"another run has migrated {self.database} for {_LOCK_WAIT_S} s; see SHOW PROCESSLIST"
                )
            say(f"waiting for another run that migrates {self.database} ...")
        try:
            yield
        finally:
            if self.connection.open:
                self.rows("SELECT RELEASE_LOCK(%s)", name)


@contextmanager
def open_session(database_url: str, wait_s: float, say: Say) -> Generator[Session]:
    """Connect, and try again for `wait_s` seconds while no server answers.

    Raises MigrationError and SettingsError.
    """
    settings = load_database_settings({"DATABASE_URL": database_url})
    connection = _connect(settings, time.monotonic() + wait_s, say)
    try:
        yield Session(connection, settings.database)
    finally:
        if connection.open:
            connection.close()


def _connect(settings: DatabaseSettings, deadline: float, say: Say) -> "pymysql.Connection[Cursor]":
    told = False
    while True:
        try:
            return connect_to_primary(settings)
        except (pymysql.Error, NoPrimary) as error:
            code, text = error_of(error)
            for_good = error.for_good if isinstance(error, NoPrimary) else code in REFUSED_FOR_GOOD
            where = ",".join(map(str, settings.servers))
            if for_good or time.monotonic() > deadline:
                raise MigrationError(
                    f"cannot use the database {settings.database} at {where}: {text}"
                ) from error
            if not told:
                say(f"waiting for the database at {where}: {text}")
                told = True
        time.sleep(_RETRY_PAUSE_S)


def connect_to_primary(settings: DatabaseSettings) -> "pymysql.Connection[Cursor]":
    """Open a connection to the server, or to the primary if there are several.

    Only the primary takes writes, and the server itself refuses them when it is replaced: so a lock that is held there
    is held for all servers. Raises pymysql's errors, and NoPrimary if none of several servers is the primary.
    """
    if len(settings.servers) == 1:
        return _open(settings, settings.servers[0])
    reasons: list[tuple[Server, Exception]] = []
    for server in settings.servers:
        connection = None
        try:
            connection = _open(settings, server)
            _require_primary(connection)
        except (pymysql.Error, NotPrimary) as error:
            reasons.append((server, refusal(error)))
            if connection is not None:
                connection.close()
        else:
            return connection
    raise NoPrimary(reasons)


def _open(settings: DatabaseSettings, server: Server) -> "pymysql.Connection[Cursor]":
    # Until `_require_primary`: a frozen server must not hold up the next one.
    read_timeout = _ASK_S if len(settings.servers) > 1 else None
    return pymysql.connect(
        host=server.host,
        port=server.port,
        user=settings.user,
        password=settings.password.reveal().encode(),
        database=settings.database,
        charset="utf8mb4",
        connect_timeout=read_timeout or 10,
        read_timeout=read_timeout,
        ssl=tls_context(settings),
        ssl_disabled=settings.ssl_mode == "DISABLED",  # with neither, pymysql would prefer TLS
    )


def _require_primary(connection: "pymysql.Connection[Cursor]") -> None:
    """Make the reads of a connection to the primary exact. Raises NotPrimary for another server."""
    driver = cast("Any", connection)  # its stubs lack these
    version = str(driver.get_server_info())
    with connection.cursor() as cursor:
        cursor.execute(question(version))
        view_of(cursor.fetchone() or ())
        if is_member(version):
            cursor.execute(BEFORE)
    driver._read_timeout = None  # noqa: SLF001 - a migration may take any time, and there is no public way


def error_of(error: Exception) -> tuple[int, str]:
    """Return the number and the text of a driver's error; the number is 0 if it has none."""
    arguments = error.args
    if arguments and isinstance(arguments[0], int):
        return arguments[0], str(arguments[-1])
    return 0, str(error)


def _lock_name(database: str) -> str:
    """Return the lock's name. Locks belong to the whole server: the name has the database, hashed if too long."""
    name = f"migrate:{database}"
    if len(name) > _LOCK_NAME_LENGTH:
        name = f"migrate:{hashlib.sha256(database.encode()).hexdigest()[:48]}"
    return name
