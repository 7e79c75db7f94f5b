"""Pages: a named order with sqlc.after tells any two rows apart that it filters."""

import pytest

from tests.sqlgen.written import findings

SCHEMA = """
CREATE TABLE shops (id INT NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL);
CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, shop_id INT NOT NULL, number INT NOT NULL, at DATETIME NOT NULL,
  UNIQUE KEY (shop_id, number));
CREATE TABLE items (order_id INT NOT NULL, line INT NOT NULL, sku INT NOT NULL, PRIMARY KEY (order_id, line));
"""
BY_ID = "-- order: newest at DESC, id DESC\n"
BY_NUMBER = "-- order: numbered number ASC\n"
BY_LINE = "-- order: lines id ASC, line ASC\n"


def pages(order: str, sql: str) -> str:
    return " ".join(findings(SCHEMA, sql, header=order))


@pytest.mark.parametrize(
    ("order", "sql"),
    [
        (BY_ID, "SELECT o.id, o.at, s.name FROM orders o JOIN shops s ON s.id = o.shop_id WHERE sqlc.after(o)"),
        (BY_ID, "SELECT o.id, o.at, i.sku FROM orders o LEFT JOIN items i ON i.order_id = o.id AND i.line = 1"
                " WHERE sqlc.after(o)"),
        (BY_ID, "SELECT o.id, o.at, COUNT(i.line) AS n FROM orders o LEFT JOIN items i ON i.order_id = o.id"
                " WHERE sqlc.after(o) GROUP BY o.id"),
        (BY_ID, "SELECT o.id, o.at FROM orders o WHERE o.id IN (SELECT i.order_id FROM items i) AND sqlc.after(o)"),
        (BY_NUMBER, "SELECT o.number FROM orders o WHERE o.shop_id = :shop AND sqlc.after(o)"),
        (BY_NUMBER, "SELECT o.number FROM (SELECT number FROM orders WHERE shop_id = :shop) o WHERE sqlc.after(o)"),
        (BY_NUMBER, "SELECT o.number FROM (SELECT d.number FROM (SELECT * FROM orders) d WHERE d.shop_id = :shop) o"
                    " WHERE sqlc.after(o)"),
        (BY_ID, "SELECT o.id, o.at, s.name FROM orders o JOIN shops s ON s.id = :shop WHERE sqlc.after(o)"),
        (BY_ID, "SELECT o.id, o.at FROM (SELECT q.id, q.at FROM (SELECT order_id AS id FROM items UNION SELECT id"
                " FROM shops) m JOIN orders q ON q.id = m.id) o WHERE sqlc.after(o)"),
        (BY_NUMBER, "SELECT o.number, o.shop_id FROM orders o JOIN shops s ON s.id = o.shop_id AND s.id = 5"
                    " WHERE sqlc.after(o)"),
    ],
)  # fmt: skip
def test_rows_that_the_order_tells_apart_are_paged(order: str, sql: str) -> None:
    assert pages(order, f"{sql} ORDER BY sqlc.order_by(o) LIMIT 9") == ""


def test_an_order_may_end_in_the_key_of_the_table_that_is_joined() -> None:
    sql = "SELECT o.id, i.line FROM orders o JOIN items i ON i.order_id = o.id WHERE sqlc.after()"
    assert pages(BY_LINE, f"{sql} ORDER BY sqlc.order_by()") == ""


@pytest.mark.parametrize(
    "join",
    [
        "JOIN items i ON i.order_id = o.id",
        "LEFT JOIN items i ON i.order_id = o.id AND i.line > 1",
        "LEFT JOIN items i ON i.order_id = o.id AND sqlc.optional(i.line = :line)",
        "JOIN (SELECT 1 AS n UNION SELECT 2) i",
        "JOIN items i ON i.order_id = o.id AND i.line = o.number + RAND()",
    ],
)
def test_rows_that_a_join_repeats_are_not_paged(join: str) -> None:
    sql = f"SELECT o.id, o.at FROM orders o {join} WHERE sqlc.after(o) ORDER BY sqlc.order_by(o) LIMIT 9"
    assert "rows that a join repeats are equal in the order 'newest'" in pages(BY_ID, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT o.number FROM orders o WHERE sqlc.after(o)",
        "SELECT o.number FROM orders o WHERE o.shop_id > :shop AND sqlc.after(o)",
        "SELECT o.number FROM orders o WHERE sqlc.optional(o.shop_id = :shop) AND sqlc.after(o)",
        "SELECT o.number FROM orders o JOIN shops s ON s.id = o.shop_id WHERE sqlc.after(o)",
        "SELECT o.number FROM (SELECT number FROM orders) o WHERE sqlc.after(o)",
        "SELECT o.number FROM (SELECT id AS number FROM orders UNION ALL SELECT id FROM orders) o WHERE sqlc.after(o)",
        "SELECT o.number, COUNT(*) AS n FROM orders o WHERE sqlc.after(o) GROUP BY o.number, o.shop_id",
    ],
)
def test_rows_that_are_equal_in_the_order_are_not_paged(sql: str) -> None:
    found = pages(BY_NUMBER, f"{sql} ORDER BY sqlc.order_by(o) LIMIT 9")
    assert "rows that are equal in the order 'numbered'" in found


