"""A schema file -> the spans of its statements.

A statement ends at `;`, at the delimiter of a DELIMITER line of the mysql client, or, for a stored program without
such a line, at the `;` after the END of its body.
"""

import re
from collections.abc import Iterator

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.lexer import Token

_SKIPPED = r"""'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\.|"")[^"\\]*)*"|`[^`]*`"""
_COMMENTS = r"/\*(?!M?!(?!9{5,6}\b)).*?\*/|\#[^\n]*|--(?=[\s\x00-\x1f]|\Z)[^\n]*"
_BLANK = re.compile(rf"(?:[\s\ufeff]+|{_COMMENTS}|--[^\n]*)*", re.DOTALL)
"""Blanks and comments before a statement: `--` needs no blank after it there, as for the mysql client."""
_DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_PROGRAM = re.compile(
    r"""(?:/\*M?!\d*\s*)?CREATE\b(?:[\s*/]|/\*M?!\d*)*
    (?:OR\s+REPLACE\s+)?(?:/\*M?!\d*\s*)?(?:AGGREGATE\s+)?
    (?:DEFINER\s*=\s*(?:CURRENT_USER(?:\s*\(\s*\))?|\S+(?:\s*@\s*\S+)?)[\s*/]+(?:!\d*\s*)?)?
    (?:AGGREGATE\s+)?(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BLOCKS = frozenset({"BEGIN", "CASE", "IF", "LOOP", "WHILE", "REPEAT"})
_BEFORE_A_STATEMENT = frozenset({";", "THEN", "ELSE", "DO", "BEGIN", "LOOP", "REPEAT", "ROW", ":", ""})


def statement_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The statements of text[start:end] without the delimiters between them."""
    delimiter = ";"
    position = start
    while True:
        position = _after_blanks(text, position, end)
        if position >= end:
            return
        command = _DELIMITER.match(text, position, end)
        if command:
            delimiter = command[1]
            position = command.end()
            continue
        if delimiter != ";":
            # The client sends the text up to the delimiter, which may be several statements.
            stop, after = _statement_end(text, position, end, delimiter)
            yield from statement_spans(text, position, stop)
            position = max(after, position + 1)
            continue
        if _PROGRAM.match(text, position, end):
            stop = after = _program_end(text, position, end)
        else:
            stop, after = _statement_end(text, position, end, delimiter)
        if stop > position:
            yield position, stop
        position = max(after, position + 1)


def _after_blanks(text: str, position: int, end: int) -> int:
    blank = _BLANK.match(text, position, end)
    return blank.end() if blank else position


def _statement_end(text: str, position: int, end: int, delimiter: str) -> tuple[int, int]:
    """The end of the statement at `position`, and the offset after its delimiter."""
    scanner = _scanner(delimiter)
    for found in scanner.finditer(text, position, end):
        if found.lastgroup == "delimiter":
            return found.start(), found.end()
    return end, end


def _scanner(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"{_SKIPPED}|{_COMMENTS}|(?P<delimiter>{re.escape(delimiter)})", re.DOTALL)


def _program_end(text: str, position: int, end: int) -> int:
    """The offset of the `;` after a stored program: the first one outside all its blocks."""
    open_blocks: list[str] = []
    previous = Token(lexer.END, "", position, position)
    for token in lexer.tokenize(text, position, end):
        word = token.word
        if word == ";" and not open_blocks:
            return token.start
        if word == "END" and token.kind == lexer.WORD:
            if open_blocks:
                open_blocks.pop()
        elif word in _BLOCKS and previous.word != "END" and _opens(word, previous, open_blocks):
            open_blocks.append(word)
        previous = token
    return end


def _opens(word: str, previous: Token, open_blocks: list[str]) -> bool:
    """True if the word opens a block: IF and REPEAT are also functions, and CASE an expression."""
    if word in {"BEGIN", "CASE"}:
        return True
    in_expression = open_blocks[-1:] == ["CASE"] and previous.word in {"THEN", "ELSE"}
    return previous.word in _BEFORE_A_STATEMENT and previous.kind != lexer.STRING and not in_expression
