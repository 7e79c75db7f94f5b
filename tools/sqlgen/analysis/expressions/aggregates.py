"""Aggregates: the query block whose rows they read, and when they are NULL."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import column_references, expression_key
from tools.sqlgen.analysis.expressions.call_arguments import arguments
from tools.sqlgen.analysis.facts import NonEmpty, NonZero
from tools.sqlgen.analysis.json_shapes import json_of_call
from tools.sqlgen.analysis.place import Place, has_facts, proven
from tools.sqlgen.functions.rules import Rule
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
    Star,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import BIGINT, family
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def evaluate_aggregate(ctx: Context, place: Place, call: Call, rule: Rule) -> TypedExpr:
    """An aggregate of the rows of a group."""
    values = _aggregate_arguments(ctx, place, call, rule)
    owner = _owner(ctx, place, call)
    if owner is place and place.in_aggregate and not place.in_window:
        ctx.report(
            f"{call.name.upper()} inside of another aggregate", call, "aggregate in a derived table first"
        )
        return UNKNOWN_EXPR
    block = owner.block.node
    ctx.info.owners[call] = block
    if owner.aggregates_allowed:
        ctx.info.aggregating.add(block)
    else:
        _report_misplaced(ctx, owner, call)
    nullable = rule.nulls(values, call.args)
    may_lack_rows = owner.grouping.rollup or not owner.grouping.grouped
    if may_lack_rows and call.name.upper() not in NEVER_NULL:
        nullable = nullable or not proven(NonEmpty(block), owner)
    if nullable and call.name.upper() in _NULL_WITHOUT_VALUES:
        nullable = not _counted(ctx, place, call)
    return aggregate_value(ctx, place, call, rule, values, nullable=nullable)


def _counted(ctx: Context, place: Place, call: Call) -> bool:
    """True if COUNT of the same argument is proven to be positive: then one value is not NULL."""
    if not has_facts(place):
        return False
    count = msgspec.structs.replace(call, name="COUNT", distinct=False, order_by=(), separator=None)
    found = expression_key(ctx, count)
    return found is not None and proven(NonZero(found), place)


_NULL_WITHOUT_VALUES = frozenset(
    ("SUM", "AVG", "MIN", "MAX", "GROUP_CONCAT", "STD", "STDDEV", "STDDEV_POP", "VAR_POP", "VARIANCE")
)
"""Aggregates that are NULL only if every value of the group is NULL."""


NEVER_NULL = frozenset(("COUNT", "BIT_AND", "BIT_OR", "BIT_XOR"))


def _aggregate_arguments(ctx: Context, place: Place, call: Call, rule: Rule) -> list[TypedExpr]:
    inside = place.inside_aggregate()
    if isinstance(call.args[0], Star):
        values = [TypedExpr(BIGINT, nullable=False)]
    else:
        values = arguments(ctx, inside, call, rule)
    for item in call.order_by:
        ctx.evaluate(inside, item.expr)
    return values


def aggregate_value(
    ctx: Context, place: Place, call: Call, rule: Rule, values: Sequence[TypedExpr], *, nullable: bool
) -> TypedExpr:
    sql_type = rule.result_type(ctx.catalog.server, values, call.args)
    source_column = values[0].source_column if rule.unchanged else None
    shape = None
    if family(sql_type) == "json":
        shape = json_of_call(ctx, place, call, values, nullable=nullable)
    return TypedExpr(sql_type, nullable, source_column, shape)


def _owner(ctx: Context, place: Place, call: Call) -> Place:
    """Return the query block whose rows an aggregate reads: the innermost one whose columns it reads.

    If that block cannot aggregate there (in its WHERE), the next inner block that can is the owner. An aggregate
    without columns belongs to its own block, or to the outermost block that can aggregate.
    """
    has_columns = any(isinstance(each, ColumnRef) for arg in call.args for each in walk(arg))
    if not has_columns and place.aggregates_allowed:
        return place
    chain: list[Place] = []
    for each in place.chain():
        chain.append(each)
        if any(column_references(ctx, arg, each.namespace) for arg in call.args):
            if each.clause == "order":
                return each
            break
    return next((each for each in reversed(chain) if each.aggregates_allowed), place)


def _report_misplaced(ctx: Context, place: Place, call: Call) -> None:
    hint = {"where": "filter groups in HAVING", "order": "the query aggregates nothing else"}.get(
        place.clause
    )
    ctx.report(f"aggregate {call.name.upper()} in {place.clause_name}", call, hint)
