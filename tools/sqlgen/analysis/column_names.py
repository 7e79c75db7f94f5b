"""The names that the server gives to result columns without an alias."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    DecimalLiteral,
    Expr,
    FloatLiteral,
    IntLiteral,
    NullLiteral,
    Param,
    SelectItem,
    StringLiteral,
    Unary,
)
from tools.sqlgen.syntax.parser.literals import string_value
from tools.sqlgen.syntax.visitor import walk

_NAME_BYTES = 255


def name_of(ctx: Context, item: SelectItem) -> str:
    """Return the server's name for an item without an alias: its text, with parameters as `?`."""
    expr = _without_plus(item.expr)
    if isinstance(expr, ColumnRef):
        return _column_name(ctx, expr)
    if isinstance(expr, NullLiteral):
        return "NULL"
    if isinstance(expr, StringLiteral):
        return _shortened(_first_piece(ctx, expr).lstrip(NOT_IN_FRONT))
    return _shortened(_text_of(ctx, expr, item.start if expr is item.expr else expr.start, item.end))


def _without_plus(expr: Expr) -> Expr:
    """Remove a plus in front of a column or literal: the server ignores it, also in the name."""
    if isinstance(expr, Unary) and expr.op == "+" and isinstance(expr.operand, _NAMED):
        return expr.operand
    return expr


_NAMED = (ColumnRef, DecimalLiteral, FloatLiteral, IntLiteral, NullLiteral, StringLiteral)


NOT_IN_FRONT = "".join(map(chr, (*range(0x21), 0x7F)))
"""Blanks and control characters, which the server removes from the start of a name that is made of text."""


def _column_name(ctx: Context, ref: ColumnRef) -> str:
    found = ctx.column_of(ref)
    return found[0].columns[found[1]].name if found is not None and found[0].keeps_names else ref.column


def _first_piece(ctx: Context, literal: StringLiteral) -> str:
    """Return the first of several adjacent strings: only this one gives the column its name."""
    tokens = lexer.tokenize(ctx.text, literal.start, literal.end)
    piece = next((token for token in tokens if token.kind == lexer.STRING), None)
    return literal.value if piece is None else string_value(ctx.text[piece.start : piece.end])


def _shortened(name: str) -> str:
    """Shorten a name to the maximum length of the server's column names."""
    data = name.encode()
    return name if len(data) <= _NAME_BYTES else data[:_NAME_BYTES].decode(errors="ignore")


def _text_of(ctx: Context, expr: Expr, first: int, last: int) -> str:
    text = ctx.text[first:last]
    for start, end in reversed(_parameter_spans(expr)):
        text = text[: start - first] + "?" + text[end - first :]
    return text


def _parameter_spans(expr: Expr) -> list[tuple[int, int]]:
    return sorted((each.start, each.end) for each in walk(expr) if isinstance(each, Param))
