"""The project's own migrations, each one up, back and up again on a real server."""

import shutil
from pathlib import Path

from product_dashboard.migrate import MIGRATIONS, downgrade, status, upgrade
from product_dashboard.migrate.files import read_migrations
from product_dashboard.migrate.session import open_session


def schema(url: str) -> dict[str, list[str]]:
    """Return the lines of SHOW CREATE TABLE of each table, without the tables of migration records.

    They are sorted, because the order of indexes has no meaning: one that a rollback adds again comes last.
    """
    with open_session(url, 0, print) as session:
        names = [str(row[0]) for row in session.rows("SHOW TABLES")]
        return {
            name: sorted(
                line.rstrip(",")
                for line in str(session.rows(f"SHOW CREATE TABLE `{name}`")[0][1]).splitlines()
            )
            for name in names
            if "yoyo" not in name and name != "migration_ledger"
        }


def test_every_migration_goes_up_and_back_and_up_again(fresh_database: str, tmp_path: Path) -> None:
    for migration in read_migrations():
        for path in (migration.apply.path, migration.rollback.path):
            shutil.copy(path, tmp_path)
        without_it = schema(fresh_database)
        assert upgrade(fresh_database, folder=tmp_path) == [migration.id]
        with_it = schema(fresh_database)
        assert downgrade(fresh_database, folder=tmp_path) == [migration.id]
        assert schema(fresh_database) == without_it
        assert upgrade(fresh_database, folder=tmp_path) == [migration.id]
        assert schema(fresh_database) == with_it

    assert schema(fresh_database)
    assert {state.condition for state in status(fresh_database)} == {"applied"}
    downgrade(fresh_database, count=None)
    assert schema(fresh_database) == {}


def test_every_file_can_be_run_by_yoyo_too() -> None:
    files = sorted(MIGRATIONS.glob("*.sql"))
    assert files
    for path in files:
        assert "-- transactional: false" in path.read_text().splitlines(), (
            f"{path} hides its errors from yoyo"
        )


def test_the_migrations_lie_where_the_image_has_them() -> None:
    assert Path(__file__).parents[2] / "migrations" == MIGRATIONS
