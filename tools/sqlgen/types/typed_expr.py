"""A typed expression."""

from msgspec import Struct

from tools.sqlgen.types.json_shape import JsonShape
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import UNKNOWN, SqlType


class TypedExpr(Struct, frozen=True, gc=False):
    """The type and nullability of one expression at one place."""

    type: SqlType
    nullable: bool
    source_column: SourceColumn | None = None
    """Set while the value is an unchanged copy of a column's."""
    json: JsonShape | None = None
    untyped: bool = False
    """True if its type comes from a parameter without a type so far."""


UNKNOWN_EXPR = TypedExpr(UNKNOWN, nullable=True)
"""An expression that cannot be typed, because of a finding."""
