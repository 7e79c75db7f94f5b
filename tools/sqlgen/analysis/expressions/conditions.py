"""Conditions other than comparisons: IS, LIKE, REGEXP, BETWEEN, IN, MEMBER OF, EXISTS, ANY, ALL."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.coercion import evaluate_coerced
from tools.sqlgen.analysis.expressions.operand_checks import (
    refuse_objects,
    require_one_column,
    warn_of_members,
    warn_of_placeholder,
)
from tools.sqlgen.analysis.expressions.rows import compare_rows, is_row
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    Between,
    ColumnRef,
    Exists,
    Expr,
    In,
    IsTest,
    Like,
    MemberOf,
    Param,
    Quantified,
    Query,
    Regexp,
    Subquery,
)
from tools.sqlgen.types.sql_type import (
    BOOL,
    JSON,
    VARBINARY,
    VARCHAR,
    family,
)
from tools.sqlgen.types.typed_expr import TypedExpr


def evaluate_is_test(ctx: Context, place: Place, expr: IsTest, _expected: Expected | None) -> TypedExpr:
    if expr.test == "NULL":
        ctx.parameters.note_test(expr.operand)
    expected = None if expr.test == "NULL" else Expected(BOOL, weak=True)
    ctx.evaluate(place, expr.operand, expected)
    require_one_column(ctx, expr.operand)
    return TypedExpr(BOOL, nullable=False)


def evaluate_like(ctx: Context, place: Place, expr: Like, _expected: Expected | None) -> TypedExpr:
    operand, pattern = _text_peers(ctx, place, expr.operand, expr.pattern)
    nullable = operand.nullable or pattern.nullable
    refuse_objects(ctx, "LIKE", (expr.operand, expr.pattern), (operand, pattern))
    warn_of_placeholder(ctx, expr.pattern)
    if expr.escape is not None:
        ctx.evaluate(place, expr.escape, Expected(VARCHAR, name="escape"))
        require_one_column(ctx, expr.escape)
    return TypedExpr(BOOL, nullable)


def evaluate_regexp(ctx: Context, place: Place, expr: Regexp, _expected: Expected | None) -> TypedExpr:
    operand, pattern = _text_peers(ctx, place, expr.operand, expr.pattern)
    return TypedExpr(BOOL, operand.nullable or pattern.nullable)


def _text_peers(ctx: Context, place: Place, operand: Expr, pattern: Expr) -> tuple[TypedExpr, TypedExpr]:
    left = ctx.evaluate(place, operand, Expected(VARCHAR))
    name = operand.column if isinstance(operand, ColumnRef) else None
    source_column = left.source_column if family(left.type) == "string" else None
    is_bytes = family(left.type) == "bytes"
    right = ctx.evaluate(place, pattern, Expected(VARBINARY if is_bytes else VARCHAR, source_column, name))
    for side in (operand, pattern):
        require_one_column(ctx, side)
    return left, right


def evaluate_between(ctx: Context, place: Place, expr: Between, _expected: Expected | None) -> TypedExpr:
    sides = (expr.operand, expr.low, expr.high)
    values = evaluate_coerced(ctx, place, sides)
    for side in sides:
        require_one_column(ctx, side)
    refuse_objects(ctx, "BETWEEN", sides, values)
    return TypedExpr(BOOL, any(value.nullable for value in values))


def evaluate_in(ctx: Context, place: Place, expr: In, _expected: Expected | None) -> TypedExpr:
    if isinstance(expr.items, Query):
        refuse_limit(ctx, expr.items, "IN")
        subquery = Subquery(expr.items.start, expr.items.end, expr.items)
        nullable = compare_rows(ctx, place, expr.operand, subquery, rows=True)
        return TypedExpr(BOOL, nullable)
    rows = [item for item in expr.items if is_row(expr.operand) or is_row(item)]
    if rows:
        nullable = False
        for item in rows:
            nullable |= compare_rows(ctx, place, expr.operand, item)
        return TypedExpr(BOOL, nullable)
    ctx.info.slices.update(expr.items)
    compared = (expr.operand, *expr.items)
    values = evaluate_coerced(ctx, place, compared)
    warn_of_members(ctx, compared, values)
    _warn_of_single(ctx, expr.items)
    return TypedExpr(BOOL, any(value.nullable for value in values))


def _warn_of_single(ctx: Context, items: tuple[Expr, ...]) -> None:
    """Warn of IN (:ids): a parameter is one value, and the name says several."""
    [first, *others] = items
    if others or not isinstance(first, Param) or first.kind != "arg" or not (first.name or "").endswith("s"):
        return
    hint = f"write IN (sqlc.slice({first.name})) for a list of values, or = :{first.name}"
    ctx.report(f"IN (:{first.name}) compares with one value", first, hint, "warning")


def evaluate_member_of(ctx: Context, place: Place, expr: MemberOf, _expected: Expected | None) -> TypedExpr:
    value = ctx.evaluate(place, expr.value, Expected(VARCHAR))
    array = ctx.evaluate(place, expr.array, Expected(JSON))
    for side in (expr.value, expr.array):
        require_one_column(ctx, side)
    return TypedExpr(BOOL, value.nullable or array.nullable)


def evaluate_exists(ctx: Context, place: Place, expr: Exists, _expected: Expected | None) -> TypedExpr:
    ctx.analyse_query(ctx, expr.query, place.around_subquery())
    return TypedExpr(BOOL, nullable=False)


def refuse_limit(ctx: Context, query: Query, word: str) -> None:
    """Report LIMIT in the query after IN, ANY and ALL (error 1235)."""
    if query.limit is not None:
        ctx.report(
            f"{word} takes no query with LIMIT", query.limit, f"write {word} (SELECT * FROM (...) AS name)"
        )


def evaluate_quantified(
    ctx: Context, place: Place, expr: Quantified, _expected: Expected | None
) -> TypedExpr:
    refuse_limit(ctx, expr.query, expr.quantifier)
    subquery = Subquery(expr.query.start, expr.query.end, expr.query)
    return TypedExpr(BOOL, compare_rows(ctx, place, expr.left, subquery, rows=True))
