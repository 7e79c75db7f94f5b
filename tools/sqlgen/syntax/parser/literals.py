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
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.keywords import CHARSETS

_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPED = {
    "0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_",
}  # fmt: skip
_TEMPORAL = {"D": "DATE", "T": "TIME", "TS": "TIMESTAMP"}


def parse_string(p: Parser) -> str:
    """The value of one string token."""
    if p.token.kind != lexer.STRING:
        p.unexpected("a string")
    return string_value(p.raw(p.advance()))


def parse_integer(p: Parser, what: str = "a number") -> int:
    if p.token.kind != lexer.INT:
        p.unexpected(what)
    return int(p.raw(p.advance()))


def parse_string_literal(p: Parser, start: int | None = None, charset: str | None = None) -> StringLiteral:
    """Parse one string, or several adjacent ones, which form one."""
    token = p.token
    value = parse_string(p)
    if charset is None and p.text[token.start] in "nN":
        charset = "utf8mb3"
    while p.token.kind == lexer.STRING and p.text[p.token.start] not in "nN":
        value += parse_string(p)
    return StringLiteral(token.start if start is None else start, p.previous_end, value, charset)


def parse_int_literal(p: Parser) -> IntLiteral:
    token = p.advance()
    return IntLiteral(token.start, token.end, int(p.raw(token)))


def parse_decimal_literal(p: Parser) -> DecimalLiteral:
    token = p.advance()
    return DecimalLiteral(token.start, token.end, p.raw(token))


def parse_float_literal(p: Parser) -> FloatLiteral:
    token = p.advance()
    return FloatLiteral(token.start, token.end, p.raw(token))


def parse_bytes_literal(p: Parser, start: int | None = None, charset: str | None = None) -> BytesLiteral:
    token = p.advance()
    begin = token.start if start is None else start
    if token.kind == lexer.HEX:
        return BytesLiteral(begin, token.end, _hex_value(p, token), "hex", charset)
    return BytesLiteral(begin, token.end, _bit_value(p, token), "bit", charset)


def parse_introduced_literal(p: Parser) -> Expr | None:
    """_utf8mb4'text', _binary X'00'; None when the next word is no introducer."""
    token = p.token
    following = p.peek().kind
    if following not in {lexer.STRING, lexer.HEX, lexer.BIT}:
        return None
    charset = p.raw(token)[1:].lower()
    if charset not in CHARSETS:
        return None
    p.advance()
    if following == lexer.STRING:
        return parse_string_literal(p, token.start, charset)
    return parse_bytes_literal(p, token.start, charset)


def parse_temporal_literal(p: Parser) -> TemporalLiteral:
    """Parse DATE '2024-01-01', TIME '...' or TIMESTAMP '...'."""
    token = p.advance()
    value = parse_string(p)
    return _temporal(token.start, p.previous_end, token.word, value)


def parse_odbc_literal(p: Parser, start: int) -> TemporalLiteral | None:
    """The inside of {d '2024-01-01'}; None for {fn ...}."""
    kind = _TEMPORAL.get(p.token.word)
    if kind is None or p.peek().kind != lexer.STRING:
        return None
    p.advance()
    value = parse_string(p)
    p.expect("}")
    return _temporal(start, p.previous_end, kind, value)


def _hex_value(p: Parser, token: Token) -> bytes:
    raw = p.raw(token)
    digits = raw[2:] if raw[0] == "0" else raw[2:-1]
    if raw[0] == "0" and len(digits) % 2:
        digits = "0" + digits
    try:
        return bytes.fromhex(digits)
    except ValueError:
        p.fail("a hexadecimal literal has an even number of the digits 0-9, A-F", token)


def _bit_value(p: Parser, token: Token) -> bytes:
    raw = p.raw(token)
    digits = raw[2:] if raw[0] == "0" else raw[2:-1]
    if digits.strip("01"):
        p.fail("a bit literal has the digits 0 and 1", token)
    return int(digits or "0", 2).to_bytes((len(digits) + 7) // 8, "big")


def _temporal(start: int, end: int, kind: str, value: str) -> TemporalLiteral:
    if kind == "DATE":
        return TemporalLiteral(start, end, "DATE", value)
    if kind == "TIME":
        return TemporalLiteral(start, end, "TIME", value)
    return TemporalLiteral(start, end, "TIMESTAMP", value)


def string_value(raw: str) -> str:
    """Return the value of a string token: without quotes, escapes resolved."""
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
