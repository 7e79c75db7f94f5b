"""Text -> tokens with offsets.

One regular expression recognizes every token; its last group is the token's kind. Comments are dropped, except
that the content of `/*! ... */` and `/*M! ... */` is code, as it is for the servers.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

END = 0
WORD = 1
"""A bare word: identifier or keyword."""
QUOTED = 2
"""`identifier`."""
STRING = 3
"""'...', "...", N'...'."""
INT = 4
DECIMAL = 5
FLOAT = 6
HEX = 7
BIT = 8
PARAM = 9
"""?"""
NAMED = 10
""":name"""
USER_VARIABLE = 11
SYSTEM_VARIABLE = 12
OPERATOR = 13
ERROR = 14

_KINDS = {
    "word": WORD, "name": WORD, "quoted": QUOTED, "string": STRING, "int": INT, "decimal": DECIMAL,
    "float": FLOAT, "hex": HEX, "bit": BIT, "param": PARAM, "named": NAMED, "user": USER_VARIABLE,
    "system": SYSTEM_VARIABLE, "op": OPERATOR, "dot": OPERATOR,
}  # fmt: skip

_NAME = r"[^\x00-#%-/:-@\[-^`{-\x7f\U00010000-\U0010ffff]"
"""A character of a name: 0-9, A-Z, a-z, _, $ and U+0080 to U+FFFF.

As a complement: the compilation of a class that lists U+0080 to U+FFFF takes milliseconds at every start.
"""
_SINGLE = r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'"
_DOUBLE = r'"[^"\\]*(?:(?:\\.|"")[^"\\]*)*"'
_BACKTICK = r"`[^`]*(?:``[^`]*)*`"

_TOKEN = re.compile(
    rf"""
    [ \t\r\n\f\v\ufeff]*
    (?:
        (?P<dot> (?:(?<={_NAME})|(?<=`)) \. (?={_NAME}) )
      | (?P<word> [A-Za-z_]{_NAME}*(?!'|{_NAME}) )
      | (?P<hex> 0x[0-9A-Fa-f]+(?!{_NAME}) | [xX]'[^'\n]*' )
      | (?P<bit> 0b[01]+(?!{_NAME}) | [bB]'[^'\n]*' )
      | (?P<float> (?: [0-9]+(?:\.[0-9]*)? | \.[0-9]+ ) [eE][+-]?[0-9]+ )
      | (?P<decimal> (?: [0-9]+\.[0-9]* | \.[0-9]+ )(?![eE0-9]) )
      | (?P<int> [0-9]+(?!{_NAME}) )
      | (?P<string> [nN]?{_SINGLE} | {_DOUBLE} )
      | (?P<name> {_NAME}+ )
      | (?P<quoted> {_BACKTICK} )
      | (?P<code> /\*M?!(?P<version>[0-9]{{5,6}})? )
      | (?P<comment> /\*.*?\*/ | \#[^\n]* | --(?=[\s\x00-\x1f]|\Z)[^\n]* )
      | (?P<close> \*/ )
      | (?P<system> @@(?:{_NAME}|[.`])+ )
      | (?P<user> @(?: (?:{_NAME}|\.)+ | {_SINGLE} | {_DOUBLE} | {_BACKTICK} ) )
      | (?P<named> :[A-Za-z_][A-Za-z0-9_]* )
      | (?P<param> \? )
      | (?P<op> <=> | ->>? | := | << | >> | <> | != | <= | >= | \|\|? | &&? | /(?!\*)
            | [-+*%^~!=<>(),.;:@{{}}] )
      | (?P<end> \Z )
    )
    """,
    re.VERBOSE | re.DOTALL,
)

_RUN = re.compile(
    rf"""
    (?P<semicolon> ; )
  | (?: [^'"`\#/*;-]+ | {_SINGLE} | {_DOUBLE} | {_BACKTICK}
      | -(?!-[\s\x00-\x1f]|-\Z) | /(?!\*) | \*(?!/) )++
    """,
    re.VERBOSE | re.DOTALL,
)
"""A semicolon, or SQL up to the next semicolon or comment. Possessive: it keeps no state for each of its parts."""

_NO_VERSION = frozenset({"99999", "999999"})
"""`/*!99999 ... */` and `/*!999999\\- ... */` name a version that no server has: plain comments."""


class Token(NamedTuple):
    kind: int
    word: str
    """Upper-case text of a bare word, the text of an operator; empty for every other kind."""
    start: int
    end: int


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of text[start:end] and one of kind END.

    Never raises: an invalid or unterminated token has the kind ERROR and ends the list.
    """
    end = len(text) if end is None else end
    tokens: list[Token] = []
    depth = 0
    position = start
    while position < end:
        found = _TOKEN.match(text, position, end)
        if found is None:
            tokens.append(_unknown(text, position, end))
            break
        group = found.lastgroup or ""
        kind = _KINDS.get(group)
        position = found.end()
        if kind is not None:
            raw = found[group]
            word = raw if kind == OPERATOR else raw.upper() if kind == WORD else ""
            tokens.append(Token(kind, word, position - len(raw), position))
        elif group == "code":
            if found["version"] in _NO_VERSION:
                position = _comment_end(text, position, end)
            else:
                depth += 1
        elif group == "close":
            if depth:
                depth -= 1
            else:
                position -= 1
                tokens.append(Token(OPERATOR, "*", position - 1, position))
    tokens.append(Token(END, "", end, end))
    return tokens


PieceKind = Literal["sql", "comment", "mark", ";"]
"""`mark`: a `/*+ hint */`, or the `/*!` or `*/` around code."""


def pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[PieceKind, int, int]]:
    """Yield the kinds and spans of the pieces of text[start:end]. Takes a tenth of the time of `tokenize`.

    The span of a line comment ends before its newline.
    """
    end = len(text) if end is None else end
    depth = 0
    position = start
    while position < end:
        begin = position
        kind: PieceKind = "sql"
        found = _RUN.match(text, begin, end) or _TOKEN.match(text, begin, end)
        position = found.end() if found is not None else end
        match found.lastgroup if found is not None else None:
            case "semicolon":
                kind = ";"
            case "comment":
                kind = "mark" if text.startswith("/*+", begin) else "comment"
            case "code" if found is not None and found["version"] in _NO_VERSION:
                position = _comment_end(text, position, end)
                kind = "comment"
            case "code":
                depth += 1
                kind = "mark"
            case "close" if depth:
                depth -= 1
                kind = "mark"
            case "close":
                position -= 1  # a multiplication, as in 2*/* c */3
            case _:
                pass
        yield kind, begin, position


def comment_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the comments of text[start:end], without `/*+ hints */` and `/*! code */`."""
    return [(first, last) for kind, first, last in pieces(text, start, end) if kind == "comment"]


def _unknown(text: str, position: int, end: int) -> Token:
    while text[position].isspace() and position < end - 1:
        position += 1
    opened = text[position] in "'\"`" or text.startswith("/*", position)
    return Token(ERROR, "", position, end if opened else position + 1)


def _comment_end(text: str, position: int, end: int) -> int:
    closing = text.find("*/", position, end)
    return end if closing < 0 else closing + 2
