"""The lookahead for a macro, and the parts of its argument list."""

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.literals import parse_string


def at_macro(p: Parser, name: str | None = None) -> bool:
    """True if sqlc.<name>( is next; any macro for None."""
    if p.token.word != "SQLC" or p.peek(1).word != "." or p.peek(3).word != "(":
        return False
    return name is None or p.peek(2).word.lower() == name


def close_macro(p: Parser, what: str) -> None:
    if p.token.word != ")":
        p.unexpected(f"')' after {what}", "the macro takes no more arguments")
    p.advance()


def parse_macro_alias(p: Parser) -> str:
    return parse_string(p) if p.token.kind == lexer.STRING else p.any_word("a table's alias")
