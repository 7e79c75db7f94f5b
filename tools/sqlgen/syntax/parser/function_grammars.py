"""Calls with a grammar of their own, such as CAST(a AS INT) and TRIM(LEADING x FROM y)."""

from collections.abc import Callable

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Call,
    Cast,
    ConvertCharset,
    DefaultValue,
    Exists,
    Expr,
    InsertedValue,
    Match,
    Row,
    Star,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser import expressions, queries
from tools.sqlgen.syntax.parser.calls import accept_distinct, finish_call, parse_column_ref
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_cast_type, parse_charset_name
from tools.sqlgen.syntax.parser.dates import (
    parse_date_arithmetic_call,
    parse_extract_call,
    parse_get_format_call,
    parse_timestamp_arithmetic_call,
)
from tools.sqlgen.syntax.parser.literals import parse_integer, parse_string
from tools.sqlgen.syntax.parser.windows import (
    BIT_EXPR,
    parse_expression_list,
    parse_order_items,
    parse_separator,
)


def _count_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    if p.token.word == "*":
        star = p.advance()
        args: tuple[Expr, ...] = (Star(star.start, star.end),)
        distinct = False
    elif p.at_words("ALL", "*"):
        p.advance()
        star = p.advance()
        args, distinct = (Star(star.start, star.end),), False
    else:
        distinct = accept_distinct(p)
        args = parse_expression_list(p)
        if len(args) > 1 and not distinct:
            p.fail("COUNT takes one argument", name, "write COUNT(DISTINCT a, b)")
    p.expect(")")
    return finish_call(p, name.start, name, args, distinct=distinct)


def _group_concat_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    distinct = p.accept("DISTINCT")
    args = parse_expression_list(p)
    order_by = parse_order_items(p) if p.accept_words("ORDER", "BY") else ()
    separator = parse_separator(p)
    if p.accept("LIMIT"):
        parse_integer(p, "a number of rows")
        if p.accept_any(",", "OFFSET"):
            parse_integer(p, "a number of rows")
    p.expect(")")
    return finish_call(p, name.start, name, args, distinct=distinct, order_by=order_by, separator=separator)


def _cast_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    operand = expressions.parse_expression(p)
    at_time_zone = p.accept_words("AT", "TIME", "ZONE")
    if at_time_zone:
        p.accept("INTERVAL")
        parse_string(p)
    p.expect("AS")
    data_type = parse_cast_type(p)
    p.expect(")")
    return Cast(name.start, p.previous_end, operand, data_type, at_time_zone)


def _convert_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    operand = expressions.parse_expression(p)
    if p.accept("USING"):
        charset = parse_charset_name(p)
        p.expect(")")
        return ConvertCharset(name.start, p.previous_end, operand, charset)
    p.expect(",")
    data_type = parse_cast_type(p)
    p.expect(")")
    return Cast(name.start, p.previous_end, operand, data_type)


def _trim_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    side = p.accept_any("BOTH", "LEADING", "TRAILING")
    args: tuple[Expr, ...]
    if side and p.accept("FROM"):
        args = (expressions.parse_expression(p),)
    else:
        first = expressions.parse_expression(p)
        if side and p.token.word != "FROM":
            p.unexpected("'FROM'")
        args = (expressions.parse_expression(p), first) if p.accept("FROM") else (first,)
    p.expect(")")
    return finish_call(p, name.start, name, args)


def _substring_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    args = [expressions.parse_expression(p)]
    separators = ("FROM", "FOR") if p.token.word == "FROM" else (",", ",")
    p.expect(separators[0])
    args.append(expressions.parse_expression(p))
    if p.accept(separators[1]):
        args.append(expressions.parse_expression(p))
    p.expect(")")
    return finish_call(p, name.start, name, tuple(args))


def _position_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    needle = expressions.parse_expression(p, BIT_EXPR)
    p.expect("IN")
    haystack = expressions.parse_expression(p)
    p.expect(")")
    return Call(name.start, p.previous_end, "LOCATE", (needle, haystack), name_end=name.end)


def _char_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    args = parse_expression_list(p)
    if p.accept("USING"):
        parse_charset_name(p)
    p.expect(")")
    return finish_call(p, name.start, name, args)


def _weight_string_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    operand = expressions.parse_expression(p)
    if p.accept("AS"):
        if p.accept_any("CHAR", "BINARY") is None:
            p.unexpected("CHAR or BINARY")
        p.expect("(")
        parse_integer(p, "a length")
        p.expect(")")
    p.expect(")")
    return finish_call(p, name.start, name, (operand,))


