"""Clauses that UPDATE and DELETE share."""

from collections.abc import Sequence

from tools.sqlgen.analysis.common_tables import with_common_tables
from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.limits import visit_limit
from tools.sqlgen.analysis.place import Environment, place_in
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Relation, Scope
from tools.sqlgen.analysis.select_list import SelectList
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    Expr,
    IntLiteral,
    Limit,
    OrderItem,
    Select,
    SelectItem,
    With,
)
from tools.sqlgen.types.sql_type import BOOL


def scope_with(ctx: Context, with_: With | None) -> Scope:
    """Return a new scope that sees the common tables of the statement's WITH."""
    return Scope(with_common_tables(ctx, Environment(), with_))


def returned(
    ctx: Context, scope: Scope, items: Sequence[SelectItem], *, min_one: bool, max_one: bool
) -> QueryResult:
    """Analyse MariaDB's RETURNING; a result without columns if there is none."""
    if not items:
        return QueryResult(())
    outputs = SelectList(ctx, scope, ())
    outputs.visit(Select(items[0].start, items[-1].end, tuple(items)))
    whole = outputs.whole_table()
    return QueryResult(
        tuple(outputs.columns), min_one, max_one, embeds=tuple(outputs.embeds), whole_table=whole
    )


def note_written(ctx: Context, relation: Relation) -> None:
    """Record the relation's table as written."""
    if relation.table is not None:
        ctx.note_written(relation.table)


def analyse_filter(
    ctx: Context, scope: Scope, where: Expr | None, order_by: Sequence[OrderItem], limit: Limit | None
) -> None:
    """Analyse WHERE, ORDER BY and LIMIT."""
    if where is not None:
        place = place_in(scope, "where")
        ctx.evaluate(place, where, Expected(BOOL, weak=True))
        require_one_column(ctx, where)
        scope.row_facts |= closure(ctx, place, when_true(ctx, place, where))
    place = place_in(scope, "order")
    for item in order_by:
        if isinstance(item.expr, IntLiteral):
            ctx.report(
                f"{item.expr.value} is no position here: there is no select list", item.expr, "name a column"
            )
        ctx.evaluate(place, item.expr)
        require_one_column(ctx, item.expr)
    if limit is not None:
        visit_limit(ctx, limit)
