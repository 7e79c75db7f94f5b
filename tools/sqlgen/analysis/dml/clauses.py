"""Clauses that UPDATE and DELETE share."""

from collections.abc import Sequence

from tools.sqlgen.analysis.common_tables import with_common_tables
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.limits import visit_limit
from tools.sqlgen.analysis.place import Block, Environment, Grouping
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.select_list import project, whole_table
from tools.sqlgen.syntax.ast import (
    IntLiteral,
    Limit,
    Node,
    OrderItem,
    SelectItem,
    With,
)


def block_with(ctx: Context, statement: Node, with_: With | None) -> Block:
    """Return the block of a statement that sees the common tables of its WITH."""
    return Block(statement, with_common_tables(ctx, Environment(), with_))


def returned(
    ctx: Context, rows: Filtered, items: Sequence[SelectItem], *, min_one: bool, max_one: bool
) -> QueryResult:
    """Analyse MariaDB's RETURNING; a result without columns if there is none."""
    if not items:
        return QueryResult(())
    found = project(ctx, rows, Grouping(), items)
    whole = whole_table(ctx, found)
    return QueryResult(found.columns, min_one, max_one, embeds=found.embeds, whole_table=whole)


def note_written(ctx: Context, relation: Relation) -> None:
    """Record the relation's table as written."""
    if relation.table is not None:
        ctx.note_written(relation.table)


def analyse_order(ctx: Context, rows: Filtered, order_by: Sequence[OrderItem], limit: Limit | None) -> None:
    """Analyse ORDER BY and LIMIT."""
    place = rows.place("order")
    for item in order_by:
        if isinstance(item.expr, IntLiteral):
            ctx.report(
                f"{item.expr.value} is no position here: there is no select list", item.expr, "name a column"
            )
        ctx.evaluate(place, item.expr)
        require_one_column(ctx, item.expr)
    if limit is not None:
        visit_limit(ctx, limit, optional=False)
