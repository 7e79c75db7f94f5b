"""The type of a parameter comes from its place."""

import pytest

from tests.sqlgen.analysis.reading import analysed, parameters, refused
from tests.sqlgen.written import columns


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM orders WHERE id = ? AND ? < total AND placed BETWEEN ? AND ?",
         "id int, total decimal, placed datetime, placed datetime"),
        ("SELECT 1 FROM orders WHERE (id, status) = (?, ?) AND id IN (?, 2) AND note LIKE ?",
         "id int, status string, id int, note string"),
        ("SELECT 1 FROM items WHERE (order_id, line) IN ((?, ?)) LIMIT ? OFFSET ?",
         "order_id int, line int, limit int, offset int"),
        ("SELECT 1 FROM orders WHERE id IN (sqlc.slice(ids))", "ids int slice"),
        ("SELECT 1 FROM orders o WHERE sqlc.optional(EXISTS (SELECT 1 FROM items WHERE line = :line AND order_id = o.id))",
         "line int optional"),
        ("WITH RECURSIVE r AS (SELECT NULL AS n UNION ALL SELECT 1 FROM r WHERE n = :n) SELECT n FROM r", "n string"),
        ("SELECT 1 FROM orders WHERE sqlc.narg(note) IS NULL OR note = sqlc.narg(note)", "note string null"),
        ("SELECT 1 FROM orders WHERE :all_of_them OR total > :least", "all_of_them bool, least decimal"),
        ("SELECT IFNULL(discount, ?), COALESCE(?, note), CASE WHEN ? THEN id ELSE ? END FROM orders",
         "discount decimal, note string, ? bool, id int"),
        ("SELECT CONCAT(note, ?), id + ?, total * ?, placed + INTERVAL ? DAY FROM orders",
         "note string, id int, total decimal, interval int"),
        ("SELECT ?, JSON_OBJECT('a', ?), CAST(? AS DATE), UUID_TO_BIN(?), SUBSTRING(?, ?)",
         "? string, ? string, ? date, ? string, ? string, ? int"),
        ("SELECT status FROM orders GROUP BY status HAVING COUNT(*) > ? AND SUM(total) < ?", "? int, ? decimal"),
        ("INSERT INTO orders (customer_id, total, note, placed) VALUES (?, ?, UPPER(?), ?)",
         "customer_id int null, total decimal, ? string, placed datetime"),
        ("INSERT INTO orders (id, placed) VALUES (?, ?) ON DUPLICATE KEY UPDATE note = ?, total = total + ?",
         "id int, placed datetime, note string null, total decimal"),
        ("UPDATE orders SET note = ?, total = ?, discount = COALESCE(?, discount) WHERE id = ?",
         "note string null, total decimal, discount decimal, id int"),
        ("UPDATE customers SET settings = ?, vip = ? WHERE id = ?", "settings json null, vip bool, id int"),
        ("INSERT INTO orders (placed, note) SELECT ?, ? FROM customers WHERE email = ?",
         "placed datetime, note string null, email string"),
        ("SELECT 1 FROM customers WHERE settings->'$.a' = ? AND settings->>'$.b' = ?", "? string, ? string"),
        ("SELECT 1 FROM orders WHERE sqlc.optional(total > :least) AND sqlc.optional(note IS NULL, :empty)",
         "least decimal optional, empty bool optional"),
    ],
)  # fmt: skip
def test_a_parameter_has_the_type_of_its_place(sql: str, expected: str) -> None:
    assert parameters(sql) == expected


def test_uses_of_one_name_are_one_parameter() -> None:
    (only,) = analysed("SELECT 1 FROM orders WHERE :n IS NULL OR total > :n OR discount > :n").parameters
    assert len(only.uses) == 3
    assert only.source_column is not None
    assert only.source_column.column == "total"


def test_a_result_has_the_type_that_the_parameter_has_at_its_other_use() -> None:
    schema = "CREATE TABLE t (id INT PRIMARY KEY, price DECIMAL(9,2) NOT NULL, weight DOUBLE NOT NULL)"
    for sql, expected in (
        ("SELECT id + :x AS n FROM t WHERE weight > :x", "n float"),
        ("SELECT id + :x AS n FROM t WHERE price > :x", "n decimal"),
        ("SELECT id + :x AS n FROM t WHERE id > :x", "n int"),
        ("SELECT id + :x AS n, weight + :x AS w FROM t", "n int, w float"),
        (
            "SELECT d.n FROM (SELECT id + :x AS n FROM t) AS d WHERE d.n IN (SELECT weight FROM t WHERE weight = :x)",
            "n float",
        ),
    ):
        assert columns(schema, sql) == expected


def test_a_name_cannot_be_a_number_and_a_date() -> None:
    (finding,) = refused("SELECT 1 FROM orders WHERE id = :x AND placed > :x")
    assert finding.message == "parameter 'x' is a date or time here and a number elsewhere"


def test_the_column_that_a_parameter_meets_is_recorded() -> None:
    found = analysed("SELECT 1 FROM items WHERE sku = ? AND order_id = ?").parameters
    assert [each.source_column.column for each in found if each.source_column] == ["sku", "order_id"]


@pytest.mark.parametrize("rest", ["LIMIT :n", "ORDER BY id + :n"])
def test_a_parameter_that_is_a_condition_has_the_type_of_its_other_use(rest: str) -> None:
    assert parameters(f"SELECT id FROM customers WHERE :n {rest}") == "n int"
