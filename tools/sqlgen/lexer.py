"""Text -> tokens with offsets."""

from typing import NamedTuple


class Token(NamedTuple):
    kind: int
    word: str
    """Upper-case text of a bare word, the text of an operator; empty for every other kind."""
    start: int
    end: int


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of text[start:end] and one of kind END. Never raises: what is no token has the kind ERROR."""
    raise NotImplementedError((text, start, end))


def comment_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The comments of text[start:end] that mean nothing to a server: not `/*+ hints */`, not `/*! code */`.

    A line comment's span ends before its newline.
    """
    raise NotImplementedError((text, start, end))
