"""Operands: names, constants, calls, parentheses, CASE."""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Assign,
    Binary,
    BoolLiteral,
    Call,
    Case,
    Expr,
    NullLiteral,
    Row,
    StringLiteral,
    Subquery,
    SystemVariable,
    Unary,
    UserVariable,
    When,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser import expressions, queries
from tools.sqlgen.syntax.parser.calls import column_of_parts, parse_column_ref
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.functions import parse_call
from tools.sqlgen.syntax.parser.keywords import MOST_FRACTION, RESERVED
from tools.sqlgen.syntax.parser.literals import (
    parse_bytes_literal,
    parse_decimal_literal,
    parse_float_literal,
    parse_int_literal,
    parse_introduced_literal,
    parse_odbc_literal,
    parse_string,
    parse_string_literal,
    parse_temporal_literal,
)
from tools.sqlgen.syntax.parser.macro_arguments import at_macro
from tools.sqlgen.syntax.parser.macros import parse_macro, parse_named, parse_positional
from tools.sqlgen.syntax.parser.units import at_interval_function
from tools.sqlgen.syntax.parser.windows import SIMPLE_EXPR, SUM_OPERAND

_WITHOUT_PARENTHESES = frozenset(
    {
        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP",
        "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP",
    }
)  # fmt: skip
_RESERVED_FUNCTIONS = frozenset(
    {
        "CHAR", "CONVERT", "DATABASE", "DEFAULT", "EXISTS", "IF", "INSERT", "INTERVAL", "LEFT", "MOD",
        "REPEAT", "REPLACE", "RIGHT", "SCHEMA", "VALUES",
    }
)  # fmt: skip
_LITERAL = frozenset({lexer.STRING, lexer.HEX, lexer.BIT})
_Unary = Literal["-", "+", "~", "!"]


def parse_primary(p: Parser) -> Expr:
    token = p.token
    if token.kind == lexer.WORD:
        rule = _BY_WORD.get(token.word)
        return rule(p) if rule is not None else _path_expr(p)
    by_kind = _BY_KIND.get(token.kind)
    if by_kind is not None:
        return by_kind(p)
    operator = _BY_OPERATOR.get(token.word)
    if operator is not None:
        return operator(p)
    p.unexpected("an expression")


def _path_expr(p: Parser) -> Expr:
    """Parse a column, a function call or a macro: an operand that begins with a name."""
    token = p.token
    following = p.peek()
    if token.word == "SQLC" and at_macro(p):
        return parse_macro(p)
    if token.word in RESERVED and not (
        (token.word in _RESERVED_FUNCTIONS and following.word == "(") or p.before_dot()
    ):
        p.unexpected("an expression", _reserved_hint(token))
    if following.kind in _LITERAL or token.word in {"NEXT", "PREVIOUS"}:
        literal = _worded_literal(p, token)
        if literal is not None:
            return literal
    p.advance()
    if following.word == "(":
        return parse_call(p, token)
    if following.word != ".":
        return _arrows(p, column_of_parts(token.start, token.end, [p.unquoted(token)]), token.start)
    return _dotted(p, token)


def _dotted(p: Parser, first: Token) -> Expr:
    parts = [p.unquoted(first)]
    while len(parts) < 3 and p.accept("."):  # noqa: PLR2004 - schema, table, column
        last = p.token
        parts.append(p.name_after_dot())
        if p.token.word == "(" and len(parts) == 2:  # noqa: PLR2004 - schema, function
            return parse_call(p, last, parts[0], first.start)
    column = column_of_parts(first.start, p.previous_end, parts)
    return _arrows(p, column, first.start)


def _arrows(p: Parser, column: Expr, start: int) -> Expr:
    word = p.token.word
    if word not in {"->", "->>"}:
        return column
    p.advance()
    if p.token.kind != lexer.STRING:
        p.unexpected(f"a JSON path as a string after {word}", f"write column{word}'$.key'")
    token = p.token
    path = StringLiteral(token.start, token.end, parse_string(p))
    return Binary(start, p.previous_end, "->" if word == "->" else "->>", column, path)


def _worded_literal(p: Parser, token: Token) -> Expr | None:
    """DATE '...', _utf8mb4'...', NEXT VALUE FOR sequence."""
    if token.word in {"DATE", "TIME", "TIMESTAMP"} and p.peek().kind == lexer.STRING:
        return parse_temporal_literal(p)
    if token.word.startswith("_"):
        return parse_introduced_literal(p)
    if p.peek(1).word == "VALUE" and p.peek(2).word == "FOR":
        for _ in range(3):
            p.advance()
        p.only_mariadb(f"{token.word} VALUE FOR", token, "use AUTO_INCREMENT")
        sequence = parse_column_ref(p)
        name = "NEXTVAL" if token.word == "NEXT" else "LASTVAL"
        return Call(token.start, p.previous_end, name, (sequence,), name_end=token.end)
    return None


def _parenthesis_expr(p: Parser) -> Expr:
    """(query), (expression) or (row, of, values)"""
    start = p.token.start
    if queries.at_query(p, p.index):
        query = queries.parse_bracketed_query(p)
        return Subquery(start, p.previous_end, query)
    p.advance()
    expr = expressions.parse_expression(p)
    if p.token.word != ",":
        p.expect(")")
        return expr
    items = [expr]
    while p.accept(","):
        items.append(expressions.parse_expression(p))
    p.expect(")")
    return Row(start, p.previous_end, tuple(items))


