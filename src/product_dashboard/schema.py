"""Tell whether the database has the schema that this version of the code needs."""

from pathlib import Path

from product_dashboard.database import Database
from product_dashboard.errors import Unavailable

# Beside src/ in a checkout, and beside it in the image too.
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

_NEEDED = frozenset(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


async def check_schema(database: Database) -> None:
    """Ask the database for its migrations; raise `Unavailable` unless all of this version are applied.

    Migrations that this version does not know are allowed: a newer version may have applied them.
    """
    missing = _NEEDED - await database.applied_migrations()
    if missing:
        raise Unavailable(
            f"The database lacks {len(missing)} of the {len(_NEEDED)} migrations of this version: "
            "run `python -m product_dashboard.migrate up`."
        )
