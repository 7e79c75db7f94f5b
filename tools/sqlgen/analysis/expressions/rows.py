"""Rows compared with rows, `(a, b) = (1, 2)` and `(a, b) IN (SELECT x, y ...)`; values that must be none."""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.coercion import evaluate_coerced, expected_beside, is_untyped
from tools.sqlgen.analysis.expressions.operand_checks import check_dates
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import Expr, Query, Row, Select, Star, Subquery
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR


def is_row(expr: Expr) -> bool:
    """True if an expression has several columns; of a subquery only its text is considered."""
    if isinstance(expr, Row):
        return True
    return isinstance(expr, Subquery) and _selects_several(expr.query)


def _selects_several(query: Query) -> bool:
    body = query.body
    return isinstance(body, Select) and (
        len(body.items) > 1 or any(isinstance(item.expr, Star) for item in body.items)
    )


def compare_rows(ctx: Context, place: Place, left: Expr, right: Expr, *, rows: bool = False) -> bool:
    """Compare two rows, or a row with a subquery, column by column; returns True if the result can be NULL.

    `rows` is true if the right side is a query of any number of rows (IN, ANY, ALL).
    """
    if isinstance(left, Row) and isinstance(right, Row):
        return _compare_items(ctx, place, left, right)
    if isinstance(right, Subquery):
        return _compare_with_query(ctx, place, left, right, rows=rows)
    if isinstance(left, Subquery):
        return _compare_with_query(ctx, place, right, left, rows=rows)
    row, other = (left, right) if isinstance(left, Row) else (right, left)
    ctx.evaluate(place, other)
    ctx.report(
        f"a row of {len(row.items) if isinstance(row, Row) else 1} columns is compared with one of 1", other
    )
    return True


def _compare_items(ctx: Context, place: Place, left: Row, right: Row) -> bool:
    if len(left.items) != len(right.items):
        ctx.report(f"a row of {len(left.items)} columns is compared with one of {len(right.items)}", right)
        return True
    nullable = False
    for one, other in zip(left.items, right.items, strict=True):
        if isinstance(one, Row) or isinstance(other, Row):
            nullable |= compare_rows(ctx, place, one, other)
        else:
            values = evaluate_coerced(ctx, place, (one, other))
            check_dates(ctx, (one, other), values)
            nullable |= any(value.nullable for value in values)
    return nullable


def _compare_with_query(ctx: Context, place: Place, left: Expr, right: Subquery, *, rows: bool) -> bool:
    items: Sequence[Expr] = left.items if isinstance(left, Row) else (left,)
    if isinstance(left, Subquery):
        return _compare_queries(ctx, place, left, right, rows=rows)
    from_left = [ctx.evaluate(place, item) if not is_untyped(item) else None for item in items]
    expected_columns = [
        expected_beside(item, value) if value is not None else None
        for item, value in zip(items, from_left, strict=True)
    ]
    result = ctx.analyse_query(ctx, right.query, place.around_subquery(), expected_columns)
    ctx.info.subqueries[right] = result
    if not result.valid:
        return True
    if len(result.columns) != len(items):
        ctx.report(f"{_columns(len(items))} compared with a query of {_columns(len(result.columns))}", right)
        return True
    nullable = not rows and not result.min_one
    for item, value, column in zip(items, from_left, result.columns, strict=True):
        known = value
        if known is None:
            known = ctx.evaluate(place, item, Expected(column.type, column.source_column, column.name))
        nullable |= known.nullable or column.nullable
    return nullable


def _compare_queries(ctx: Context, place: Place, left: Subquery, right: Subquery, *, rows: bool) -> bool:
    one = ctx.analyse_query(ctx, left.query, place.around_subquery())
    other = ctx.analyse_query(ctx, right.query, place.around_subquery())
    ctx.info.subqueries[left], ctx.info.subqueries[right] = one, other
    if one.valid and other.valid and len(one.columns) != len(other.columns):
        ctx.report(
            f"{_columns(len(one.columns))} compared with a query of {_columns(len(other.columns))}", right
        )
    ctx.info.typed[left] = UNKNOWN_EXPR
    sure = one.min_one and (rows or other.min_one)
    return not sure or any(column.nullable for column in (*one.columns, *other.columns))


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"
