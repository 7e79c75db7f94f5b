"""The shape of a JSON value that the query itself builds."""

from typing import TypeAlias

from msgspec import Struct

from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import SqlType


class JsonScalar(Struct, frozen=True):
    type: SqlType
    nullable: bool
    source_column: SourceColumn | None = None


class JsonField(Struct, frozen=True):
    name: str
    shape: "JsonShape"


class JsonObject(Struct, frozen=True):
    fields: tuple[JsonField, ...]
    nullable: bool = False


class JsonArray(Struct, frozen=True):
    """JSON_ARRAYAGG(...), or JSON_ARRAY(...) whose elements have one shape.

    `null_extended` names the fields of the element object that are all null exactly when an outer join did not match,
    so that the decoder can turn the one object of nulls into an empty array. It is empty if there can be no such
    object.
    """

    element: "JsonShape"
    nullable: bool = False
    null_extended: tuple[str, ...] = ()


class JsonTuple(Struct, frozen=True):
    """JSON_ARRAY(a, b) with elements of different kinds."""

    elements: "tuple[JsonShape, ...]"
    nullable: bool = False


class JsonAny(Struct, frozen=True):
    """JSON of a shape that the query does not fix: a JSON column, JSON_EXTRACT."""

    nullable: bool = False
    source_column: SourceColumn | None = None


JsonShape: TypeAlias = JsonScalar | JsonObject | JsonArray | JsonTuple | JsonAny
