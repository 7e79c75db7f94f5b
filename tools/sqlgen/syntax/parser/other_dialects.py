"""Hints at syntax of other databases: what MySQL and MariaDB have in its place."""

import re
from collections.abc import Sequence
from typing import Final

from tools.sqlgen.syntax.lexer import Token

# The word before the unexpected token ("": any), the text of the token, and what to write.
_HINTS: Final = tuple(
    (before, re.compile(pattern, re.IGNORECASE), hint)
    for before, pattern, hint in (
        ("", r"::", "write CAST(value AS CHAR), or another type"),
        ("", r"ILIKE\b", "write LIKE: it ignores case if the collation does (..._ci)"),
        ("", r"!?~", "write REGEXP, or NOT REGEXP"),
        ("", r"NULLS\b", "write ORDER BY column IS NULL, column for NULL at the end; without it NULL is the lowest"),
        ("", r"\[", "names are quoted with backticks; there are no arrays, only JSON"),
        ("TOP", r"[\d?:@]", "write LIMIT at the end"),
        ("OFFSET", r"[\d?:@]", "write LIMIT count OFFSET first"),
        ("FILTER", r"\(", "write COUNT(IF(condition, 1, NULL)), or SUM(IF(condition, value, 0))"),
        ("DISTINCT", r"ON\b", "number the rows in a subquery by ROW_NUMBER() OVER (PARTITION BY ...), and keep row 1"),
    )
)  # fmt: skip


def hint_at_other_dialect(text: str, tokens: Sequence[Token], index: int) -> str | None:
    """Return what to write in place of what other databases have at an unexpected token; None if it is not known."""
    token = tokens[index]
    last, one_before_last = (tokens[at].word if at >= 0 else "" for at in (index - 1, index - 2))
    for before, pattern, hint in _HINTS:
        if before in ("", last) and pattern.match(text, token.start):
            return hint
    if token.word == "FROM" and tokens[0].word == "UPDATE":
        return "write UPDATE a JOIN b ON ... SET a.column = b.column"
    if one_before_last == "EXTRACT" and token.word == "EPOCH":
        return "write UNIX_TIMESTAMP(value)"
    if one_before_last == "INTERVAL":
        return "write INTERVAL 1 DAY: the number, and then the unit"
    return None
