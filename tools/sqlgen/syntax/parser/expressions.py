"""Expressions: operators by precedence climbing.

MySQL's grammar has levels that a table of precedences cannot express: the result of a predicate (LIKE, IN,
BETWEEN, ...) cannot be an operand of an arithmetic operator. So there is a ceiling in addition to the floor: an
operation that was just built can only be the left operand of operators up to the ceiling.
"""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen.syntax.ast import (
    Between,
    Binary,
    Collate,
    Expr,
    In,
    Interval,
    IsTest,
    Like,
    MemberOf,
    Quantified,
    Regexp,
    Unary,
)
from tools.sqlgen.syntax.parser import queries
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.datatypes import parse_charset_name
from tools.sqlgen.syntax.parser.primaries import parse_primary
from tools.sqlgen.syntax.parser.units import at_interval_function, parse_unit_name
from tools.sqlgen.syntax.parser.windows import BIT_EXPR, SIMPLE_EXPR

_AND = 3
_NOT = 4
_COMPARISON = 6
_PREDICATE = 7
_ANY_OPERATOR = 99
_COLLATE = 15

_Plain = Literal["OR", "XOR", "AND", "|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "MOD", "^"]
_PLAIN: dict[str, tuple[int, _Plain]] = {
    "OR": (1, "OR"), "||": (1, "OR"), "XOR": (2, "XOR"), "AND": (_AND, "AND"), "&&": (_AND, "AND"),
    "|": (8, "|"), "&": (9, "&"), "<<": (10, "<<"), ">>": (10, ">>"), "+": (11, "+"), "-": (11, "-"),
    "*": (12, "*"), "/": (12, "/"), "DIV": (12, "DIV"), "%": (12, "MOD"), "MOD": (12, "MOD"), "^": (13, "^"),
}  # fmt: skip
_Comparison = Literal["=", "<=>", "<>", "<", "<=", ">", ">="]
_COMPARISONS: dict[str, _Comparison] = {
    "=": "=", "<=>": "<=>", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_NEGATABLE = frozenset({"LIKE", "IN", "BETWEEN", "REGEXP", "RLIKE"})


def parse_expression(p: Parser, floor: int = 0) -> Expr:
    start = p.token.start
    ceiling = _ANY_OPERATOR
    if p.token.word == "NOT" and floor <= _NOT:
        p.advance()
        operand = parse_expression(p, _NOT)
        left: Expr = Unary(start, p.previous_end, "NOT", operand)
        ceiling = _AND
    else:
        left = parse_primary(p)
    while True:
        entry = _INFIX.get(p.token.word)
        if entry is None:
            return left
        power, above, build = entry
        if not floor <= power <= ceiling:
            return left
        built = build(p, left, start)
        if built is None:
            return left
        left = built
        ceiling = _AND if isinstance(left, IsTest) and left.test != "NULL" else above


# --- operators between two operands: None when the word is no operator here ------------------------------


def _plain_expr(p: Parser, left: Expr, start: int) -> Expr:
    power, op = _PLAIN[p.advance().word]
    right: Expr
    if op in {"+", "-"} and p.token.word == "INTERVAL" and not at_interval_function(p):
        right = parse_interval(p)
    else:
        right = parse_expression(p, power + 1)
    return Binary(start, p.previous_end, op, left, right)


def _comparison_expr(p: Parser, left: Expr, start: int) -> Expr:
    op = _COMPARISONS[p.advance().word]
    word = p.token.word
    if word in {"ANY", "SOME", "ALL"} and queries.at_query(p, p.index + 1):
        if op == "<=>":
            p.fail(f"<=> cannot compare with {word} (query)")
        p.advance()
        query = queries.parse_bracketed_query(p)
        quantifier: Literal["ANY", "ALL"] = "ALL" if word == "ALL" else "ANY"
        return Quantified(start, p.previous_end, op, left, quantifier, query)
    right = parse_expression(p, _COMPARISON + 1)
    return Binary(start, p.previous_end, op, left, right)


def _is_expr(p: Parser, left: Expr, start: int) -> Expr:
    p.advance()
    negated = p.accept("NOT")
    word = p.token.word
    if word not in {"NULL", "TRUE", "FALSE", "UNKNOWN"}:
        hint = "use <=> to compare with NULL in mind" if word == "DISTINCT" else None
        p.unexpected("NULL, TRUE, FALSE or UNKNOWN", hint)
    p.advance()
    test: Literal["NULL", "TRUE", "FALSE", "UNKNOWN"]
    test = "NULL" if word == "NULL" else "TRUE" if word == "TRUE" else "FALSE"
    return IsTest(start, p.previous_end, left, "UNKNOWN" if word == "UNKNOWN" else test, negated)


def _not_expr(p: Parser, left: Expr, start: int) -> Expr | None:
    word = p.peek().word
    if word not in _NEGATABLE:
        return None
    p.advance()
    return _PREDICATES[word](p, left, start, negated=True)


def _predicate_expr(p: Parser, left: Expr, start: int) -> Expr:
    return _PREDICATES[p.token.word](p, left, start, negated=False)


def _like_expr(p: Parser, left: Expr, start: int, *, negated: bool) -> Expr:
    p.advance()
    pattern = parse_expression(p, SIMPLE_EXPR)
    escape = parse_expression(p, SIMPLE_EXPR) if p.accept("ESCAPE") else None
    return Like(start, p.previous_end, left, pattern, escape, negated)


def _regexp_expr(p: Parser, left: Expr, start: int, *, negated: bool) -> Expr:
    p.advance()
    pattern = parse_expression(p, BIT_EXPR)
    return Regexp(start, p.previous_end, left, pattern, negated)


def _between_expr(p: Parser, left: Expr, start: int, *, negated: bool) -> Expr:
    p.advance()
    low = parse_expression(p, BIT_EXPR)
    p.expect("AND")
    high = parse_expression(p, _PREDICATE)
    return Between(start, p.previous_end, left, low, high, negated)


def _in_expr(p: Parser, left: Expr, start: int, *, negated: bool) -> Expr:
    p.advance()
    if queries.at_query(p, p.index):
        query = queries.parse_bracketed_query(p)
        return In(start, p.previous_end, left, query, negated)
    if p.token.word != "(":
        p.unexpected("'(' after IN", "write IN (sqlc.slice(name)) for a list of values")
    items = p.parenthesised(parse_expression)
    return In(start, p.previous_end, left, items, negated)


def _sounds_expr(p: Parser, left: Expr, start: int) -> Expr | None:
    if p.peek().word != "LIKE":
        return None
    p.advance()
    p.advance()
    right = parse_expression(p, BIT_EXPR)
    return Binary(start, p.previous_end, "SOUNDS LIKE", left, right)


def _member_expr(p: Parser, left: Expr, start: int) -> Expr | None:
    if p.peek().word not in {"OF", "("}:
        return None
    p.advance()
    p.accept("OF")
    p.expect("(")
    array = parse_expression(p, SIMPLE_EXPR)
    p.expect(")")
    return MemberOf(start, p.previous_end, left, array)


def _collate_expr(p: Parser, left: Expr, start: int) -> Expr:
    p.advance()
    collation = parse_charset_name(p)
    return Collate(start, p.previous_end, left, collation)


_Infix = Callable[[Parser, Expr, int], Expr | None]
_INFIX: dict[str, tuple[int, int, _Infix]] = {
    **{word: (power, power, _plain_expr) for word, (power, _) in _PLAIN.items()},
    **dict.fromkeys(_COMPARISONS, (_COMPARISON, _COMPARISON, _comparison_expr)),
    **dict.fromkeys(_NEGATABLE, (_PREDICATE, _COMPARISON, _predicate_expr)),
    "IS": (_COMPARISON, _COMPARISON, _is_expr),
    "NOT": (_PREDICATE, _COMPARISON, _not_expr),
    "SOUNDS": (_PREDICATE, _COMPARISON, _sounds_expr),
    "MEMBER": (_PREDICATE, _COMPARISON, _member_expr),
    "COLLATE": (_COLLATE, _ANY_OPERATOR, _collate_expr),
}
_PREDICATES: dict[str, Callable[..., Expr]] = {
    "LIKE": _like_expr,
    "IN": _in_expr,
    "BETWEEN": _between_expr,
    "REGEXP": _regexp_expr,
    "RLIKE": _regexp_expr,
}


def parse_interval(p: Parser) -> Interval:
    start = p.token.start
    p.expect("INTERVAL")
    value = parse_expression(p)
    unit = parse_unit_name(p)
    return Interval(start, p.previous_end, value, unit)
