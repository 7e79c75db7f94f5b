"""Subqueries, rows, CASE, MATCH, DEFAULT, VALUES(column), and the macros."""

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.assignments import require_default
from tools.sqlgen.analysis.expression_key import column_references
from tools.sqlgen.analysis.expressions.coercion import evaluate_branches, evaluate_coerced
from tools.sqlgen.analysis.expressions.fulltext import check_fulltext
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.facts import Facts
from tools.sqlgen.analysis.json_shapes import common_shape
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.predicates import when_not_true, when_true
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    AfterMacro,
    Binary,
    Case,
    DefaultValue,
    InsertedValue,
    Match,
    Optional,
    OrderByMacro,
    Row,
    Subquery,
)
from tools.sqlgen.types.sql_type import (
    BOOL,
    DOUBLE,
    NULL,
    VARCHAR,
)
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def evaluate_subquery(ctx: Context, place: Place, expr: Subquery, expected: Expected | None) -> TypedExpr:
    result = ctx.analyse_query(ctx, expr.query, place.around_subquery(), (expected,))
    if not result.columns:
        return UNKNOWN_EXPR
    column = result.columns[0]
    nullable = column.nullable or not result.min_one or _reads_empty_group(ctx, place, expr)
    shape = common_shape([column.json], nullable=nullable) if column.json is not None else None
    ctx.info.subqueries[expr] = result
    return TypedExpr(column.type, nullable, column.source_column, shape)


def _reads_empty_group(ctx: Context, place: Place, expr: Subquery) -> bool:
    """True if a subquery reads the rows of an aggregate query without GROUP BY; for no rows it is NULL."""
    return (
        place.grouping.implicit
        and place.after_grouping
        and bool(column_references(ctx, expr, place.namespace))
    )


def evaluate_row(ctx: Context, place: Place, expr: Row, _expected: Expected | None) -> TypedExpr:
    """Analyse the items of a row. A row is no value: comparisons take its items, and every other place refuses it."""
    for item in expr.items:
        ctx.evaluate(place, item)
    return UNKNOWN_EXPR


def evaluate_case(ctx: Context, place: Place, expr: Case, expected: Expected | None) -> TypedExpr:
    """CASE: each branch is analysed with the facts of its condition, and of the failure of those before."""
    not_before: Facts = set()
    conditions: list[Facts] = []
    if expr.operand is not None:
        compared = (expr.operand, *(when.condition for when in expr.whens))
        evaluate_coerced(ctx, place, compared)
        for each in compared:
            require_one_column(ctx, each)
    for when in expr.whens:
        if expr.operand is None:
            ctx.evaluate(place.assuming(not_before), when.condition, Expected(BOOL, weak=True))
            require_one_column(ctx, when.condition)
            conditions.append(not_before | closure(ctx, place, when_true(ctx, place, when.condition)))
            if len(not_before) < _MOST_FACTS:
                not_before |= closure(ctx, place, when_not_true(ctx, place, when.condition))
        else:
            same = Binary(when.start, when.end, "=", expr.operand, when.condition)
            conditions.append(closure(ctx, place, when_true(ctx, place, same)))
    branches = [(when.result, facts) for when, facts in zip(expr.whens, conditions, strict=True)]
    if expr.otherwise is not None:
        branches.append((expr.otherwise, not_before))
    return evaluate_branches(ctx, place, branches, expected, complete=expr.otherwise is not None)


_MOST_FACTS = 100
"""Facts from the conditions before a WHEN; a limit keeps the time for a long CASE linear."""


def evaluate_match(ctx: Context, place: Place, expr: Match, _expected: Expected | None) -> TypedExpr:
    for column in expr.columns:
        ctx.evaluate(place, column)
    check_fulltext(ctx, expr)
    ctx.evaluate(place, expr.against, Expected(VARCHAR, name="query"))
    require_one_column(ctx, expr.against)
    return TypedExpr(DOUBLE, nullable=False)


def evaluate_default(ctx: Context, place: Place, expr: DefaultValue, _expected: Expected | None) -> TypedExpr:
    if expr.column is None:
        ctx.report("DEFAULT can only be a whole value of INSERT or UPDATE", expr, at_parse=True)
        return UNKNOWN_EXPR
    value = ctx.evaluate(place, expr.column)
    if (found := ctx.column_of(expr.column)) is not None:
        require_default(ctx, found[0], found[1], expr, severity="error")
    return TypedExpr(value.type, value.nullable)


def evaluate_inserted_value(
    ctx: Context, place: Place, expr: InsertedValue, _expected: Expected | None
) -> TypedExpr:
    if place.clause == "duplicate" and expr.column.table is None:
        # The column of the table that is changed, also if a table of the SELECT has one of that name.
        target = place.namespace.relations[0]
        index = target.find(expr.column.column)
        if index is not None:
            ctx.info.bindings[expr.column] = (target, index)
            column = target.columns[index]
            return TypedExpr(column.type, nullable=True, source_column=column.source_column)
    value = ctx.evaluate(place, expr.column)
    return TypedExpr(value.type, nullable=True, source_column=value.source_column)


def evaluate_optional(ctx: Context, place: Place, expr: Optional, _expected: Expected | None) -> TypedExpr:
    if expr.flag is not None:
        ctx.parameters.use(expr.flag, Expected(BOOL), optional=place.optional, flag=True)
    value = ctx.evaluate(place.inside_optional(), expr.condition, Expected(BOOL, weak=True))
    return TypedExpr(BOOL, value.nullable)


def evaluate_after(ctx: Context, place: Place, expr: AfterMacro, _expected: Expected | None) -> TypedExpr:
    ctx.order_macros.append((expr, place, expr.alias))
    return TypedExpr(BOOL, nullable=False)


def evaluate_order_by(
    ctx: Context, place: Place, expr: OrderByMacro, _expected: Expected | None
) -> TypedExpr:
    ctx.order_macros.append((expr, place, expr.alias))
    return TypedExpr(NULL, nullable=True)
