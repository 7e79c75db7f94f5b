"""Removes comments from a SQL text."""

from collections.abc import Sequence


def without_comments(text: str, start: int, end: int, comments: Sequence[tuple[int, int]]) -> str:
    """Return text[start:end] without its comments, and without the lines that contained only a comment.

    `comments` are spans in `text`, in ascending order. A space replaces a comment that separates two words.
    """
    pieces: list[str] = []
    at = start
    for comment_start, comment_end in comments:
        if comment_start < at or comment_end > end:
            continue
        before = text[at:comment_start]
        line = before.rstrip(" \t")
        after = text[comment_end:end].lstrip(" \t")
        if line.endswith("\n") and after.startswith("\n"):
            pieces.append(line[:-1])
        elif after.startswith("\n") or not after:
            pieces.append(line if after else before)
        else:
            pieces.append(before)
            if not before[-1:].isspace() and not text[comment_end : comment_end + 1].isspace():
                pieces.append(" ")
        at = comment_end
    pieces.append(text[at:end])
    return "".join(pieces)
