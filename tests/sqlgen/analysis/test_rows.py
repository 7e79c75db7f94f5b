"""Cardinality, whole-table rows and embeds."""

import pytest

from tests.sqlgen.analysis.reading import analysed

LAST_LINES = "(SELECT order_id, MAX(line) AS line FROM items GROUP BY order_id)"
LAST_ORDERS = "(SELECT customer_id, MAX(id) AS id FROM orders GROUP BY customer_id)"
NEWEST = (
    "SELECT customer_id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY note DESC) AS r FROM orders"
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM orders", "many"),
        ("SELECT * FROM orders WHERE id = ?", "zero_or_one"),
        ("SELECT * FROM orders WHERE id = ? OR id = 2", "many"),
        ("SELECT * FROM orders WHERE customer_id = ?", "many"),
        ("SELECT * FROM orders LIMIT 1", "zero_or_one"),
        ("SELECT COUNT(*) FROM orders", "one"),
        ("SELECT COUNT(*) FROM orders HAVING COUNT(*) > 1", "zero_or_one"),
        ("SELECT COUNT(*) FROM orders GROUP BY status", "many"),
        ("SELECT COUNT(*) FROM orders WHERE status = 'new' GROUP BY status", "zero_or_one"),
        ("SELECT 1", "one"),
        ("SELECT 1 WHERE FALSE", "zero_or_one"),
        ("SELECT 1 UNION SELECT 2", "many"),
        ("SELECT * FROM customers WHERE email = ?", "zero_or_one"),
        ("SELECT * FROM customers WHERE nick = ?", "zero_or_one"),
        ("SELECT * FROM customers WHERE nick <=> ?", "many"),
        ("SELECT * FROM customers WHERE nick IS NULL", "many"),
        ("SELECT * FROM customers WHERE email = 5", "many"),
        ("SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?", "zero_or_one"),
        (
            "SELECT 1 FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
            "zero_or_one",
        ),
        ("SELECT 1 FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.id = ?", "many"),
        (
            "SELECT 1 FROM orders o LEFT JOIN items i ON i.order_id = o.id AND i.line = 1 WHERE o.id = ?",
            "zero_or_one",
        ),
        ("SELECT 1 FROM customers c LEFT JOIN orders o ON c.id = ?", "many"),
        ("SELECT 1 FROM items WHERE order_id = ? AND line IN (3)", "zero_or_one"),
        (
            f"SELECT * FROM (SELECT i.* FROM items i JOIN {LAST_LINES} m USING (order_id, line)) d WHERE d.order_id = ?",
            "zero_or_one",
        ),
        (
            f"SELECT * FROM (SELECT i.* FROM items i JOIN {LAST_LINES} m USING (order_id)) d WHERE d.order_id = ?",
            "many",
        ),
        (
            f"SELECT * FROM (SELECT i.* FROM items i LEFT JOIN {LAST_LINES} m USING (order_id, line)) d WHERE d.order_id = ?",
            "many",
        ),
        (
            f"SELECT * FROM (SELECT o.* FROM orders o JOIN {LAST_ORDERS} m ON o.customer_id = m.customer_id AND o.id = m.id) d "
            "WHERE d.customer_id = ?",
            "zero_or_one",
        ),
        (
            f"SELECT * FROM (SELECT o.* FROM orders o JOIN {LAST_ORDERS} m ON m.customer_id = o.customer_id AND m.id = o.id) d "
            "WHERE d.customer_id = ?",
            "zero_or_one",
        ),
        (
            f"SELECT * FROM (SELECT o.*, m.customer_id AS c FROM orders o JOIN {LAST_ORDERS} m USING (customer_id, id)) d "
            "WHERE d.c = ?",
            "zero_or_one",
        ),
        (
            f"SELECT * FROM (SELECT o.*, m.customer_id AS c FROM orders o JOIN {LAST_ORDERS} m USING (customer_id, id)) d "
            "WHERE d.customer_id = ?",
            "zero_or_one",
        ),
        (
            f"SELECT * FROM (SELECT p.* FROM {LAST_ORDERS} m JOIN orders o ON m.customer_id = o.customer_id AND m.id = o.id "
            "JOIN orders p ON m.customer_id = p.customer_id AND m.id = p.id) d WHERE d.customer_id = ?",
            "zero_or_one",
        ),
        (
            "SELECT * FROM (SELECT c.city FROM orders o JOIN customers c ON c.id = o.customer_id AND c.city = o.id) d "
            "WHERE d.city = ?",
            "many",  # two texts may be equal, and different numbers: the digits of another script
        ),
        (f"SELECT * FROM ({NEWEST}) x WHERE x.r = 1 AND x.customer_id = ?", "zero_or_one"),
        (f"SELECT * FROM ({NEWEST}) x WHERE x.r <= 1 AND x.customer_id = ?", "many"),
        (f"SELECT * FROM ({NEWEST}) x WHERE x.r = 1", "many"),
        (f"WITH x AS ({NEWEST}) SELECT * FROM x WHERE r = 1 AND customer_id = ?", "zero_or_one"),
        (
            f"SELECT c.id FROM customers c LEFT JOIN ({NEWEST}) x ON x.customer_id = c.id AND x.r = 1 WHERE c.id = ?",
            "zero_or_one",
        ),
        (
            f"SELECT c.id FROM customers c LEFT JOIN ({NEWEST}) x ON x.customer_id = c.id WHERE c.id = ?",
            "many",
        ),
        (
            f"SELECT * FROM ({NEWEST.replace('ROW_NUMBER', 'RANK')}) x WHERE x.r = 1 AND x.customer_id = ?",
            "many",
        ),
        (f"SELECT * FROM ({NEWEST} UNION ALL {NEWEST}) x WHERE x.r = 1 AND x.customer_id = ?", "many"),
        (
            f"SELECT * FROM ({NEWEST.replace('customer_id,', 'status,')}) x WHERE x.r = 1 AND x.status = ?",
            "many",
        ),
        ("SELECT * FROM (SELECT note, ROW_NUMBER() OVER () AS r FROM orders) x WHERE x.r = 3", "zero_or_one"),
        (
            "SELECT * FROM (SELECT note, ROW_NUMBER() OVER w AS r FROM orders WINDOW w AS (v), v AS (PARTITION BY note)) x WHERE x.r = 3",
            "many",
        ),
        (
            "SELECT * FROM (SELECT note, ROW_NUMBER() OVER w AS r FROM orders WINDOW w AS (v), v AS (PARTITION BY note)) x WHERE x.r = 3 AND note = ?",
            "zero_or_one",
        ),
        (
            "SELECT * FROM (SELECT note, ROW_NUMBER() OVER (PARTITION BY note, RAND()) AS r FROM orders) x WHERE x.r = 3 AND note = ?",
            "many",
        ),
        ("SELECT 1 FROM paid WHERE id = ?", "zero_or_one"),
        ("SELECT d.n FROM (SELECT COUNT(*) AS n FROM orders) d", "one"),
        ("UPDATE orders SET note = NULL", "none"),
        ("SELECT d.line FROM (SELECT line FROM items WHERE order_id = ?) d WHERE d.line = ?", "zero_or_one"),
        (
            "SELECT e.line FROM (SELECT * FROM (SELECT * FROM items) d WHERE d.order_id = ?) e WHERE e.line = ?",
            "zero_or_one",
        ),
        (
            "SELECT f.line FROM (SELECT e.line FROM (SELECT line FROM items WHERE order_id = ?) e) f WHERE f.line = ?",
            "zero_or_one",
        ),
        ("SELECT d.line FROM (SELECT line FROM items WHERE order_id > ?) d WHERE d.line = ?", "many"),
        (
            "SELECT d.line FROM (SELECT line FROM items WHERE order_id = 1 OR order_id = 2) d WHERE d.line = ?",
            "many",
        ),
        (
            "SELECT d.line FROM (SELECT i.line FROM items i JOIN orders o ON o.id > 3 WHERE i.order_id = ?) d WHERE d.line = ?",
            "many",
        ),
        (
            "SELECT d.line FROM (SELECT line FROM items WHERE order_id = ? GROUP BY line, sku) d WHERE d.line = ?",
            "many",
        ),
        (
            "SELECT d.line FROM (SELECT line FROM items WHERE order_id = ? GROUP BY line WITH ROLLUP) d WHERE d.line = ?",
            "many",
        ),
    ],
)
def test_rows_are_counted_by_keys_limits_and_aggregates(sql: str, expected: str) -> None:
    assert analysed(sql).cardinality == expected


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        ("orders o", "zero_or_one"),
        ("orders o JOIN customers c ON c.id = o.customer_id", "zero_or_one"),
        ("orders o LEFT JOIN customers c ON c.id = o.customer_id", "zero_or_one"),
        ("orders o LEFT JOIN items i ON i.order_id = o.id AND i.line = 1", "zero_or_one"),
        ("orders o JOIN (SELECT COUNT(*) AS n FROM items) d", "zero_or_one"),
        ("orders o JOIN items i ON i.order_id = o.id", "many"),
        ("orders o LEFT JOIN items i ON i.order_id = o.id", "many"),
        ("items i LEFT JOIN orders o ON o.id = i.order_id", "many"),
        ("customers c LEFT JOIN orders o ON o.customer_id = c.id", "many"),  # a NULL id can come twice
        ("orders o CROSS JOIN items i", "many"),
        ("orders o, customers c", "many"),
    ],
)
def test_a_key_of_a_table_is_a_key_of_a_join_only_where_the_other_tables_have_one_row(
    joined: str, expected: str
) -> None:
    derived = f"SELECT d.id FROM (SELECT o.id FROM {joined}) AS d WHERE d.id = ?"
    assert analysed(derived).cardinality == expected
    common = f"WITH d AS (SELECT o.id FROM {joined}) SELECT d.id FROM d WHERE d.id = ?"
    assert analysed(common).cardinality == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # constant for all rows
        ("SELECT DISTINCT 5 FROM orders", "zero_or_one"),
        ("SELECT DISTINCT status FROM orders WHERE status = 'new'", "zero_or_one"),
        ("SELECT DISTINCT status, id FROM orders WHERE status = 'new'", "many"),
        ("SELECT DISTINCT * FROM orders WHERE status = 'new'", "many"),
        ("SELECT DISTINCT sqlc.embed(orders) FROM orders WHERE status = 'new'", "many"),
        ("SELECT COUNT(*) FROM orders WHERE status = 'new' GROUP BY status, RAND()", "many"),
        ("SELECT status FROM orders WHERE status = 'new'", "many"),
        ("SELECT COUNT(*) FROM orders WHERE status = 'new' GROUP BY status, total + 1", "many"),
        ("SELECT COUNT(*) FROM orders WHERE status = 'new' GROUP BY status WITH ROLLUP", "many"),
        (
            "SELECT DISTINCT o.total FROM orders o JOIN items i ON i.price = o.total WHERE i.price = 5",
            "zero_or_one",
        ),
        ("SELECT DISTINCT note FROM orders WHERE note = 5", "many"),
        ("SELECT DISTINCT status FROM orders WHERE status = 1", "many"),
        ("SELECT DISTINCT sku FROM items WHERE sku = 5", "many"),
        ("SELECT DISTINCT sku FROM items WHERE sku = 'x'", "zero_or_one"),
        ("SELECT DISTINCT total FROM orders WHERE total = 'x'", "zero_or_one"),
        ("SELECT DISTINCT total FROM orders WHERE total = RAND()", "many"),
        ("SELECT 1 FROM orders WHERE id = FLOOR(RAND() * 10)", "many"),
        ("SELECT 1 FROM customers WHERE nick = email AND email = 'x'", "zero_or_one"),
        ("SELECT 1 FROM customers WHERE 'x' = email", "zero_or_one"),
        ("SELECT 1 FROM customers WHERE email IN ('x', 'y')", "many"),
        ("SELECT 1 FROM customers WHERE email NOT IN ('x')", "many"),
        ("SELECT 1 FROM customers WHERE email IN (SELECT 'x')", "many"),
        ("SELECT 1 FROM customers WHERE email IN (sqlc.slice(emails))", "many"),
        ("SELECT 1 FROM customers WHERE email IN (:email)", "zero_or_one"),
        ("SELECT 1 FROM customers WHERE email <> 'x'", "many"),
        ("SELECT 1 FROM customers WHERE email IS NOT NULL", "many"),
        ("SELECT 1 FROM customers WHERE NOT (email = 'x')", "many"),
        ("SELECT 1 FROM customers WHERE (email, vip) = ('x', 1)", "zero_or_one"),
        ("SELECT DISTINCT city FROM customers WHERE city IS NULL", "many"),
        ("SELECT 1 FROM customers a JOIN customers b USING (nick) WHERE b.nick = 'x'", "zero_or_one"),
        ("SELECT 1 FROM customers a JOIN customers b ON b.nick = a.nick WHERE b.nick = 'x'", "zero_or_one"),
        ("SELECT 1 FROM customers a, customers b WHERE a.id = b.id + 1 AND b.id = 1", "zero_or_one"),
        ("SELECT 1 FROM items WHERE order_id = 5 AND line = (SELECT 1)", "zero_or_one"),
        ("SELECT 1 FROM items WHERE order_id = 5 AND line = order_id", "zero_or_one"),
        # chance, and position
        ("SELECT DISTINCT RAND() FROM orders", "many"),
        ("SELECT DISTINCT ROW_NUMBER() OVER () FROM orders", "many"),
        ("SELECT DISTINCT @x := @x + 1 FROM orders", "many"),
        ("SELECT DISTINCT shop.rating() FROM orders", "many"),
        ("SELECT COUNT(*) FROM orders GROUP BY RAND()", "many"),
        # an outer join leaves NULL beside the value that its ON asks for
        ("SELECT DISTINCT i.line FROM orders o LEFT JOIN items i ON i.line = 5", "zero_or_one"),
        (
            "SELECT DISTINCT i.line FROM orders o LEFT JOIN items i ON i.line = 5 AND i.order_id = o.id",
            "many",
        ),
        (
            "SELECT DISTINCT i.line FROM items i RIGHT JOIN orders o ON i.line = 5 AND i.order_id = o.id",
            "many",
        ),
        ("SELECT DISTINCT i.line FROM orders o LEFT JOIN items i ON i.line = 5 AND RAND() > 0.5", "many"),
        (
            "SELECT DISTINCT i.line FROM orders o LEFT JOIN items i ON i.line = 5 AND i.order_id = o.id"
            " WHERE i.price > 0",
            "zero_or_one",
        ),
        (
            "SELECT DISTINCT i.line FROM orders o LEFT JOIN items i ON i.line = 5 AND i.order_id = o.total"
            " WHERE o.total = 1",
            "zero_or_one",
        ),
        (
            "SELECT DISTINCT i.line FROM customers c"
            " LEFT JOIN (orders o JOIN items i ON i.line = 5) ON o.customer_id = c.id",
            "many",
        ),
        (
            "SELECT COUNT(*) FROM orders o LEFT JOIN items i ON i.line = 5 AND i.order_id = o.id GROUP BY i.line",
            "many",
        ),
        ("SELECT DISTINCT id FROM orders o LEFT JOIN (SELECT 5 AS id) d USING (id)", "many"),
        ("SELECT DISTINCT d.id FROM orders o LEFT JOIN (SELECT 5 AS id) d USING (id)", "many"),
        ("SELECT DISTINCT d.n FROM orders o LEFT JOIN (SELECT 1 AS n) d ON d.n = o.id", "many"),
        ("SELECT DISTINCT d.n FROM orders o LEFT JOIN (SELECT 1 AS n) d ON d.n = 1", "zero_or_one"),
        ("SELECT DISTINCT d.n FROM orders o JOIN (SELECT 1 AS n) d ON d.n = o.id", "zero_or_one"),
        # LATERAL has other rows for each row to its left
        ("SELECT DISTINCT d.n FROM orders o, LATERAL (SELECT o.id AS n) d", "many"),
        ("SELECT DISTINCT d.n FROM orders o, LATERAL (SELECT o.id AS n) d WHERE o.id = 1", "zero_or_one"),
        ("SELECT DISTINCT d.n FROM orders o, LATERAL (SELECT 1 AS n) d", "zero_or_one"),
        (
            "SELECT 1 FROM orders o LEFT JOIN LATERAL (SELECT o.id AS n) d ON TRUE WHERE o.id = 1",
            "zero_or_one",
        ),
        (
            "SELECT 1 FROM orders o, LATERAL (SELECT i.order_id, o.id FROM items i LIMIT 3) d WHERE d.id = 1",
            "many",
        ),
        (
            "SELECT DISTINCT d.n FROM orders o,"
            " LATERAL (SELECT line AS k, COUNT(*) + o.id AS n FROM items GROUP BY line) d WHERE d.k = 1",
            "many",
        ),
        ("SELECT 1 FROM orders o LEFT JOIN customers c ON c.nick = 'x' WHERE o.id = 1", "zero_or_one"),
        (
            "SELECT e.k FROM (SELECT d.k FROM customers c JOIN LATERAL"
            " (SELECT DISTINCT o.id AS k, c.id AS owner FROM orders o) d ON c.id = d.owner) e WHERE e.k = 1",
            "many",
        ),
    ],
)
def test_distinct_and_grouped_rows_are_one_only_if_every_value_is_the_same_in_all_rows(
    sql: str, expected: str
) -> None:
    assert analysed(sql).cardinality == expected


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT * FROM orders", "orders"),
        ("SELECT id, customer_id, status, total, discount, placed, note FROM orders", "orders"),
        ("SELECT o.* FROM orders o JOIN customers c ON c.id = o.id", "orders"),
        ("SELECT * FROM paid", "paid"),
        ("SELECT * FROM orders WHERE discount IS NOT NULL", None),
        ("SELECT customer_id, id, status, total, discount, placed, note FROM orders", None),
        ("SELECT o.* FROM customers c LEFT JOIN orders o ON c.id = o.id", None),
        ("SELECT *, 1 FROM orders", None),
        ("SELECT * FROM orders UNION ALL SELECT * FROM orders", None),
    ],
)
def test_a_row_is_the_tables_only_when_nothing_about_it_differs(sql: str, table: str | None) -> None:
    found = analysed(sql).whole_table
    assert (found.table if found else None) == table


def test_an_embed_of_the_null_side_is_none_as_a_whole_and_has_a_witness() -> None:
    query = analysed(
        "SELECT sqlc.embed(c), sqlc.embed(o) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
    )
    kept, optional = query.embeds
    assert (kept.table, kept.nullable, kept.nullability_source) == ("c", False, None)
    assert (optional.table, optional.nullable) == ("o", True)
    assert optional.nullability_source is not None
    assert query.columns[optional.nullability_source].name == "id"
    assert {column.embed for column in query.columns} == {0, 1}


def test_an_embed_that_a_condition_proves_found_is_not_optional() -> None:
    query = analysed(
        "SELECT sqlc.embed(o) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 5"
    )
    assert not query.embeds[0].nullable


def test_tables_are_listed_once_and_apart() -> None:
    query = analysed(
        "UPDATE orders SET note = (SELECT MAX(email) FROM customers) WHERE id IN (SELECT 1 FROM items)"
    )
    assert query.tables_written == ("orders",)
    assert query.tables_read == ("orders", "customers", "items")
