"""The records of migrations in the database: yoyo's own tables, and a table of checksums and phases."""

from datetime import UTC, datetime
from typing import Any, Literal, cast

import pymysql
import yoyo.connections
from pymysql.constants import ER
from yoyo.backends.core.mysql import MySQLBackend
from yoyo.migrations import default_migration_table

from product_dashboard.migrate.files import Migration
from product_dashboard.migrate.session import Say, Session, error_of

Phase = Literal["applying", "applied", "reverting"]

_CREATE = """
CREATE TABLE IF NOT EXISTS migration_ledger (
    id VARCHAR(255) NOT NULL PRIMARY KEY,
    checksum CHAR(64) NOT NULL,
    phase VARCHAR(10) NOT NULL,
    changed_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = ascii COMMENT = 'checksums of applied migrations, and steps under way'
"""


class History:
    """The records of one database. Only `prepare` commits; the caller of the other methods commits."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._yoyo = _yoyo_on(session)

    def prepare(self, say: Say) -> None:
        """Create the tables that do not exist.

        The caller holds the lock, so a row in yoyo's own lock table belongs to a dead run: it is removed.
        """
        self._yoyo.init_database()
        for pid, since in self._session.rows("SELECT pid, ctime FROM yoyo_lock"):
            say(f"removing the lock that a run of yoyo left behind (pid {pid}, {since})")
        self._yoyo.break_lock()
        self._yoyo.ensure_internal_schema_updated()
        self._session.execute(_CREATE)
        self._session.connection.commit()

    def applied(self) -> dict[str, datetime]:
        """Return the time in UTC at which each migration was applied, by id."""
        rows = self._rows_once_made("SELECT migration_id, applied_at_utc FROM _yoyo_migration")
        return {str(name): when.replace(tzinfo=UTC) for name, when in rows}

    def entries(self) -> dict[str, tuple[str, Phase]]:
        """Return checksum and phase of each migration that was begun, by id."""
        rows = self._rows_once_made("SELECT id, checksum, phase FROM migration_ledger")
        return {str(name): (str(checksum), cast("Phase", phase)) for name, checksum, phase in rows}

    def _rows_once_made(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table that may be missing, or lack a column: yoyo creates its own in steps."""
        try:
            return self._session.rows(query)
        except pymysql.Error as error:
            if error_of(error)[0] in {ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR}:
                return []  # no migration can have been applied
            raise

    def phase(self, migration: Migration) -> Phase | None:
        """Return the recorded phase of the migration, or None."""
        entry = self.entries().get(migration.id)
        return entry[1] if entry else None

    def write(self, migration: Migration, phase: Phase) -> None:
        """Record that the migration is in this phase."""
        self._session.execute(
            "REPLACE INTO migration_ledger (id, checksum, phase, changed_at) "
            "VALUES (%s, %s, %s, UTC_TIMESTAMP(6))",
            migration.id,
            migration.checksum,
            phase,
        )

    def erase(self, migration: Migration) -> None:
        """Remove the record of the migration."""
        self._session.execute("DELETE FROM migration_ledger WHERE id = %s", migration.id)

    def mark(self, migration: Migration) -> None:
        """Record as yoyo does that the migration is applied."""
        self._yoyo.mark_one(migration.source, log=False)
        self.write_applied(migration)

    def write_applied(self, migration: Migration) -> None:
        """Record that the migration is applied, where yoyo's record exists already."""
        self.write(migration, "applied")

    def unmark(self, migration: Migration) -> None:
        """Record as yoyo does that the migration is not applied."""
        self._yoyo.unmark_one(migration.source, log=False)
        self.erase(migration)


def _yoyo_on(session: Session) -> Any:
    """Return a backend of yoyo on the session's connection: its records are part of our transactions."""

    def connect(_backend: object, _uri: object) -> Any:
        return session.connection

    backend = type("Backend", (cast("Any", MySQLBackend),), {"connect": connect})
    uri = cast("Any", yoyo.connections).parse_uri(f"mysql:///{session.database}")
    return backend(uri, default_migration_table)
