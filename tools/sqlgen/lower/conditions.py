"""Conditions that can be left out of a text, and the AND that is left out with each."""

from collections.abc import Iterator, Sequence

from tools.sqlgen.lower.comments import without_comments
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.visitor import walk

_AND = ("AND", "&&")


def removable_conditions(statement: ast.Node) -> Iterator[ast.Expr]:
    """Yield each whole WHERE, ON or HAVING condition, and each operand of AND."""
    for node in walk(statement):
        conditions: tuple[ast.Expr | None, ...] = ()
        match node:
            case ast.Select():
                conditions = (node.where, node.having)
            case ast.Update() | ast.Delete():
                conditions = (node.where,)
            case ast.Join():
                conditions = (node.on,)
            case ast.Binary(op="AND"):
                conditions = (node.left, node.right)
            case _:
                continue
        yield from (condition for condition in conditions if condition is not None)


def leading_and(text: str, start: int, floor: int, comments: Sequence[tuple[int, int]]) -> tuple[str, int]:
    """Return the AND before the condition at `start`, without comments, and the position where it begins.

    White space around the AND belongs to it. A condition without an AND after `floor` has ("", start).
    """
    before = _skip_back(text, start, floor, comments)
    for word in _AND:
        at = before - len(word)
        if at >= floor and text[at:before].upper() == word and not _continues_word(text, at - 1, word):
            begin = _skip_back(text, at, floor, comments)
            return without_comments(text, begin, start, comments), begin
    return "", start


def _skip_back(text: str, at: int, floor: int, comments: Sequence[tuple[int, int]]) -> int:
    """Return the end of the last character before `at` that is neither white space nor part of a comment."""
    start_of = {end: start for start, end in comments}
    while at > floor:
        if at in start_of:
            at = start_of[at]
        elif text[at - 1].isspace():
            at -= 1
        else:
            break
    return max(at, floor)


def _continues_word(text: str, at: int, word: str) -> bool:
    """True if the character at `at` makes `word` the end of a longer word, as in `BAND`."""
    return word.isalpha() and at >= 0 and (text[at].isalnum() or text[at] in "_$`")
