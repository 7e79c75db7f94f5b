"""Functions with rules of their own: IF, COALESCE, GROUPING, and the sequences of MariaDB."""

from collections.abc import Callable

import msgspec

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.expressions.coercion import (
    common_source_column,
    evaluate_branches,
    evaluate_coerced,
)
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column, require_vectors
from tools.sqlgen.analysis.json_shapes import common_shape
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.predicates import when_not_true, when_true
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
)
from tools.sqlgen.types.common_type import may_lose_values
from tools.sqlgen.types.sql_type import BIGINT, BOOL, family
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def _if(ctx: Context, place: Place, call: Call, expected: Expected | None) -> TypedExpr:
    """IF(c, a, b): each branch is analysed with the facts that the condition proves."""
    condition, then, otherwise = call.args
    ctx.evaluate(place, condition, Expected(BOOL, weak=True))
    require_one_column(ctx, condition)
    branches = [
        (then, closure(ctx, place, when_true(ctx, place, condition))),
        (otherwise, closure(ctx, place, when_not_true(ctx, place, condition))),
    ]
    return evaluate_branches(ctx, place, branches, expected, complete=True, null_has_type=False)


def _grouping(ctx: Context, place: Place, call: Call, _expected: Expected | None) -> TypedExpr:
    """GROUPING(a, b): which of its arguments are NULL because the row is a total."""
    for arg in call.args:
        ctx.evaluate(place, arg)
        key = expression_key(ctx, arg)
        if place.clause in {"select", "having", "order"} and key not in place.grouping.keys:
            ctx.report("GROUPING takes expressions that the query groups by", arg)
    if not place.grouping.rollup:
        ctx.report("GROUPING needs GROUP BY ... WITH ROLLUP", call)
    return TypedExpr(BIGINT, nullable=False)


def _coalesce(ctx: Context, place: Place, call: Call, expected: Expected | None) -> TypedExpr:
    """COALESCE(a, b, ...): NULL when all are."""
    if expected is not None and expected.assigned is not None:
        # The assigned value is the result: its arguments may be NULL even if the column is NOT NULL.
        expected = msgspec.structs.replace(expected, assigned=None)
    values = evaluate_coerced(ctx, place, call.args, expected)
    for arg in call.args:
        require_one_column(ctx, arg)
    for arg in call.args[:-1]:
        ctx.parameters.note_test(arg)
    types = [value.type for value in values]
    require_vectors(ctx, call.name.upper(), types, call.start, call.end)
    rule = FUNCTIONS["COALESCE"]
    sql_type = rule.result_type(ctx.catalog.server, values, call.args)
    nullable = all(value.nullable for value in values) or may_lose_values(types)
    shape = (
        common_shape([value.json for value in values], nullable=nullable)
        if family(sql_type) == "json"
        else None
    )
    return TypedExpr(
        sql_type,
        nullable,
        common_source_column(values),
        shape,
        untyped=all(value.untyped for value in values),
    )


def _sequence_value(ctx: Context, place: Place, call: Call, _expected: Expected | None) -> TypedExpr:
    """NEXTVAL(s), LASTVAL(s), SETVAL(s, n) of MariaDB: the first argument names a sequence."""
    sequence = call.args[0]
    if not isinstance(sequence, ColumnRef):
        ctx.report(f"{call.name.upper()} takes the name of a sequence", call)
        return UNKNOWN_EXPR
    known = ctx.catalog.has_sequence(sequence.column, sequence.table)
    if not known and ctx.catalog.table(sequence.column, sequence.table) is None:
        ctx.report(f"unknown sequence '{sequence.column}'", sequence)
    for arg in call.args[1:]:
        ctx.evaluate(place, arg, Expected(BIGINT))
    return TypedExpr(BIGINT, nullable=call.name.upper() != "NEXTVAL")


SPECIAL_CALLS: dict[str, Callable[[Context, Place, Call, Expected | None], TypedExpr]] = {
    "IF": _if,
    "GROUPING": _grouping,
    "COALESCE": _coalesce,
    "IFNULL": _coalesce,
    "NVL": _coalesce,
    "NEXTVAL": _sequence_value,
    "LASTVAL": _sequence_value,
    "SETVAL": _sequence_value,
}
