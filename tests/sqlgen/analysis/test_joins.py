"""Joins: if there is a row, if a row of the other side was found, and the columns of USING and NATURAL."""

import pytest

from tests.sqlgen.analysis.reading import analysed, exact_types, messages, nulls, parameters, rows
from tests.sqlgen.written import columns

_ONE = "(SELECT 1 AS n) d"
_MAYBE = "(SELECT 2 AS m FROM orders LIMIT 1) e"


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        (f"{_ONE} JOIN (SELECT 2 AS m) e", "one"),
        (f"{_ONE} JOIN (SELECT 2 AS m) e ON d.n = e.m", "zero_or_one"),
        (f"{_ONE} JOIN (SELECT 2 AS n) e USING (n)", "zero_or_one"),
        (f"{_ONE} NATURAL JOIN (SELECT 2 AS n) e", "zero_or_one"),
        (f"{_ONE} JOIN {_MAYBE}", "zero_or_one"),
        (f"{_MAYBE} JOIN {_ONE}", "zero_or_one"),
        (f"{_ONE} LEFT JOIN {_MAYBE} ON e.m = 3", "one"),
        (f"{_MAYBE} RIGHT JOIN {_ONE} ON e.m = 3", "one"),
        (f"{_MAYBE} LEFT JOIN {_ONE} ON TRUE", "zero_or_one"),
    ],
)
def test_a_join_has_a_row_if_both_sides_have_one_and_nothing_excludes_it(joined: str, expected: str) -> None:
    assert rows(f"SELECT d.n FROM {joined}") in {f"- {expected}", f"N {expected}"}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("ON TRUE", "-"), ("ON 5", "-"), ("ON 1 = 1", "-"),
        ("ON FALSE", "N"), ("ON 0", "N"), ("ON 1 = 2", "N"), ("ON 1 < 1", "N"), ("ON 1 > 1", "N"), ("USING (n)", "N"),
    ],
)  # fmt: skip
def test_a_left_join_on_a_true_literal_finds_the_row_that_there_is(on: str, expected: str) -> None:
    assert nulls(f"SELECT e.n FROM {_ONE} LEFT JOIN (SELECT 2 AS n) e {on}") == expected
    assert nulls(f"SELECT e.n FROM {_ONE} LEFT JOIN (SELECT 2 AS n FROM orders) e {on}") == "N"


def test_a_join_that_always_matches_leaves_the_facts_of_both_sides() -> None:
    joined = "(orders o JOIN items i ON o.discount = i.weight)"
    assert nulls(f"SELECT o.discount, i.weight, d.n FROM {joined} LEFT JOIN {_ONE} ON TRUE") == "---"
    assert nulls(f"SELECT o.discount, i.weight, d.n FROM {_ONE} RIGHT JOIN {joined} ON TRUE") == "---"
    matched = "((SELECT NULLIF(1, 2) AS a) d JOIN (SELECT NULLIF(1, 2) AS b) e ON e.b = d.a)"
    assert nulls(f"SELECT d.a, e.b FROM orders o LEFT JOIN {matched} ON TRUE") == "NN"


_OUTER = "(SELECT c.id AS k, o.id, i.line FROM customers c LEFT JOIN orders o ON o.id = c.id LEFT JOIN items i ON TRUE)"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"SELECT d.id, e.id FROM {_OUTER} d JOIN {_OUTER} e ON e.k = d.k WHERE d.id = 1", "-N"),
        (f"WITH x AS {_OUTER} SELECT d.id, e.id FROM x d JOIN x e ON e.k = d.k WHERE d.id = 1", "-N"),
        (
            "SELECT d.order_id, e.order_id FROM with_orders d JOIN with_orders e USING (id) WHERE d.order_id = 1",
            "-N",
        ),
        (f"SELECT d.id, d.line FROM {_OUTER} d WHERE d.line = 1", "N-"),
    ],
)
def test_what_is_proven_for_one_mention_of_a_table_says_nothing_about_another(
    sql: str, expected: str
) -> None:
    assert nulls(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM orders o RIGHT JOIN items i ON o.id = i.line", "id, customer_id, status, total, discount, placed, note, order_id, line, sku, quantity, price, weight, amount, note"),
        ("SELECT * FROM paid NATURAL JOIN orders", "id, customer_id, total, status, discount, placed, note"),
        ("SELECT * FROM orders NATURAL JOIN paid", "id, customer_id, total, status, discount, placed, note"),
        ("SELECT * FROM paid p JOIN paid q USING (total)", "total, id, customer_id, id, customer_id"),
        ("SELECT * FROM paid p RIGHT JOIN orders o USING (TOTAL, id)", "id, total, customer_id, status, discount, placed, note, customer_id"),
        ("SELECT * FROM paid p JOIN paid q USING (id) JOIN paid r USING (id)", "id, customer_id, total, customer_id, total, customer_id, total"),
    ],
)  # fmt: skip
def test_a_star_has_the_columns_of_using_once_and_first(sql: str, expected: str) -> None:
    assert ", ".join(column.name for column in analysed(sql).columns) == expected


