"""GROUP BY: the groups of a query block.

GROUP BY o.status, 2   ->  the column o.status, and the second select item
"""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_aggregate, expression_key
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.place import Grouping, Place, place_in
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.scope import Item
from tools.sqlgen.syntax.ast import ColumnRef, Embed, Expr, IntLiteral, Select, Star
from tools.sqlgen.types.sql_type import BOOL
from tools.sqlgen.types.typed_expr import TypedExpr


def grouping_of(ctx: Context, rows: Filtered, select: Select) -> Grouping:
    """Analyse GROUP BY; without one, an aggregate makes a single group."""
    if not select.group_by:
        return Grouping(implicit=_aggregates(select), rollup=select.rollup)
    totals = Grouping(rollup=select.rollup)  # GROUPING(x) asks for it
    place = place_in(rows.block, "group", rows.namespace, rows.facts, totals, _preview(select))
    exprs = [found for expr in select.group_by if (found := _grouped_by(ctx, place, select, expr))]
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


def _preview(select: Select) -> tuple[Item, ...]:
    """Return the select items that GROUP BY may name, before they are analysed."""
    unknown = TypedExpr(BOOL, nullable=True)
    found: list[Item] = []
    for item in select.items:
        name = item.alias
        if isinstance(item.expr, ColumnRef):
            name = name or item.expr.column
            if item.expr.table is None and item.expr.column.lower() == name.lower():
                continue  # the item `a` does not decide which column `a` means
        if name is not None:
            aliased, aggregated = item.alias is not None, contains_aggregate(item.expr)
            found.append(Item(name.lower(), item.expr, unknown, aliased=aliased, aggregated=aggregated))
    return tuple(found)


def _grouped_by(ctx: Context, place: Place, select: Select, expr: Expr) -> Expr | None:
    """Analyse one expression of GROUP BY; returns the one that it means, or None after a finding."""
    target = _at_position(ctx, select, expr) if isinstance(expr, IntLiteral) else expr
    if target is None:
        return None
    if contains_aggregate(target) or _names_aggregate(place, target):
        ctx.report("GROUP BY cannot group by an aggregate", expr)
        return None
    ctx.evaluate(place, target)
    require_one_column(ctx, target)
    named = ctx.info.bindings.get(target) if isinstance(target, ColumnRef) else None
    if not isinstance(named, Item):
        return target
    ctx.evaluate(place, named.expr)
    return named.expr


def _names_aggregate(place: Place, expr: Expr) -> bool:
    if not isinstance(expr, ColumnRef) or expr.table is not None:
        return False
    name = expr.column.lower()
    return name not in place.namespace.by_name and any(
        item.name == name and item.aggregated for item in place.items
    )


def _at_position(ctx: Context, select: Select, position: IntLiteral) -> Expr | None:
    """Return the select item that `GROUP BY 2` means; None after a finding, and if stars make it unknown."""
    if any(isinstance(item.expr, (Star, Embed)) for item in select.items):
        return None
    if not 1 <= position.value <= len(select.items):
        ctx.report(
            f"position {position.value} in GROUP BY: the select list has {len(select.items)} columns",
            position,
        )
        return None
    return select.items[position.value - 1].expr
