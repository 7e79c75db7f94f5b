"""GROUP BY: the groups of a query block.

GROUP BY o.status, 2   ->  the column o.status, and the second select item
"""

from collections.abc import Iterator, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_aggregate, contains_window, expression_key
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.names import in_tables
from tools.sqlgen.analysis.place import Grouping, Place, place_in
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.scope import Item
from tools.sqlgen.analysis.select_list import columns_of
from tools.sqlgen.syntax.ast import ColumnRef, Embed, Expr, IntLiteral, Select, Star
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import BOOL
from tools.sqlgen.types.typed_expr import TypedExpr


def grouping_of(ctx: Context, rows: Filtered, select: Select) -> Grouping:
    """Analyse GROUP BY; without one, an aggregate makes a single group."""
    if not select.group_by:
        return Grouping(implicit=_aggregates(select), rollup=select.rollup)
    items = list(_preview(ctx, rows, select))
    named = tuple(item for item in items if item is not None)
    totals = Grouping(rollup=select.rollup)  # GROUPING(x) asks for it
    place = place_in(rows.block, "group", rows.namespace, rows.facts, totals, named)
    exprs = [found for expr in select.group_by if (found := _grouped_by(ctx, place, items, expr))]
    keys = [expression_key(ctx, expr) for expr in exprs]
    return Grouping(
        grouped=True,
        rollup=select.rollup,
        keys=frozenset(key for key in keys if key is not None),
        exprs=tuple(exprs),
    )


def _aggregates(select: Select) -> bool:
    """True if an aggregate is in the select list, HAVING, QUALIFY or a named window."""
    parts = (*(item.expr for item in select.items), *(window.spec for window in select.windows))
    return any(contains_aggregate(each) for each in (*parts, select.having, select.qualify))


def _preview(ctx: Context, rows: Filtered, select: Select) -> Iterator[Item | None]:
    """Yield the select items that GROUP BY may name, before they are analysed; None for a star of unknown columns."""
    place = place_in(rows.block, "group", rows.namespace)
    for item in select.items:
        if not isinstance(item.expr, Star | Embed):
            yield _item(ctx, place, item.expr, item.alias)
        elif (columns := columns_of(rows.namespace, item.expr)) is not None:
            for relation, index in columns:
                name = relation.columns[index].name
                ref = ColumnRef(item.start, item.end, name, relation.name, relation.schema)
                yield _item(ctx, place, ref, None)
        else:
            yield None


def _item(ctx: Context, place: Place, expr: Expr, alias: str | None) -> Item:
    """Return a select item; its name is empty if GROUP BY cannot name it."""
    name = alias or (expr.column if isinstance(expr, ColumnRef) else "")
    source = in_tables(ctx, place, expr, quiet=True) if isinstance(expr, ColumnRef) else None
    column = source if isinstance(source, tuple) else None
    if (
        isinstance(expr, ColumnRef)
        and expr.table is None
        and name.lower() == expr.column.lower()
        and not column
    ):
        name = ""  # the item `a` does not decide which column `a` means
    return Item(
        name.lower(),
        expr,
        TypedExpr(BOOL, nullable=True),
        source=column,
        aggregated=contains_aggregate(expr),
        windowed=contains_window(expr),
    )


def _grouped_by(ctx: Context, place: Place, items: Sequence[Item | None], expr: Expr) -> Expr | None:
    """Analyse one expression of GROUP BY; returns the one that it means, or None after a finding."""
    target = _at_position(ctx, items, expr) if isinstance(expr, IntLiteral) else expr
    if target is None:
        return None
    if contains_aggregate(target):
        _report_aggregate(ctx, expr)
        return None
    ctx.evaluate(place.as_item() if isinstance(target, ColumnRef) else place, target)
    require_one_column(ctx, target)
    for item in _named_items(ctx, target):
        if item.aggregated or item.windowed:
            (_report_aggregate if item.aggregated else _report_window)(ctx, expr)
            return None
    named = ctx.info.bindings.get(target) if isinstance(target, ColumnRef) else None
    if not isinstance(named, Item):
        return target
    ctx.evaluate(place, named.expr)
    return named.expr


def _named_items(ctx: Context, expr: Expr) -> Iterator[Item]:
    """Yield the select items that an expression names."""
    for node in walk(expr, into_queries=False):
        named = ctx.info.bindings.get(node) if isinstance(node, ColumnRef) else None
        if isinstance(named, Item):
            yield named


def _report_aggregate(ctx: Context, expr: Expr) -> None:
    hint = "compute it in a derived table and group by its column; a condition on groups belongs in HAVING"
    ctx.report("GROUP BY cannot group by an aggregate", expr, hint)


def _report_window(ctx: Context, expr: Expr) -> None:
    hint = "compute it in a derived table and group by its column"
    ctx.report("GROUP BY cannot group by a window function", expr, hint)


def _at_position(ctx: Context, items: Sequence[Item | None], position: IntLiteral) -> Expr | None:
    """Return the expression of the column that `GROUP BY 2` means; None after a finding, and if it is not known."""
    if None in items[: position.value]:
        return None
    if not 1 <= position.value <= len(items):
        ctx.report(
            f"position {position.value} in GROUP BY: the select list has {len(items)} columns", position
        )
        return None
    item = items[position.value - 1]
    return item.expr if item is not None else None
