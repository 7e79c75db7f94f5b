# ruff: noqa: E501 - one case a line

import pytest

from tests.sqlgen.syntax.tree import show, walk
from tools.sqlgen.syntax.ast import AfterMacro, Optional, OrderByMacro, Param, Query
from tools.sqlgen.syntax.parser import parse_query


def params(text: str) -> list[tuple[str, str | None]]:
    return [(node.kind, node.name) for node in walk(parse_query(text)) if isinstance(node, Param)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?, ?", [("positional", None), ("positional", None)]),
        ("SELECT :a, :limit, sqlc.arg(order), sqlc.narg('key'), sqlc.arg(`x y`)", [("arg", "a"), ("arg", "limit"), ("arg", "order"), ("narg", "key"), ("arg", "x y")]),
        ("SELECT a FROM t WHERE a IN (sqlc.slice(ids)) LIMIT :n OFFSET sqlc.arg('m')", [("slice", "ids"), ("arg", "n"), ("arg", "m")]),
        ("SELECT @a := :b, ':c', \":d\", `:e`", [("arg", "b")]),
        ("INSERT INTO t (a) VALUES (:a), (sqlc.arg(b)) ON DUPLICATE KEY UPDATE a = :c", [("arg", "a"), ("arg", "b"), ("arg", "c")]),
        ("CALL p(:a, ?)", [("arg", "a"), ("positional", None)]),
        ("SELECT a + INTERVAL :days DAY", [("arg", "days")]),
    ],
)  # fmt: skip
def test_placeholders_are_found_wherever_a_value_may_stand(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert params(text) == expected


def test_a_placeholder_spans_the_whole_macro() -> None:
    text = "SELECT sqlc.arg( name ), :x"
    spans = [text[node.start : node.end] for node in walk(parse_query(text)) if isinstance(node, Param)]
    assert spans == ["sqlc.arg( name )", ":x"]


def test_an_optional_condition_keeps_its_flag() -> None:
    text = "SELECT a FROM t WHERE sqlc.optional(a = :a) AND sqlc.optional(b IS NULL, :f) AND 1"
    found = [node for node in walk(parse_query(text)) if isinstance(node, Optional)]
    assert [text[each.start : each.end] for each in found] == [
        "sqlc.optional(a = :a)",
        "sqlc.optional(b IS NULL, :f)",
    ]
    assert [show(each.flag) for each in found] == ["none", "arg:f"]


def test_orders_and_cursors_may_name_a_table() -> None:
    text = "SELECT a FROM t x WHERE sqlc.after(x) AND sqlc.after() ORDER BY sqlc.order_by('x') LIMIT 1"
    query = parse_query(text)
    assert isinstance(query, Query)
    assert isinstance(query.order_by[0].expr, OrderByMacro)
    assert query.order_by[0].expr.alias == "x"
    assert [node.alias for node in walk(query) if isinstance(node, AfterMacro)] == ["x", None]


def test_a_table_called_sqlc_is_a_table() -> None:
    assert params("SELECT sqlc.arg FROM sqlc") == []
