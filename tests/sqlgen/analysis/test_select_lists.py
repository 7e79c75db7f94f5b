"""Select lists: rows that are a whole table's, and embeds that an outer join makes optional."""

import pytest

from tests.sqlgen.analysis.reading import analysed, keys, messages, nulls, rows
from tests.sqlgen.written import checked

OPTIONAL = "FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT * FROM with_orders", "with_orders"),
        ("SELECT * FROM with_orders WHERE order_id IS NOT NULL", None),
        ("SELECT w.* FROM customers c LEFT JOIN with_orders w ON w.id = c.id WHERE w.id > 1", "with_orders"),
        ("SELECT w.* FROM customers c LEFT JOIN with_orders w ON w.id = c.id WHERE w.order_id > 1", None),
        ("SELECT * FROM (SELECT * FROM orders) d", None),
        ("WITH d AS (SELECT * FROM orders) SELECT * FROM d", None),
        ("SELECT sqlc.embed(orders) FROM orders", None),
        ("SELECT o.*, c.id FROM orders o JOIN customers c ON c.id = o.id", None),
        ("SELECT id AS number, customer_id, total FROM paid", None),
        ("SELECT ID, Customer_Id, total FROM paid", "paid"),
        ("SELECT id, customer_id FROM paid", None),
        ("SELECT id, customer_id, total, total FROM paid", None),
        ("SELECT a.id, b.customer_id, b.total FROM paid a JOIN paid b USING (id)", None),
        ("SELECT id, customer_id, total + 0 AS total FROM paid", None),
        ("SELECT 1", None),
    ],
)
def test_a_row_is_a_tables_if_it_has_the_columns_names_and_nulls_of_the_table(
    sql: str, table: str | None
) -> None:
    found = analysed(sql).whole_table
    assert (found.table if found else None) == table


def embeds(sql: str) -> list[tuple[str, bool, str | None]]:
    """Name, nullability, and the column that is NULL only if there is no row, of each embed."""
    query = analysed(sql)
    return [
        (
            each.table,
            each.nullable,
            None if each.nullability_source is None else query.columns[each.nullability_source].name,
        )
        for each in query.embeds
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"SELECT sqlc.embed(c), sqlc.embed(o) {OPTIONAL}", [("c", False, None), ("o", True, "id")]),
        (
            f"SELECT 1 AS one, sqlc.embed(o), sqlc.embed(c) {OPTIONAL}",
            [("o", True, "id"), ("c", False, None)],
        ),
        (f"SELECT 1 AS one, o.note, sqlc.embed(o) {OPTIONAL} WHERE o.id > 1", [("o", False, None)]),
        ("SELECT sqlc.embed(o), COUNT(*) FROM orders o WHERE o.id = 1", [("o", True, "id")]),
        ("SELECT sqlc.embed(o), COUNT(*) FROM orders o GROUP BY o.id", [("o", False, None)]),
        (
            "SELECT 1 AS one, sqlc.embed(w) FROM orders o LEFT JOIN backwards w ON w.id = o.id",
            [("w", True, "id")],
        ),
        ("SELECT sqlc.embed(w) FROM backwards w", [("w", False, None)]),
    ],
)
def test_an_embed_is_optional_if_its_table_can_have_no_row(
    sql: str, expected: list[tuple[str, bool, str | None]]
) -> None:
    assert embeds(sql) == expected


def test_the_columns_of_an_embed_belong_to_it_and_the_others_to_none() -> None:
    query = analysed(
        "SELECT o.id AS first, sqlc.embed(p), 1 AS last FROM orders o JOIN paid p ON p.id = o.id"
    )
    assert [column.embed for column in query.columns] == [None, 0, 0, 0, None]


def test_the_nulls_of_an_inner_outer_join_are_those_of_its_columns_alone() -> None:
    """A column that only the join makes NULL is not NULL where another one proves the match."""
    derived = f"(SELECT c.id, o.id AS oid, o.total, o.note, o.total + 1 AS more {OPTIONAL}) d"
    assert nulls(f"SELECT id, oid, total, note, more FROM {derived}") == "-NNNN"
    assert nulls(f"SELECT id, oid, total, note, more FROM {derived} WHERE oid IS NOT NULL") == "---NN"
    assert nulls(f"SELECT oid, total FROM {derived} WHERE more IS NOT NULL") == "NN"


def test_a_star_of_all_tables_and_of_one_are_the_columns_that_they_name() -> None:
    assert keys("SELECT * FROM paid") == "id"
    assert keys("SELECT p.*, 1 AS one FROM paid p") == "id"
    assert rows("SELECT DISTINCT * FROM mysql.user") == " none"
    assert rows("SELECT mysql.orders.* FROM orders JOIN mysql.orders") == " none"


def test_an_embed_is_of_a_table_or_a_view() -> None:
    of_derived = messages("SELECT sqlc.embed(d) FROM (SELECT 1 AS x) d")
    assert of_derived == ["sqlc.embed('d') needs a table or view, not a derived table"]
    of_unknown = messages("SELECT d.x FROM (SELECT sqlc.embed(nosuch) FROM orders) d")
    assert of_unknown == ["unknown table 'nosuch' in sqlc.embed"]
    unknown = messages("SELECT d.nosuch FROM (SELECT sqlc.embed(o) FROM orders o) d")
    assert unknown == ["unknown column 'd.nosuch' in the select list"]


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT sqlc.embed(o) FROM orders o", "orders"),
        ("SELECT 1 AS one, sqlc.embed(t) FROM orders o LEFT JOIN performance_schema.threads t ON TRUE", "t"),
    ],
)
def test_an_embed_has_the_name_of_its_table(sql: str, table: str) -> None:
    [embed] = analysed(sql).embeds
    assert embed.source.table == table


@pytest.mark.parametrize(("table", "expected"), [("t", 2), ("n", None), ("v", 3)])
def test_the_column_that_is_null_only_without_a_row_is_visible_and_never_null_in_one(
    table: str, expected: int | None
) -> None:
    schema = (
        "CREATE TABLE t (h INT NOT NULL INVISIBLE, x INT, id INT NOT NULL PRIMARY KEY);"
        "CREATE TABLE n (x INT, y INT);"
        "CREATE VIEW v AS SELECT t.id AS other, n.x, d.id FROM t d LEFT JOIN t ON t.x = d.x LEFT JOIN n ON n.x = d.x;"
    )
    sql = f"SELECT 1 AS one, sqlc.embed({table}) FROM t q LEFT JOIN {table} ON {table}.x = q.x"
    found = checked(schema, sql).analysed
    assert found is not None
    assert [embed.nullability_source for embed in found.embeds] == [expected]
