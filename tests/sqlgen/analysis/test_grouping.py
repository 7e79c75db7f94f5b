"""ONLY_FULL_GROUP_BY: which columns MySQL takes to have one value in each group."""

import pytest

from tests.sqlgen.analysis.grouped import ACCEPTED, REFUSED
from tests.sqlgen.analysis.reading import analysed, messages, refused, rows


@pytest.mark.parametrize("sql", ACCEPTED)
def test_a_column_with_one_value_in_each_group_is_accepted(sql: str) -> None:
    assert analysed(sql).columns


@pytest.mark.parametrize("sql", REFUSED)
def test_a_column_that_can_have_several_values_in_a_group_is_refused(sql: str) -> None:
    messages = [finding.message for finding in refused(sql)]
    assert any("group" in message.lower() or "DISTINCT" in message for message in messages), messages


def test_one_finding_names_the_column_as_the_query_does() -> None:
    of = "neither grouped by nor determined by the groups"
    assert messages("SELECT vip FROM customers c GROUP BY city") == [
        f"column 'vip' in the select list is {of}"
    ]
    assert messages("SELECT c.vip FROM customers c GROUP BY city") == [
        f"column 'c.vip' in the select list is {of}"
    ]
    named = "SELECT 1 FROM customers GROUP BY city WINDOW w AS (ORDER BY vip)"
    assert messages(named) == [f"column 'vip' in WINDOW w is {of}"]
    sorted_by_two = "SELECT DISTINCT city FROM customers ORDER BY vip + id"
    assert messages(sorted_by_two) == ["column 'vip' in ORDER BY is not selected, and the query is DISTINCT"]


def test_a_column_of_a_table_of_unknown_columns_is_taken_for_grouped() -> None:
    assert analysed("SELECT t.thread_id, COUNT(*) FROM performance_schema.threads t GROUP BY t.name").columns


_CHANCE = "(SELECT id, email FROM customers WHERE RAND() < 0.5)"


@pytest.mark.parametrize(
    ("joined", "determined"),
    [
        ("orders o LEFT JOIN customers c ON c.id = o.customer_id", True),
        ("customers c RIGHT JOIN orders o ON c.id = o.customer_id", True),
        (f"orders o LEFT JOIN {_CHANCE} c ON c.id = o.customer_id", False),
        (f"{_CHANCE} c RIGHT JOIN orders o ON c.id = o.customer_id", False),
        (
            "(SELECT customer_id FROM orders WHERE RAND() < 0.5) o LEFT JOIN customers c ON c.id = o.customer_id",
            True,
        ),
        (
            "customers c RIGHT JOIN (SELECT customer_id FROM orders WHERE RAND() < 0.5) o ON c.id = o.customer_id",
            True,
        ),
    ],
)
def test_an_outer_join_determines_its_columns_unless_chance_decides_which_rows_match(
    joined: str, *, determined: bool
) -> None:
    sql = f"SELECT o.customer_id, c.email FROM {joined} GROUP BY o.customer_id"
    refusal = "column 'c.email' in the select list is neither grouped by nor determined by the groups"
    if determined:
        assert rows(sql) == "NN many"
    else:
        assert messages(sql) == [refusal]
