"""References to columns and select items; stars, which are not expressions."""

import msgspec

from tools.sqlgen.analysis.consequences import is_nullable
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.facts import NotNull
from tools.sqlgen.analysis.json_shapes import json_of_column
from tools.sqlgen.analysis.names import look_up
from tools.sqlgen.analysis.place import Place, proven
from tools.sqlgen.analysis.scope import Item
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Embed,
    Star,
)
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def evaluate_column(ctx: Context, place: Place, expr: ColumnRef, _expected: Expected | None) -> TypedExpr:
    found = ctx.info.synthetic.get(expr) or look_up(ctx, place, expr)
    if found is None:
        return UNKNOWN_EXPR
    if isinstance(found, Item):
        return _item(ctx, place, expr, found)
    relation, index = found
    column = relation.columns[index]
    nullable = is_nullable(place, relation, index)
    shape = column.json if column.json is not None else json_of_column(column)
    return TypedExpr(column.type, nullable, column.source_column, shape)


def _item(ctx: Context, place: Place, expr: ColumnRef, item: Item) -> TypedExpr:
    """A select item named in HAVING or ORDER BY, or in a subquery of the select list."""
    if place.in_aggregate and item.aggregated:
        ctx.report(f"'{expr.column}' is an aggregate already, and aggregates do not nest", expr)
    if item.windowed and place.clause == "having":
        ctx.report(
            f"'{expr.column}' is the result of a window function, which HAVING cannot see",
            expr,
            "put the query into a derived table and filter outside of it",
        )
    found = expression_key(ctx, item.expr) if item.value.nullable else None
    nullable = item.value.nullable and not (found is not None and proven(NotNull(found), place))
    return msgspec.structs.replace(item.value, nullable=nullable)


def evaluate_star(ctx: Context, _place: Place, expr: Star, _expected: Expected | None) -> TypedExpr:
    ctx.report("'*' can only be a select item of its own, or COUNT's argument", expr, at_parse=True)
    return UNKNOWN_EXPR


def evaluate_embed(ctx: Context, _place: Place, expr: Embed, _expected: Expected | None) -> TypedExpr:
    ctx.report("sqlc.embed can only be a select item of its own", expr)
    return UNKNOWN_EXPR
