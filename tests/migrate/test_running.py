"""Applying migrations, taking them back, and what is said when one fails."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yoyo

from product_dashboard.migrate import MigrationError, downgrade, status, upgrade

Tables = Callable[[], set[str]]
Write = Callable[..., Path]


def conditions(url: str, folder: Path) -> dict[str, str]:
    return {state.id: state.condition for state in status(url, folder=folder)}


def test_all_are_applied_in_order_and_a_second_run_has_nothing_to_do(
    fresh_database: str, folder: Path, three_tables: list[str], tables: Tables
) -> None:
    assert upgrade(fresh_database, folder=folder) == three_tables
    assert tables() == {"first", "second", "third"}
    assert upgrade(fresh_database, folder=folder) == []


def test_down_takes_back_the_last_and_all_takes_back_the_rest(
    fresh_database: str, folder: Path, three_tables: list[str], tables: Tables
) -> None:
    upgrade(fresh_database, folder=folder)

    assert downgrade(fresh_database, folder=folder) == ["0003.third"]
    assert tables() == {"first", "second"}
    assert conditions(fresh_database, folder) == dict(
        zip(three_tables, ["applied", "applied", "pending"], strict=True)
    )
    assert downgrade(fresh_database, count=None, folder=folder) == ["0002.second", "0001.first"]
    assert tables() == set()
    assert downgrade(fresh_database, folder=folder) == []


def test_the_order_is_that_of_depends_and_not_of_names(
    fresh_database: str, folder: Path, write: Write
) -> None:
    write("0001.child", "-- depends: 0002.parent\nCREATE TABLE child LIKE parent", "DROP TABLE child")
    write("0002.parent", "CREATE TABLE parent (id INT PRIMARY KEY)", "DROP TABLE parent")

    assert upgrade(fresh_database, folder=folder) == ["0002.parent", "0001.child"]


def test_status_of_an_empty_database_lists_all_as_pending_and_makes_nothing(
    fresh_database: str, folder: Path, three_tables: list[str], rows: Callable[..., list[tuple[object, ...]]]
) -> None:
    assert conditions(fresh_database, folder) == dict.fromkeys(three_tables, "pending")
    assert rows("SHOW TABLES") == []


@pytest.mark.usefixtures("three_tables")
def test_a_failing_statement_is_named_with_file_line_and_the_servers_words(
    fresh_database: str, folder: Path, write: Write
) -> None:
    broken = write(
        "0002.second", "\n-- Why this is here.\nCREATE TABLE second (id NONSENSE);", "DROP TABLE second"
    )

    with pytest.raises(MigrationError) as failed:
        upgrade(fresh_database, folder=folder)

    said = str(failed.value)
    assert said.startswith(f"{broken}:5: the server refuses this statement: ")
    assert "NONSENSE" in said
    assert re.search(r"\(\d{4}\)", said), "the server's number is missing"


@pytest.mark.usefixtures("three_tables")
def test_after_a_failure_up_goes_on_where_it_stopped(
    fresh_database: str, folder: Path, write: Write, tables: Tables
) -> None:
    write("0002.second", "CREATE TABLE second (id INT REFERENCES, nonsense)", "DROP TABLE second")
    with pytest.raises(MigrationError):
        upgrade(fresh_database, folder=folder)
    assert tables() == {"first"}
    assert conditions(fresh_database, folder) == {
        "0001.first": "applied",
        "0002.second": "pending",
        "0003.third": "pending",
    }

    write("0002.second", "CREATE TABLE second (id INT PRIMARY KEY)", "DROP TABLE second")
    assert upgrade(fresh_database, folder=folder) == ["0002.second", "0003.third"]
    assert tables() == {"first", "second", "third"}


def test_a_failing_way_back_leaves_the_migration_applied(
    fresh_database: str, folder: Path, write: Write
) -> None:
    write("0001.first", "CREATE TABLE first (id INT PRIMARY KEY)", "DROP TABLE misspelt")
    upgrade(fresh_database, folder=folder)

    with pytest.raises(MigrationError, match=r"0001\.first\.rollback\.sql:3: .*misspelt"):
        downgrade(fresh_database, folder=folder)
    assert conditions(fresh_database, folder) == {"0001.first": "applied"}

    write("0001.first", "CREATE TABLE first (id INT PRIMARY KEY)", "DROP TABLE first")
    assert downgrade(fresh_database, folder=folder) == ["0001.first"]


def test_a_statement_that_changes_data_is_all_or_nothing(
    fresh_database: str, folder: Path, write: Write, rows: Callable[..., list[tuple[object, ...]]]
) -> None:
    write("0001.first", "CREATE TABLE first (id INT PRIMARY KEY)", "DROP TABLE first")
    write("0002.fill", "INSERT INTO first VALUES (1), (2), (1)", "DELETE FROM first")
    with pytest.raises(MigrationError, match="Duplicate entry '1'"):
        upgrade(fresh_database, folder=folder)
    assert rows("SELECT id FROM first") == []

    write("0002.fill", "INSERT INTO first VALUES (1), (2)", "DELETE FROM first")
    assert upgrade(fresh_database, folder=folder) == ["0002.fill"]
    assert rows("SELECT id FROM first ORDER BY id") == [(1,), (2,)]


def test_a_percent_sign_is_a_percent_sign(
    fresh_database: str, folder: Path, write: Write, rows: Callable[..., list[tuple[object, ...]]]
) -> None:
    write("0001.text", "CREATE TABLE text (id INT PRIMARY KEY, value VARCHAR(20))", "DROP TABLE text")
    write("0002.fill", "INSERT INTO text VALUES (1, '100 %s; %')", "DELETE FROM text WHERE value LIKE '%'")

    upgrade(fresh_database, folder=folder)

    assert rows("SELECT value FROM text") == [("100 %s; %",)]
    assert downgrade(fresh_database, folder=folder) == ["0002.fill"]


def test_an_applied_file_that_was_edited_is_found_and_stops_the_next_run(
    fresh_database: str, folder: Path, three_tables: list[str], write: Write
) -> None:
    upgrade(fresh_database, folder=folder)
    write("0002.second", "CREATE TABLE second (id BIGINT PRIMARY KEY)", "DROP TABLE second")
    write("0004.fourth", "CREATE TABLE fourth (id INT PRIMARY KEY)", "DROP TABLE fourth")

    assert conditions(fresh_database, folder) == {
        **dict.fromkeys(three_tables, "applied"),
        "0002.second": "edited",
        "0004.fourth": "pending",
    }
    with pytest.raises(MigrationError, match=r"edited after they were applied: 0002\.second"):
        upgrade(fresh_database, folder=folder)


@pytest.mark.usefixtures("three_tables")
def test_other_newlines_are_no_edit(fresh_database: str, folder: Path) -> None:
    upgrade(fresh_database, folder=folder)
    path = folder / "0002.second.sql"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert conditions(fresh_database, folder)["0002.second"] == "applied"


@pytest.mark.usefixtures("three_tables")
def test_a_newer_database_can_be_used_but_not_taken_back(fresh_database: str, folder: Path) -> None:
    upgrade(fresh_database, folder=folder)
    for path in folder.glob("0003.third*"):
        path.unlink()

    assert conditions(fresh_database, folder)["0003.third"] == "missing"
    assert upgrade(fresh_database, folder=folder) == []
    with pytest.raises(MigrationError, match=r"applied, but not in .*: 0003\.third"):
        downgrade(fresh_database, folder=folder)


def test_two_statements_in_a_file_are_refused_before_anything_runs(
    fresh_database: str, folder: Path, three_tables: list[str], write: Write, tables: Tables
) -> None:
    write(three_tables[2], "CREATE TABLE a (id INT);\nCREATE TABLE b (id INT);", "DROP TABLE a")

    with pytest.raises(MigrationError, match=r"0003\.third\.sql: has 2 statements; it must have one"):
        upgrade(fresh_database, folder=folder)
    assert tables() == set()


@pytest.mark.usefixtures("three_tables")
def test_a_migration_without_a_way_back_is_refused(fresh_database: str, folder: Path) -> None:
    (folder / "0002.second.rollback.sql").unlink()

    with pytest.raises(MigrationError, match=r"0002\.second\.rollback\.sql: is missing"):
        upgrade(fresh_database, folder=folder)


@pytest.mark.filterwarnings("ignore:'(db|passwd)' is deprecated:DeprecationWarning")  # as yoyo connects
@pytest.mark.usefixtures("three_tables")
def test_yoyo_itself_agrees_on_what_is_applied(fresh_database: str, folder: Path) -> None:
    upgrade(fresh_database, folder=folder)
    downgrade(fresh_database, folder=folder)

    backend = cast("Any", yoyo).get_backend(fresh_database)
    try:
        pending = backend.to_apply(cast("Any", yoyo).read_migrations(str(folder)))
        assert [migration.id for migration in pending] == ["0003.third"]
    finally:
        backend.connection.close()


def test_a_url_without_an_ssl_mode_gets_a_plain_connection(
    rows: Callable[..., list[tuple[object, ...]]],
) -> None:
    assert rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'") == [("Ssl_cipher", "")]
