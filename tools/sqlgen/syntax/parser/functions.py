"""Function calls."""

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Expr,
    IntLiteral,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.calls import accept_distinct, finish_call
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.function_grammars import GRAMMARS
from tools.sqlgen.syntax.parser.keywords import (
    AGGREGATES,
    CLOCKS,
    MOST_FRACTION,
    WITH_DISTINCT,
    WITHOUT_BLANK,
)
from tools.sqlgen.syntax.parser.windows import (
    parse_expression_list,
    parse_order_items,
)


def parse_call(p: Parser, name: Token, schema: str | None = None, start: int | None = None) -> Expr:
    """Parse a call whose name is already read, from its '('."""
    begin = name.start if start is None else start
    word = p.unquoted(name).upper()
    if schema is None and name.kind == lexer.WORD and word in WITHOUT_BLANK and p.token.start != name.end:
        p.fail(
            f"{word} needs its parenthesis without a blank before it", name,
            f"write {word}(...): with the blank the server looks for a stored function",
        )  # fmt: skip
    special = GRAMMARS.get(word) if schema is None and name.kind == lexer.WORD else None
    if special is not None:
        return special(p, name)
    p.expect("(")
    if p.token.word == "DISTINCT" and word in AGGREGATES - WITH_DISTINCT and p.is_mysql:
        p.fail(f"{word} takes no DISTINCT")
    distinct = word in AGGREGATES - {"ANY_VALUE"} and accept_distinct(p)
    args = () if p.token.word == ")" else _arguments(p)
    if schema is None and word in CLOCKS:
        _check_precision(p, word, args)
    if word in AGGREGATES and word != "JSON_OBJECTAGG" and len(args) != 1:
        p.fail(f"{word} takes one argument, not {len(args)}", name)
    order_by = parse_order_items(p) if word in AGGREGATES and p.accept_words("ORDER", "BY") else ()
    p.expect(")")
    return finish_call(p, begin, name, args, schema=schema, distinct=distinct, order_by=order_by)


def _check_precision(p: Parser, word: str, args: tuple[Expr, ...]) -> None:
    """NOW(6): the digits of a second, written out."""
    if not args:
        return
    at = Token(lexer.INT, "", args[0].start, args[-1].end)
    if len(args) != 1 or not isinstance(args[0], IntLiteral):
        p.fail(f"{word} takes the digits of a second as a number, or nothing", at)
    if args[0].value > MOST_FRACTION:
        p.fail(f"{word} has at most {MOST_FRACTION} digits of a second", at)


def _arguments(p: Parser) -> tuple[Expr, ...]:
    if p.token.word == "*":
        p.unexpected("an argument", "only COUNT takes a *")
    return parse_expression_list(p)