def _sign_expr(p: Parser) -> Expr:
    token = p.advance()
    operand = expressions.parse_expression(p, SIMPLE_EXPR)
    op: _Unary = "-" if token.word == "-" else "+" if token.word == "+" else "~"
    return Unary(token.start, p.previous_end, "!" if token.word == "!" else op, operand)


def _binary_expr(p: Parser) -> Expr:
    token = p.advance()
    operand = expressions.parse_expression(p, SIMPLE_EXPR)
    return Unary(token.start, p.previous_end, "BINARY", operand)


def _braces_expr(p: Parser) -> Expr:
    """{d '2024-01-01'}, {fn NOW()}"""
    start = p.advance().start
    literal = parse_odbc_literal(p, start)
    if literal is not None:
        return literal
    p.name("d, t, ts or fn")
    expr = expressions.parse_expression(p)
    p.expect("}")
    return expr


def _match_against_expr(p: Parser) -> Expr:
    """MATCH, which also does without parentheses around its columns."""
    return parse_call(p, p.advance())


def _case_expr(p: Parser) -> Expr:
    start = p.advance().start
    operand = None if p.token.word == "WHEN" else expressions.parse_expression(p)
    whens: list[When] = []
    while p.token.word == "WHEN":
        begin = p.advance().start
        condition = expressions.parse_expression(p)
        p.expect("THEN")
        result = expressions.parse_expression(p)
        whens.append(When(begin, p.previous_end, condition, result))
    if not whens:
        p.unexpected("WHEN")
    otherwise = expressions.parse_expression(p) if p.accept("ELSE") else None
    p.expect("END")
    return Case(start, p.previous_end, operand, tuple(whens), otherwise)


def _interval_first_expr(p: Parser) -> Expr:
    """INTERVAL 1 DAY + x, or the function INTERVAL(n, a, b)."""
    if at_interval_function(p):
        return parse_call(p, p.advance())
    left = expressions.parse_interval(p)
    if p.token.word != "+":
        p.unexpected("'+' after an interval", "an INTERVAL is only an operand of + and -")
    p.advance()
    right = expressions.parse_expression(p, SUM_OPERAND)
    return Binary(left.start, p.previous_end, "+", left, right)


def _current_expr(p: Parser) -> Expr:
    """Parse CURRENT_TIMESTAMP, CURRENT_DATE, UTC_TIME and similar functions, with or without parentheses."""
    token = p.advance()
    args: tuple[Expr, ...] = ()
    if p.accept("("):
        if p.token.kind == lexer.INT:
            if int(p.raw(p.token)) > MOST_FRACTION:
                p.fail(f"{token.word} has at most {MOST_FRACTION} digits of a second")
            args = (parse_int_literal(p),)
        p.expect(")")
    return Call(token.start, p.previous_end, p.raw(token), args, name_end=token.end)


def _null_expr(p: Parser) -> Expr:
    token = p.advance()
    return NullLiteral(token.start, token.end)


def _bool_expr(p: Parser) -> Expr:
    token = p.advance()
    return BoolLiteral(token.start, token.end, token.word == "TRUE")


def parse_user_variable(p: Parser) -> UserVariable:
    token = p.advance()
    raw = p.raw(token)[1:]
    name = raw[1:-1] if raw[:1] in {"'", '"', "`"} else raw
    return UserVariable(token.start, token.end, name)


def _variable_expr(p: Parser) -> Expr:
    variable = parse_user_variable(p)
    if not p.accept(":="):
        return variable
    value = expressions.parse_expression(p)
    return Assign(variable.start, p.previous_end, variable, value)


def _system_variable_expr(p: Parser) -> Expr:
    token = p.advance()
    scope, dot, name = p.raw(token)[2:].replace("`", "").partition(".")
    if not dot:
        return SystemVariable(token.start, token.end, scope)
    return SystemVariable(token.start, token.end, name, scope.upper())


def _not_here_expr(p: Parser) -> Expr:
    p.unexpected("an expression", "NOT binds less tightly here: put it and its operand in parentheses")


def _string_expr(p: Parser) -> Expr:
    return parse_string_literal(p)


def _bytes_expr(p: Parser) -> Expr:
    return parse_bytes_literal(p)


def _reserved_hint(token: Token) -> str:
    return f"{token.word} is a reserved word; as a name it needs backticks"


_Rule = Callable[[Parser], Expr]
_BY_WORD: dict[str, _Rule] = {
    **dict.fromkeys(_WITHOUT_PARENTHESES, _current_expr),
    "NULL": _null_expr,
    "TRUE": _bool_expr,
    "FALSE": _bool_expr,
    "CASE": _case_expr,
    "BINARY": _binary_expr,
    "INTERVAL": _interval_first_expr,
    "NOT": _not_here_expr,
    "MATCH": _match_against_expr,
}
_BY_KIND: dict[int, _Rule] = {
    lexer.QUOTED: _path_expr,
    lexer.INT: parse_int_literal,
    lexer.DECIMAL: parse_decimal_literal,
    lexer.FLOAT: parse_float_literal,
    lexer.STRING: _string_expr,
    lexer.HEX: _bytes_expr,
    lexer.BIT: _bytes_expr,
    lexer.PARAM: parse_positional,
    lexer.NAMED: parse_named,
    lexer.USER_VARIABLE: _variable_expr,
    lexer.SYSTEM_VARIABLE: _system_variable_expr,
}
_BY_OPERATOR: dict[str, _Rule] = {
    "(": _parenthesis_expr,
    "-": _sign_expr,
    "+": _sign_expr,
    "~": _sign_expr,
    "!": _sign_expr,
    "{": _braces_expr,
}
