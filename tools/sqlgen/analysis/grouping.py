"""ONLY_FULL_GROUP_BY: in a grouped query every column must have one value in each group.

SELECT o.id, o.total, SUM(i.price) FROM orders o JOIN items i ON ... GROUP BY o.id  -- o.id determines o.total
SELECT o.status, o.total FROM orders o GROUP BY o.status  -- error: o.total
"""

from collections.abc import Hashable, Iterator, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.relations import Item, Scope
from tools.sqlgen.analysis.structure import (
    children,
    column_references,
    contains_aggregate,
    is_aggregate,
    structure,
    walk,
)
from tools.sqlgen.syntax import (
    Call,
    ColumnRef,
    Embed,
    Expr,
    IntLiteral,
    Node,
    OrderByMacro,
    OrderItem,
    Query,
    Select,
    Star,
)

ColumnKey = tuple[int, int]


def check_grouping(ctx: Context, scope: Scope, select: Select, order_by: Sequence[OrderItem]) -> None:
    """Report the columns of the select list, HAVING and ORDER BY that a group has several values of."""
    if not scope.grouped and not scope.implicit:
        return
    checker = _Checker(ctx, scope)
    for item in select.items:
        checker.check(item.expr, "the select list")
    if select.having is not None:
        checker.check(select.having, "HAVING")
    if scope.grouped:
        for order in order_by:
            checker.check(order.expr, "ORDER BY")


class _Checker:
    def __init__(self, ctx: Context, scope: Scope) -> None:
        self.ctx = ctx
        self.scope = scope
        self.determined = determined_columns(scope)
        self.own = {relation.id for relation in scope.names.relations}

    def check(self, expr: Expr, clause: str) -> None:
        for ref in self._loose(expr):
            self._report(ref, clause)

    def _loose(self, node: Node) -> Iterator[ColumnRef]:
        """The references below `node` that a group may have several values of."""
        ctx = self.ctx
        if isinstance(node, (Star, Embed)):
            for ref in ctx.expanded.get(id(node), ()):
                if self._is_loose(ref):
                    yield ColumnRef(node.start, node.end, ref.column, ref.table)
                    return
            return
        if is_aggregate(node):
            return
        if isinstance(node, Call) and node.over is None and node.name.upper() in {"ANY_VALUE", "GROUPING"}:
            return
        if isinstance(node, Expr) and self._is_group(node):
            return
        if isinstance(node, ColumnRef):
            resolved = ctx.resolved.get(id(node))
            if isinstance(resolved, Item):
                if resolved.source is None:
                    return
            if self._is_loose(node):
                yield node
            return
        if isinstance(node, Query):
            for ref, relation, index in column_references(ctx, node, self.scope):
                if (relation.id, index) not in self.determined and not self._inside_aggregate(node, ref):
                    yield ref
            return
        for child in children(node):
            yield from self._loose(child)

    def _is_group(self, expr: Expr) -> bool:
        if not self.scope.group_structures:
            return False
        key = structure(self.ctx, expr)
        return key is not None and key in self.scope.group_structures

    def _is_loose(self, ref: ColumnRef) -> bool:
        found = self.ctx.column_of(ref) or self.ctx.fixed.get(id(ref))
        if found is None or found[0].id not in self.own or found[0].open:
            return False
        return (found[0].id, found[1]) not in self.determined

    def _inside_aggregate(self, query: Query, ref: ColumnRef) -> bool:
        """An aggregate of this block inside a subquery: (SELECT SUM(outer.x))."""
        return any(is_aggregate(node) and any(each is ref for each in walk(node)) for node in walk(query))

    def _report(self, ref: ColumnRef, clause: str) -> None:
        name = f"{ref.table}.{ref.column}" if ref.table else ref.column
        if self.scope.grouped:
            message = f"column '{name}' in {clause} is neither grouped by nor determined by the groups"
            hint = f"add it to GROUP BY, or aggregate it: ANY_VALUE({name}), MAX({name})"
        else:
            message = f"column '{name}' in {clause} beside an aggregate, without GROUP BY"
            hint = f"add GROUP BY {name}, or aggregate it: ANY_VALUE({name}), MAX({name})"
        self.ctx.report(message, ref, hint)


def determined_columns(scope: Scope) -> set[ColumnKey]:
    """The columns that have one value in each group: those grouped by, constants, and what these determine."""
    determined: set[ColumnKey] = {key for key in scope.group_structures if _is_column(key)}  # type: ignore[misc]
    structures: set[Hashable] = set(scope.group_structures)
    if scope.rollup:
        return determined
    changed = True
    while changed:
        before = len(determined)
        for relation in scope.names.relations:
            if relation.max_one:
                determined.update((relation.id, index) for index in range(len(relation.columns)))
            for sources, targets in relation.dependencies:
                if all((relation.id, index) in determined for index in sources):
                    determined.update((relation.id, index) for index in targets)
        for equality in scope.equalities:
            for one, other in ((equality.left, equality.right), (equality.right, equality.left)):
                if one.column is None or one.column in determined:
                    continue
                if equality.restricted is not None and one.column[0] not in equality.restricted:
                    continue
                if other.depends <= determined or (
                    other.structure is not None and other.structure in structures
                ):
                    determined.add(one.column)
        changed = len(determined) > before
    return determined


def _is_column(key: Hashable) -> bool:
    return isinstance(key, tuple) and len(key) == 2 and all(isinstance(part, int) for part in key)  # noqa: PLR2004


def check_distinct_order(ctx: Context, scope: Scope, order_by: Sequence[OrderItem]) -> None:
    """DISTINCT leaves no row to order by what is not selected."""
    selected = {structure(ctx, item.expr) for item in scope.items}
    for order in order_by:
        expr = order.expr
        if isinstance(expr, (IntLiteral, OrderByMacro)) or structure(ctx, expr) in selected:
            continue
        if isinstance(expr, ColumnRef) and isinstance(ctx.resolved.get(id(expr)), Item):
            continue
        if contains_aggregate(expr):
            ctx.report(
                "ORDER BY an aggregate that SELECT DISTINCT does not select", expr, "select it as well"
            )
            continue
        for ref, relation, index in column_references(ctx, expr, scope):
            if (relation.id, index) not in selected:
                ctx.report(
                    f"column '{ref.column}' in ORDER BY is not selected, and the query is DISTINCT",
                    expr,
                    "select it as well, or group instead",
                )
                break
