"""Hints at syntax of other databases: what MySQL and MariaDB have in its place."""

import re
from collections.abc import Sequence
from typing import Final

from tools.sqlgen.syntax.lexer import Token

_AT_THE_ERROR: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), hint)
    for pattern, hint in (
        (r"::", "write CAST(value AS CHAR), or another type"),
        (r"ILIKE\b", "write LIKE: it ignores case if the collation does (..._ci)"),
        (r"!?~", "write REGEXP, or NOT REGEXP"),
        (r"NULLS\b", "write ORDER BY column IS NULL, column for NULL at the end; ascending orders begin with NULL"),
        (r"\[", "names are quoted with backticks; there are no arrays, only JSON"),
    )
)  # fmt: skip
_AFTER_A_WORD: Final = {
    "TOP": (r"[\d?:@]", "write LIMIT at the end"),
    "OFFSET": (r"[\d?:@]", "write LIMIT count OFFSET first"),
    "FILTER": (r"\(", "write COUNT(IF(condition, 1, NULL)), or SUM(IF(condition, value, 0))"),
    "DISTINCT": (r"ON\b", "number the rows in a subquery with ROW_NUMBER() OVER (PARTITION BY ...), and keep number 1"),
}  # fmt: skip


def hint_at_other_dialect(text: str, tokens: Sequence[Token], index: int) -> str | None:
    """Return what to write in place of what other databases have at an unexpected token; None if it is not known."""
    start = tokens[index].start
    for pattern, hint in _AT_THE_ERROR:
        if pattern.match(text, start):
            return hint
    before = tokens[index - 1].word if index else ""
    if before in _AFTER_A_WORD:
        pattern, hint = _AFTER_A_WORD[before]
        return hint if re.match(pattern, text[start:], re.IGNORECASE) else None
    if tokens[index].word == "FROM" and tokens[0].word == "UPDATE":
        return "write UPDATE a JOIN b ON ... SET a.column = b.column"
    if index > 1 and (tokens[index - 2].word, tokens[index].word) == ("EXTRACT", "EPOCH"):
        return "write UNIX_TIMESTAMP(value)"
    if index > 1 and tokens[index - 2].word == "INTERVAL":
        return "write INTERVAL 1 DAY: the number, and then the unit"
    return None
