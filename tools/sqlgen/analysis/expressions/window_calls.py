"""Functions with OVER: their place, their arguments, and when they are NULL."""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.aggregates import NEVER_NULL, aggregate_value
from tools.sqlgen.analysis.expressions.call_arguments import arguments
from tools.sqlgen.analysis.expressions.coercion import (
    common_source_column,
)
from tools.sqlgen.analysis.expressions.windows import frame_may_be_empty, visit_window
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.functions.literal_numbers import literal_int
from tools.sqlgen.functions.rules import Rule
from tools.sqlgen.syntax.ast import (
    Call,
    IntLiteral,
    NullLiteral,
    Param,
    Star,
    UserVariable,
)
from tools.sqlgen.types.sql_type import BIGINT
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def evaluate_window_call(ctx: Context, place: Place, call: Call, rule: Rule) -> TypedExpr:
    """A function over a window of rows."""
    if place.clause not in {"select", "order"} or place.in_aggregate or place.in_window:
        where = (
            "an aggregate"
            if place.in_aggregate
            else "another window function"
            if place.in_window
            else place.clause_name
        )
        ctx.report(
            f"window function {call.name.upper()} in {where}",
            call,
            "compute it in a derived table and use its column",
        )
        return UNKNOWN_EXPR
    inside = place.inside_window()
    values = _window_arguments(ctx, inside, call, rule)
    visit_window(ctx, inside, call.over, call)
    check_row_counts(ctx, call)
    empty = frame_may_be_empty(place, call.over)
    nullable = _window_nullable(call, rule, values, empty=empty)
    name = call.name.upper()
    if name in {"LAG", "LEAD"}:
        return _shifted_row(values, rule, call)
    if call.distinct and name not in {"MAX", "MIN"} and ctx.catalog.server != "mariadb":
        ctx.report(f"{name}(DISTINCT ...) takes no OVER", call, "make the rows distinct in a derived table")
    if name in {"GROUP_CONCAT", "ANY_VALUE"}:
        ctx.report(f"{name} takes no OVER", call, at_parse=True)
    return aggregate_value(
        ctx, place, call, rule, values, nullable=nullable if name not in NEVER_NULL else False
    )


def check_row_counts(ctx: Context, call: Call) -> None:
    """Rows to look back, buckets, the nth row: a literal or a parameter."""
    at = {"LAG": 1, "LEAD": 1, "NTILE": 0, "NTH_VALUE": 1}.get(call.name.upper())
    if at is None or at >= len(call.args):
        return
    count = call.args[at]
    if isinstance(count, (Param, UserVariable, IntLiteral)):
        return
    if call.name.upper() != "NTH_VALUE" or not (
        isinstance(count, NullLiteral) or literal_int(count) is not None
    ):
        ctx.report(f"{call.name.upper()} takes a whole number here, or a parameter", count, at_parse=True)


def _window_arguments(ctx: Context, place: Place, call: Call, rule: Rule) -> list[TypedExpr]:
    if len(call.args) == 1 and isinstance(call.args[0], Star):
        return [TypedExpr(BIGINT, nullable=False)]
    return arguments(ctx, place, call, rule)


def _window_nullable(call: Call, rule: Rule, values: Sequence[TypedExpr], *, empty: bool) -> bool:
    name = call.name.upper()
    if name == "NTH_VALUE":
        return values[0].nullable or empty or literal_int(call.args[1]) != 1
    if rule.kind == "aggregate" or name in {"FIRST_VALUE", "LAST_VALUE"}:
        return empty or rule.nulls(values, call.args)
    return rule.nulls(values, call.args)


def _shifted_row(values: Sequence[TypedExpr], rule: Rule, call: Call) -> TypedExpr:
    """LAG and LEAD: NULL beyond the partition unless there is a default."""
    sides = [values[0], *values[2:3]]
    stays = len(call.args) > 1 and literal_int(call.args[1]) == 0
    nullable = (len(values) < 3 and not stays) or any(side.nullable for side in sides)  # noqa: PLR2004 - value, offset, default
    sql_type = rule.result(sides, call.args)
    return TypedExpr(sql_type, nullable, common_source_column(sides))
