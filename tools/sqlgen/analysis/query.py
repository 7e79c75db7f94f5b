"""Queries: WITH, set operations, VALUES, TABLE, and the ORDER BY, LIMIT and locks around a SELECT."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_aggregate, contains_window
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.from_clause import relation_of, report_duplicates, single
from tools.sqlgen.analysis.json_shapes import common_shape
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import CommonTableScope, Scope
from tools.sqlgen.analysis.select import analyse_select
from tools.sqlgen.analysis.select_list import output_of
from tools.sqlgen.analysis.values import Expected, OutputColumn
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    CommonTable,
    IntLiteral,
    Join,
    Limit,
    OrderItem,
    Param,
    Query,
    QueryBody,
    Select,
    SelectItem,
    SetOperation,
    Star,
    TableName,
    TableRef,
    TableStatement,
    ValuesRows,
    With,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.common_type import common_type
from tools.sqlgen.types.sql_type import JSON, UBIGINT, family

_MAX_ROUNDS = 5
"""Of the analysis of a recursive arm: nullability can only grow, column by column."""


def analyse_query(
    ctx: Context,
    query: Query,
    parent: Scope | None,
    expected_columns: Sequence[Expected | None] = (),
    *,
    within: Scope | None = None,
) -> QueryResult:
    """Analyse a query expression.

    `parent` is the query block whose rows it can read (None for none), `expected_columns` the expected types of
    its columns, `within` the block whose common tables it can name, if that is not the parent.
    """
    env = within or parent
    scope = Scope(parent, env.common if env else None, env.schema if env else None)
    if query.with_ is not None:
        define_common_tables(ctx, scope, query.with_)
    body = _without_parentheses(query.body)
    if isinstance(body, Select):
        result = analyse_select(ctx, scope, body, expected_columns, order_by=query.order_by)
    else:
        result = _analyse_body(ctx, scope, body, expected_columns)
        _order_by_names(ctx, scope, query.order_by, result)
    result = _limited(ctx, query.limit, result)
    _check_locks(ctx, scope, query)
    return result


def _without_parentheses(body: QueryBody) -> QueryBody:
    """Remove redundant parentheses: `(SELECT ...) ORDER BY x`."""
    while isinstance(body, Query) and not (body.with_ or body.order_by or body.limit or body.locks):
        body = body.body
    return body


def _analyse_body(
    ctx: Context, env: Scope, body: QueryBody, expected_columns: Sequence[Expected | None]
) -> QueryResult:
    match body:
        case Select():
            return analyse_select(ctx, Scope(env.parent, env.common, env.schema), body, expected_columns)
        case SetOperation():
            return _set_operation(ctx, env, body, expected_columns)
        case ValuesRows():
            return _values_rows(ctx, env, body, expected_columns)
        case TableStatement():
            return _table_statement(ctx, env, body)
        case Query():
            return analyse_query(ctx, body, env.parent, expected_columns, within=env)


# --- WITH ---------------------------------------------------------------------------------------------


def define_common_tables(ctx: Context, scope: Scope, with_: With) -> None:
    """Analyse the common tables of a WITH in order, and put them in the scope's reach."""
    names: set[str] = set()
    for table in with_.tables:
        if table.name.lower() in names:
            ctx.report(f"common table '{table.name}' is defined twice", table)
        names.add(table.name.lower())
        entry = CommonTableScope(table.name, table.query, table.columns, scope.common)
        if with_.recursive and isinstance(table.query.body, SetOperation):
            entry.result = _recursive(ctx, scope, entry, table)
        else:
            entry.result = ctx.analyse_query(ctx, table.query, scope.parent, within=scope)
        _check_common_table(ctx, table, entry.result)
        scope.common = entry


def _check_common_table(ctx: Context, table: CommonTable, result: object) -> None:
    if not isinstance(result, QueryResult) or not result.valid:
        return
    if table.columns and len(table.columns) != len(result.columns):
        ctx.report(
            f"{len(table.columns)} column names for '{table.name}', which has {len(result.columns)} columns",
            table,
        )
    else:
        report_duplicates(ctx, result, table.columns, table)


