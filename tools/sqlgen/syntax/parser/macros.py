"""The macros of this compiler: sqlc.arg(name) and its like, :name and ?."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import NoReturn

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import AfterMacro, Embed, Expr, Optional, OrderByMacro, OrderItem, Param
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.windows import WindowParser


class MacroParser(WindowParser):
    """Reads placeholders and macros."""

    def positional(self) -> Param:
        token = self.advance()
        return Param(token.start, token.end, "positional")

    def named(self) -> Param:
        token = self.advance()
        return Param(token.start, token.end, "arg", self.raw(token)[1:])

    def at_macro(self, name: str | None = None) -> bool:
        """Whether sqlc.<name>( is next."""
        if self.token.word != "SQLC" or self.peek(1).word != "." or self.peek(3).word != "(":
            return False
        return name is None or self.raw(self.peek(2)) == name

    def macro(self) -> Expr:
        """sqlc.name(...) as an expression."""
        start = self.token.start
        self.advance()
        self.advance()
        token = self.advance()
        name = self.raw(token)
        build = _MACROS.get(name)
        if build is None:
            self._unknown_macro(start, token)
        self.expect("(")
        return build(self, start)

    def _unknown_macro(self, start: int, token: Token) -> NoReturn:
        name = self.raw(token)
        near = get_close_matches(name.lower(), _MACROS, 1, 0.4)
        known = ", ".join(f"sqlc.{each}" for each in sorted(_MACROS))
        hint = f"did you mean sqlc.{near[0]}?" if near else f"the macros are {known}"
        self.fail(f"unknown macro 'sqlc.{name}'", Token(lexer.WORD, "", start, token.end), hint)

    def _argument(self, what: str) -> str:
        """The one name in a macro's parentheses, bare or as a string, and the closing parenthesis."""
        if self.token.kind == lexer.STRING:
            name = self.string()
        elif self.token.kind in {lexer.WORD, lexer.QUOTED}:
            name = self.unquoted(self.advance())
        else:
            self.unexpected(what)
        if not name:
            self.fail(f"expected {what}, found an empty string")
        self._close_macro(what)
        return name

    def _close_macro(self, what: str) -> None:
        if self.token.word != ")":
            self.unexpected(f"')' after {what}", "the macro takes no more arguments")
        self.advance()

    def arg_macro(self, start: int) -> Expr:
        name = self._argument("the parameter's name")
        return Param(start, self.previous_end, "arg", name)

    def narg_macro(self, start: int) -> Expr:
        name = self._argument("the parameter's name")
        return Param(start, self.previous_end, "narg", name)

    def slice_macro(self, start: int) -> Expr:
        name = self._argument("the parameter's name")
        return Param(start, self.previous_end, "slice", name)

    def embed_macro(self, start: int) -> Expr:
        token = Token(lexer.WORD, "", start, self.previous_end)
        self.fail("sqlc.embed(table) can only be an item of a select list", token)

    def embed(self) -> Embed:
        """sqlc.embed(table) where it may be: as a select item."""
        start = self.token.start
        for _ in range(4):
            self.advance()
        table = self._argument("the table's name or alias")
        return Embed(start, self.previous_end, table)

    def optional_macro(self, start: int) -> Expr:
        condition = self.expression()
        flag: Param | None = None
        if self.accept(","):
            given = self.token
            value = self.expression()
            if not isinstance(value, Param) or value.kind not in {"arg", "positional"}:
                self.fail(
                    "the second argument of sqlc.optional is a parameter",
                    given,
                    "write it as :name; the condition is there when the flag is true",
                )
            flag = value
        self._close_macro("the condition and its flag")
        return Optional(start, self.previous_end, condition, flag)

    def order_by_macro(self, start: int) -> Expr:
        token = Token(lexer.WORD, "", start, self.previous_end)
        self.fail("sqlc.order_by can only be the one item of an ORDER BY", token)

    def after_macro(self, start: int) -> Expr:
        alias = None if self.token.word == ")" else self._alias()
        self._close_macro("the table's alias")
        return AfterMacro(start, self.previous_end, alias)

    def _alias(self) -> str:
        return self.string() if self.token.kind == lexer.STRING else self.any_word("a table's alias")

    def order_items(self) -> tuple[OrderItem, ...]:
        if not self.at_macro("order_by"):
            return super().order_items()
        start = self.token.start
        for _ in range(4):
            self.advance()
        alias = None if self.token.word == ")" else self._alias()
        self._close_macro("the table's alias")
        if self.token.word in {",", "ASC", "DESC"}:
            self.fail(
                "sqlc.order_by is the one item of its ORDER BY",
                hint="put the other columns into the '-- order:' annotations",
            )
        macro = OrderByMacro(start, self.previous_end, alias)
        return (OrderItem(start, self.previous_end, macro),)


_MACROS: dict[str, Callable[[MacroParser, int], Expr]] = {
    "arg": MacroParser.arg_macro,
    "narg": MacroParser.narg_macro,
    "slice": MacroParser.slice_macro,
    "embed": MacroParser.embed_macro,
    "optional": MacroParser.optional_macro,
    "order_by": MacroParser.order_by_macro,
    "after": MacroParser.after_macro,
}
