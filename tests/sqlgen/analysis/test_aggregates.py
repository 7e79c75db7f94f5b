"""Aggregates: whose rows they read, and when they are NULL."""

import pytest

from tests.sqlgen.analysis.reading import nulls, rows

NULL_WITHOUT_VALUES = (
    "SUM", "AVG", "MIN", "MAX", "GROUP_CONCAT", "STD", "STDDEV", "STDDEV_POP", "VAR_POP", "VARIANCE",
)  # fmt: skip


@pytest.mark.parametrize("function", NULL_WITHOUT_VALUES)
def test_an_aggregate_is_not_null_if_its_group_has_a_value(function: str) -> None:
    grouped = f"SELECT {function}(discount) FROM orders GROUP BY status"
    assert nulls(grouped) == "N"
    assert nulls(f"{grouped} HAVING COUNT(discount) > 0") == "-"
    assert nulls(f"{grouped} HAVING COUNT(*) > 0") == "N"
    assert nulls(f"{grouped} HAVING COUNT(id) > 0") == "N"
    assert nulls(f"{grouped} HAVING COUNT(DISTINCT discount) > 0") == "N"
    assert nulls(f"SELECT {function}(total) FROM orders") == "N"
    assert nulls(f"SELECT {function}(total) FROM orders HAVING COUNT(*) > 0") == "-"


def test_a_sample_of_one_value_has_no_deviation() -> None:
    sql = (
        "SELECT STDDEV_SAMP(discount), VAR_SAMP(total) FROM orders GROUP BY status HAVING COUNT(discount) > 0"
    )
    assert nulls(sql) == "NN"


@pytest.mark.parametrize("function", ["COUNT", "BIT_AND", "BIT_OR", "BIT_XOR"])
def test_a_count_and_an_aggregate_of_bits_are_never_null(function: str) -> None:
    for sql in ("", "GROUP BY status", "GROUP BY status WITH ROLLUP"):
        assert nulls(f"SELECT {function}(discount) FROM orders {sql}") == "-"
    assert (
        nulls(
            f"SELECT {function}(id) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM orders"
        )
        == "-"
    )


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT GROUP_CONCAT(discount ORDER BY id SEPARATOR ';') FROM orders GROUP BY status HAVING COUNT(discount) > 0", "- many"),
        ("SELECT SUM(DISTINCT discount) FROM orders GROUP BY status HAVING COUNT(discount) > 0", "- many"),
        ("SELECT SUM(total) FROM orders GROUP BY status WITH ROLLUP", "N many"),
        ("SELECT SUM(total) FROM orders GROUP BY status WITH ROLLUP HAVING COUNT(*) > 0", "- many"),
        ("SELECT MAX(id + 1) FROM orders GROUP BY id + 1 WITH ROLLUP", "N many"),
        # the block whose rows it reads
        ("SELECT COUNT(*), SUM(c.id), (SELECT SUM(c.id)), (SELECT SUM(c.id) FROM orders LIMIT 1) FROM customers c", "-NNN one"),
        ("SELECT (SELECT SUM(c.id + o.id) FROM orders o) FROM customers c", "N many"),
        ("SELECT c.city FROM customers c WHERE (SELECT SUM(c.id + o.id) FROM orders o) > 1", "N many"),
        ("SELECT c.city FROM customers c WHERE (SELECT SUM(c.id) FROM orders o) > 1", "N many"),
        ("SELECT (SELECT SUM(c.id)) FROM customers c", "N one"),
        ("SELECT (SELECT SUM(c.id + 1)) FROM customers c", "N one"),
        ("SELECT (SELECT COUNT(DISTINCT c.id, o.id) FROM orders o) FROM customers c", "- many"),
        ("SELECT (SELECT SUM(c.id)) FROM customers c GROUP BY c.city", "- many"),
        ("SELECT (SELECT COUNT(*) FROM orders o) FROM customers c", "- many"),
        ("SELECT (SELECT (SELECT SUM(c.id))) FROM customers c", "N one"),
        ("SELECT (SELECT (SELECT SUM(o.id)) FROM orders o) FROM customers c", "N many"),
        ("SELECT (SELECT COUNT(c.nick) FROM orders LIMIT 1) FROM customers c GROUP BY c.city", "N many"),
        ("SELECT MAX(id), (SELECT 1), (SELECT COUNT(*) FROM orders) FROM customers c", "N-- one"),
        ("SELECT c.city FROM customers c GROUP BY c.city ORDER BY (SELECT SUM(c.id))", "N many"),
    ],
)  # fmt: skip
def test_an_aggregate_is_null_over_no_rows_of_the_block_that_it_reads(sql: str, expected: str) -> None:
    assert rows(sql) == expected
