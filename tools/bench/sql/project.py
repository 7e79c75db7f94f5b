"""Writes a project of any size for both compilers, with tables and the queries of a typical service."""

from pathlib import Path

COLUMNS = """\
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id BIGINT UNSIGNED NULL,
  code VARCHAR(40) NOT NULL,
  title VARCHAR(200) NOT NULL,
  body TEXT NULL,
  price DECIMAL(12,2) NOT NULL,
  quantity INT NOT NULL DEFAULT 0,
  state ENUM('new','open','done') NOT NULL DEFAULT 'new',
  active BOOLEAN NOT NULL DEFAULT TRUE,
  details JSON NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NULL,
  UNIQUE KEY uq_{t}_code (code),
  KEY ix_{t}_parent (parent_id)
"""

QUERIES = """\
-- name: Get{n} :one
SELECT * FROM {t} WHERE id = ?;

-- name: List{n} :many
SELECT id, code, title, price, state FROM {t}
WHERE active = ? AND created_at >= ? ORDER BY id DESC LIMIT ? OFFSET ?;

-- name: List{n}WithParents :many
SELECT c.id, c.title, p.title AS parent, COALESCE(p.price, 0) AS parent_price
FROM {t} AS c LEFT JOIN {u} AS p ON p.id = c.parent_id WHERE c.code LIKE sqlc.arg(pattern);

-- name: Count{n}ByState :many
SELECT state, COUNT(*) AS n, SUM(price * quantity) AS worth, MAX(updated_at) AS latest
FROM {t} WHERE created_at BETWEEN sqlc.arg(first) AND sqlc.arg(last) GROUP BY state HAVING COUNT(*) > 1;

-- name: Create{n} :execlastid
INSERT INTO {t} (parent_id, code, title, body, price, quantity, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: Update{n} :execrows
UPDATE {t} SET title = sqlc.arg(title), price = sqlc.arg(price), body = sqlc.narg(body)
WHERE id = sqlc.arg(id);

-- name: Delete{n} :exec
DELETE FROM {t} WHERE id IN (sqlc.slice(ids));

-- name: Search{n} :many
SELECT t.id, t.title, CASE WHEN t.quantity > 0 THEN 'in' ELSE 'out' END AS stock,
       (SELECT COUNT(*) FROM {u} AS x WHERE x.parent_id = t.id) AS children
FROM {t} AS t
WHERE t.title LIKE CONCAT('%', sqlc.arg(q), '%') AND t.price > ANY (SELECT price FROM {u})
ORDER BY t.price;

-- name: Top{n} :many
SELECT id, price * quantity AS worth, IFNULL(updated_at, created_at) AS touched FROM {t}
WHERE active AND price > ? ORDER BY worth DESC LIMIT 10;

-- name: Touch{n} :exec
UPDATE {t} SET updated_at = NOW(), state = ? WHERE parent_id = ? AND state <> 'done';
"""

PYPROJECT = """\
[tool.sqlgen]
schema = ["migrations"]
queries = ["sql"]
out = "generated"
"""

SQLC = """\
version: "2"
sql:
  - engine: mysql
    schema: migrations
    queries: sql
    gen:
      go:
        package: db
        out: db
"""


def write_project(folder: Path, tables: int) -> int:
    """Write a project with one query file of ten queries per table; the number of queries."""
    for name in ("migrations", "sql"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "sqlc.yaml").write_text(SQLC)
    for number in range(tables):
        table = f"thing_{number:03}"
        ddl = f"CREATE TABLE {table} (\n{COLUMNS.format(t=table)});\n"
        (folder / "migrations" / f"{number:04}.{table}.sql").write_text(ddl)
        other = f"thing_{(number + 1) % tables:03}"
        text = QUERIES.replace("{n}", f"Thing{number:03}").replace("{t}", table).replace("{u}", other)
        (folder / "sql" / f"{table}.sql").write_text(text)
    return tables * QUERIES.count("-- name:")


def change_one_file(folder: Path, turn: int) -> None:
    """Add a column to one query, as an edit does."""
    path = folder / "sql" / "thing_007.sql"
    text = path.read_text()
    path.write_text(text.replace("SELECT id, code, title", f"SELECT id, {turn} AS turn, code, title", 1))
