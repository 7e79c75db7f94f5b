"""One SELECT: its clauses in the order in which names and facts become known.

FROM, WHERE (which proves facts), GROUP BY, the select list, HAVING (which proves more), ORDER BY; then the checks
of grouping, and the cardinality.
"""

import re
from collections.abc import Sequence

from tools.sqlgen.analysis.cardinality import at_most_one_row, execution_keys, result_keys
from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import add_equalities
from tools.sqlgen.analysis.expression_key import (
    contains_aggregate,
    contains_window,
    expression_key,
)
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.expressions.windows import visit_window
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.grouping import check_distinct_order, check_grouping
from tools.sqlgen.analysis.place import place_in
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Item, Scope
from tools.sqlgen.analysis.select_list import SelectList
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Embed,
    Expr,
    IntLiteral,
    OrderByMacro,
    OrderItem,
    Select,
    Star,
)
from tools.sqlgen.types.sql_type import BOOL
from tools.sqlgen.types.typed_expr import TypedExpr


def analyse_select(
    ctx: Context,
    scope: Scope,
    select: Select,
    expected_columns: Sequence[Expected | None],
    *,
    order_by: Sequence[OrderItem] = (),
) -> QueryResult:
    """Analyse one SELECT in a scope that has only its parent and common tables so far."""
    ctx.info.select_scopes[select] = scope
    scope.aliases = frozenset(item.alias.lower() for item in select.items if item.alias is not None)
    part = analyse_from(ctx, scope, select.from_)
    _where(ctx, scope, select.where)
    _define_windows(ctx, scope, select)
    _decide_grouping(scope, select)
    outputs = SelectList(ctx, scope, expected_columns)
    if select.group_by:
        _preview_items(scope, select)
        _group_by(ctx, scope, select)
    outputs.visit(select)
    if select.having is not None:
        _having(ctx, scope, select.having)
        if scope.having_facts:
            outputs = SelectList(ctx, scope, expected_columns)
            outputs.visit(select)
    _windows(ctx, scope, select)
    _qualify(ctx, scope, select, order_by)
    _order_by(ctx, scope, order_by, len(outputs.columns))
    check_grouping(ctx, scope, select, order_by)
    if select.distinct:
        check_distinct_order(ctx, scope, order_by)
    return _result(ctx, scope, select, outputs, from_min_one=part.min_one)


def _result(
    ctx: Context, scope: Scope, select: Select, outputs: "SelectList", *, from_min_one: bool
) -> QueryResult:
    columns = tuple(outputs.columns)
    filtered = select.where is not None or select.having is not None
    # An aggregate of an outer query's columns is that query's: it does not make one row of this one.
    one_group = scope.implicit and scope in ctx.info.owners.values()
    always_a_row = one_group or (scope.rollup and select.grand_total)
    min_one = select.having is None if always_a_row else from_min_one and not filtered and not scope.rollup
    min_one = min_one and select.qualify is None
    max_one = one_group or at_most_one_row(ctx, scope, select)
    candidate_keys, functional_dependencies = (
        result_keys(ctx, scope, select, columns) if not outputs.incomplete else ((), ())
    )
    if select.into:
        if len(select.into) != len(columns) and not outputs.incomplete:
            ctx.report(f"INTO {len(select.into)} variables of {len(columns)} columns", select.into[0])
        return QueryResult((), valid=False)
    return QueryResult(
        columns,
        min_one,
        max_one,
        candidate_keys,
        execution_keys(scope, columns) if not outputs.incomplete else (),
        functional_dependencies,
        tuple(outputs.embeds),
        outputs.whole_table(),
        valid=not outputs.incomplete,
    )


def _where(ctx: Context, scope: Scope, where: Expr | None) -> None:
    if where is None:
        return
    place = place_in(scope, "where")
    ctx.evaluate(place, where, Expected(BOOL, weak=True))
    require_one_column(ctx, where)
    add_equalities(ctx, place, where, None)
    scope.row_facts |= closure(ctx, when_true(ctx, where))


def _define_windows(ctx: Context, scope: Scope, select: Select) -> None:
    for window in select.windows:
        if window.name.lower() in scope.windows:
            ctx.report(f"window '{window.name}' is defined twice", window)
        scope.windows[window.name.lower()] = window


def _windows(ctx: Context, scope: Scope, select: Select) -> None:
    place = place_in(scope, "select").inside_window()
    for window in select.windows:
        visit_window(ctx, place, window.spec, window)


