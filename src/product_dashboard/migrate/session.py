"""A connection to the database whose schema changes: it waits for the server, and for the lock on the schema."""

import hashlib
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from product_dashboard.database.database import REFUSED_FOR_GOOD, tls_context
from product_dashboard.migrate.files import MigrationError
from product_dashboard.settings import DatabaseSettings, load_database_settings

Say = Callable[[str], None]

_LOCK_SLICE_S = 5
_LOCK_WAIT_S = 1800
_RETRY_PAUSE_S = 0.5
_LOCK_NAME_LENGTH = 64  # the server's limit


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
    where = f"{settings.host}:{settings.port}"
    told = False
    while True:
        try:
            return pymysql.connect(
                host=settings.host,
                port=settings.port,
                user=settings.user,
                password=settings.password.reveal().encode(),
                database=settings.database,
                charset="utf8mb4",
                connect_timeout=10,
                ssl=tls_context(settings),
                ssl_disabled=settings.ssl_mode == "DISABLED",  # with neither, pymysql would prefer TLS
            )
        except pymysql.Error as error:
            code, text = error_of(error)
            if code in REFUSED_FOR_GOOD or time.monotonic() > deadline:
                raise MigrationError(
                    f"cannot use the database {settings.database} at {where}: {text}"
                ) from error
            if not told:
                say(f"waiting for the database at {where}: {text}")
                told = True
        time.sleep(_RETRY_PAUSE_S)


def error_of(error: pymysql.Error) -> tuple[int, str]:
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
