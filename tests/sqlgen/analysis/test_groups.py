"""GROUP BY: the column, the select item or the position that a name or a number means, as MySQL resolves it."""

import pytest

from tests.sqlgen.analysis.reading import messages, nulls, rows

JOINED = "FROM orders o JOIN items i"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT c.id, COUNT(*) FROM customers c JOIN orders o GROUP BY id", "-- many"),
        ("SELECT customer_id AS id, COUNT(*) FROM orders GROUP BY id", "N- many"),
        ("SELECT c.id AS k, COUNT(*) FROM customers c GROUP BY K", "-- many"),
        ("SELECT COUNT(*) AS id, 1 FROM orders GROUP BY id", "-- many"),
        ("SELECT o.status, 1 FROM orders o GROUP BY 1", "-- many"),
        ("SELECT 1, o.status FROM orders o GROUP BY 2", "-- many"),
        (f"SELECT i.note, COUNT(*) {JOINED} GROUP BY note", "-- many"),
        (f"SELECT i.line AS note, COUNT(*) {JOINED} GROUP BY note", "-- many"),
        ("SELECT discount + 1 AS d, COUNT(*) FROM orders GROUP BY d", "N- many"),
        ("SELECT status + 0 AS status, COUNT(*) FROM orders GROUP BY status", "-- many"),
        ("SELECT status AS note, note AS status FROM orders GROUP BY note, status", "-N many"),
        ("SELECT COUNT(*) AS total, total FROM orders GROUP BY total", "-- many"),
        ("SELECT COUNT(*) FROM orders WHERE id = 1 GROUP BY status", "- zero_or_one"),
        ("SELECT status AS s, COUNT(*) FROM orders WHERE status = 'new' GROUP BY s", "-- zero_or_one"),
        ("SELECT status, COUNT(*) FROM orders WHERE status = 'new' GROUP BY 1", "-- zero_or_one"),
        ("SELECT status, COUNT(*) FROM orders GROUP BY status WITH ROLLUP", "N- many"),
        ("SELECT p.* FROM paid p WHERE p.id = 1 GROUP BY 1", "-N- zero_or_one"),
        ("SELECT p.*, 1 FROM paid p WHERE p.id = 1 GROUP BY 1", "-N-- zero_or_one"),
        ("SELECT sqlc.embed(p) FROM paid p WHERE p.id = 1 GROUP BY 1", "-N- zero_or_one"),
        ("SELECT sqlc.embed(p), 1 FROM paid p WHERE p.id = 1 GROUP BY 1", "-N-- zero_or_one"),
    ],
)
def test_a_name_and_a_position_mean_what_the_server_groups_by(sql: str, expected: str) -> None:
    assert rows(sql) == expected


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT COUNT(*) AS n FROM orders GROUP BY n", "GROUP BY cannot group by an aggregate"),
        ("SELECT 1, COUNT(*) AS n FROM orders GROUP BY n", "GROUP BY cannot group by an aggregate"),
        ("SELECT COUNT(*) AS n FROM orders o GROUP BY o.n", "unknown column 'o.n' in GROUP BY"),
        ("SELECT COUNT(*) FROM orders GROUP BY 1", "GROUP BY cannot group by an aggregate"),
        (
            "SELECT ROW_NUMBER() OVER () AS r FROM orders GROUP BY r",
            "GROUP BY cannot group by a window function",
        ),
        ("SELECT 1 FROM orders GROUP BY COUNT(*)", "GROUP BY cannot group by an aggregate"),
        ("SELECT 1 FROM orders GROUP BY 2", "position 2 in GROUP BY: the select list has 1 columns"),
        ("SELECT 1 FROM orders GROUP BY 0", "position 0 in GROUP BY: the select list has 1 columns"),
    ],
)
def test_an_aggregate_and_a_position_outside_of_the_list_are_refused(sql: str, message: str) -> None:
    assert messages(sql) == [message]


def test_a_column_is_not_grouped_by_an_item_that_only_has_its_name() -> None:
    of_column = "SELECT id AS customer_id, COUNT(*) FROM orders GROUP BY customer_id"
    assert messages(of_column) == [
        "column 'id' in the select list is neither grouped by nor determined by the groups"
    ]
    assert len(messages(f"SELECT i.note, o.note, COUNT(*) {JOINED} GROUP BY note")) == 3
    assert messages(f"SELECT note {JOINED} GROUP BY note") == [
        "column 'note' in the select list is ambiguous",
        "column 'note' in GROUP BY is ambiguous",
    ]


def test_an_alias_decides_before_a_column_that_is_selected_under_its_own_name() -> None:
    refusal = "column 'o.note' in the select list is neither grouped by nor determined by the groups"
    assert messages(f"SELECT o.note, i.line + 1 AS note {JOINED} GROUP BY note") == [refusal]
    assert messages(f"SELECT i.line + 1 AS note, o.note {JOINED} GROUP BY note") == [refusal]


def test_a_column_of_a_relation_of_unknown_columns_is_one_column() -> None:
    assert nulls("SELECT u.host FROM mysql.user u WHERE u.Host IS NOT NULL") == "-"
    assert nulls("SELECT u.host FROM mysql.user u WHERE u.name IS NOT NULL") == "N"


def test_an_unknown_column_is_unknown_to_both_clauses() -> None:
    found = messages("SELECT missing FROM orders GROUP BY missing")
    assert found == ["unknown column 'missing' in the select list", "unknown column 'missing' in GROUP BY"]


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("SELECT missing AS m FROM orders GROUP BY m", "missing"),
        ("SELECT o.missing FROM orders o GROUP BY missing", "o.missing"),
    ],
)
def test_a_name_of_a_wrong_select_item_means_the_item(sql: str, column: str) -> None:
    assert messages(sql) == [
        f"unknown column '{column}' in GROUP BY",
        f"unknown column '{column}' in the select list",
    ]


def test_a_star_of_unknown_columns_leaves_the_positions_after_it_open() -> None:
    refusal = ["column 'o.id' in the select list is neither grouped by nor determined by the groups"]
    assert rows("SELECT u.*, 1 AS x FROM mysql.user u GROUP BY x") == "- many"
    assert rows("SELECT o.id, u.* FROM mysql.user u JOIN orders o GROUP BY 1") == "- many"
    assert messages("SELECT u.*, o.id FROM mysql.user u JOIN orders o GROUP BY 2") == refusal
    assert messages("SELECT o.id, u.* FROM mysql.user u JOIN orders o GROUP BY 9") == refusal
