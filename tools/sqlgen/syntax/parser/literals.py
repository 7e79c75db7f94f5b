"""Constants: numbers, strings, bytes, dates."""

import re

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    BytesLiteral,
    DecimalLiteral,
    Expr,
    FloatLiteral,
    IntLiteral,
    StringLiteral,
    TemporalLiteral,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.keywords import CHARSETS
from tools.sqlgen.syntax.parser.stream import TokenStream

_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED = {
    "0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_",
}  # fmt: skip
_TEMPORAL = {"D": "DATE", "T": "TIME", "TS": "TIMESTAMP"}


class LiteralParser(TokenStream):
    """Reads constants."""

    def string(self) -> str:
        """The value of one string token."""
        if self.token.kind != lexer.STRING:
            self.unexpected("a string")
        return string_value(self.raw(self.advance()))

    def integer(self, what: str = "a number") -> int:
        if self.token.kind != lexer.INT:
            self.unexpected(what)
        return int(self.raw(self.advance()))

    def string_literal(self, start: int | None = None, charset: str | None = None) -> StringLiteral:
        """One string, or several side by side, which are one."""
        token = self.token
        value = self.string()
        if charset is None and self.text[token.start] in "nN":
            charset = "utf8mb3"
        while self.token.kind == lexer.STRING and self.text[self.token.start] not in "nN":
            value += self.string()
        return StringLiteral(token.start if start is None else start, self.previous_end, value, charset)

    def int_literal(self) -> IntLiteral:
        token = self.advance()
        return IntLiteral(token.start, token.end, int(self.raw(token)))

    def decimal_literal(self) -> DecimalLiteral:
        token = self.advance()
        return DecimalLiteral(token.start, token.end, self.raw(token))

    def float_literal(self) -> FloatLiteral:
        token = self.advance()
        return FloatLiteral(token.start, token.end, self.raw(token))

    def bytes_literal(self, start: int | None = None, charset: str | None = None) -> BytesLiteral:
        token = self.advance()
        begin = token.start if start is None else start
        if token.kind == lexer.HEX:
            return BytesLiteral(begin, token.end, self._hex_value(token), "hex", charset)
        return BytesLiteral(begin, token.end, self._bit_value(token), "bit", charset)

    def introduced_literal(self) -> Expr | None:
        """_utf8mb4'text', _binary X'00'; None when the next word is no introducer."""
        token = self.token
        following = self.peek().kind
        if following not in {lexer.STRING, lexer.HEX, lexer.BIT}:
            return None
        charset = self.raw(token)[1:].lower()
        if charset not in CHARSETS:
            return None
        self.advance()
        if following == lexer.STRING:
            return self.string_literal(token.start, charset)
        return self.bytes_literal(token.start, charset)

    def temporal_literal(self) -> TemporalLiteral:
        """DATE '2024-01-01' and its like."""
        token = self.advance()
        value = self.string()
        return _temporal(token.start, self.previous_end, token.word, value)

    def odbc_literal(self, start: int) -> TemporalLiteral | None:
        """The inside of {d '2024-01-01'}; None for {fn ...}."""
        kind = _TEMPORAL.get(self.token.word)
        if kind is None or self.peek().kind != lexer.STRING:
            return None
        self.advance()
        value = self.string()
        self.expect("}")
        return _temporal(start, self.previous_end, kind, value)

    def _hex_value(self, token: Token) -> bytes:
        raw = self.raw(token)
        digits = raw[2:] if raw[0] == "0" else raw[2:-1]
        if raw[0] == "0" and len(digits) % 2:
            digits = "0" + digits
        try:
            return bytes.fromhex(digits)
        except ValueError:
            self.fail("a hexadecimal literal has an even number of the digits 0-9, A-F", token)

    def _bit_value(self, token: Token) -> bytes:
        raw = self.raw(token)
        digits = raw[2:] if raw[0] == "0" else raw[2:-1]
        if digits.strip("01"):
            self.fail("a bit literal has the digits 0 and 1", token)
        return int(digits or "0", 2).to_bytes((len(digits) + 7) // 8, "big")


def _temporal(start: int, end: int, kind: str, value: str) -> TemporalLiteral:
    if kind == "DATE":
        return TemporalLiteral(start, end, "DATE", value)
    if kind == "TIME":
        return TemporalLiteral(start, end, "TIME", value)
    return TemporalLiteral(start, end, "TIMESTAMP", value)


def string_value(raw: str) -> str:
    """What a string token stands for: quotes off, escapes resolved."""
    if raw[0] in "nN":
        raw = raw[1:]
    quote = raw[0]
    inner = raw[1:-1]
    if "\\" not in inner and quote not in inner:
        return inner
    return _ESCAPE.sub(lambda found: _unescape(found, quote), inner)


def _unescape(found: re.Match[str], quote: str) -> str:
    escaped: str | None = found[1]
    if escaped is None:
        return quote if found[0][0] == quote else found[0]
    return _ESCAPED.get(escaped, escaped)
