"""Candidate keys and functional dependencies of a query's result, which an outer query builds on."""

import pytest

from tests.sqlgen.analysis.reading import dependencies, keys
from tools.sqlgen.analysis.collations import COERCIBLE
from tools.sqlgen.analysis.comparisons import equals_one_value
from tools.sqlgen.analysis.scope import Side
from tools.sqlgen.types.sql_type import BIGINT, INT, VARBINARY, VARCHAR, SqlType


@pytest.mark.parametrize(
    ("sql", "expected", "expected_dependencies"),
    [
        ("SELECT id, note FROM orders", "id", "id -> *, id -> *"),
        ("SELECT id, id AS again, note FROM orders", "id", "id -> *, id -> id+note"),
        ("SELECT note FROM orders", "", ""),
        ("SELECT id + 1 AS id FROM orders", "", ""),
        ("SELECT id, email, nick, city FROM customers", "id, email, nick", "id -> *, email -> *, id -> *, email -> *"),
        ("SELECT nick FROM customers WHERE nick IS NOT NULL", "nick", "nick -> *"),
        ("SELECT order_id, line, note FROM items", "order_id+line", "order_id+line -> *, order_id+line -> *"),
        ("SELECT order_id, note FROM items", "", ""),
        ("SELECT price, quantity, amount FROM items", "", "price+quantity -> amount"),
        ("SELECT price, amount FROM items", "", ""),
        ("SELECT quantity, price FROM items", "", "quantity+price -> ()"),
        ("SELECT DISTINCT note, status FROM orders", "note+status", "note+status -> *"),
        ("SELECT DISTINCT id, status FROM orders", "id+status, id", "id+status -> *, id -> *, id -> *"),
        ("SELECT status, note, COUNT(*) AS n FROM orders GROUP BY status, note", "status+note", "status+note -> *"),
        ("SELECT status AS s, COUNT(*) AS n FROM orders GROUP BY status", "s", "s -> *"),
        ("SELECT status AS s, COUNT(*) AS n FROM orders GROUP BY s", "s", "s -> *"),
        ("SELECT COUNT(*) AS n FROM orders GROUP BY status", "", ""),
        ("SELECT UPPER(note) AS u, COUNT(*) AS n FROM orders GROUP BY UPPER(note)", "u", "u -> *"),
        ("SELECT UPPER(note) AS u, COUNT(*) AS n FROM orders GROUP BY u, RAND()", "", ""),
        ("SELECT UPPER(note) AS u, COUNT(*) AS n FROM orders GROUP BY u, status", "", ""),
        ("SELECT id, COUNT(*) AS n FROM orders GROUP BY id, status", "", "id -> id"),
        ("SELECT id, note FROM orders GROUP BY id", "id", "id -> *, id -> *"),
        ("SELECT status, COUNT(*) AS n FROM orders GROUP BY status WITH ROLLUP", "", ""),
        ("SELECT COUNT(*) AS n FROM orders", "", ""),
        ("SELECT MAX(id) AS id FROM orders", "", ""),
        ("SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id", "id", "id -> *, id -> id, email -> email"),
        ("SELECT o.id, c.id AS cid, c.email FROM orders o LEFT JOIN customers c ON c.id = o.customer_id", "id", "id -> *, id -> id, cid -> cid+email, email -> cid+email"),
        ("SELECT o.id, c.id AS cid, c.email FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id", "", "id -> id, cid -> cid+email, email -> cid+email"),
        ("SELECT o.id, i.line FROM orders o JOIN items i ON i.order_id = o.id", "", "id -> id"),
        ("SELECT i.order_id, i.line, o.note FROM items i JOIN orders o ON i.order_id = o.id", "order_id+line", "order_id+line -> *, order_id+line -> order_id+line"),
        ("SELECT i.order_id, i.line, o.id FROM items i CROSS JOIN orders o", "", "order_id+line -> order_id+line, id -> id"),
        ("SELECT i.price, i.quantity, i.amount, o.id FROM orders o LEFT JOIN items i ON i.order_id = o.id", "", "id -> id"),
        ("SELECT i.price, i.quantity, i.amount, o.id FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE i.line = 1", "id", "id -> *, id -> id, price+quantity -> amount"),
        ("SELECT d.n, d.status FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) d", "status", "status -> *, status -> *"),
        ("SELECT d.n FROM (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) d", "", ""),
        ("SELECT d.n, d.note FROM (SELECT note, COUNT(*) AS n FROM orders GROUP BY note) d", "note", "note -> *"),
        ("SELECT d.n, d.note FROM orders o LEFT JOIN (SELECT note, COUNT(*) AS n FROM orders GROUP BY note) d ON d.note = o.note", "", ""),
        ("SELECT d.n, d.status FROM orders o LEFT JOIN (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) d ON d.status = o.note", "", "status -> *"),
        ("SELECT d.id, d.total FROM customers c, LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id) d", "", ""),
        ("SELECT d.id, d.total FROM customers c, LATERAL (SELECT o.id, o.total FROM orders o) d WHERE c.id = 1", "id", "id -> *, id -> *, id -> *"),
        ("SELECT * FROM paid", "id", "id -> *, id -> *, id -> *"),
        ("SELECT * FROM with_orders", "", "id -> id+email, email -> id+email, order_id -> order_id+total"),
        ("SELECT d.id FROM (SELECT id, FLOOR(total) AS x FROM orders) d JOIN orders o ON o.id = d.x", "id", "id -> *, id -> *, id -> *"),
        # The server computes RAND() again for each row of the other table.
        ("SELECT d.id FROM (SELECT id, FLOOR(RAND() * 10) AS x FROM orders) d JOIN orders o ON o.id = d.x", "", "id -> *, id -> *"),
        ("SELECT id, note FROM orders LIMIT 3", "id", "id -> *, id -> *"),
        ("SELECT id FROM orders UNION SELECT id FROM customers", "id", ""),
        ("SELECT id FROM orders UNION ALL SELECT id FROM customers", "", ""),
        ("SELECT id FROM orders UNION SELECT id FROM customers UNION ALL SELECT id FROM orders", "", ""),
        ("SELECT id FROM orders UNION ALL SELECT id FROM orders UNION SELECT id FROM customers", "id", ""),
        ("SELECT id, note FROM orders EXCEPT SELECT id, email FROM customers", "id+note", ""),
        ("(SELECT id FROM orders)", "id", "id -> *, id -> *"),
        ("SELECT x.id, y.id AS other FROM orders x JOIN orders y ON x.id = y.id", "id, other", "id -> *, other -> *, id -> id, other -> other"),
        ("SELECT x.email, y.nick FROM customers x JOIN customers y ON x.nick = y.nick", "email, nick", "email -> *, nick -> *, email -> email"),
        ("SELECT DISTINCT status FROM orders GROUP BY id, status", "status", "status -> *"),
        ("SELECT 1 AS one", "", ""),
        ("SELECT DISTINCT * FROM paid", "id+customer_id+total, id", "id+customer_id+total -> *, id -> *, id -> *, id -> *"),
        ("SELECT * FROM paid GROUP BY id, customer_id, total", "id+customer_id+total", "id+customer_id+total -> *, id -> *, id -> *"),
        ("SELECT UPPER(p.total) AS u, p.* FROM paid p GROUP BY p.id, UPPER(p.total)", "u+id", "u+id -> *, id -> id+customer_id+total, id -> id+customer_id+total"),
        ("SELECT d.k, d.s, d.n FROM (SELECT note AS k, status AS s, COUNT(*) AS n FROM orders GROUP BY note, status) d", "k+s", "k+s -> *"),
        ("SELECT o.id, c.email FROM orders o JOIN customers c ON c.email = o.id", "email", "email -> *, id -> id, email -> email"),
        ("SELECT o.id FROM orders o LEFT JOIN customers c ON c.nick = o.note", "id", "id -> *, id -> *"),
        ("SELECT o.id FROM orders o LEFT JOIN customers c ON c.nick = o.id", "", "id -> *"),
    ],
)  # fmt: skip
def test_the_keys_and_dependencies_of_a_result_are_those_of_its_rows(
    sql: str, expected: str, expected_dependencies: str
) -> None:
    assert (keys(sql), dependencies(sql)) == (expected, expected_dependencies)


@pytest.mark.parametrize(
    "text", [VARCHAR, VARBINARY, SqlType("ENUM", values=("a",)), SqlType("SET", values=("a",))]
)
def test_a_text_that_equals_a_number_is_not_one_text(text: SqlType) -> None:
    assert not equals_one_value(_side(text), _side(BIGINT))
    assert equals_one_value(_side(text), _side(VARCHAR, COERCIBLE))
    assert equals_one_value(_side(INT), _side(text))
    assert not equals_one_value(_side(BIGINT), _side(text))


def _side(sql_type: SqlType, collation: str | None = None) -> Side:
    return Side(None, frozenset(), None, sql_type, collation)
