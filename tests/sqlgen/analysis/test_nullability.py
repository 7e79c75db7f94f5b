"""Nullability: where a value can be NULL, and where conditions, keys and grouping prove that it cannot."""

import pytest

from tests.sqlgen.analysis.reading import nulls


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # outer joins
        ("SELECT c.id, o.id, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id", "-NN"),
        ("SELECT c.id, o.id FROM customers c RIGHT JOIN orders o ON o.customer_id = c.id", "N-"),
        ("SELECT d.k FROM (SELECT 1) a LEFT JOIN (SELECT 1 AS k) d ON FALSE", "N"),
        ("SELECT d.k FROM (SELECT 1 AS x) a LEFT JOIN (SELECT 1 AS k) d ON TRUE", "-"),
        (
            "SELECT c.id, o.id, i.line FROM customers c LEFT JOIN (orders o JOIN items i ON i.order_id = o.id)"
            " ON o.customer_id = c.id",
            "-NN",
        ),
        ("SELECT id FROM customers c LEFT JOIN orders o USING (id)", "-"),
        ("SELECT id FROM customers c RIGHT JOIN orders o USING (id)", "-"),
        ("SELECT id, order_id, total FROM with_orders", "-NN"),
        # conditions
        ("SELECT discount FROM orders WHERE discount IS NOT NULL", "-"),
        ("SELECT discount FROM orders WHERE discount > 0 OR id = 1", "N"),
        ("SELECT discount FROM orders WHERE discount > 0 OR discount IN (1, 2)", "-"),
        ("SELECT discount FROM orders WHERE NOT (discount IS NULL)", "-"),
        ("SELECT discount FROM orders WHERE discount + 1 BETWEEN 0 AND 5", "-"),
        ("SELECT discount FROM orders WHERE discount <=> 5", "-"),
        ("SELECT discount FROM orders WHERE discount <=> NULL", "N"),
        ("SELECT discount FROM orders WHERE COALESCE(discount, 0) > 1", "N"),
        ("SELECT note FROM orders WHERE LOWER(TRIM(note)) = ?", "-"),
        ("SELECT note FROM orders WHERE note LIKE CONCAT(?, '%')", "-"),
        ("SELECT note FROM orders WHERE sqlc.optional(note = :note)", "N"),
        ("SELECT customer_id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id)", "-"),
        ("SELECT customer_id FROM orders WHERE customer_id IN (SELECT id FROM customers)", "-"),
        ("SELECT customer_id FROM orders WHERE customer_id NOT IN (SELECT id FROM customers)", "N"),
        ("SELECT customer_id FROM orders WHERE customer_id NOT IN (1, 2)", "-"),
        ("SELECT (customer_id, 1) = (1, 1) FROM orders WHERE (customer_id, id) = (1, 2)", "-"),
        # facts about an outer join that a condition proves
        ("SELECT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 1", "-"),
        ("SELECT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total IS NULL", "N"),
        (
            "SELECT o.discount, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.discount > 0"
            " WHERE o.id IS NOT NULL",
            "--",
        ),
        (
            "SELECT o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
            " LEFT JOIN items i ON i.order_id = o.id WHERE i.line = 1",
            "-",
        ),
        ("SELECT total FROM with_orders WHERE order_id IS NOT NULL", "-"),
        # branches
        ("SELECT CASE WHEN discount IS NULL THEN 0 ELSE discount END FROM orders", "-"),
        ("SELECT CASE WHEN discount > 0 THEN discount END FROM orders", "N"),
        ("SELECT IF(discount IS NULL OR note IS NULL, '', CONCAT(discount, note)) FROM orders", "-"),
        ("SELECT IF(ISNULL(note), '', note), IFNULL(note, ''), COALESCE(note, NULL), NULLIF(1, 2) FROM orders", "--NN"),
        ("SELECT CASE WHEN id = 0 THEN NULL ELSE total / id END FROM orders", "N"),
        ("SELECT CASE WHEN id = 0 THEN 0 ELSE total / id END, IF(id > 0, total / id, 0) FROM orders", "--"),
        (
            "SELECT CASE WHEN o.id IS NOT NULL THEN o.total ELSE 0 END FROM customers c LEFT JOIN orders o ON o.id = c.id",
            "-",
        ),
        # aggregates
        ("SELECT COUNT(*), SUM(total), MAX(total), GROUP_CONCAT(id), BIT_OR(id), JSON_ARRAYAGG(id) FROM orders", "-NNN-N"),
        ("SELECT status, SUM(total), SUM(discount), STDDEV_SAMP(total) FROM orders GROUP BY status", "--NN"),
        ("SELECT SUM(total), MAX(discount) FROM orders HAVING COUNT(*) > 0", "-N"),
        ("SELECT SUM(discount) FROM orders GROUP BY status HAVING SUM(discount) > 0", "-"),
        ("SELECT IF(COUNT(discount) = 0, 0, SUM(discount) / COUNT(discount)) FROM orders", "-"),
        ("SELECT id, COUNT(*) FROM orders WHERE id = 5", "N-"),
        ("SELECT status, SUM(total) FROM orders GROUP BY status WITH ROLLUP", "NN"),
        ("SELECT status FROM orders GROUP BY status WITH ROLLUP HAVING status IS NOT NULL", "-"),
        ("SELECT IF(GROUPING(status) = 1, 'all', status) FROM orders GROUP BY status WITH ROLLUP", "-"),
        # subqueries
        ("SELECT (SELECT total FROM orders WHERE id = 1), (SELECT COUNT(*) FROM orders), (SELECT 1)", "N--"),
        ("SELECT (SELECT SUM(total) FROM orders), (SELECT COUNT(*) FROM orders LIMIT 0)", "NN"),
        ("SELECT (SELECT COUNT(*) FROM orders GROUP BY status LIMIT 1), EXISTS (SELECT 1)", "N-"),
        # set operations and recursion
        ("SELECT 1 UNION SELECT NULL", "N"),
        ("SELECT NULL INTERSECT SELECT 1", "-"),
        ("SELECT 1 EXCEPT SELECT NULL", "-"),
        ("WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT n FROM r", "-"),
        ("WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT NULLIF(n, 3) FROM r WHERE n < 9) SELECT n FROM r", "N"),
        # windows
        ("SELECT LAG(id) OVER w, LAG(id, 1, 0) OVER w, LAG(id, 0) OVER w FROM orders WINDOW w AS (ORDER BY id)", "N--"),
        ("SELECT FIRST_VALUE(id) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM orders", "N"),
        ("SELECT SUM(total) OVER (ORDER BY id), ROW_NUMBER() OVER () FROM orders", "--"),
        ("SELECT NTH_VALUE(id, 2) OVER (ORDER BY id) FROM orders", "N"),
        # functions that give up
        ("SELECT 1 / 0, total / id, total / 2, 5 % id, 5 DIV 3 FROM orders", "NN-N-"),
        ("SELECT DATE('x'), DATE(placed), CAST('x' AS DATE), placed + INTERVAL 1 DAY, NOW() - INTERVAL 1 DAY FROM orders", "N-NN-"),
        ("SELECT STR_TO_DATE('x', '%Y'), UNHEX('zz'), LN(0), SQRT(-1), LPAD('a', -1, 'x'), LPAD('a', 3, 'x')", "NNNNN-"),
        ("SELECT settings->'$.a', settings->>'$.a', JSON_EXTRACT(settings, '$.a') FROM customers", "NNN"),
        ("SELECT @x, @x := 1", "N-"),
        ("SELECT CONCAT('a', NULL), CONCAT_WS(',', NULL, 'a'), FIELD(NULL, 1), QUOTE(NULL)", "N---"),
    ],
)  # fmt: skip
def test_null_is_claimed_impossible_exactly_where_it_is_proven_so(sql: str, expected: str) -> None:
    assert nulls(sql) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("id <> 0", "-"), ("id > 0", "-"), ("id < 0", "-"), ("id > 5", "-"), ("id < -5", "-"),
        ("id >= 5", "-"), ("id <= -5", "-"), ("id = 5", "-"), ("id = -5", "-"),
        ("0 > id", "-"), ("-3 > id", "-"), ("3 < id", "-"), ("0 <> id", "-"), ("5 = id", "-"), ("NOT 0 = id", "-"),
        ("5 <> id", "N"), ("0 >= id", "N"), ("0 <= id", "N"), ("0 = id", "N"), ("id = 5.5", "-"), ("id > 5.5", "N"),
        ("5 <= id", "-"), ("-5 >= id", "-"), ("0 < id", "-"), ("NOT id = 0", "-"),
        ("id <= 5", "N"), ("id >= -5", "N"), ("id < 5", "N"), ("id > -5", "N"),
        ("id >= 0", "N"), ("id <= 0", "N"), ("id = 0", "N"), ("id <> 5", "N"), ("NOT id = 5", "N"),
        ("5 >= id", "N"), ("-5 <= id", "N"), ("5 > id", "N"), ("-5 < id", "N"), ("id BETWEEN -1 AND 1", "N"),
    ],
)  # fmt: skip
def test_a_divisor_is_nonzero_where_the_condition_excludes_zero_and_only_there(
    condition: str, expected: str
) -> None:
    assert nulls(f"SELECT total / id FROM orders WHERE {condition}") == expected
    assert nulls(f"SELECT IF({condition}, total DIV id, 0) FROM orders") == expected
    assert nulls(f"SELECT IF({condition}, MOD(total, id), 0) FROM orders") == expected


def test_an_outer_column_in_an_aggregate_without_rows_has_its_value() -> None:
    """Without a row, the columns of the aggregate's own tables are NULL; those of the query around it are not."""
    counted = "SELECT COUNT(*) + {} FROM orders o WHERE o.customer_id = c.id"
    assert nulls(f"SELECT ({counted.format('c.id')}) AS n FROM customers c") == "-"
    assert nulls(f"SELECT ({counted.format('MAX(o.id)')}) AS n FROM customers c") == "N"
