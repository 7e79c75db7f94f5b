import pytest

from tests.sqlgen.syntax.tree import same, show, walk
from tools.sqlgen.syntax.ast import (
    BytesLiteral,
    Call,
    Cast,
    ColumnRef,
    DefaultValue,
    Expr,
    Insert,
    InsertedValue,
    Match,
    Node,
    Quantified,
    Query,
    Select,
    StringLiteral,
    TemporalLiteral,
    WindowSpec,
)
from tools.sqlgen.syntax.parser import parse_query


def expr(text: str) -> Expr:
    query = parse_query(f"SELECT {text}")
    assert isinstance(query, Query)
    assert isinstance(query.body, Select)
    return query.body.items[0].expr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a DIV b % c MOD d", "(((a DIV b) MOD c) MOD d)"),
        ("-a ^ b", "((- a) ^ b)"),
        ("a | b & c << d + e * f ^ g", "(a | (b & (c << (d + (e * (f ^ g))))))"),
        ("a OR b XOR c AND NOT d = e", "(a OR (b XOR (c AND (NOT (d = e)))))"),
        ("a || b && c", "(a OR (b AND c))"),
        ("NOT a LIKE b", "(NOT (a LIKE b))"),
        ("! a LIKE b", "((! a) LIKE b)"),
        ("!a + b", "((! a) + b)"),
        ("a = b = c", "((a = b) = c)"),
        ("a = b IS NULL", "((a = b) IS NULL)"),
        ("a IS NULL = b", "((a IS NULL) = b)"),
        ("NOT a IS NOT NULL", "(NOT (a IS NOT NULL))"),
        ("a AND b IS TRUE", "(a AND (b IS TRUE))"),
        ("a = b IS TRUE", "((a = b) IS TRUE)"),
        ("a = b LIKE c", "(a = (b LIKE c))"),
        ("a LIKE b = c", "((a LIKE b) = c)"),
        ("a BETWEEN b AND c AND d", "((a BETWEEN b AND c) AND d)"),
        ("a BETWEEN b + 1 AND c * 2 OR d", "((a BETWEEN (b + 1) AND (c * 2)) OR d)"),
        ("a NOT BETWEEN 1 AND 2 = TRUE", "((a NOT BETWEEN 1 AND 2) = True)"),
        ("a + b IN (1, c + 2)", "((a + b) IN [1, (c + 2)])"),
        ("a COLLATE x = b COLLATE y", "((a COLLATE x) = (b COLLATE y))"),
        ("-a COLLATE x", "(- (a COLLATE x))"),
        ("BINARY a = b", "((BINARY a) = b)"),
        ("a + INTERVAL b + 1 DAY", "(a + INTERVAL (b + 1) DAY)"),
        ("INTERVAL 1 DAY + a", "(INTERVAL 1 DAY + a)"),
        ("INTERVAL(1, 2)", "INTERVAL(1, 2)"),
        ("a->'$.x' = 1", "((a -> '$.x') = 1)"),
        ("t.a->>'$.x' LIKE 'y'", "((t.a ->> '$.x') LIKE 'y')"),
        ("a SOUNDS LIKE b", "(a SOUNDS LIKE b)"),
        ("(a, b) = (1, 2)", "(ROW(a, b) = ROW(1, 2))"),
        ("CASE a WHEN 1 THEN 2 ELSE 3 END + 1", "(CASE(a 1: 2 ELSE 3) + 1)"),
        ("TRIM(BOTH x FROM y)", "TRIM(y, x)"),
        ("TRIM(LEADING FROM y)", "TRIM(y)"),
        ("SUBSTRING(x FROM 1 FOR 2)", "SUBSTRING(x, 1, 2)"),
        ("POSITION(a IN b)", "LOCATE(a, b)"),
        ("CURRENT_DATE", "CURRENT_DATE()"),
        ("CAST(a AS DECIMAL(10, 2))", "CAST(a AS DECIMAL[10, 2])"),
        ("CAST(a AS UNSIGNED INTEGER)", "CAST(a AS BIGINT)"),
        ("CONVERT(a, CHAR(3))", "CAST(a AS CHAR[3])"),
        ("CHAR(1, 2 USING utf8mb4)", "CHAR(1, 2)"),
        ("'a' 'b' \"c\"", "'abc'"),
        (":a + sqlc.arg(b) + sqlc.narg('c')", "((arg:a + arg:b) + narg:c)"),
        ("a IN (sqlc.slice(ids))", "(a IN [slice:ids])"),
    ],
)
def test_operators_bind_as_in_mysql(text: str, expected: str) -> None:
    assert show(expr(text)) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        (r"'a\'b\\c\n\0\Z\%\_\q'", "a'b\\c\n\0\x1a\\%\\_q"),
        ('"x""y"', 'x"y'),
        ("\"it''s\"", "it''s"),
        ("'multi\nline'", "multi\nline"),
    ],
)
def test_escapes_in_strings_are_resolved(text: str, value: str) -> None:
    literal = expr(text)
    assert isinstance(literal, StringLiteral)
    assert literal.value == value


