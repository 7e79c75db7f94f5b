"""What the compiler tells the author of a file: where, what, and what to do.

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


class SqlError(Exception):
    """A finding that ends the work on one statement; whoever goes on to the next one collects it."""

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        hint: str | None = None,
        severity: Severity = "error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint
        self.severity: Severity = severity
