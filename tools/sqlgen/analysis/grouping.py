"""ONLY_FULL_GROUP_BY: in a grouped query every column must have one value in each group.

SELECT o.id, o.total, SUM(i.price) FROM orders o JOIN items i ON ... GROUP BY o.id  -- o.id determines o.total
SELECT o.status, o.total FROM orders o GROUP BY o.status  -- error: o.total
"""

from collections.abc import Iterator, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.expression_key import contains_window, expression_key, is_aggregate
from tools.sqlgen.analysis.query_block import Projected
from tools.sqlgen.analysis.scope import Item, Namespace
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
    Embed,
    Expr,
    NamedWindow,
    Node,
    OrderItem,
    Query,
    Select,
    Star,
    Subquery,
    WindowSpec,
)
from tools.sqlgen.syntax.visitor import children


def check_grouping(ctx: Context, projected: Projected, select: Select, order_by: Sequence[OrderItem]) -> None:
    """Report columns of the select list, HAVING and ORDER BY that can have several values in a group."""
    if not projected.grouping.aggregates:
        return
    checker = _Checker(ctx, projected)
    for item in select.items:
        checker.check(item.expr, "the select list")
    if select.having is not None:
        checker.check(select.having, "HAVING")
    if select.qualify is not None:
        checker.check(select.qualify, "QUALIFY")
    for window in select.windows:
        checker.check_window(window)
    for order in order_by:
        if projected.grouping.grouped or contains_window(order.expr):
            checker.check(order.expr, "ORDER BY")


class _Checker:
    """Searches for loose references: columns that can have several values in a group.

    MySQL recognizes a grouped expression only if it is a whole select item, a whole ORDER BY item, or a whole part
    of PARTITION BY and ORDER BY of a window: `GROUP BY DATE(t)` does not allow `DATE(t) + 1`, nor `DATE(t)` in a
    subquery. A select item `(SELECT DATE(t))` without FROM is `DATE(t)`.
    """

    def __init__(self, ctx: Context, projected: Projected) -> None:
        self.ctx = ctx
        self.block = projected.rows.block.node
        self.grouping = projected.grouping
        self.determined = _determined_columns(projected)
        self.own = projected.namespace.ids

    def check(self, expr: Expr, clause: str) -> None:
        whole = _without_subquery(expr) if clause in {"the select list", "ORDER BY"} else expr
        for ref in self._loose_whole(whole):
            self._report(ref, clause)

    def check_window(self, window: NamedWindow) -> None:
        for ref in self._loose_of_window(window.spec):
            self._report(ref, f"WINDOW {window.name}")

    def _loose_whole(self, expr: Expr) -> Iterator[ColumnRef]:
        if not self._is_group(expr):
            yield from self._loose(expr)

    def _loose(self, node: Node) -> Iterator[ColumnRef]:
        match node:
            case Star() | Embed():
                yield from self._loose_of_star(node)
            case ColumnRef():
                if self._is_loose(node):
                    yield node
            case Call() if is_aggregate(node) or _is_exempt(node):
                return
            case WindowSpec():
                yield from self._loose_of_window(node)
            case Query():
                yield from self._loose_in_query(node)
            case _:
                for child in children(node):
                    yield from self._loose(child)

    def _loose_of_star(self, star: Star | Embed) -> Iterator[ColumnRef]:
        """The first of a star's columns that is loose, at the place of the star."""
        for ref in self.ctx.info.expanded.get(star, ()):
            if self._is_loose(ref):
                yield ColumnRef(star.start, star.end, ref.column, ref.table)
                return

    def _loose_of_window(self, spec: WindowSpec) -> Iterator[ColumnRef]:
        for expr in (*spec.partition_by, *(item.expr for item in spec.order_by)):
            yield from self._loose_whole(expr)

    def _loose_in_query(self, node: Node) -> Iterator[ColumnRef]:
        match node:
            case ColumnRef():
                if self._is_loose(node):
                    yield node
            case Call() if self.ctx.info.owners.get(node) is self.block or _is_exempt(node):
                return
            case _:
                for child in children(node):
                    yield from self._loose_in_query(child)

    def _is_group(self, expr: Expr) -> bool:
        return (
            any(expr is each for each in self.grouping.exprs)
            or expression_key(self.ctx, expr) in self.grouping.keys
        )

    def _is_loose(self, ref: ColumnRef) -> bool:
        resolved = self.ctx.info.bindings.get(ref)
        found = resolved.source if isinstance(resolved, Item) else resolved
        if found is None or found[0].id not in self.own or found[0].unknown_schema:
            return False
        return ColumnId(found[0].id, found[1]) not in self.determined

    def _report(self, ref: ColumnRef, clause: str) -> None:
        name = f"{ref.table}.{ref.column}" if ref.table else ref.column
        if self.grouping.grouped:
            message = f"column '{name}' in {clause} is neither grouped by nor determined by the groups"
            hint = f"add it to GROUP BY, or aggregate it: ANY_VALUE({name}), MAX({name})"
        else:
            message = f"column '{name}' in {clause} beside an aggregate, without GROUP BY"
            hint = f"add GROUP BY {name}, or aggregate it: ANY_VALUE({name}), MAX({name})"
        self.ctx.report(message, ref, hint)


def _without_subquery(expr: Expr) -> Expr:
    """Return e for a subquery `(SELECT e)` that has no other clause."""
    while isinstance(expr, Subquery):
        match expr.query.body:
            case Select(items=(item,), from_=None, where=None, having=None):
                expr = item.expr
            case _:
                break
    return expr


def _is_exempt(call: Call) -> bool:
    """True for ANY_VALUE, which takes any value of the group, and for GROUPING, which has its own check."""
    return call.name.upper() in {"ANY_VALUE", "GROUPING"}


def _determined_columns(projected: Projected) -> set[ColumnId]:
    """Return the columns that have one value in each group."""
    grouped = {key for key in projected.grouping.keys if isinstance(key, ColumnId)}
    if projected.grouping.rollup:
        return grouped
    return FuncDeps(projected.rows, at_prepare=True).closure(grouped)


def check_distinct_order(ctx: Context, projected: Projected, order_by: Sequence[OrderItem]) -> None:
    """Report ORDER BY expressions of a DISTINCT query that are not selected."""
    selected = {expression_key(ctx, item.expr) for item in projected.items} - {None}
    for order in order_by:
        expr = order.expr
        if expression_key(ctx, expr) in selected:
            continue
        for ref in _table_references(ctx, projected.namespace, expr):
            if expression_key(ctx, ref) not in selected:
                ctx.report(
                    f"column '{ref.column}' in ORDER BY is not selected, and the query is DISTINCT",
                    expr,
                    "select it as well, or group instead",
                )
                break


def _table_references(ctx: Context, names: Namespace, node: Node) -> Iterator[ColumnRef]:
    """The references to the tables of a namespace below `node`, outside of aggregates and aliases."""
    if is_aggregate(node):
        return
    if isinstance(node, ColumnRef):
        resolved = ctx.info.bindings.get(node)
        if isinstance(resolved, tuple) and names.has(resolved[0]):
            yield node
        return
    for child in children(node):
        yield from _table_references(ctx, names, child)
