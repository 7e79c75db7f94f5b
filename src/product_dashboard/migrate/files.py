"""Read migration files: their order, and the statement of each file with its line."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yoyo.exceptions
import yoyo.migrations

from product_dashboard.database.schema import MIGRATIONS

_DATA_STATEMENTS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})


class MigrationError(Exception):
    """A migration cannot be read or run; the message has the file and line, the reason, and what to do."""


@dataclass(frozen=True)
class Statement:
    """One SQL statement, and the line where it begins."""

    path: Path
    line: int
    text: str

    @property
    def changes_data_only(self) -> bool:
        """True if the statement can be part of a transaction; any other statement commits on its own."""
        return self.text.split(None, 1)[0].upper() in _DATA_STATEMENTS

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Migration:
    """One change of the schema and its rollback. `source` is yoyo's own object for it."""

    id: str
    apply: Statement
    rollback: Statement
    checksum: str
    source: Any


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Return all migrations in the order in which they apply. Raises MigrationError."""
    if not folder.is_dir():
        raise MigrationError(f"{folder}: there is no such folder of migrations")
    reader = cast("Any", yoyo.migrations)
    try:
        ordered = list(reader.topological_sort(reader.read_migrations(str(folder))))
    except yoyo.exceptions.BadMigration as error:
        raise MigrationError(f"{folder}: {error}") from error
    return [_migration(source) for source in ordered]


def _migration(source: Any) -> Migration:
    path = Path(source.path)
    if path.suffix != ".sql":
        raise MigrationError(f"{path}: migrations are SQL files")
    return Migration(
        id=str(source.id),
        apply=_statement(path),
        rollback=_statement(path.with_suffix(".rollback.sql")),
        checksum=hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest(),
        source=source,
    )


def _statement(path: Path) -> Statement:
    if not path.exists():
        raise MigrationError(f"{path}: is missing; every migration needs a rollback")
    text = path.read_text(encoding="utf-8")  # it reads newlines of all kinds as \n
    _, _, statements = cast("Any", yoyo.migrations).read_sql_migration(str(path))
    if len(statements) != 1:
        raise MigrationError(
            f"{path}: has {len(statements)} statements; it must have one, because the server cannot take back "
            "the first when the second fails: write one migration for each"
        )
    statement = str(statements[0]).strip()
    return Statement(path, text[: max(text.find(statement), 0)].count("\n") + 1, statement.rstrip(";"))
