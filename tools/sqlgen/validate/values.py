"""Checks of result columns whose values the driver cannot read, or the server sends in another format."""

from collections.abc import Iterator

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.query_files import QuerySource
from tools.sqlgen.ir.query import AnalysedQuery, ResultColumn
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.types.json_shape import JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple
from tools.sqlgen.types.sql_type import TEMPORAL, SqlType, family, is_small_bit, type_class

_READING = frozenset({":one", ":many", ":stream", ":batch"})
_BINARY = frozenset({"bit", "bytes", "geometry"})


def check_values(source: QuerySource, query: AnalysedQuery, server: Server) -> Iterator[SqlError]:
    """Report each result column whose values the generated code could not decode."""
    if source.command in _READING:
        for column in query.columns:
            for message, hint in _faults(column, server):
                yield SqlError(message, column.start, column.end, hint)


def _faults(column: ResultColumn, server: Server) -> Iterator[tuple[str, str]]:
    """Yield a message and a hint."""
    if type_class(column.type) == "vector":
        # The driver ends its reading in the middle of a row.
        hint = "select VECTOR_TO_STRING(...), or CAST(... AS BINARY) for the bytes"
        yield f"the driver cannot read the VECTOR '{column.name}'", hint
    scalars = [] if column.json is None else [*_scalars(column.json)]
    if any(_is_undecodable(each) for each in (column.type, *scalars)):
        hint = "add 0 to the BIT: COALESCE(bits + 0, 0)"
        yield f"the server sends the computed BIT '{column.name}' as bits or as digits", hint
    if column.type.is_misformatted and family(column.type) in TEMPORAL:
        digits = f"({column.type.scale})" if column.type.scale else ""
        hint = f"write the parameter's type: CAST(:name AS {column.type.name}{digits})"
        yield f"without prepared statements a parameter is text, and '{column.name}' with it", hint
    if server == "mariadb" and any(type_class(each) in _BINARY for each in scalars):
        hint = "add 0 to a BIT: bits + 0; write binary values as text: HEX(...), TO_BASE64(...)"
        yield f"MariaDB writes the binary values of '{column.name}' as they are, which is no JSON", hint


def _is_undecodable(sql_type: SqlType) -> bool:
    """True if the generated code cannot distinguish bits from digits."""
    return sql_type.is_misformatted and family(sql_type) not in TEMPORAL and not is_small_bit(sql_type)


def _scalars(shape: JsonShape) -> Iterator[SqlType]:
    match shape:
        case JsonScalar():
            yield shape.type
        case JsonObject():
            for field in shape.fields:
                yield from _scalars(field.shape)
        case JsonArray():
            yield from _scalars(shape.element)
        case JsonTuple():
            for element in shape.elements:
                yield from _scalars(element)
        case _:
            return
