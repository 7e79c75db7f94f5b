"""Clauses that UPDATE and DELETE share."""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.predicates import closure, when_true
from tools.sqlgen.analysis.query import define_common_tables, visit_limit
from tools.sqlgen.analysis.scope import Relation, Scope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    Expr,
    Limit,
    OrderItem,
    With,
)
from tools.sqlgen.types.sql_type import BOOL


def scope_with(ctx: Context, with_: With | None) -> Scope:
    """Return a new scope that sees the common tables of the statement's WITH."""
    scope = Scope(None, None, None)
    if with_ is not None:
        define_common_tables(ctx, scope, with_)
    return scope


def note_written(ctx: Context, relation: Relation) -> None:
    """Record the relation's table as written."""
    if relation.table is not None:
        ctx.note_written(relation.table)


def analyse_filter(
    ctx: Context, scope: Scope, where: Expr | None, order_by: Sequence[OrderItem], limit: Limit | None
) -> None:
    """Analyse WHERE, ORDER BY and LIMIT."""
    if where is not None:
        scope.clause = "where"
        ctx.evaluate(scope, where, Expected(BOOL, weak=True))
        scope.row_facts |= closure(ctx, when_true(ctx, where))
    scope.clause = "order"
    for item in order_by:
        ctx.evaluate(scope, item.expr)
    if limit is not None:
        visit_limit(ctx, limit)
