"""Statements that MySQL refuses are refused in one run, with the place and a similar name."""

import pytest

from tests.sqlgen.analysis.reading import analysed, catalog, refused
from tools.sqlgen.analysis import analyse
from tools.sqlgen.syntax.parser import parse_query


@pytest.mark.parametrize(
    ("sql", "marked", "message", "hint"),
    [
        ("SELECT 1 FROM customers JOIN orders o JOIN items AS o", "items AS o", "table name 'o' is used twice in FROM",
         "give each its own alias with AS"),
        ("SELECT totl FROM orders", "totl", "unknown column 'totl' in the select list", "did you mean 'total'?"),
        ("SELECT o.totl FROM orders o", "o.totl", "unknown column 'o.totl' in the select list", "did you mean 'total'?"),
        ("SELECT x.id FROM orders o", "x.id", "unknown table 'x' in the select list", None),
        ("SELECT orders.id FROM orders o", "orders.id", "unknown table 'orders' in the select list",
         "the table has the alias 'o' here"),
        ("SELECT 1 FROM ordrs", "ordrs", "unknown table 'ordrs'", "did you mean 'orders'?"),
        ("SELECT cont(id) FROM orders", "cont", "unknown function 'cont'", "did you mean 'COUNT'?"),
        ("SELECT vector_distance('a', 'b')", "vector_distance", "unknown function 'vector_distance'",
         "did you mean 'ST_DISTANCE'?"),
        ("SELECT id FROM orders JOIN customers", "id", "column 'id' in the select list is ambiguous",
         "it can be 'orders.id', 'customers.id'"),
        ("SELECT total AS t FROM orders WHERE t > 1", "t", "unknown column 't' in WHERE",
         "'t' is an alias of the select list, which WHERE cannot see; repeat its expression"),
        ("SELECT 1 FROM orders WHERE SUM(total) > 1", "SUM(total)", "aggregate SUM in WHERE", "filter groups in HAVING"),
        ("SELECT SUM(COUNT(*)) FROM orders", "COUNT(*)", "COUNT inside of another aggregate", "aggregate in a derived table first"),
        ("SELECT 1 FROM orders WHERE ROW_NUMBER() OVER () = 1", "ROW_NUMBER() OVER ()", "window function ROW_NUMBER in WHERE",
         "compute it in a derived table and use its column"),
        ("SELECT SUM(id) OVER w2 FROM orders WINDOW w1 AS ()", "SUM(id) OVER w2", "unknown window 'w2'", "did you mean 'w1'?"),
        ("SELECT ABS(1, 2)", "ABS(1, 2)", "ABS takes 1 arguments, not 2", None),
        ("SELECT status, total FROM orders GROUP BY status", "total",
         "column 'total' in the select list is neither grouped by nor determined by the groups",
         "add it to GROUP BY, or aggregate it: ANY_VALUE(total), MAX(total)"),
        ("SELECT total, COUNT(*) FROM orders", "total", "column 'total' in the select list beside an aggregate, without GROUP BY",
         "add GROUP BY total, or aggregate it: ANY_VALUE(total), MAX(total)"),
        ("SELECT DISTINCT status FROM orders ORDER BY total", "total",
         "column 'total' in ORDER BY is not selected, and the query is DISTINCT", "select it as well, or group instead"),
        ("SELECT 1 UNION SELECT 1, 2", "SELECT 1, 2", "this part of the set operation has 2 columns, the first has 1",
         "all parts need the same number of columns"),
        ("SELECT * FROM (SELECT 1)", "(SELECT 1)", "a derived table needs an alias", "write (SELECT ...) AS name"),
        ("SELECT * FROM (SELECT 1 AS a, 2 AS A) d", "2 AS A", "duplicate column name 'A'", "rename one with AS"),
        ("SELECT (SELECT 1, 2)", "(SELECT 1, 2)", "one column is needed here, and this has 2", None),
        ("SELECT 1 FROM orders WHERE id IN (SELECT id, total FROM orders)", "SELECT id, total FROM orders",
         "1 column compared with a query of 2 columns", None),
        ("INSERT INTO items (order_id, lne) VALUES (1, 2)", "lne", "unknown column 'lne' in INSERT INTO items", "did you mean 'line'?"),
        ("INSERT INTO orders (placed, note) VALUES (NOW())", "NOW()", "this row has 1 value, the list names 2 columns", None),
        ("UPDATE items SET amount = 1", "1", "column 'amount' is generated, and cannot be given a value", "leave it out, or write DEFAULT"),
        ("SELECT 1 FROM orders ORDER BY 2", "2", "position 2 in ORDER BY: the select list has 1 columns", None),
        ("SELECT 1 FROM orders WHERE id = sqlc.slice(ids)", "sqlc.slice(ids)", "sqlc.slice can only stand in an IN list or in FIELD",
         "write: column IN (sqlc.slice(name))"),
        ("SELECT * FROM customers JOIN orders USING (emial)", None,
         "unknown column 'emial' in USING: 'customers' has none of that name", "did you mean 'email'?"),
        ("SELECT 1 FROM orders WHERE MATCH (note) AGAINST ('x')", "MATCH (note) AGAINST ('x')",
         "no FULLTEXT index has exactly these columns", "'orders' has no FULLTEXT index"),
    ],
)  # fmt: skip
def test_it_is_refused_with_place_and_hint(
    sql: str, marked: str | None, message: str, hint: str | None
) -> None:
    finding = refused(sql)[0]
    assert (finding.message, finding.hint) == (message, hint)
    if marked is not None:
        assert sql[finding.start : finding.end] == marked


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("INSERT INTO orders (total) VALUES (1)", "INSERT leaves out column 'placed': NOT NULL and without a default"),
        ("INSERT INTO orders (placed, total) VALUES (NOW(), NULL)", "column 'total' is NOT NULL, and cannot be NULL"),
        ("INSERT INTO orders (placed, total) VALUES (DEFAULT, 1)", "column 'placed' has no default"),
        ("UPDATE orders SET placed = NULL", "column 'placed' is NOT NULL, and cannot be NULL"),
    ],
)  # fmt: skip
def test_what_the_server_prepares_and_strict_mode_refuses_is_a_warning(sql: str, message: str) -> None:
    query, findings = analyse(parse_query(sql), catalog(), sql)
    assert query is not None
    assert [(finding.severity, finding.message) for finding in findings] == [("warning", message)]


