"""ORDER BY items, windows and their frames."""

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    DecimalLiteral,
    Expr,
    FloatLiteral,
    FrameBound,
    Interval,
    IntLiteral,
    NamedWindow,
    OrderByMacro,
    OrderItem,
    Param,
    WindowFrame,
    WindowSpec,
)
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_bytes_literal, parse_string
from tools.sqlgen.syntax.parser.macro_arguments import at_macro, close_macro, parse_macro_alias

_DISTANCES = (IntLiteral, DecimalLiteral, FloatLiteral, Param, Interval)
BIT_EXPR = 8
"""The floor of an expression without comparisons and logical operators."""
SUM_OPERAND = 12
"""The floor of the right side of + and -."""
SIMPLE_EXPR = 14
"""The floor of an expression without binary operators."""


def parse_expression_list(p: Parser) -> tuple[Expr, ...]:
    return p.comma_list(expressions.parse_expression)


def parse_order_item(p: Parser) -> OrderItem:
    start = p.token.start
    expr = expressions.parse_expression(p)
    descending = p.accept_any("ASC", "DESC") == "DESC"
    return OrderItem(start, p.previous_end, expr, descending)


def parse_over_clause(p: Parser) -> WindowSpec | str:
    """Parse the window after OVER."""
    if p.token.word == "(":
        return _window_spec(p)
    return p.name("a window")


def parse_named_windows(p: Parser) -> tuple[NamedWindow, ...]:
    """Parse the list after WINDOW."""
    return p.comma_list(_named_window)


def _named_window(p: Parser) -> NamedWindow:
    start = p.token.start
    name = p.name("a window name")
    p.expect("AS")
    spec = _window_spec(p)
    return NamedWindow(start, p.previous_end, name, spec)


def _window_spec(p: Parser) -> WindowSpec:
    start = p.token.start
    p.expect("(")
    base = None
    if p.at_name() and p.token.word not in {"ROWS", "RANGE", "GROUPS"}:
        base = p.name()
    partition_by = parse_expression_list(p) if p.accept_words("PARTITION", "BY") else ()
    order_by = parse_order_items(p) if p.accept_words("ORDER", "BY") else ()
    frame = _frame(p)
    p.expect(")")
    return WindowSpec(start, p.previous_end, base, partition_by, order_by, frame)


def _frame(p: Parser) -> WindowFrame | None:
    start = p.token.start
    unit = p.accept_any("ROWS", "RANGE")
    if unit is None:
        return None
    if p.accept("BETWEEN"):
        lower = _bound(p)
        p.expect("AND")
        upper = _bound(p)
    else:
        lower, upper = _bound(p), None
    return WindowFrame(start, p.previous_end, "ROWS" if unit == "ROWS" else "RANGE", lower, upper)


def _bound(p: Parser) -> FrameBound:
    start = p.token.start
    if p.accept("UNBOUNDED"):
        if p.accept("PRECEDING"):
            return FrameBound(start, p.previous_end, "UNBOUNDED PRECEDING")
        p.expect("FOLLOWING")
        return FrameBound(start, p.previous_end, "UNBOUNDED FOLLOWING")
    if p.accept_words("CURRENT", "ROW"):
        return FrameBound(start, p.previous_end, "CURRENT ROW")
    token = p.token
    value = (
        expressions.parse_interval(p)
        if p.token.word == "INTERVAL"
        else expressions.parse_expression(p, BIT_EXPR)
    )
    if p.is_mysql and not isinstance(value, _DISTANCES):
        p.fail("the distance of a frame is a number, a parameter or an INTERVAL", token)
    if p.accept("PRECEDING"):
        return FrameBound(start, p.previous_end, "PRECEDING", value)
    p.expect("FOLLOWING")
    return FrameBound(start, p.previous_end, "FOLLOWING", value)


def parse_separator(p: Parser) -> str | None:
    """GROUP_CONCAT's SEPARATOR 'text'."""
    if not p.accept("SEPARATOR"):
        return None
    if p.token.kind not in {lexer.STRING, lexer.HEX, lexer.BIT}:
        p.unexpected("the separator, a string")
    if p.token.kind == lexer.STRING:
        return parse_string(p)
    return parse_bytes_literal(p).value.decode("latin-1")


def parse_order_items(p: Parser) -> tuple[OrderItem, ...]:
    """Parse the items after ORDER BY, or sqlc.order_by as their only item."""
    if not at_macro(p, "order_by"):
        return p.comma_list(parse_order_item)
    start = p.token.start
    for _ in range(4):
        p.advance()
    alias = None if p.token.word == ")" else parse_macro_alias(p)
    close_macro(p, "the table's alias")
    if p.token.word in {",", "ASC", "DESC"}:
        p.fail(
            "sqlc.order_by is the one item of its ORDER BY",
            hint="put the other columns into the '-- order:' annotations",
        )
    macro = OrderByMacro(start, p.previous_end, alias)
    return (OrderItem(start, p.previous_end, macro),)
