"""Folders of migrations written by the tests themselves, and the tables that they lead to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from product_dashboard.migrate.session import open_session


def no_news(line: str) -> None:
    """Ignore a progress message."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of migrations."""
    made = tmp_path / "migrations"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """write(id, up, down) puts a migration into the folder; the path of its file."""

    def write(name: str, up: str, down: str) -> Path:
        path = folder / f"{name}.sql"
        path.write_text(f"-- transactional: false\n\n{up}\n")
        path.with_suffix(".rollback.sql").write_text(f"-- transactional: false\n\n{down}\n")
        return path

    return write


@pytest.fixture
def three_tables(write: Callable[..., Path]) -> list[str]:
    """Three migrations, each of one table; their ids."""
    ids = ["0001.first", "0002.second", "0003.third"]
    for name in ids:
        table = name.partition(".")[2]
        write(name, f"CREATE TABLE {table} (\n    id INT PRIMARY KEY\n);", f"DROP TABLE {table};")
    return ids


@pytest.fixture
def tables(fresh_database: str) -> Callable[[], set[str]]:
    """tables() names the tables that migrations made, without those of the record."""

    def tables() -> set[str]:
        with open_session(fresh_database, 0, no_news) as session:
            names = {row[0] for row in session.rows("SHOW TABLES")}
        return {name for name in names if "yoyo" not in name and name != "migration_ledger"}

    return tables


@pytest.fixture
def execute(fresh_database: str) -> Callable[..., None]:
    """execute(sql, ...) runs and commits one statement in the test's database."""

    def execute(sql: str, *parameters: object) -> None:
        with open_session(fresh_database, 0, no_news) as session:
            session.execute(sql, *parameters)
            session.connection.commit()

    return execute


@pytest.fixture
def rows(fresh_database: str) -> Callable[..., list[tuple[object, ...]]]:
    """rows(sql) is what a query gives in the test's database."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        with open_session(fresh_database, 0, no_news) as session:
            return session.rows(sql)

    return rows
