"""Pages: no two rows that sqlc.after filters may be equal in a named order.

    -- order: newest created_at DESC, id DESC
    SELECT ... FROM orders o JOIN items i ON i.order_id = o.id WHERE sqlc.after(o) ORDER BY sqlc.order_by(o)

Each order is there once for each of its items, so that a page can end between two of them: the next page begins after
the order.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.cardinality import at_most_one_row
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.named_orders import ordered_column
from tools.sqlgen.analysis.query_block import Projected
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.syntax.ast import AfterMacro, Query, QueryStatement, Select
from tools.sqlgen.syntax.visitor import walk


def check_pages(ctx: Context, statement: QueryStatement) -> None:
    """Report each order that a page can end in the middle of: rows that are equal in it.

    No two rows that sqlc.after filters may be equal in the order. Where LIMIT ends the page in an outer query, that
    query may not repeat them.
    """
    if not any(isinstance(node, AfterMacro) for node, _, _ in ctx.order_macros):
        return
    limited = {
        item.expr
        for query in walk(statement)
        if isinstance(query, Query) and query.limit is not None
        for item in query.order_by
    }
    for node, place, alias in ctx.order_macros:
        select = place.block.node
        if not isinstance(select, Select) or not (isinstance(node, AfterMacro) or node in limited):
            continue
        projected = ctx.info.selects[select]
        for order in ctx.orders:
            columns = [ordered_column(ctx, node, projected.place("order"), alias, key) for key in order.keys]
            known = [column for column in columns if column is not None]
            if not known or len(known) < len(columns):
                continue
            if _is_repeated(ctx, projected, select, known):
                _report(ctx, order, _REPEATED)
            elif isinstance(node, AfterMacro) and not _is_unique(ctx, projected, select, known):
                _report(ctx, order, _EQUAL)


def _is_repeated(
    ctx: Context, projected: Projected, select: Select, ordered: Sequence[tuple[Relation, int]]
) -> bool:
    """True if a join may make several rows of one row of the tables whose columns order."""
    relations = {relation for relation, _ in ordered}
    rows = [ColumnId(each.id, index) for each in relations for index in range(len(each.columns))]
    dependencies = FuncDeps(projected.rows, at_prepare=False)
    known = dependencies.closure(rows)
    others = [relation for relation in projected.namespace.relations if relation not in relations]
    single = all(dependencies.is_single(relation, known) for relation in others)
    return not single and not at_most_one_row(ctx, projected, select, rows)


def _is_unique(
    ctx: Context, projected: Projected, select: Select, ordered: Sequence[tuple[Relation, int]]
) -> bool:
    columns = [ColumnId(relation.id, index) for relation, index in ordered]
    return at_most_one_row(ctx, projected, select, columns)


_EQUAL = (
    "rows that are equal in the order '{name}' would be lost between two pages",
    "end it in the columns of a unique key, like `id`",
)
_REPEATED = (
    "rows that a join repeats are equal in the order '{name}', and would be lost between two pages",
    "filter, sort and limit in a derived table without the join, or end the order in a unique key of all rows",
)


def _report(ctx: Context, order: NamedOrder, texts: tuple[str, str]) -> None:
    message, hint = texts
    ctx.report_span(message.format(name=order.name), order.keys[0].start, order.keys[-1].end, hint)
