"""Calls with a unit of time in them."""

from tools.sqlgen.syntax.ast import Expr, Unit
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.calls import finish_call
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.units import at_interval_function, parse_unit


def parse_extract_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    unit = parse_unit(p)
    p.expect("FROM")
    operand = expressions.parse_expression(p)
    p.expect(")")
    return finish_call(p, name.start, name, (unit, operand))


def parse_timestamp_arithmetic_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    unit = parse_unit(p)
    p.expect(",")
    first = expressions.parse_expression(p)
    p.expect(",")
    second = expressions.parse_expression(p)
    p.expect(")")
    return finish_call(p, name.start, name, (unit, first, second))


def parse_get_format_call(p: Parser, name: Token) -> Expr:
    p.expect("(")
    token = p.token
    if p.accept_any("DATE", "TIME", "DATETIME", "TIMESTAMP") is None:
        p.unexpected("DATE, TIME or DATETIME")
    p.expect(",")
    style = expressions.parse_expression(p)
    p.expect(")")
    return finish_call(p, name.start, name, (Unit(token.start, token.end, token.word), style))


def parse_date_arithmetic_call(p: Parser, name: Token) -> Expr:
    """DATE_ADD(x, INTERVAL n unit); ADDDATE and SUBDATE also take a number of days."""
    p.expect("(")
    operand = expressions.parse_expression(p)
    p.expect(",")
    second: Expr
    if p.token.word == "INTERVAL" and not at_interval_function(p):
        second = expressions.parse_interval(p)
    elif name.word in {"ADDDATE", "SUBDATE"}:
        second = expressions.parse_expression(p)
    else:
        p.unexpected("INTERVAL", f"write {name.word}(x, INTERVAL 1 DAY)")
    p.expect(")")
    return finish_call(p, name.start, name, (operand, second))
