"""Queries: each kind of body, and the WITH, ORDER BY, LIMIT and locks around it."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.common_tables import with_common_tables
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.derived_tables import relation_of
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.from_part import single
from tools.sqlgen.analysis.limits import limited
from tools.sqlgen.analysis.place import Block, Environment, place_in
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Namespace
from tools.sqlgen.analysis.select import analyse_select
from tools.sqlgen.analysis.select_list import output_of
from tools.sqlgen.analysis.set_operations import combined, merge_columns
from tools.sqlgen.analysis.values import Expected, OutputColumn
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    IntLiteral,
    Query,
    QueryBody,
    Select,
    SelectItem,
    SetOperation,
    Star,
    TableStatement,
    ValuesRows,
)


def analyse_query(
    ctx: Context,
    query: Query,
    environment: Environment,
    expected_columns: Sequence[Expected | None] = (),
) -> QueryResult:
    """Analyse a query expression; `expected_columns` are the expected types of its columns."""
    environment = with_common_tables(ctx, environment, query.with_)
    body = _without_parentheses(query.body)
    if isinstance(body, Select):
        result = analyse_select(ctx, environment, body, expected_columns, order_by=query.order_by)
    else:
        result = _analyse_body(ctx, environment, body, expected_columns)
        _order_by_names(ctx, environment, query, result)
    _check_locks(ctx, query, body)
    return _taken(ctx, query, limited(ctx, environment, query.limit, result))


def _taken(ctx: Context, query: Query, result: QueryResult) -> QueryResult:
    """Return the rows that INTO leaves: none. Its variables take one row."""
    if not query.variables:
        return result
    given, width = len(query.variables), len(result.columns)
    if result.valid and given != width:
        hint = "write one variable for each column"
        ctx.report(f"INTO {given} variables of {width} columns", query.variables[0], hint)
    return QueryResult((), valid=False)


def _without_parentheses(body: QueryBody) -> QueryBody:
    """Remove redundant parentheses: `(SELECT ...) ORDER BY x`."""
    while isinstance(body, Query) and not (body.with_ or body.order_by or body.limit or body.locks):
        body = body.body
    return body


def _analyse_body(
    ctx: Context, environment: Environment, body: QueryBody, expected_columns: Sequence[Expected | None]
) -> QueryResult:
    match body:
        case Select():
            return analyse_select(ctx, environment, body, expected_columns)
        case SetOperation():
            return _set_operation(ctx, environment, body, expected_columns)
        case ValuesRows():
            return _values_rows(ctx, environment, body, expected_columns)
        case TableStatement():
            return _table_statement(ctx, environment, body)
        case Query():
            return analyse_query(ctx, body, environment, expected_columns)


def _set_operation(
    ctx: Context,
    environment: Environment,
    operation: SetOperation,
    expected_columns: Sequence[Expected | None],
) -> QueryResult:
    bodies = (operation.left, operation.right)
    arms = [_analyse_body(ctx, environment, body, expected_columns) for body in bodies]
    result = combined(ctx, bodies, arms, operation.op)
    if operation.all or not result.valid:
        return result
    everything = frozenset(range(len(result.columns)))
    return msgspec.structs.replace(result, candidate_keys=(everything,))


def _values_rows(
    ctx: Context, environment: Environment, values: ValuesRows, expected_columns: Sequence[Expected | None]
) -> QueryResult:
    place = place_in(Block(values, environment), "values", Namespace())
    width = len(values.rows[0])
    rows: list[tuple[OutputColumn, ...]] = []
    for row in values.rows:
        if len(row) != width:
            ctx.report_span(
                f"this row has {len(row)} values, the first has {width}",
                row[0].start if row else values.start,
                row[-1].end if row else values.end,
            )
            return QueryResult((), valid=False)
        found = [
            ctx.evaluate(place, expr, expected_columns[index] if index < len(expected_columns) else None)
            for index, expr in enumerate(row)
        ]
        for expr in row:
            require_one_column(ctx, expr)
        rows.append(
            tuple(
                output_of(expr, f"column_{index}", value)
                for index, (expr, value) in enumerate(zip(row, found, strict=True))
            )
        )
    columns = tuple(merge_columns(ctx, each, "UNION") for each in zip(*rows, strict=True))
    return QueryResult(columns, min_one=True, max_one=len(rows) == 1)


def _table_statement(ctx: Context, environment: Environment, table: TableStatement) -> QueryResult:
    star = SelectItem(table.start, table.end, Star(table.start, table.end))
    select = Select(table.start, table.end, (star,), from_=table.table)
    return analyse_select(ctx, environment, select, ())


# --- ORDER BY and locks -------------------------------------------------------------------------


def _order_by_names(ctx: Context, environment: Environment, query: Query, result: QueryResult) -> None:
    """ORDER BY of a set operation: the names and positions of its columns."""
    order_by = query.order_by
    if not order_by or not result.valid:
        return
    part = single(ctx, relation_of(ctx, QueryResult(result.columns), ""), order_by[0])
    place = place_in(Block(query, environment), "order", part.namespace)
    for item in order_by:
        if isinstance(item.expr, IntLiteral):
            _check_position(ctx, item.expr, len(result.columns), "ORDER BY")
        elif isinstance(item.expr, ColumnRef) and item.expr.table is not None:
            ctx.report(
                f"ORDER BY of a set operation cannot name '{item.expr.table}.{item.expr.column}'",
                item.expr,
                "name the result's column alone",
            )
        else:
            ctx.evaluate(place, item.expr)


def _check_position(ctx: Context, position: IntLiteral, width: int, clause: str) -> bool:
    """Report a position beyond the select list."""
    if 1 <= position.value <= width:
        return True
    ctx.report(f"position {position.value} in {clause}: the select list has {width} columns", position)
    return False


def _check_locks(ctx: Context, query: Query, body: QueryBody) -> None:
    """Report tables of FOR UPDATE OF that FROM does not have, and those of several locking clauses."""
    relations = ctx.info.selects[body].namespace.relations if isinstance(body, Select) else ()
    names = [relation.name for relation in relations]
    for lock in query.locks:
        for name in lock.tables:
            if name.lower() not in {each.lower() for each in names}:
                ctx.report(f"unknown table '{name}' in the locking clause", lock, did_you_mean(name, names))
    locked = [name.lower() for lock in query.locks for name in lock.tables]
    bare = [lock for lock in query.locks if not lock.tables]
    if len(bare) > 1 or (bare and locked) or len(set(locked)) < len(locked):
        ctx.report(
            "a table is in several locking clauses",
            query.locks[-1],
            "name each table in one clause: FOR UPDATE OF a",
        )
