"""Parameters and macros of this compiler: ?, :name, sqlc.arg(name) and the other sqlc functions."""

from collections.abc import Callable
from typing import NoReturn

from tools.sqlgen.diagnostics import nearest
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import AfterMacro, Embed, Expr, Optional, Param
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser import expressions
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_string
from tools.sqlgen.syntax.parser.macro_arguments import close_macro, parse_macro_alias


def parse_positional(p: Parser) -> Param:
    token = p.advance()
    return Param(token.start, token.end, "positional")


def parse_named(p: Parser) -> Param:
    token = p.advance()
    return Param(token.start, token.end, "arg", p.raw(token)[1:])


def parse_macro(p: Parser) -> Expr:
    """sqlc.name(...) as an expression."""
    start = p.token.start
    p.advance()
    p.advance()
    token = p.advance()
    build = _MACROS.get(token.word.lower())
    if build is None:
        _unknown_macro(p, start, token)
    p.expect("(")
    return build(p, start)


def _unknown_macro(p: Parser, start: int, token: Token) -> NoReturn:
    name = p.raw(token)
    near = nearest(name, _MACROS)
    known = ", ".join(f"sqlc.{each}" for each in sorted(_MACROS))
    hint = f"did you mean sqlc.{near}?" if near else f"the macros are {known}"
    p.fail(f"unknown macro 'sqlc.{name}'", Token(lexer.WORD, "", start, token.end), hint)


def _argument(p: Parser, what: str) -> str:
    """The one name in a macro's parentheses, bare or as a string, and the closing parenthesis."""
    if p.token.kind == lexer.STRING:
        name = parse_string(p)
    elif p.token.kind in {lexer.WORD, lexer.QUOTED}:
        name = p.unquoted(p.advance())
    else:
        p.unexpected(what)
    if not name:
        p.fail(f"expected {what}, found an empty string")
    close_macro(p, what)
    return name


def _arg_macro(p: Parser, start: int) -> Expr:
    name = _argument(p, "the parameter's name")
    return Param(start, p.previous_end, "arg", name)


def _narg_macro(p: Parser, start: int) -> Expr:
    name = _argument(p, "the parameter's name")
    return Param(start, p.previous_end, "narg", name)


def _slice_macro(p: Parser, start: int) -> Expr:
    name = _argument(p, "the parameter's name")
    return Param(start, p.previous_end, "slice", name)


def _embed_macro(p: Parser, start: int) -> Expr:
    token = Token(lexer.WORD, "", start, p.previous_end)
    p.fail("sqlc.embed(table) can only be an item of a select list", token)


def parse_embed(p: Parser) -> Embed:
    """Parse sqlc.embed(table) as a select item, the only place where it is allowed."""
    start = p.token.start
    for _ in range(4):
        p.advance()
    table = _argument(p, "the table's name or alias")
    return Embed(start, p.previous_end, table)


def _optional_macro(p: Parser, start: int) -> Expr:
    condition = expressions.parse_expression(p)
    flag: Param | None = None
    if p.accept(","):
        given = p.token
        value = expressions.parse_expression(p)
        if not isinstance(value, Param) or value.kind not in {"arg", "positional"}:
            p.fail(
                "the second argument of sqlc.optional is a parameter",
                given,
                "write it as :name; the condition is there when the flag is true",
            )
        flag = value
    close_macro(p, "the condition and its flag")
    return Optional(start, p.previous_end, condition, flag)


def _order_by_macro(p: Parser, start: int) -> Expr:
    token = Token(lexer.WORD, "", start, p.previous_end)
    p.fail("sqlc.order_by can only be the one item of an ORDER BY", token)


def _after_macro(p: Parser, start: int) -> Expr:
    alias = None if p.token.word == ")" else parse_macro_alias(p)
    close_macro(p, "the table's alias")
    return AfterMacro(start, p.previous_end, alias)


_MACROS: dict[str, Callable[[Parser, int], Expr]] = {
    "arg": _arg_macro,
    "narg": _narg_macro,
    "slice": _slice_macro,
    "embed": _embed_macro,
    "optional": _optional_macro,
    "order_by": _order_by_macro,
    "after": _after_macro,
}