def _json_value_call(p: Parser, name: Token) -> Expr:
    """Parse JSON_VALUE(doc, path RETURNING type ON EMPTY ON ERROR); RETURNING makes it a Cast."""
    p.expect("(")
    args = [expressions.parse_expression(p)]
    p.expect(",")
    if p.token.kind != lexer.STRING:
        p.unexpected("a JSON path as a string")
    args.append(expressions.parse_expression(p))
    returning = parse_cast_type(p) if p.accept("RETURNING") else None
    while p.token.word != ")":
        parse_on_clause(p)
    p.expect(")")
    call = finish_call(p, name.start, name, tuple(args))
    return call if returning is None else Cast(call.start, call.end, call, returning)


def parse_on_clause(p: Parser) -> tuple[str, str]:
    """Parse NULL | ERROR | DEFAULT value ON EMPTY | ERROR; returns the event and the action."""
    action = p.accept_any("NULL", "ERROR")
    if action is None:
        p.expect("DEFAULT")
        start = p.token.start
        expressions.parse_expression(p, BIT_EXPR)
        action = p.text[start : p.previous_end]
    p.expect("ON")
    event = p.accept_any("EMPTY", "ERROR")
    if event is None:
        p.unexpected("EMPTY or ERROR")
    return event, action


def _exists_call(p: Parser, name: Token) -> Expr:
    query = queries.parse_bracketed_query(p)
    return Exists(name.start, p.previous_end, query)


def _row_call(p: Parser, name: Token) -> Expr:
    items = p.parenthesised(expressions.parse_expression)
    if len(items) == 1:
        p.unexpected("a row of at least two values, ROW(a, b)")
    return Row(name.start, p.previous_end, items)


def _values_call(p: Parser, name: Token) -> Expr:
    """VALUES(column) in ON DUPLICATE KEY UPDATE."""
    p.expect("(")
    column = parse_column_ref(p)
    p.expect(")")
    return InsertedValue(name.start, p.previous_end, column)


def _default_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    column = parse_column_ref(p)
    p.expect(")")
    return DefaultValue(name.start, p.previous_end, column)


def _match_call(p: Parser, name: Token) -> Expr:
    """MATCH (columns) AGAINST (value modifier)"""
    in_parentheses = p.accept("(")
    columns = p.comma_list(parse_column_ref)
    if in_parentheses:
        p.expect(")")
    p.expect("AGAINST", "(")
    against = expressions.parse_expression(p, BIT_EXPR)
    modifier = _match_modifier(p)
    p.expect(")")
    return Match(name.start, p.previous_end, columns, against, modifier)


def _match_modifier(p: Parser) -> str | None:
    for words in _MATCH_MODIFIERS:
        if p.accept_words(*words):
            return " ".join(words)
    return None


_MATCH_MODIFIERS = (
    ("IN", "NATURAL", "LANGUAGE", "MODE", "WITH", "QUERY", "EXPANSION"),
    ("IN", "NATURAL", "LANGUAGE", "MODE"),
    ("IN", "BOOLEAN", "MODE"),
    ("WITH", "QUERY", "EXPANSION"),
)

GRAMMARS: dict[str, Callable[[Parser, Token], Expr]] = {
    "COUNT": _count_call,
    "GROUP_CONCAT": _group_concat_call,
    "CAST": _cast_call,
    "CONVERT": _convert_call,
    "EXTRACT": parse_extract_call,
    "TIMESTAMPADD": parse_timestamp_arithmetic_call,
    "TIMESTAMPDIFF": parse_timestamp_arithmetic_call,
    "GET_FORMAT": parse_get_format_call,
    "DATE_ADD": parse_date_arithmetic_call,
    "DATE_SUB": parse_date_arithmetic_call,
    "ADDDATE": parse_date_arithmetic_call,
    "SUBDATE": parse_date_arithmetic_call,
    "TRIM": _trim_call,
    "SUBSTRING": _substring_call,
    "SUBSTR": _substring_call,
    "MID": _substring_call,
    "POSITION": _position_call,
    "CHAR": _char_call,
    "WEIGHT_STRING": _weight_string_call,
    "JSON_VALUE": _json_value_call,
    "EXISTS": _exists_call,
    "ROW": _row_call,
    "VALUES": _values_call,
    "VALUE": _values_call,
    "DEFAULT": _default_call,
    "MATCH": _match_call,
}
