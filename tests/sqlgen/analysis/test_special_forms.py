"""CASE, subqueries, rows, DEFAULT, VALUES(column) and optional conditions: when they are NULL."""

import pytest

from tests.sqlgen.analysis.reading import nulls, parameters


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("CASE status WHEN 'new' THEN 1 ELSE 2 END", "-"),
        ("CASE status WHEN 'new' THEN 1 END", "N"),
        ("CASE discount WHEN 1 THEN discount ELSE 0 END", "-"),
        ("CASE discount WHEN 1 THEN 0 ELSE discount END", "N"),
        ("CASE WHEN discount IS NULL THEN 0 WHEN note IS NULL THEN discount ELSE CONCAT(note, discount) END", "-"),
        ("CASE WHEN discount IS NOT NULL THEN discount WHEN note IS NOT NULL THEN note ELSE 1 END", "-"),
        ("CASE WHEN discount IS NOT NULL THEN 1 WHEN note IS NOT NULL THEN discount ELSE 1 END", "N"),
        ("CASE WHEN discount IS NULL OR note IS NULL THEN 1 WHEN id > 0 THEN CONCAT(discount, note) ELSE id END", "-"),
        ("CASE WHEN discount IS NULL THEN discount ELSE 0 END", "N"),
        ("CASE WHEN discount IS NULL THEN 1 WHEN CASE WHEN discount > 1 THEN TRUE ELSE FALSE END THEN discount ELSE 2 END", "-"),
        ("sqlc.optional(note = :note)", "N"),
        ("sqlc.optional(id = :id)", "-"),
        ("(id, 2) = (1, 2)", "-"),
        ("(id, discount) = (1, 2)", "N"),
        ("DEFAULT(status)", "-"),
        ("DEFAULT(note)", "N"),
        ("(SELECT 1)", "-"),
        ("(SELECT NULL)", "N"),
        ("(SELECT 1 WHERE FALSE)", "N"),
        ("(SELECT discount)", "N"),
        ("(SELECT id)", "-"),
        ("(SELECT line FROM items)", "N"),
    ],
)  # fmt: skip
def test_a_form_is_null_only_where_one_of_its_values_can_be(expr: str, expected: str) -> None:
    assert nulls(f"SELECT {expr} AS v FROM orders") == expected


def test_a_subquery_that_reads_a_group_of_no_rows_is_null() -> None:
    counted = "SELECT COUNT(*), (SELECT {}) AS v FROM orders o WHERE o.customer_id = c.id"
    for read, expected in (("MAX(o.id)", "N"), ("1", "-"), ("c.id", "-")):
        assert nulls(f"SELECT d.v FROM customers c, LATERAL ({counted.format(read)}) d") == expected


def test_a_subquery_that_reads_a_group_of_rows_is_not_null() -> None:
    assert nulls("SELECT (SELECT o.id) FROM orders o GROUP BY o.id") == "-"


def test_an_optional_condition_gives_no_type_to_a_parameter_that_is_used_otherwise() -> None:
    assert parameters("SELECT 1 FROM orders WHERE sqlc.optional(:x) LIMIT :x").startswith("x int")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("GROUP BY status", "-"),
        ("GROUP BY status WITH ROLLUP", "N"),
        ("GROUP BY status WITH ROLLUP HAVING status IS NOT NULL", "-"),
    ],
)
def test_an_expression_of_a_total_is_null_unless_having_excludes_it(rest: str, expected: str) -> None:
    assert nulls(f"SELECT status FROM orders {rest}") == expected


def test_an_expression_of_a_total_is_null_as_a_whole() -> None:
    assert nulls("SELECT id + 1 FROM orders GROUP BY id + 1") == "-"
    assert nulls("SELECT id + 1, COUNT(*) FROM orders GROUP BY id + 1 WITH ROLLUP") == "N-"
    assert nulls("SELECT (SELECT 1), 5 FROM orders GROUP BY id + 1 WITH ROLLUP") == "--"


@pytest.mark.parametrize(
    ("selected", "having", "expected"),
    [
        ("COALESCE(note, '')", "", "N"),
        ("(SELECT COALESCE(orders.note, ''))", "", "N"),
        ("ANY_VALUE(COALESCE(note, ''))", "", "N"),
        ("COALESCE(note, '') AS n", "HAVING n IS NOT NULL", "-"),
        ("COALESCE(note, '') AS n", "HAVING GROUPING(n) = 0", "-"),
        ("COALESCE(note, '') AS n", "HAVING GROUPING(n) = 1", "N"),
        # The argument of an aggregate is the expression of each row.
        ("MAX(COALESCE(note, ''))", "HAVING COUNT(*) > 0", "-"),
    ],
)
def test_an_expression_that_is_never_null_is_null_in_a_total_over_it(
    selected: str, having: str, expected: str
) -> None:
    grouped = f"FROM orders GROUP BY COALESCE(note, '') WITH ROLLUP {having}"
    assert nulls(f"SELECT {selected} {grouped}") == expected


def test_a_fact_about_an_expression_as_a_whole_makes_it_not_null() -> None:
    assert nulls("SELECT NULLIF(id, 1) FROM orders WHERE NULLIF(id, 1) IS NOT NULL") == "-"
    assert nulls("SELECT NULLIF(id, 1) FROM orders WHERE NULLIF(id, 2) IS NOT NULL") == "N"
    assert nulls("SELECT (SELECT NULLIF(o.id, 1)) FROM orders o WHERE NULLIF(o.id, 1) IS NOT NULL") == "-"
    assert nulls("SELECT IF(NULLIF(id, 1) IS NULL, 0, NULLIF(id, 1)) FROM orders") == "-"
