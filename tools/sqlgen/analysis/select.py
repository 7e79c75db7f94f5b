"""One SELECT: its clauses in the order in which names and facts become known.

FROM, WHERE (which proves facts), GROUP BY, the select list, HAVING (which proves more), ORDER BY; then the checks
of grouping, and the cardinality. Each step takes the values of those before it; see query_block.py.
"""

import re
from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.cardinality import at_most_one_row, execution_keys, result_keys
from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_window
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.expressions.windows import visit_window
from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.filter import filtered
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.grouping import check_distinct_order, check_grouping
from tools.sqlgen.analysis.groups import grouping_of
from tools.sqlgen.analysis.place import Block, Environment, Grouping
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.query_block import Filtered, Projected
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.select_list import project, whole_table
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import ColumnRef, IntLiteral, NamedWindow, OrderByMacro, OrderItem, Param, Select
from tools.sqlgen.types.sql_type import BOOL


def analyse_select(
    ctx: Context,
    environment: Environment,
    select: Select,
    expected_columns: Sequence[Expected | None],
    *,
    order_by: Sequence[OrderItem] = (),
) -> QueryResult:
    """Analyse one SELECT, with the ORDER BY of the query around it."""
    rows = filtered(ctx, analyse_from(ctx, _block(ctx, environment, select), select.from_), select.where)
    projected = _projected(ctx, rows, select, expected_columns)
    _qualify(ctx, projected, select, order_by)
    _order_by(ctx, projected, order_by)
    ctx.info.selects[select] = projected
    check_grouping(ctx, projected, select, order_by)
    if select.distinct:
        check_distinct_order(ctx, projected, order_by)
    return _result(ctx, projected, select)


def _block(ctx: Context, environment: Environment, select: Select) -> Block:
    aliases = frozenset(item.alias.lower() for item in select.items if item.alias is not None)
    windows: dict[str, NamedWindow] = {}
    for window in select.windows:
        if window.name.lower() in windows:
            ctx.report(f"window '{window.name}' is defined twice", window)
        windows[window.name.lower()] = window
    return Block(select, environment, aliases, windows)


# --- the select list, HAVING and windows --------------------------------------------------------------


def _projected(
    ctx: Context, rows: Filtered, select: Select, expected_columns: Sequence[Expected | None]
) -> Projected:
    """Analyse GROUP BY and the clauses that read its groups.

    An aggregate in a subquery may turn out to be one of this block's rows. There is one group then, and the clauses
    are analysed again.
    """
    grouping = grouping_of(ctx, rows, select)
    projected = _of_groups(ctx, rows, grouping, select, expected_columns)
    if grouping.aggregates or select not in ctx.info.aggregating:
        return projected
    one_group = msgspec.structs.replace(grouping, implicit=True)
    return _of_groups(ctx, rows, one_group, select, expected_columns)


def _of_groups(
    ctx: Context,
    rows: Filtered,
    grouping: Grouping,
    select: Select,
    expected_columns: Sequence[Expected | None],
) -> Projected:
    """Analyse the select list, HAVING, the list again with the facts that HAVING proves, and the named windows."""
    projected = project(ctx, rows, grouping, select.items, expected_columns)
    if facts := _having(ctx, projected, select):
        projected = project(ctx, rows, grouping, select.items, expected_columns, having_facts=facts)
    inside = projected.place("select").inside_window()
    for window in select.windows:
        visit_window(ctx, inside, window.spec, window)
    return projected


def _having(ctx: Context, projected: Projected, select: Select) -> frozenset[Fact]:
    """Analyse HAVING; returns the facts that it proves of every row of the result."""
    if select.having is None:
        return frozenset()
    place = projected.place("having")
    ctx.evaluate(place, select.having, Expected(BOOL, weak=True))
    require_one_column(ctx, select.having)
    return frozenset(closure(ctx, place, when_true(ctx, place, select.having)))


# --- QUALIFY and ORDER BY -----------------------------------------------------------------------------


def _qualify(ctx: Context, projected: Projected, select: Select, order_by: Sequence[OrderItem]) -> None:
    """QUALIFY: a condition on the rows after the window functions, which MySQL has with its hypergraph optimizer."""
    if select.qualify is None:
        return
    if not _HYPERGRAPH.search(ctx.text, select.start, select.end):
        hint = "write SELECT /*+ SET_VAR(optimizer_switch='hypergraph_optimizer=on') */, or filter a derived table"
        ctx.report("QUALIFY needs the hypergraph optimizer", select.qualify, hint)
    if not select.windows and not any(contains_window(node) for node in (select, *order_by)):
        hint = "write the condition in WHERE, or in HAVING if it is about groups"
        ctx.report("QUALIFY needs a window function in the same query block", select.qualify, hint)
    ctx.evaluate(projected.place("order"), select.qualify, Expected(BOOL, weak=True))
    require_one_column(ctx, select.qualify)


_HYPERGRAPH = re.compile(r"/\*\+[^*]*hypergraph_optimizer\s*=\s*on", re.IGNORECASE)


def _order_by(ctx: Context, projected: Projected, order_by: Sequence[OrderItem]) -> None:
    place = projected.place("order")
    width = len(projected.columns)
    for item in order_by:
        expr = item.expr
        if isinstance(expr, IntLiteral):
            if not 1 <= expr.value <= width:
                ctx.report(f"position {expr.value} in ORDER BY: the select list has {width} columns", expr)
        elif isinstance(expr, ColumnRef):
            ctx.evaluate(place.as_item(), expr)
        else:
            ctx.evaluate(place, expr)
            if isinstance(expr, Param):
                hint = "name the orders in `-- order:` lines, and write ORDER BY sqlc.order_by(table)"
                ctx.report("a parameter in ORDER BY is a value, and orders nothing", expr, hint, "warning")
            elif not isinstance(expr, OrderByMacro):
                require_one_column(ctx, expr)


# --- the result ---------------------------------------------------------------------------------------


def _result(ctx: Context, projected: Projected, select: Select) -> QueryResult:
    grouping = projected.grouping
    # An aggregate of an outer query's columns is that query's: it does not make one row of this one.
    one_group = grouping.implicit and select in ctx.info.aggregating
    # MariaDB has no grand total of no rows.
    totals = grouping.rollup and select.grand_total and ctx.catalog.server != "mariadb"
    always_a_row = one_group or totals
    min_one = always_a_row or (projected.rows.min_one and not grouping.rollup)
    candidate_keys, functional_dependencies = (
        result_keys(ctx, projected, select) if projected.complete else ((), ())
    )
    return QueryResult(
        projected.columns,
        min_one and select.having is None and select.qualify is None,
        one_group or at_most_one_row(ctx, projected, select),
        candidate_keys,
        execution_keys(ctx, projected) if projected.complete else (),
        functional_dependencies,
        projected.embeds,
        whole_table(ctx, projected),
        valid=projected.complete,
    )
