"""Groups without GROUP BY, totals, QUALIFY: if a query has a row, and at most one."""

import pytest

from tests.sqlgen.analysis.reading import analysed, keys, messages, parameters, rows

_HYPERGRAPH = "/*+ SET_VAR(optimizer_switch='hypergraph_optimizer=on') */"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 HAVING TRUE", "- zero_or_one"),
        ("SELECT (SELECT 1 HAVING FALSE)", "N one"),
        ("SELECT COUNT(*) FROM orders HAVING TRUE", "- zero_or_one"),
        ("SELECT 1 FROM orders HAVING MAX(id) > 1", "- zero_or_one"),
        ("SELECT 1 FROM orders WINDOW w AS (ORDER BY MAX(id))", "- one"),
        ("SELECT ROW_NUMBER() OVER (ORDER BY MAX(id)) FROM orders", "- one"),
        # the aggregate of an outer query makes one row of that one
        ("SELECT (SELECT MAX(o.id)) FROM orders o", "N one"),
        ("SELECT (SELECT COUNT(o.id) FROM items LIMIT 1) FROM orders o", "N one"),
        ("SELECT (SELECT COUNT(o.id) + COUNT(i.line) FROM items i) FROM orders o", "N one"),
        ("SELECT (SELECT id + 1 AS x FROM orders GROUP BY id HAVING (SELECT MAX(x) FROM items) > 1) FROM customers", "N many"),
        # also for the columns to the left of the subquery: of no rows, the one group has no id
        ("SELECT o.id, (SELECT COUNT(o.total)) FROM orders o WHERE o.id = 5", "NN one"),
        ("SELECT o.id FROM orders o WHERE o.id = 5 HAVING (SELECT COUNT(o.total)) >= 0", "N zero_or_one"),
        # in HAVING too: both sides of <=> are NULL of no rows
        ("SELECT o.id, MAX(o.total) AS m FROM orders o WHERE o.id = 5 HAVING o.id <=> m", "NN zero_or_one"),
        ("SELECT shop.max(id), status FROM orders", "N- many"),
        # a grand total comes also of no rows
        ("SELECT (SELECT COUNT(*) FROM items GROUP BY line WITH ROLLUP LIMIT 1) FROM orders", "- many"),
        ("SELECT (SELECT COUNT(*) FROM items GROUP BY CUBE (line) LIMIT 1) FROM orders", "- many"),
        ("SELECT (SELECT COUNT(*) FROM items GROUP BY GROUPING SETS ((line), ()) LIMIT 1) FROM orders", "- many"),
        ("SELECT (SELECT COUNT(*) FROM items GROUP BY GROUPING SETS ((line), (sku)) LIMIT 1) FROM orders", "N many"),
        ("SELECT (SELECT 5 FROM (SELECT 1 AS a) d GROUP BY GROUPING SETS ((a), (a)) LIMIT 1)", "N one"),
        ("SELECT (SELECT 5 FROM (SELECT 1 AS a) d GROUP BY a LIMIT 1)", "- one"),
        (f"SELECT (SELECT {_HYPERGRAPH} 1 QUALIFY ROW_NUMBER() OVER () > 1)", "N one"),
        (f"SELECT {_HYPERGRAPH} COUNT(*) FROM orders QUALIFY ROW_NUMBER() OVER () > 1", "- zero_or_one"),
        (f"SELECT {_HYPERGRAPH} RANK() OVER () FROM orders QUALIFY MAX(id) > 1", "- zero_or_one"),
        ("SELECT id INTO @a FROM orders", " none"),
        ("SELECT id FROM orders UNION SELECT 1 INTO @a", " none"),
        ("SELECT id FROM orders UNION SELECT line INTO @a FROM items", " none"),
        ("SELECT id FROM orders UNION SELECT 1 ORDER BY 1 LIMIT 1 INTO @a", " none"),
        ("(SELECT id FROM orders) UNION (SELECT 1) INTO @a", " none"),
        ("(SELECT id FROM orders LIMIT 1) INTO @a", " none"),
        ("VALUES ROW(1) INTO @a", " none"),
    ],
)  # fmt: skip
def test_a_query_has_a_row_if_it_aggregates_and_does_not_filter(sql: str, expected: str) -> None:
    assert rows(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT status, MAX(id) FROM orders GROUP BY 1, 2", ["GROUP BY cannot group by an aggregate"]),
        ("SELECT * INTO @a, @b FROM ordrs", ["unknown table 'ordrs'"]),
        ("SELECT 1 UNION SELECT 2 INTO @a, @b", ["INTO 2 variables of 1 columns"]),
        ("(SELECT id FROM orders ORDER BY nope) LIMIT 1", ["unknown column 'nope' in ORDER BY"]),
        ("(SELECT id FROM orders FOR UPDATE OF nope) LIMIT 1", ["unknown table 'nope' in the locking clause"]),
        ("SELECT RANK() OVER (ORDER BY RANK() OVER ()) FROM orders", ["window function RANK in another window function"]),
        ("SELECT status, MAX(id) AS m FROM orders GROUP BY 1, m", ["GROUP BY cannot group by an aggregate"]),
        ("SELECT status FROM orders GROUP BY MAX(id), status", ["GROUP BY cannot group by an aggregate"]),
        ("SELECT status FROM orders GROUP BY (SELECT 1, 2), status", ["one column is needed here, and this has 2"]),
        ("SELECT id FROM orders HAVING (1, 2)", ["one column is needed here, and this has 2"]),
        ("SELECT id FROM orders WHERE (1, 2)", ["one column is needed here, and this has 2"]),
        ("SELECT status FROM orders GROUP BY 3, status", ["position 3 in GROUP BY: the select list has 1 columns"]),
        ("SELECT status AS x, COUNT(*) FROM orders GROUP BY orders.x, 1", ["unknown column 'orders.x' in GROUP BY"]),
        (
            f"SELECT {_HYPERGRAPH} id FROM orders QUALIFY id > 1",
            ["QUALIFY needs a window function in the same query block"],
        ),
        ("SELECT d.nosuch FROM (SELECT nosuch.* FROM orders) d", ["unknown table 'nosuch' in the select list"]),
        (
            "SELECT d.x, d.other FROM (SELECT nosuch AS x FROM orders) d",
            ["unknown column 'd.other' in the select list", "unknown column 'nosuch' in the select list"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_grouped_or_filtered_is_refused_once(sql: str, expected: list[str]) -> None:
    assert messages(sql) == expected


def test_a_column_of_a_table_of_unknown_columns_is_taken() -> None:
    every = "SELECT * FROM performance_schema.threads"
    assert rows(f"SELECT d.x FROM ({every}) d") == "N many"
    assert rows(f"SELECT d.x FROM ({every} UNION SELECT 1) d") == "N many"
    assert rows("SELECT d.x FROM (SELECT * FROM performance_schema.threads t, orders o) d") == "N many"
    assert rows(f"SELECT id FROM orders WHERE id IN ({every})") == "- many"


def test_a_column_beside_those_of_an_unknown_table_is_no_key_of_distinct_rows() -> None:
    beside = "SELECT DISTINCT t.*, o.total FROM performance_schema.threads t, orders o"
    assert rows(f"SELECT d.name FROM ({beside}) d WHERE d.total = 1") == "N many"
    assert rows("SELECT d.name FROM (SELECT DISTINCT * FROM performance_schema.threads) d") == "N many"


def test_rows_that_are_grouped_by_chance_have_no_key() -> None:
    assert keys("SELECT RAND() AS a FROM orders GROUP BY RAND()") == ""
    assert keys("SELECT status AS a FROM orders GROUP BY status") == "a"


def test_a_condition_does_not_decide_the_type_of_a_parameter_that_is_used_otherwise() -> None:
    assert parameters("SELECT id FROM orders WHERE :x AND note = :x") == "x string"
    assert parameters("SELECT id FROM orders WHERE note = :x HAVING :x") == "x string"
    assert parameters("SELECT id FROM orders HAVING :x LIMIT :x") == "x int"


def test_the_arms_of_a_set_operation_with_into_have_one_width() -> None:
    assert analysed("SELECT 1 UNION SELECT 2 INTO @a").kind == "select"
