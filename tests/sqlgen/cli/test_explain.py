"""explain: golden text, and the ways to name a query. `--update-goldens` writes the result as the expected text."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sqlgen.cli.conftest import ROOT, Run

GOLDENS = Path(__file__).parent / "explained"
SCHEMA = """\
CREATE TABLE categories (
    id BINARY(16) PRIMARY KEY,
    name VARCHAR(100) NOT NULL
);
CREATE TABLE products (
    id BINARY(16) PRIMARY KEY,
    category_id BINARY(16),
    name VARCHAR(200) NOT NULL,
    price DECIMAL(10, 2) NOT NULL,
    status ENUM('new', 'old') NOT NULL,
    note TEXT
);
"""
QUERIES = {
    "get_product": """\
-- name: get_product :one
SELECT p.id, p.name, c.name AS category, COALESCE(p.note, '') AS note, p.price / 3 AS third
FROM products AS p
LEFT JOIN categories AS c ON c.id = p.category_id
WHERE p.id = :id;
""",
    "statistics": """\
-- name: statistics :one
SELECT COUNT(*) AS products, SUM(price) AS total, MIN(status) AS first_status
FROM products
WHERE category_id = :category_id AND sqlc.optional(price > :above);
""",
    "in_categories": """\
-- name: in_categories :many
SELECT x.category_id, x.dearest, IF(x.note IS NULL, 'none', x.note) AS note
FROM (
    SELECT category_id, MAX(price) AS dearest, MAX(note) AS note
    FROM products
    WHERE category_id IN (sqlc.slice(categories)) AND name LIKE CONCAT(:name, '%')
    GROUP BY category_id
) AS x
LIMIT :limit;
""",
    "as_json": """\
-- name: as_json :many
SELECT c.id, (
    SELECT JSON_ARRAYAGG(JSON_OBJECT('name', p.name)) FROM products AS p WHERE p.category_id = c.id
) AS products
FROM categories AS c;
""",
    "add_product": """\
-- name: add_product :exec
INSERT INTO products (id, name, price, status, note) VALUES (:id, :name, :price, 'new', :note);
""",
}


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "migrations/0001.items.sql").unlink()
    (project / "migrations/0001.shop.sql").write_text(SCHEMA)
    (project / "sql/items.sql").unlink()
    for name, text in QUERIES.items():
        (project / f"sql/{name}.sql").write_text(text)
    return project


@pytest.mark.parametrize("name", QUERIES)
def test_an_explanation_is_as_expected(
    name: str, shop: Path, sqlgen: Run, request: pytest.FixtureRequest
) -> None:
    assert shop.exists()
    done = sqlgen("explain", name)
    assert done.returncode == 0, done.stderr
    golden = GOLDENS / f"{name}.txt"
    if request.config.getoption("--update-goldens"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(done.stdout)
    assert done.stdout == golden.read_text()


@pytest.mark.parametrize("query", ["items.get_item", "sql/items.sql:2", "items.sql:1", "get_item"])
def test_a_query_is_named_in_several_ways(query: str, project: Path, sqlgen: Run) -> None:
    assert project.exists()
    done = sqlgen("explain", query)
    assert done.stdout.startswith("get_item :one  sql/items.sql:1\n"), done.stderr


def test_an_unknown_name_is_an_error_with_a_hint(project: Path, sqlgen: Run) -> None:
    assert project.exists()
    done = sqlgen("explain", "get_itm")
    assert done.returncode == 1
    assert "error: no query get_itm; did you mean 'get_item'?" in done.stderr
    assert "did you mean 'sql/items.sql:3'?" in sqlgen("explain", "sql/itms.sql:3").stderr
    assert "no query xyz; `describe` lists all of them" in sqlgen("explain", "xyz").stderr


def test_a_wrong_query_is_explained_by_its_errors(project: Path, sqlgen: Run) -> None:
    (project / "sql/items.sql").write_text("-- name: bad :many\nSELECT nme FROM items;\n")
    done = sqlgen("explain", "bad")
    assert done.returncode == 1
    assert "sql/items.sql:2:8: error: unknown column 'nme'" in done.stderr


def test_other_subcommands_do_not_import_the_language_server(project: Path) -> None:
    program = (
        "import sys\nfrom tools.sqlgen.cli.main import main\n"
        "assert main(['explain', 'get_item']) == main(['describe']) == main(['gen']) == 0\n"
        "sys.exit('pygls' in sys.modules or 'lsprotocol' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