PAGE = "(SELECT x.id, x.at FROM orders x WHERE sqlc.after(x) ORDER BY sqlc.order_by(x) {limit}) o"


def test_a_join_outside_of_the_page_repeats_rows_only_where_the_page_ends_there() -> None:
    inside, outside = PAGE.format(limit="LIMIT 9"), PAGE.format(limit="")
    sql = "SELECT o.id, o.at, i.line FROM {page} JOIN items i ON i.order_id = o.id ORDER BY sqlc.order_by(o) {limit}"
    assert pages(BY_ID, sql.format(page=inside, limit="")) == ""
    assert "rows that a join repeats" in pages(BY_ID, sql.format(page=outside, limit="LIMIT 9"))


def test_an_outer_page_of_groups_of_its_rows_repeats_none() -> None:
    sql = (
        f"SELECT o.id, o.at, COUNT(*) AS n FROM {PAGE.format(limit='')} JOIN items i ON i.order_id = o.id"
        " GROUP BY o.id, o.at ORDER BY sqlc.order_by(o) LIMIT 9"
    )
    assert pages(BY_ID, sql) == ""


def test_a_page_of_groups_inside_of_a_query_has_the_groups_of_its_own_block() -> None:
    sql = (
        "SELECT o.id, o.at, o.n FROM (SELECT x.id, x.at, COUNT(*) AS n FROM orders x JOIN items i ON i.order_id = x.id"
        " WHERE sqlc.after(x) GROUP BY x.id, x.at ORDER BY sqlc.order_by(x) LIMIT 9) o ORDER BY sqlc.order_by(o)"
    )
    assert pages(BY_ID, sql) == ""


def test_a_page_of_the_pages_of_two_tables_may_end_between_any_rows() -> None:
    arm = "(SELECT x.id, x.at FROM orders x WHERE sqlc.after(x) ORDER BY sqlc.order_by(x) LIMIT 9)"
    both = f"SELECT o.id, o.at FROM ({arm} UNION ALL {arm}) o"
    assert pages(BY_ID, f"{both} ORDER BY sqlc.order_by(o) LIMIT 9") == ""
    assert pages(BY_ID, f"{both} JOIN shops s ON s.id = :shop ORDER BY sqlc.order_by(o) LIMIT 9") == ""


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("-- order: newest at DESC, of DESC\n", "unknown column 'of' in the order"),
        ("-- order: first id ASC\n-- order: newest at SIDEWAYS\n", "'at SIDEWAYS' is no order column"),
    ],
)
def test_an_order_with_a_wrong_column_has_one_finding(order: str, expected: str) -> None:
    sql = "SELECT o.id, o.at FROM orders o WHERE sqlc.after(o) ORDER BY sqlc.order_by(o)"
    [finding] = findings(SCHEMA, sql, header=order)
    assert expected in finding


def test_without_a_cursor_rows_may_be_equal() -> None:
    sql = (
        "SELECT o.id, o.at FROM orders o JOIN items i ON i.order_id = o.id ORDER BY sqlc.order_by(o) LIMIT 9"
    )
    assert pages(BY_ID, sql) == ""


def test_rows_that_are_deleted_have_no_pages() -> None:
    sql = "DELETE FROM orders WHERE sqlc.after(orders) ORDER BY sqlc.order_by(orders) LIMIT 9"
    [finding] = findings(SCHEMA, sql, ":exec", BY_NUMBER)
    assert "order column 'number' is not in the result" in finding