def test_natural_join_passes_over_invisible_columns() -> None:
    schema = "CREATE TABLE a (id INT, x INT INVISIBLE, y INT); CREATE TABLE b (id INT, x INT, y INT INVISIBLE, z INT);"
    assert columns(schema, "SELECT * FROM a NATURAL JOIN b") == "id int, y int null, x int null, z int null"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT customer_id FROM orders o JOIN paid p USING (customer_id)", "-"),
        ("SELECT o.customer_id, p.customer_id FROM orders o JOIN paid p USING (customer_id)", "--"),
        ("SELECT o.customer_id, p.customer_id FROM orders o LEFT JOIN paid p USING (customer_id)", "NN"),
        ("SELECT id FROM orders o LEFT JOIN paid p USING (id)", "-"),
        ("SELECT id FROM orders o RIGHT JOIN paid p USING (id)", "-"),
        ("SELECT o.id, p.id FROM orders o RIGHT JOIN paid p USING (id)", "N-"),
    ],
)
def test_a_column_of_using_is_that_of_the_side_that_is_kept(sql: str, expected: str) -> None:
    assert nulls(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM orders o JOIN items i USING (customer_id)", "unknown column 'customer_id' in USING: 'i' has none of that name"),
        ("SELECT 1 FROM orders o JOIN items i USING (order_id)", "unknown column 'order_id' in USING: 'o' has none of that name"),
        ("SELECT 1 FROM (orders o JOIN paid p ON TRUE) JOIN customers c USING (id)", "column 'id' in USING is ambiguous"),
        ("SELECT d.x FROM (SELECT nosuch.* FROM orders) d", "unknown table 'nosuch' in the select list"),
        ("WITH d AS (SELECT nosuch.* FROM orders) SELECT d.x FROM d", "unknown table 'nosuch' in the select list"),
    ],
)  # fmt: skip
def test_an_unknown_column_or_table_of_a_join_is_refused_once(sql: str, expected: str) -> None:
    assert messages(sql) == [expected]


def test_a_condition_of_a_join_is_one_column() -> None:
    assert messages("SELECT 1 FROM orders o JOIN items i ON (1, 2)") == [
        "one column is needed here, and this has 2"
    ]


def test_a_condition_of_a_join_does_not_decide_the_type_of_a_parameter_that_is_used_otherwise() -> None:
    assert parameters("SELECT 1 FROM orders o JOIN items i ON :x AND o.note = :x") == "x string"
    assert parameters("SELECT 1 FROM orders o JOIN items i ON :x LIMIT :x") == "x int"


def test_a_column_of_json_table_has_the_type_of_its_definition() -> None:
    defined = (
        "n FOR ORDINALITY, e TINYINT EXISTS PATH '$.e', x INT PATH '$.x', j JSON PATH '$.j',"
        " NESTED PATH '$.z[*]' COLUMNS (zn FOR ORDINALITY, ze SMALLINT EXISTS PATH '$.q', zx DECIMAL(5, 2) PATH '$')"
    )
    sql = f"SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS ({defined})) t"
    assert nulls(sql) == "--NNNNN"
    assert exact_types(sql) == "BIGINT, TINYINT, INT, JSON, BIGINT, SMALLINT, DECIMAL(5,2)"
    assert [column.json is not None for column in analysed(sql).columns] == [
        name == "j" for name in ("n", "e", "x", "j", "zn", "ze", "zx")
    ]


def test_null_of_a_derived_table_is_a_binary_text() -> None:
    assert exact_types("SELECT d.x FROM (SELECT NULL AS x) d") == exact_types(
        "SELECT d.x FROM (SELECT 1, NULL AS x) d"
    )
    assert exact_types("SELECT d.x FROM (SELECT NULL AS x) d") != exact_types("SELECT NULL AS x")


def test_a_star_of_two_tables_of_one_name_has_the_columns_of_each() -> None:
    schema = "CREATE TABLE t (a INT NOT NULL); CREATE DATABASE other; CREATE TABLE other.t (a VARCHAR(9));"
    assert columns(schema, "SELECT * FROM t JOIN other.t") == "a int, a string null"


def test_a_table_is_named_with_its_database() -> None:
    schema = "CREATE DATABASE d; USE d; CREATE TABLE t (a INT NOT NULL);"
    for table in ("t", "d.t"):
        assert columns(schema, f"SELECT d.t.a FROM {table}") == "a int"


def test_a_total_of_an_outer_join_is_null_also_where_another_column_proves_the_match() -> None:
    joined = "customers c LEFT JOIN orders o ON o.customer_id = c.id"
    totals = f"SELECT o.id AS x, o.total AS y FROM {joined} GROUP BY o.id, o.total WITH ROLLUP"
    assert nulls(f"SELECT d.x, d.y FROM ({totals}) d WHERE d.x IS NOT NULL") == "-N"
    assert nulls(f"SELECT d.y FROM {joined}, LATERAL (SELECT o.id AS x, o.total AS y) d WHERE d.x > 0") == "N"