def _recursive(ctx: Context, scope: Scope, entry: CommonTableScope, table: CommonTable) -> QueryResult:
    """Analyse a recursive common table. Its types are the seed's; a column is nullable if the seed's or an arm's is.

    The recursive arms are analysed again until no further column becomes nullable.
    """
    seeds, arms = _split_arms(table.query.body, table.name)
    if not arms or not seeds:
        return ctx.analyse_query(ctx, table.query, scope.parent, within=scope)
    if table.query.order_by:
        ctx.report(
            "a recursive common table takes no ORDER BY", table.query.order_by[0], "sort where it is read"
        )
    result = _combined(ctx, seeds, [_arm(ctx, scope, seed) for seed in seeds], "UNION")
    if not result.valid:
        return result
    names = table.columns if len(table.columns) == len(result.columns) else ()
    columns = [
        msgspec.structs.replace(
            column, name=names[index] if names else column.name, nullability_sources=frozenset()
        )
        for index, column in enumerate(result.columns)
    ]
    for arm in arms:
        _check_recursive_arm(ctx, arm, table.name)
    scope.common = entry
    for _ in range(_MAX_ROUNDS):
        entry.recursive_columns = columns
        found = [_arm(ctx, scope, arm) for arm in arms]
        for arm, arm_result in zip(arms, found, strict=True):
            _check_width(ctx, arm, arm_result, len(columns))
        widened = _widen(columns, found)
        if widened == columns:
            break
        columns = widened
    else:
        columns = [msgspec.structs.replace(column, nullable=True, source_column=None) for column in columns]
    entry.recursive_columns = None
    unlimited = QueryResult(tuple(columns), min_one=result.min_one)
    return _limited(ctx, table.query.limit, unlimited)


def _check_recursive_arm(ctx: Context, arm: QueryBody, name: str) -> None:
    """A recursive arm reads its table once, in FROM, and neither groups, sorts nor looks through windows."""
    if isinstance(arm, Query) and (arm.order_by or arm.limit):
        ctx.report("the recursive part of a common table takes neither ORDER BY nor LIMIT", arm)
    while isinstance(arm, Query):
        arm = arm.body
    if not isinstance(arm, Select):
        return
    if arm.distinct:
        ctx.report(
            "the recursive part of a common table cannot be DISTINCT", arm, "write UNION instead of UNION ALL"
        )
    uses = [
        node
        for node in walk(arm)
        if isinstance(node, TableName) and node.schema is None and node.name.lower() == name.lower()
    ]
    if uses and not any(use is each for use in uses for each in _tables_of(arm.from_)):
        ctx.report(
            f"the recursive table '{name}' cannot be read in a subquery of its recursive part", uses[0]
        )
    if len(uses) > 1:
        ctx.report(f"the recursive table '{name}' can be read only once in its recursive part", uses[1])
    for item in arm.items:
        if contains_aggregate(item.expr) or contains_window(item.expr):
            ctx.report("the recursive part of a common table cannot aggregate, nor use windows", item)
    if arm.group_by:
        ctx.report("the recursive part of a common table cannot group", arm.group_by[0])


def _tables_of(ref: TableRef | None) -> list[TableName]:
    """The tables of a FROM, not those of its derived tables."""
    if isinstance(ref, Join):
        return [*_tables_of(ref.left), *_tables_of(ref.right)]
    return [ref] if isinstance(ref, TableName) else []


def _arm(ctx: Context, scope: Scope, body: QueryBody) -> QueryResult:
    return _analyse_body(ctx, Scope(scope.parent, scope.common, scope.schema), body, ())


def _widen(columns: list[OutputColumn], arms: Sequence[QueryResult]) -> list[OutputColumn]:
    widened: list[OutputColumn] = []
    for index, column in enumerate(columns):
        others = [arm.columns[index] for arm in arms if len(arm.columns) == len(columns)]
        nullable = column.nullable or any(other.nullable for other in others)
        same = all(other.source_column == column.source_column for other in others)
        shape = column.json if all(other.json == column.json for other in others) else None
        source_column = column.source_column if same else None
        widened.append(
            msgspec.structs.replace(column, nullable=nullable, source_column=source_column, json=shape)
        )
    return widened


def _split_arms(body: QueryBody, name: str) -> tuple[list[QueryBody], list[QueryBody]]:
    """The arms of a recursive common table that do not mention it, and those that do."""
    arms = _flatten(body)
    recursive = [arm for arm in arms if mentions(arm, name)]
    return [arm for arm in arms if arm not in recursive], recursive


def _flatten(body: QueryBody) -> list[QueryBody]:
    if isinstance(body, SetOperation) and body.op == "UNION":
        return [*_flatten(body.left), *_flatten(body.right)]
    return [body]


def mentions(body: QueryBody, name: str) -> bool:
    """True if a query reads a table of that name, at any depth."""
    return any(
        isinstance(node, TableName) and node.schema is None and node.name.lower() == name.lower()
        for node in walk(body)
    )


# --- set operations -----------------------------------------------------------------------------------


def _set_operation(
    ctx: Context, env: Scope, operation: SetOperation, expected_columns: Sequence[Expected | None]
) -> QueryResult:
    bodies = (operation.left, operation.right)
    return _combined(
        ctx, bodies, [_analyse_body(ctx, env, body, expected_columns) for body in bodies], operation.op
    )


def _combined(ctx: Context, bodies: Sequence[QueryBody], arms: Sequence[QueryResult], op: str) -> QueryResult:
    """Check the widths of the arms, and combine them. An arm with an error gives a result that is not valid."""
    first = arms[0]
    if not all(arm.valid for arm in arms):
        return QueryResult(first.columns, valid=False)
    if not all(_check_width(ctx, *each, len(first.columns)) for each in zip(bodies, arms, strict=True)):
        return QueryResult(first.columns, valid=False)
    return _merge_arms(arms, op)


