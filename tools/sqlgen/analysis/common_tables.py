"""WITH: common tables in their order, and recursive ones until their nullability is stable."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.derived_tables import report_duplicates
from tools.sqlgen.analysis.expression_key import contains_aggregate, contains_window
from tools.sqlgen.analysis.limits import limited
from tools.sqlgen.analysis.place import Environment
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import CommonTableScope
from tools.sqlgen.analysis.set_operations import check_width, combined
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.syntax.ast import (
    CommonTable,
    Join,
    Query,
    QueryBody,
    Select,
    SetOperation,
    TableName,
    TableRef,
    With,
)
from tools.sqlgen.syntax.visitor import walk

_MAX_ROUNDS = 5
"""Of the analysis of a recursive arm: nullability can only grow, column by column."""


def with_common_tables(ctx: Context, environment: Environment, with_: With | None) -> Environment:
    """Analyse the common tables of a WITH in order; returns the environment of the query after it."""
    if with_ is None:
        return environment
    names: set[str] = set()
    for table in with_.tables:
        if table.name.lower() in names:
            ctx.report(f"common table '{table.name}' is defined twice", table, at_parse=True)
        names.add(table.name.lower())
        ctx.info.common_tables.append(table)
        if with_.recursive and isinstance(table.query.body, SetOperation):
            result = _recursive(ctx, environment, table)
        else:
            result = ctx.analyse_query(ctx, table.query, environment)
        _check_common_table(ctx, table, result)
        environment = _with_table(environment, table, result)
    return environment


def _with_table(
    environment: Environment, table: CommonTable, result: QueryResult, *, recursive: bool = False
) -> Environment:
    """Return the environment in which the common table is the innermost one in reach."""
    common = CommonTableScope(table, environment.common, result, recursive=recursive)
    return Environment(environment.parent, common, environment.schema)


def _check_common_table(ctx: Context, table: CommonTable, result: QueryResult) -> None:
    if not result.valid:
        return
    if table.columns and len(table.columns) != len(result.columns):
        ctx.report(
            f"{len(table.columns)} column names for '{table.name}', which has {len(result.columns)} columns",
            table,
        )
    else:
        report_duplicates(ctx, result, table.columns, table)


def _recursive(ctx: Context, environment: Environment, table: CommonTable) -> QueryResult:
    """Analyse a recursive common table. Its types are the seed's; a column is nullable if the seed's or an arm's is.

    The recursive arms are analysed again until no further column becomes nullable.
    """
    seeds, arms = _split_arms(table.query.body, table.name)
    if not arms or not seeds:
        return ctx.analyse_query(ctx, table.query, environment)
    if table.query.order_by:
        ctx.report(
            "a recursive common table takes no ORDER BY", table.query.order_by[0], "sort where it is read"
        )
    result = combined(ctx, seeds, [_arm(ctx, environment, seed) for seed in seeds], "UNION")
    if not result.valid:
        return result
    names = table.columns if len(table.columns) == len(result.columns) else ()
    columns = tuple(
        msgspec.structs.replace(
            column, name=names[index] if names else column.name, nullability_sources=frozenset()
        )
        for index, column in enumerate(result.columns)
    )
    for arm in arms:
        _check_recursive_arm(ctx, arm, table.name)
    widest = _widest(ctx, environment, table, arms, columns)
    return limited(ctx, environment, table.query.limit, QueryResult(widest, min_one=result.min_one))


def _widest(
    ctx: Context,
    environment: Environment,
    table: CommonTable,
    arms: Sequence[QueryBody],
    columns: tuple[OutputColumn, ...],
) -> tuple[OutputColumn, ...]:
    """Analyse the recursive arms with the columns so far, until these have every property of the arms' rows."""
    for _ in range(_MAX_ROUNDS):
        inside = _with_table(environment, table, QueryResult(columns), recursive=True)
        found = [_arm(ctx, inside, arm) for arm in arms]
        for arm, arm_result in zip(arms, found, strict=True):
            check_width(ctx, arm, arm_result, len(columns))
        widened = _widen(columns, found)
        if widened == columns:
            return columns
        columns = widened
    return tuple(msgspec.structs.replace(column, nullable=True, source_column=None) for column in columns)


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


def _arm(ctx: Context, environment: Environment, body: QueryBody) -> QueryResult:
    return ctx.analyse_query(ctx, Query(body.start, body.end, body), environment)


def _widen(columns: tuple[OutputColumn, ...], arms: Sequence[QueryResult]) -> tuple[OutputColumn, ...]:
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
    return tuple(widened)


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
