"""The shape of JSON that a query builds.

    JSON_ARRAYAGG(JSON_OBJECT('id', i.id, 'name', i.name))  ->  array of {id: int, name: str | None}

If an outer join did not match, an aggregate of its objects has one object whose fields are all null: `null_extended`
names those fields.
"""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.consequences import unmatched
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import column_references
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.scope import Relation, RelationColumn
from tools.sqlgen.analysis.values import ColumnId, OuterJoinId
from tools.sqlgen.syntax.ast import Call, ColumnRef, Expr, StringLiteral
from tools.sqlgen.types.json_shape import (
    JsonAny,
    JsonArray,
    JsonField,
    JsonObject,
    JsonScalar,
    JsonShape,
    JsonTuple,
)
from tools.sqlgen.types.sql_type import family
from tools.sqlgen.types.typed_expr import TypedExpr


def json_of_column(column: RelationColumn) -> JsonShape | None:
    """Return the shape of a JSON column; None for a column of another type."""
    if family(column.type) != "json":
        return None
    return JsonAny(nullable=column.nullable, source_column=column.source_column)


def shape_of(value: TypedExpr) -> JsonShape:
    """A value as a member of a JSON object or array."""
    if value.json is not None:
        return with_nullable(value.json, nullable=value.nullable)
    if family(value.type) == "json":
        return JsonAny(nullable=value.nullable, source_column=value.source_column)
    return JsonScalar(value.type, value.nullable, value.source_column)


def with_nullable(shape: JsonShape, *, nullable: bool) -> JsonShape:
    """Return the shape with the given nullability."""
    return shape if shape.nullable == nullable else msgspec.structs.replace(shape, nullable=nullable)


def common_shape(shapes: Sequence[JsonShape | None], *, nullable: bool) -> JsonShape:
    """Return the common shape of alternative values: JSON of any shape if they differ."""
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return JsonAny(nullable)
    result = known[0]
    for other in known[1:]:
        result = _merge_two(result, other)
    return with_nullable(result, nullable=nullable)


def _merge_two(left: JsonShape, right: JsonShape) -> JsonShape:
    nullable = left.nullable or right.nullable
    if with_nullable(left, nullable=False) == with_nullable(right, nullable=False):
        return with_nullable(left, nullable=nullable)
    empty = JsonTuple(())
    for one, other in ((left, right), (right, left)):
        if isinstance(one, JsonArray) and with_nullable(other, nullable=False) == empty:
            return with_nullable(one, nullable=nullable)
    if isinstance(left, JsonArray) and isinstance(right, JsonArray):
        return _merge_arrays(left, right, nullable=nullable)
    if isinstance(left, JsonScalar) and isinstance(right, JsonScalar) and left.type == right.type:
        return JsonScalar(left.type, nullable)  # of two source columns
    if isinstance(left, JsonObject) and isinstance(right, JsonObject):
        return _merge_objects(left, right, nullable=nullable)
    return JsonAny(nullable)


def _merge_arrays(left: JsonArray, right: JsonArray, *, nullable: bool) -> JsonShape:
    if left.null_extended == right.null_extended:
        return JsonArray(_merge_two(left.element, right.element), nullable, left.null_extended)
    return JsonArray(_merge_two(_every_element(left), _every_element(right)), nullable)


def _every_element(array: JsonArray) -> JsonShape:
    """Return the shape of an element, also of the one that an outer join without a match makes."""
    return _with_fields(array.element, dict.fromkeys(array.null_extended, True))


def _merge_objects(left: JsonObject, right: JsonObject, *, nullable: bool) -> JsonShape:
    if [field.name for field in left.fields] != [field.name for field in right.fields]:
        return JsonAny(nullable)
    fields = tuple(
        JsonField(one.name, _merge_two(one.shape, other.shape))
        for one, other in zip(left.fields, right.fields, strict=True)
    )
    return JsonObject(fields, nullable)


def json_of_call(
    ctx: Context, place: Place, call: Call, values: Sequence[TypedExpr], *, nullable: bool
) -> JsonShape:
    """Return the shape of the result of a JSON function."""
    match call.name.upper():
        case "JSON_OBJECT":
            return _object(call, values)
        case "JSON_ARRAY":
            return _array([shape_of(value) for value in values])
        case "JSON_ARRAYAGG":
            inside = _null_extended(ctx, place, call.args[0], values[0])
            return JsonArray(_with_fields(shape_of(values[0]), inside), nullable, tuple(inside))
        case _:
            return JsonAny(nullable)


def _object(call: Call, values: Sequence[TypedExpr]) -> JsonShape:
    names = [arg.value if isinstance(arg, StringLiteral) else None for arg in call.args[::2]]
    shapes = [shape_of(value) for value in values[1::2]]
    known = [name for name in names if name is not None]
    if len(set(known)) != len(names):
        return JsonAny()
    return JsonObject(tuple(JsonField(name, shape) for name, shape in zip(known, shapes, strict=False)))


def _array(shapes: list[JsonShape]) -> JsonShape:
    """Return the shape of JSON_ARRAY: an array if all elements have one shape, else a tuple."""
    if not shapes:
        return JsonTuple(())
    merged = shapes[0]
    for other in shapes[1:]:
        merged = _merge_two(merged, other)
        if isinstance(merged, JsonAny):
            return JsonTuple(tuple(shapes))
    return JsonArray(merged)


def _null_extended(ctx: Context, place: Place, element: Expr, value: TypedExpr) -> dict[str, bool]:
    """Return the fields of an aggregated object that are all null exactly if an outer join did not match.

    The value of each is true if the field can also be null otherwise. There are none if another field has a value of
    its own for each row that did not match: that object is data.
    """
    if not isinstance(element, Call) or not isinstance(value.json, JsonObject):
        return {}
    inside: dict[str, bool] = {}
    outer_joins: set[frozenset[OuterJoinId]] = set()
    sure = False
    for key, field in zip(element.args[::2], element.args[1::2], strict=False):
        columns = column_references(ctx, field, place.namespace)
        for _, relation, index in columns:
            found = unmatched(place, relation, index)
            if found:
                outer_joins.add(found)
            elif not _is_of_group(place, relation, index):
                return {}
        if isinstance(field, ColumnRef) and isinstance(key, StringLiteral) and columns:
            _, relation, index = columns[0]
            if unmatched(place, relation, index):
                inside[key.value] = relation.columns[index].nullable
                sure = sure or not inside[key.value]
    return inside if sure and len(outer_joins) == 1 else {}


def _is_of_group(place: Place, relation: Relation, index: int) -> bool:
    """True if the query groups by the column or by a key of its table: it has one value in the group."""
    grouped = {
        key.index for key in place.grouping.keys if isinstance(key, ColumnId) and key.relation == relation.id
    }
    return index in grouped or any(key <= grouped for key in relation.candidate_keys)


def _with_fields(shape: JsonShape, inside: dict[str, bool]) -> JsonShape:
    """Return the shape of an object with that nullability of its fields.

    For a join that matched these are the fields of `_null_extended`: the decoder drops the other objects.
    """
    if not isinstance(shape, JsonObject) or not inside:
        return shape
    fields = tuple(
        _with_nullable(field, inside[field.name]) if field.name in inside else field for field in shape.fields
    )
    return msgspec.structs.replace(shape, fields=fields)


def _with_nullable(field: JsonField, nullable: bool) -> JsonField:  # noqa: FBT001 - a value, not a switch
    return JsonField(field.name, msgspec.structs.replace(field.shape, nullable=nullable))