def _check_width(ctx: Context, arm: QueryBody, result: QueryResult, width: int) -> bool:
    if not result.valid or len(result.columns) == width:
        return True
    ctx.report(
        f"this part of the set operation has {len(result.columns)} columns, the first has {width}",
        arm,
        "all parts need the same number of columns",
    )
    return False


def _merge_arms(arms: Sequence[QueryResult], op: str) -> QueryResult:
    """Combine the arms: UNION returns rows of any arm, INTERSECT of all arms, EXCEPT of the first."""
    columns = tuple(_merge_columns(each, op) for each in zip(*(arm.columns for arm in arms), strict=True))
    min_one = op == "UNION" and any(arm.min_one for arm in arms)
    max_one = op != "UNION" and arms[0].max_one
    return QueryResult(columns, min_one, max_one)


def _merge_columns(columns: Sequence[OutputColumn], op: str) -> OutputColumn:
    first = columns[0]
    nullable = {
        "UNION": any(column.nullable for column in columns),
        "INTERSECT": all(column.nullable for column in columns),
        "EXCEPT": first.nullable,
    }[op]
    sql_type = common_type([column.type for column in columns])
    real = [column for column in columns if family(column.type) != "null"] or list(columns)
    same = all(column.source_column == real[0].source_column for column in real)
    alike = sql_type.name == "BINARY" and all(column.source_column for column in real)
    source_column = real[0].source_column if same or alike else None
    shape = common_shape([column.json for column in real], nullable=nullable) if sql_type == JSON else None
    return OutputColumn(first.name, sql_type, nullable, first.start, first.end, source_column, shape)


def _values_rows(
    ctx: Context, env: Scope, values: ValuesRows, expected_columns: Sequence[Expected | None]
) -> QueryResult:
    scope = Scope(env.parent, env.common, env.schema)
    scope.clause = "values"
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
            ctx.evaluate(scope, expr, expected_columns[index] if index < len(expected_columns) else None)
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
    columns = tuple(_merge_columns(each, "UNION") for each in zip(*rows, strict=True))
    return QueryResult(columns, min_one=True, max_one=len(rows) == 1)


def _table_statement(ctx: Context, env: Scope, table: TableStatement) -> QueryResult:
    star = SelectItem(table.start, table.end, Star(table.start, table.end))
    select = Select(table.start, table.end, (star,), from_=table.table)
    return analyse_select(ctx, Scope(env.parent, env.common, env.schema), select, ())


# --- ORDER BY, LIMIT, locks -------------------------------------------------------------------------


def _order_by_names(ctx: Context, scope: Scope, order_by: Sequence[OrderItem], result: QueryResult) -> None:
    """ORDER BY of a set operation: the names and positions of its columns."""
    if not order_by or not result.valid:
        return
    outer = Scope(scope.parent, scope.common, scope.schema)
    distinct = {column.name.lower(): column for column in result.columns}
    part = single(ctx, outer, relation_of(ctx, QueryResult(tuple(distinct.values())), "", ()), order_by[0])
    outer.set_namespace(part.namespace)
    outer.clause = "order"
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
            ctx.evaluate(outer, item.expr)


def _check_position(ctx: Context, position: IntLiteral, width: int, clause: str) -> bool:
    """Report a position beyond the select list."""
    if 1 <= position.value <= width:
        return True
    ctx.report(f"position {position.value} in {clause}: the select list has {width} columns", position)
    return False


def _limited(ctx: Context, limit: Limit | None, result: QueryResult) -> QueryResult:
    if limit is None:
        return result
    visit_limit(ctx, limit)
    count = limit.count.value if isinstance(limit.count, IntLiteral) else None
    no_offset = limit.offset is None or (isinstance(limit.offset, IntLiteral) and limit.offset.value == 0)
    return msgspec.structs.replace(
        result,
        min_one=result.min_one and no_offset and count is not None and count > 0,
        max_one=result.max_one or (count is not None and count <= 1),
    )


def visit_limit(ctx: Context, limit: Limit) -> None:
    """LIMIT and OFFSET take integers: literals and parameters."""
    for expr, name in ((limit.count, "limit"), (limit.offset, "offset")):
        if isinstance(expr, Param):
            ctx.parameters.use(expr, Expected(UBIGINT, name=name))
        elif expr is not None and not isinstance(expr, IntLiteral):
            ctx.report(f"{name.upper()} takes an integer or a parameter", expr)


def _check_locks(ctx: Context, scope: Scope, query: Query) -> None:
    for lock in query.locks:
        for name in lock.tables:
            names = [relation.name for relation in scope.namespace.relations]
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
