"""The version of the database's schema, compared with the one that this version of the code needs."""

from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

# Beside src/ in a checkout, and beside it in the image too.
MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"

_NEEDED = frozenset(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


class SchemaVersion(Struct, frozen=True):
    """`version` is the latest applied migration, `expected` the latest that this version of the service knows.

    `missing` counts the migrations that this version needs and the database lacks. A `version` after `expected` is
    allowed: a newer service may have migrated.
    """

    version: str | None
    expected: str
    missing: int


def schema_version(applied: Collection[str]) -> SchemaVersion:
    """Return the version of a database with these applied migrations."""
    return SchemaVersion(
        version=max(applied, default=None), expected=max(_NEEDED), missing=len(_NEEDED - set(applied))
    )
