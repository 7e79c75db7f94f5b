"""The token cursor: the tokens of one statement, and the basic operations that all grammar rules use."""

import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import TableName
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.keywords import NOT_AN_ALIAS, RESERVED
from tools.sqlgen.syntax.parser.other_dialects import hint_at_other_dialect
from tools.sqlgen.syntax.server import MARIADB_HINT, Server

T = TypeVar("T")

_STARTED_AS_NUMBER = frozenset({lexer.INT, lexer.FLOAT, lexer.HEX, lexer.BIT})
_SHOWN = 30
"""Characters of a token that a message repeats."""
_CLOSING = {"(": 1, ")": -1}


class Parser:
    """A cursor over tokens. `token` is the next one, `previous_end` the offset after the last one read."""

    def __init__(
        self, text: str, start: int = 0, end: int | None = None, server: Server | None = None
    ) -> None:
        self.text = text
        self.server = server
        """The server whose syntax is accepted; None accepts that of every server."""
        self.tokens = lexer.tokenize(text, start, end)
        self.index = 0
        self.token = self.tokens[0]
        self.previous_end = start

    # --- moving -----------------------------------------------------------------------------

    def advance(self) -> Token:
        token = self.token
        self.previous_end = token.end
        if token.kind != lexer.END:
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def peek(self, distance: int = 1) -> Token:
        index = self.index + distance
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def accept(self, word: str) -> bool:
        if self.token.word != word:
            return False
        self.advance()
        return True

    def accept_any(self, *words: str) -> str | None:
        word = self.token.word
        if word not in words:
            return None
        self.advance()
        return word

    def accept_words(self, *words: str) -> bool:
        """Read all of the words or none; returns True if they were next."""
        if self.token.word != words[0] or not self.at_words(*words):
            return False
        for _ in words:
            self.advance()
        return True

    def at_words(self, *words: str) -> bool:
        return all(self.peek(distance).word == word for distance, word in enumerate(words))

    def expect(self, *words: str) -> None:
        for word in words:
            if self.token.word != word:
                self.unexpected(f"'{word}'")
            self.advance()

    def comma_list(self, item: Callable[["Parser"], T]) -> tuple[T, ...]:
        items = [item(self)]
        while self.token.word == ",":
            self.advance()
            items.append(item(self))
        return tuple(items)

    def parenthesised(self, item: Callable[["Parser"], T]) -> tuple[T, ...]:
        """( item, item, ... )"""
        self.expect("(")
        items = self.comma_list(item)
        self.expect(")")
        return items

    def closing(self, index: int) -> int:
        """Return the index of the token that closes the parenthesis at `index`, or the index of END."""
        depth = 0
        for position in range(index, len(self.tokens)):
            depth += _CLOSING.get(self.tokens[position].word, 0)
            if depth == 0:
                return position
        return len(self.tokens) - 1

    def skip_parenthesised(self) -> None:
        closing = self.closing(self.index)
        while self.index < closing:
            self.advance()
        self.expect(")")

    def skip_to_end(self) -> None:
        """Leave the rest of the statement unread."""
        self.index = len(self.tokens) - 1
        self.token = self.tokens[self.index]
        self.previous_end = self.token.end

    def end_of_statement(self) -> None:
        self.accept(";")
        if self.token.kind != lexer.END:
            self.unexpected("the end of the statement")

    # --- servers ----------------------------------------------------------------------------

    @property
    def is_mysql(self) -> bool:
        """True if only the syntax of MySQL is accepted."""
        return self.server is not None and self.server != "mariadb"

    def only_mariadb(self, what: str, token: Token | None = None, hint: str | None = None) -> None:
        """Refuse, on MySQL, syntax that only MariaDB has."""
        if self.is_mysql:
            self.fail(f"{what} is not MySQL", token, hint or MARIADB_HINT)

    # --- errors -----------------------------------------------------------------------------

    def fail(self, message: str, token: Token | None = None, hint: str | None = None) -> NoReturn:
        at = token or self.token
        raise SqlError(message, at.start, at.end, hint)

    def unexpected(self, expected: str, hint: str | None = None) -> NoReturn:
        """Raise SqlError: one thing was expected, another is next."""
        token = self.token
        hint = hint_at_other_dialect(self.text, self.tokens, self.index) or hint
        if token.kind == lexer.ERROR:
            self.fail(_lexical_error(self.text, token), hint=hint)
        if hint is None and token.word in RESERVED and "name" in expected:
            hint = f"{token.word} is a reserved word; as a name it needs backticks"
        if hint is None:
            hint = _placeholder_hint(self.text, token, expected)
        self.fail(f"expected {expected}, found {self.describe(token)}", hint=hint)

    def describe(self, token: Token) -> str:
        if token.kind == lexer.END:
            return "the end of the statement"
        raw = self.raw(token)
        return f"'{raw}'" if len(raw) <= _SHOWN and "'" not in raw else raw[:_SHOWN]

    # --- names ------------------------------------------------------------------------------

    def raw(self, token: Token) -> str:
        return self.text[token.start : token.end]

    def unquoted(self, token: Token) -> str:
        raw = self.raw(token)
        return raw[1:-1].replace("``", "`") if token.kind == lexer.QUOTED else raw

    def at_name(self) -> bool:
        token = self.token
        if token.kind != lexer.WORD:
            return token.kind == lexer.QUOTED
        return token.word not in RESERVED or self.before_dot()

    def before_dot(self) -> bool:
        """True if a dot and a name follow without a space: then even a reserved word is a name."""
        dot, after = self.peek(1), self.peek(2)
        return (
            dot.word == "." and dot.start == self.token.end and after.start == dot.end and after.word != "*"
        )

    def name(self, what: str = "a name") -> str:
        if not self.at_name():
            self.unexpected(what)
        return self.unquoted(self.advance())

    def any_word(self, what: str = "a name") -> str:
        """Read a name that may also be a reserved word, as after a dot."""
        if self.token.kind not in {lexer.WORD, lexer.QUOTED}:
            self.unexpected(what)
        return self.unquoted(self.advance())

    def name_after_dot(self) -> str:
        if self.token.kind in _STARTED_AS_NUMBER:
            return self.raw(self.advance())
        # A reserved word is a name only directly behind the dot.
        if self.token.start == self.previous_end:
            return self.any_word("a name after '.'")
        return self.name("a name after '.'")

    def names(self) -> tuple[str, ...]:
        """( name, name, ... )"""
        return self.parenthesised(Parser.name)

    def implicit_alias(self) -> bool:
        """True if the next token is an alias without AS."""
        token = self.token
        return (token.kind == lexer.WORD and token.word not in NOT_AN_ALIAS) or token.kind == lexer.QUOTED

    def qualified_name(self, what: str = "a table name") -> tuple[str | None, str]:
        """A name, or schema.name."""
        first = self.name(what)
        if self.accept("."):
            return first, self.name_after_dot()
        return None, first

    def table_name(self) -> TableName:
        start = self.token.start
        schema, name = self.qualified_name()
        return TableName(start, self.previous_end, name, schema)


_DRIVER_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s")


def _placeholder_hint(text: str, token: Token, expected: str) -> str | None:
    """Return a hint for what other tools and databases write: %s, "name"."""
    if _DRIVER_PLACEHOLDER.match(text, token.start):
        return "write ? or :name; %s is a placeholder of drivers"
    if token.kind == lexer.STRING and text[token.start] == '"' and "name" in expected:
        return (
            'names are quoted with backticks: "..." is a text, unless sql_mode has ANSI_QUOTES '
            "(dump without --compatible=ansi)"
        )
    return None


def _lexical_error(text: str, token: Token) -> str:
    first = text[token.start]
    if text.startswith("/*", token.start):
        return "this comment is never closed"
    if first in "'\"":
        return "this string is never closed"
    if first == "`":
        return "this quoted name is never closed"
    return f"unexpected character {first!r}"
