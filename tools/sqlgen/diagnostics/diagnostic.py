"""Diagnostics as the author of a file reads them: place, problem, hint.

sql/orders.sql:12:9: error: unknown column 'o.custmer_id'
   12 |   WHERE o.custmer_id = ?
      |         ^^^^^^^^^^^^
hint: did you mean 'customer_id'?
"""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Diagnostic(Struct, frozen=True, order=True):
    """One finding in one file."""

    path: str
    start: int
    """Offset into the file's text of the first character that is meant."""
    end: int
    message: str
    hint: str | None = None
    severity: Severity = "error"
    query: str | None = None
    """The name of the query it is about, None for a schema file or a file as a whole."""


class RunError(Exception):
    """Ends a run: wrong settings, an unreadable file, a missing tool. The message is for the user."""


class SqlError(Exception):
    """A finding that ends the work on one statement; the caller collects it and continues with the next."""

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        hint: str | None = None,
        severity: Severity = "error",
        *,
        at_parse: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint
        self.severity: Severity = severity
        self.at_parse = at_parse
        """True if the server may report it before it resolves names."""


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1; the column counts characters."""
    offset = min(offset, len(text))
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def render(diagnostic: Diagnostic, text: str) -> str:
    """Format a diagnostic for printing: place, source line, caret, hint. `text` is the file's whole text."""
    line, column = position(text, diagnostic.start)
    begin = text.rfind("\n", 0, min(diagnostic.start, len(text))) + 1
    end = text.find("\n", begin)
    source = text[begin : len(text) if end < 0 else end].rstrip("\r")
    lines = [f"{diagnostic.path}:{line}:{column}: {diagnostic.severity}: {diagnostic.message}"]
    if source.strip():
        gutter = f"{line:>5} | "
        width = max(1, min(diagnostic.end - diagnostic.start, len(source) - column + 1))
        indent = "".join(c if c == "\t" else " " for c in source[: column - 1])
        lines += [f"{gutter}{source}", f"{' ' * (len(gutter) - 2)}| {indent}{'^' * width}"]
    if diagnostic.hint:
        lines.append(f"hint: {diagnostic.hint}")
    return "\n".join(lines)
