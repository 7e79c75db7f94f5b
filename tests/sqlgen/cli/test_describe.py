"""describe: one JSON document for any queries."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sqlgen.cli.conftest import Run
from tools.sqlgen.cli import describe
from tools.sqlgen.driver import compile as compiler
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.sources import QueryText


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    queries: dict[str, Any] = json.loads(done.stdout)["queries"]
    return queries


def test_a_query_is_described_by_its_columns_and_parameters(project: Path, sqlgen: Run) -> None:
    (project / "sql/items.sql").write_text(
        "-- name: ListItems :many\nSELECT id, price, COUNT(*) OVER () AS n FROM items\n"
        "WHERE name = ? AND price > :low AND price < :low LIMIT ?;\n"
    )
    found = document(sqlgen("describe", "--schema", "migrations", "--queries", "sql"))
    assert found == {
        "items.ListItems": {
            "name": "ListItems",
            "cmd": ":many",
            "columns": [
                {"name": "id", "type_class": "bytes", "python": "UUID", "nullable": False},
                {"name": "price", "type_class": "decimal", "python": "Decimal", "nullable": False},
                {"name": "n", "type_class": "int", "python": "int", "nullable": False},
            ],
            "params": [
                {"name": "name", "type_class": "string", "python": "str", "nullable": False},
                {"name": "low", "type_class": "decimal", "python": "Decimal", "nullable": False},
                {"name": "limit", "type_class": "int", "python": "int", "nullable": False},
            ],
            "reads": ["items"],
            "writes": [],
            "error": None,
        }
    }


def test_the_tables_of_a_query_are_those_that_it_reads_and_those_that_it_writes(
    project: Path, sqlgen: Run
) -> None:
    (project / "migrations/9.more.sql").write_text(
        "CREATE TABLE prices (id INT PRIMARY KEY, item BINARY(16) NOT NULL, price DECIMAL(8, 2) NOT NULL);\n"
        "CREATE VIEW named AS SELECT p.id, i.name FROM prices AS p JOIN items AS i ON i.id = p.item;\n"
    )
    (project / "sql/items.sql").write_text(
        "-- name: view :many\nSELECT id FROM named WHERE EXISTS (SELECT 1 FROM prices);\n"
        "-- name: copy :exec\nINSERT INTO prices (id, item, price) SELECT 1, i.id, i.price FROM items AS i;\n"
        "-- name: change :exec\nUPDATE items AS i JOIN prices AS p ON p.item = i.id SET i.price = p.price;\n"
        "-- name: forget :exec\nDELETE FROM prices WHERE id = ?;\n"
        "-- name: wrong :exec\nDELETE FROM price;\n"
    )
    found = document(sqlgen("describe"))
    tables = {name: (set(entry["reads"]), set(entry["writes"])) for name, entry in found.items()}
    assert tables == {
        "items.view": ({"named", "prices"}, set()),
        "items.copy": ({"items"}, {"prices"}),
        "items.change": ({"items", "prices"}, {"items"}),
        "items.forget": ({"prices"}, {"prices"}),
        "items.wrong": (set(), set()),
    }


def test_a_bad_query_has_an_error_with_its_place_and_the_others_go_on(project: Path, sqlgen: Run) -> None:
    (project / "sql/items.sql").write_text(
        "-- name: bad :one\nSELECT id,\n  nme FROM items LIMIT 1;\n"
        "-- name: syntax :one\nSELECT FROM WHERE;\n"
        "-- name: good :one\nSELECT COUNT(*) FROM items;\n"
        "-- name: good :one\nSELECT 1;\n"
        "-- name: two :exec\nDELETE FROM items; DELETE FROM items;\n"
        "-- name:\nSELECT 1;\n"
    )
    (project / "sql/nameless.sql").write_text("SELECT 1; SELECT 2;\n")
    found = document(
        sqlgen("describe", "--schema", "migrations", "--queries", "sql/items.sql", "sql/nameless.sql")
    )
    assert found["items.bad"]["error"]["line"] == 3
    assert found["items.bad"]["error"]["col"] == 3
    assert found["items.syntax"]["error"] is not None
    assert found["items.good"]["error"] is None
    assert "second query 'good'" in found["items.good#2"]["error"]["message"]
    assert "second statement" in found["items.two"]["error"]["message"]
    assert found["nameless."]["error"]["message"] == "statement without a name"
    assert "nameless.#2" in found


def test_one_of_many_rows_is_no_error_of_the_sql(project: Path, sqlgen: Run) -> None:
    (project / "sql/items.sql").write_text("-- name: a :one\nSELECT id FROM items WHERE name = ?;\n")
    found = document(sqlgen("describe", "--schema", "migrations", "--queries", "sql"))
    assert found["items.a"]["error"] is None


def test_what_only_the_driver_cannot_read_is_no_error_of_the_sql(project: Path, sqlgen: Run) -> None:
    (project / "migrations/9.vectors.sql").write_text(
        "CREATE TABLE vectors (id INT PRIMARY KEY, e VECTOR(3) NOT NULL);"
    )
    (project / "sql/items.sql").write_text("-- name: a :many\nSELECT e FROM vectors;\n")
    found = document(sqlgen("describe", "--schema", "migrations", "--queries", "sql"))
    assert found["items.a"]["error"] is None
    assert found["items.a"]["columns"][0]["type_class"] == "vector"


def test_a_query_file_that_is_not_utf8_costs_nothing_but_its_letters(project: Path, sqlgen: Run) -> None:
    (project / "sql/items.sql").write_bytes(
        b"-- name: a :many\n-- caf\xe9\nSELECT '\xe9' AS e, id FROM items;\n"
    )
    found = document(sqlgen("describe", "--schema", "migrations", "--queries", "sql"))
    assert [column["name"] for column in found["items.a"]["columns"]] == ["e", "id"]


def test_without_paths_the_settings_of_the_project_are_described(sqlgen: Run) -> None:
    assert list(document(sqlgen("describe"))) == ["items.get_item"]


def test_a_path_that_is_not_there_is_an_error_message(sqlgen: Run) -> None:
    done = sqlgen("describe", "--schema", "nowhere", "--queries", "sql")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_compiler_is_the_error_of_that_query_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def analyse(statement: Any, catalog: Any, text: str, *, orders: Any = ()) -> Any:
        if "price" in text[statement.start : statement.end]:
            raise RuntimeError("on purpose")
        return real(statement, catalog, text, orders=orders)

    real = vars(compiler)["analyse"]
    monkeypatch.setattr(compiler, "analyse", analyse)
    text = "-- name: a :many\nSELECT price FROM items;\n-- name: b :many\nSELECT id FROM items;\n"
    found = describe.describe([QueryText("q.sql", "q", text)], Project.open(Config(project))).queries
    error = found["q.a"].error
    assert error is not None
    assert error.message == "internal error: RuntimeError: on purpose"
    assert found["q.b"].error is None


def test_only_the_named_queries_are_described(project: Path, sqlgen: Run) -> None:
    (project / "sql/more.sql").write_text(
        "-- name: one_more :one\nSELECT 1 AS n;\n-- name: two :one\nSELECT 2 AS n;\n"
    )
    found = document(sqlgen("describe", "more.two", "one_more"))
    assert list(found) == ["more.two", "more.one_more"]


def test_a_name_that_no_query_has_is_an_error_with_a_hint(sqlgen: Run) -> None:
    done = sqlgen("describe", "get_itm")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: no query get_itm; did you mean 'get_item'?\n"


@pytest.mark.parametrize("command", ["describe", "explain"])
def test_a_reader_that_leaves_before_the_end_is_no_error(sqlgen: Run, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = sqlgen(command, "get_item", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
