"""Offsets into a text, and the protocol's positions: line and code units from 0."""

from bisect import bisect_right

from lsprotocol.types import Position, Range
from pygls.workspace import PositionCodec


class LineIndex:
    """The lines of one text. `codec` has the code units that client and server agreed on."""

    def __init__(self, text: str, codec: PositionCodec) -> None:
        self._text = text
        self._codec = codec
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def position(self, offset: int) -> Position:
        line = self.line(offset)
        units = self._codec.client_num_units(self._text[self._starts[line] : offset])
        return Position(line, units)

    def line(self, offset: int) -> int:
        """The line of an offset, from 0."""
        return bisect_right(self._starts, offset) - 1

    def range(self, start: int, end: int) -> Range:
        return Range(self.position(start), self.position(end))

    def offset(self, position: Position) -> int:
        """The offset of a position; the nearest one for a position beyond a line or the text."""
        if position.line >= len(self._starts):
            return len(self._text)
        at = self._starts[position.line]
        units = 0
        while units < position.character and at < len(self._text) and self._text[at] != "\n":
            units += self._codec.client_num_units(self._text[at])
            at += 1
        return at