def test_introducers_and_national_strings_say_their_character_set() -> None:
    for text, charset in (("_latin1'x'", "latin1"), ("_utf8mb4 'x'", "utf8mb4"), ("N'x'", "utf8mb3")):
        literal = expr(text)
        assert isinstance(literal, StringLiteral)
        assert literal.charset == charset


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X'4D7953'", b"MyS"),
        ("0x4D", b"M"),
        ("0xABC", b"\x0a\xbc"),
        ("b'101'", b"\x05"),
        ("0b100000001", b"\x01\x01"),
        ("x''", b""),
    ],
)
def test_hexadecimal_and_bit_literals_are_bytes(text: str, value: bytes) -> None:
    literal = expr(text)
    assert isinstance(literal, BytesLiteral)
    assert literal.value == value


def test_date_literals_come_in_three_ways() -> None:
    for text in ("DATE '2024-01-01'", "{d '2024-01-01'}", "date'2024-01-01'"):
        literal = expr(text)
        assert isinstance(literal, TemporalLiteral)
        assert (literal.kind, literal.value) == ("DATE", "2024-01-01")


def test_an_aggregate_keeps_distinct_order_and_separator() -> None:
    call = expr("GROUP_CONCAT(DISTINCT a, b ORDER BY c DESC SEPARATOR ';')")
    assert isinstance(call, Call)
    assert (call.distinct, len(call.args), call.order_by[0].descending, call.separator) == (
        True,
        2,
        True,
        ";",
    )


def test_a_window_call_keeps_its_window_and_null_treatment() -> None:
    call = expr("LAG(a, 1) RESPECT NULLS OVER (w PARTITION BY b ORDER BY c ROWS 2 PRECEDING)")
    assert isinstance(call, Call)
    assert isinstance(call.over, WindowSpec)
    assert call.over.base == "w"
    assert call.over.frame is not None
    assert call.over.frame.lower.kind == "PRECEDING"


def test_a_named_window_is_its_name() -> None:
    call = expr("NTH_VALUE(a, 2) FROM LAST OVER w")
    assert isinstance(call, Call)
    assert (call.over, call.from_last) == ("w", True)


def test_match_keeps_columns_and_modifier() -> None:
    match = expr("MATCH (t.a, b) AGAINST (? IN BOOLEAN MODE)")
    assert isinstance(match, Match)
    assert [column.column for column in match.columns] == ["a", "b"]
    assert match.modifier == "IN BOOLEAN MODE"


def test_some_is_any() -> None:
    quantified = expr("a <> SOME (SELECT 1)")
    assert isinstance(quantified, Quantified)
    assert quantified.quantifier == "ANY"


def test_json_value_with_returning_is_a_cast() -> None:
    cast = expr("JSON_VALUE(a, '$.x' RETURNING UNSIGNED DEFAULT '0' ON EMPTY NULL ON ERROR)")
    assert isinstance(cast, Cast)
    assert cast.type.unsigned
    assert show(cast.operand) == "JSON_VALUE(a, '$.x')"


def test_redundant_parentheses_do_not_change_the_tree() -> None:
    assert same(expr("((a) + (b))"), expr("a + b"))


def test_a_parent_spans_the_parentheses_of_its_operands() -> None:
    text = "SELECT (a) + (b)"
    query = parse_query(text)
    assert isinstance(query, Query)
    spans = [text[node.start : node.end] for node in walk(query)]
    assert "(a) + (b)" in spans
    assert [text[n.start : n.end] for n in walk(query) if isinstance(n, ColumnRef)] == ["a", "b"]


def test_values_and_default_are_what_they_are_where_they_stand() -> None:
    insert = parse_query(
        "INSERT INTO t (a) VALUES (DEFAULT) ON DUPLICATE KEY UPDATE a = VALUES(a), b = DEFAULT(b)"
    )
    assert isinstance(insert, Insert)
    assert isinstance(insert.rows[0][0], DefaultValue)
    assert isinstance(insert.on_duplicate[0].value, InsertedValue)
    value: Node = insert.on_duplicate[1].value
    assert isinstance(value, DefaultValue)
    assert value.column is not None


def test_reserved_words_are_names_after_and_before_a_dot() -> None:
    assert show(expr("order.id")) == "order.id"
    assert show(expr("t.select")) == "t.select"
