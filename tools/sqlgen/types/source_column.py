"""The source column of a value."""

from msgspec import Struct


class SourceColumn(Struct, frozen=True):
    """The table column that a value is an unchanged copy of. Overrides, enums and UUID columns depend on it."""

    schema: str | None
    table: str
    column: str
