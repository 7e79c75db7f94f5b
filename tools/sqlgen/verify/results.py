"""Compares the rows of a query with what was inferred: NULLs, classes, members, shapes, counts."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeGuard, cast

from tools.sqlgen.ir.query import AnalysedQuery, ResultColumn
from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple
from tools.sqlgen.types.sql_type import SqlType, TypeClass, type_class
from tools.sqlgen.verify.compare import Finding
from tools.sqlgen.verify.wire import Value

_PYTHON: dict[TypeClass, tuple[type, ...]] = {
    "int": (int,),
    "bool": (int,),
    "float": (float,),
    "decimal": (Decimal,),
    "string": (str,),
    "bytes": (bytes,),
    "date": (dt.date,),
    "datetime": (dt.datetime,),
    "time": (dt.timedelta,),
    "json": (str,),
    "bit": (bytes,),
    "geometry": (bytes,),
    "vector": (bytes,),
    "any": (object,),
}


def row_findings(query: AnalysedQuery, rows: Sequence[Sequence[Value]], world: str) -> Iterator[Finding]:
    """Report the claims that the rows disprove. `world` describes tables and parameters, for the message."""
    for index, column in enumerate(query.columns):
        values = [row[index] for row in rows if index < len(row)]
        if not column.nullable and None in values:
            message = f"column '{column.name}' is inferred not null, and was NULL {world}"
            yield Finding(column.start, column.end, message)
        wrong = next(
            (text for value in values if value is not None and (text := _wrong(column, value))), None
        )
        if wrong:
            yield Finding(column.start, column.end, f"column '{column.name}' {wrong} {world}")
    if query.columns:
        yield from _count_findings(query, len(rows), world)


def _count_findings(query: AnalysedQuery, count: int, world: str) -> Iterator[Finding]:
    start, end = query.columns[0].start, query.columns[-1].end
    if query.cardinality == "one" and count != 1:
        yield Finding(start, end, f"exactly one row is inferred, and {count} came {world}")
    if query.cardinality == "zero_or_one" and count > 1:
        yield Finding(start, end, f"at most one row is inferred, and {count} came {world}")


def _wrong(column: ResultColumn, value: Value) -> str | None:
    """Return the fault of a value that is not NULL, or None."""
    kind = type_class(column.type)
    if not isinstance(value, _PYTHON[kind]):
        return f"is inferred as {kind}, and was {value!r}"
    if kind == "bool" and value not in {0, 1}:
        return f"is inferred as bool, and was {value!r}"
    if column.type.name == "ENUM" and column.type.values and value not in {*column.type.values, ""}:
        return f"is inferred as one of {column.type.values}, and was {value!r}"
    if column.json is not None and isinstance(value, str):
        fault = shape_fault(column.json, json.loads(value, parse_float=Decimal))
        return f"has not the inferred shape: {fault}" if fault else None
    return None


def shape_fault(shape: JsonShape, value: Any, path: str = "$") -> str | None:
    """Return the place and fault of a JSON value that does not have the shape, or None.

    >>> shape_fault(JsonArray(element=JsonAny(nullable=True)), [1, None])
    >>> shape_fault(JsonArray(element=JsonAny()), [1, None])
    '$[1] is null'
    """
    if value is None:
        return None if shape.nullable else f"{path} is null"
    match shape:
        case JsonScalar():
            return None if isinstance(value, _json_classes(shape.type)) else f"{path} is {value!r}"
        case JsonObject():
            return _object_fault(shape, value, path)
        case JsonArray():
            return _array_fault(shape, value, path)
        case JsonTuple():
            return _tuple_fault(shape, value, path)
        case JsonAny():
            return None


def _object_fault(shape: JsonObject, value: Any, path: str) -> str | None:
    names = {field.name for field in shape.fields}
    if not isinstance(value, dict) or cast("dict[str, Any]", value).keys() != names:
        return f"{path} is {value!r}, not an object of {sorted(names)}"
    return _first(
        shape_fault(field.shape, value[field.name], f"{path}.{field.name}") for field in shape.fields
    )


def _array_fault(shape: JsonArray, value: Any, path: str) -> str | None:
    if not _is_list(value):
        return f"{path} is {value!r}, not an array"
    items = [item for item in value if not _is_null_extended(shape, item)]
    return _first(shape_fault(shape.element, item, f"{path}[{i}]") for i, item in enumerate(items))


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_null_extended(shape: JsonArray, item: Any) -> bool:
    """True if an object of nulls represents an outer join that did not match."""
    return (
        bool(shape.null_extended)
        and isinstance(item, dict)
        and all(item[name] is None for name in shape.null_extended)
    )


def _tuple_fault(shape: JsonTuple, value: Any, path: str) -> str | None:
    if not _is_list(value):
        return f"{path} is {value!r}, not an array"
    if len(value) != len(shape.elements):
        return f"{path} has {len(value)} elements, not {len(shape.elements)}"
    pairs = zip(shape.elements, value, strict=True)
    return _first(shape_fault(each, item, f"{path}[{i}]") for i, (each, item) in enumerate(pairs))


def _first(faults: Iterator[str | None]) -> str | None:
    return next((fault for fault in faults if fault), None)


def _json_classes(kind: SqlType) -> tuple[type, ...]:
    """Return the Python types of a MySQL value in JSON: numbers as numbers, all other values as text."""
    match type_class(kind):
        case "int" | "bool":
            return (int,)
        case "float" | "decimal":
            return (int, Decimal)
        case "json" | "any":
            return (object,)
        case _:
            return (str,)