def test_all_findings_come_in_one_run_in_order() -> None:
    findings = refused("SELECT nope, o.nix, cont(1) FROM orders o WHERE gone = 1")
    assert [finding.message.split(" in ")[0] for finding in findings] == [
        "unknown column 'nope'",
        "unknown column 'o.nix'",
        "unknown function 'cont'",
        "unknown column 'gone'",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT o.id, o.note, COUNT(*) FROM orders o JOIN items i ON i.order_id = o.id GROUP BY o.id",
        "SELECT c.email, o.id FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.id",
        "SELECT city FROM customers WHERE nick IS NOT NULL GROUP BY nick",
        "SELECT d.email FROM (SELECT id, email FROM customers) d GROUP BY d.id",
        "SELECT YEAR(placed) AS y, COUNT(*) FROM orders GROUP BY y HAVING y > 2000 ORDER BY y",
        "SELECT total FROM orders WHERE total = 5 GROUP BY status",
        "SELECT id AS x, (SELECT x) FROM orders",
        "SELECT id AS total FROM orders ORDER BY total",
        "SELECT MAX(total) FROM orders ORDER BY customer_id",
        "SELECT (SELECT SUM(o.total)) FROM orders o",
        "SELECT t.* FROM customers c LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id) t ON TRUE",
        "INSERT INTO orders (placed, total) VALUES (NOW(), id) AS n ON DUPLICATE KEY UPDATE total = n.total",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
        "SELECT anything FROM performance_schema.whatever",
        "SELECT my_schema.my_function(1)",
        "SELECT JSON_OBJECT(), JSON_ARRAY()",
        "SELECT 1 FROM items WHERE MATCH (note) AGAINST ('x')",
        "DELETE o FROM orders AS o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL",
    ],
)
def test_what_mysql_accepts_is_accepted(sql: str) -> None:
    analysed(sql)


@pytest.mark.parametrize(
    "rows",
    [
        "orders o JOIN items i ON i.order_id = o.id",
        "orders o LEFT JOIN items i ON i.order_id = o.id",
        "orders o CROSS JOIN items i",
    ],
)
def test_a_key_that_a_join_repeats_determines_nothing(rows: str) -> None:
    selected = f"SELECT d.id, d.line FROM (SELECT o.id, i.line FROM {rows}) AS d GROUP BY d.id"
    assert "neither grouped by nor determined" in refused(selected)[0].message


def test_a_unique_key_that_can_be_null_determines_nothing() -> None:
    assert "neither grouped by" in refused("SELECT nick, id FROM customers GROUP BY nick")[0].message
    derived = "SELECT d.nick, d.id FROM (SELECT nick, id FROM customers) AS d GROUP BY d.nick"
    assert "neither grouped by" in refused(derived)[0].message


def test_a_row_constructor_takes_no_default() -> None:
    [finding] = refused("VALUES ROW(DEFAULT)")
    assert finding.message == "DEFAULT can only be a whole value of INSERT or UPDATE"