def _qualify(ctx: Context, scope: Scope, select: Select, order_by: Sequence[OrderItem]) -> None:
    """QUALIFY: a condition on the rows after the window functions, which MySQL has with its hypergraph optimizer."""
    if select.qualify is None:
        return
    if not _HYPERGRAPH.search(ctx.text, select.start, select.end):
        hint = "write SELECT /*+ SET_VAR(optimizer_switch='hypergraph_optimizer=on') */, or filter a derived table"
        ctx.report("QUALIFY needs the hypergraph optimizer", select.qualify, hint)
    if not select.windows and not any(contains_window(node) for node in (select, *order_by)):
        hint = "write the condition in WHERE, or in HAVING if it is about groups"
        ctx.report("QUALIFY needs a window function in the same query block", select.qualify, hint)
    ctx.evaluate(place_in(scope, "order"), select.qualify, Expected(BOOL, weak=True))
    require_one_column(ctx, select.qualify)


_HYPERGRAPH = re.compile(r"/\*\+[^*]*hypergraph_optimizer\s*=\s*on", re.IGNORECASE)


def _decide_grouping(scope: Scope, select: Select) -> None:
    """Decide if the query has groups: from GROUP BY, or a single one because of an aggregate."""
    scope.grouped = bool(select.group_by)
    scope.rollup = select.rollup
    if not scope.grouped:
        in_items = any(contains_aggregate(item.expr) for item in select.items)
        in_windows = any(contains_aggregate(window.spec) for window in select.windows)
        scope.implicit = in_items or in_windows or contains_aggregate(select.having)
        scope.implicit = scope.implicit or contains_aggregate(select.qualify)


# --- GROUP BY -----------------------------------------------------------------------------------------


def _preview_items(scope: Scope, select: Select) -> None:
    """Define the select items that GROUP BY may name, before they are analysed."""
    unknown = TypedExpr(BOOL, nullable=True)
    scope.items = []
    for item in select.items:
        name = item.alias
        if isinstance(item.expr, ColumnRef):
            name = name or item.expr.column
            if item.expr.table is None and item.expr.column.lower() == name.lower():
                continue  # the item `a` does not decide which column `a` means
        if name is not None:
            aliased, aggregated = item.alias is not None, contains_aggregate(item.expr)
            scope.items.append(Item(name.lower(), item.expr, unknown, aliased=aliased, aggregated=aggregated))


def _group_by(ctx: Context, scope: Scope, select: Select) -> None:
    place = place_in(scope, "group")
    for expr in select.group_by:
        target = expr
        if isinstance(expr, IntLiteral):
            found = _at_position(ctx, select, expr)
            if found is None:
                continue
            target = found
        if contains_aggregate(target) or _names_aggregate(scope, target):
            ctx.report("GROUP BY cannot group by an aggregate", expr)
            continue
        ctx.evaluate(place, target)
        require_one_column(ctx, target)
        named = ctx.info.bindings.get(target) if isinstance(target, ColumnRef) else None
        if isinstance(named, Item):
            ctx.evaluate(place, named.expr)
        meant = named.expr if isinstance(named, Item) else target
        scope.group_exprs.append(meant)
        key = expression_key(ctx, target)
        if key is not None:
            scope.group_keys.add(key)


def _names_aggregate(scope: Scope, expr: Expr) -> bool:
    if (
        not isinstance(expr, ColumnRef)
        or expr.table is not None
        or expr.column.lower() in scope.namespace.by_name
    ):
        return False
    return any(item.name == expr.column.lower() and item.aggregated for item in scope.items)


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


# --- HAVING and ORDER BY ------------------------------------------------------------------------------


def _having(ctx: Context, scope: Scope, having: Expr) -> None:
    ctx.evaluate(place_in(scope, "having"), having, Expected(BOOL, weak=True))
    require_one_column(ctx, having)
    scope.having_facts |= closure(ctx, when_true(ctx, having))


def _order_by(ctx: Context, scope: Scope, order_by: Sequence[OrderItem], width: int) -> None:
    place = place_in(scope, "order")
    for item in order_by:
        expr = item.expr
        if isinstance(expr, IntLiteral):
            if not 1 <= expr.value <= width:
                ctx.report(f"position {expr.value} in ORDER BY: the select list has {width} columns", expr)
        elif isinstance(expr, ColumnRef):
            ctx.evaluate(place.as_order_item(), expr)
        elif isinstance(expr, OrderByMacro):
            ctx.evaluate(place, expr)
        else:
            ctx.evaluate(place, expr)
            require_one_column(ctx, expr)
