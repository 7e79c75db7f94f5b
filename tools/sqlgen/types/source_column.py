"""The source column of a value."""

from msgspec import Struct


class Origin(Struct, frozen=True):
    """The table column that a value is an unchanged copy of: what overrides, enums and UUID columns go by."""

    schema: str | None
    table: str
    column: str
