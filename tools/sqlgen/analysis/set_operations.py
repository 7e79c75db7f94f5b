"""UNION, INTERSECT and EXCEPT: one result from the results of their arms."""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.collations import common_collation
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.bits import combined_as_sent
from tools.sqlgen.analysis.expressions.operand_checks import require_vectors
from tools.sqlgen.analysis.json_shapes import common_shape
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.syntax.ast import QueryBody
from tools.sqlgen.types.common_type import common_type, common_type_in_mariadb, may_lose_values
from tools.sqlgen.types.sql_type import JSON, family


def combined(ctx: Context, bodies: Sequence[QueryBody], arms: Sequence[QueryResult], op: str) -> QueryResult:
    """Check the widths of the arms, and combine them. An arm with an error gives a result that is not valid."""
    first = arms[0]
    if not all(arm.valid for arm in arms):
        return QueryResult(first.columns, valid=False)
    if not all(check_width(ctx, *each, len(first.columns)) for each in zip(bodies, arms, strict=True)):
        return QueryResult(first.columns, valid=False)
    merged = _merge_arms(ctx, arms, op)
    columns: list[OutputColumn] = []
    for column, *parts in zip(merged.columns, *(arm.columns for arm in arms), strict=True):
        types = [part.type for part in parts]
        require_vectors(ctx, op, types, column.start, column.end)
        sent = combined_as_sent(ctx, types, column.type)
        columns.append(msgspec.structs.replace(column, type=sent))
    return msgspec.structs.replace(merged, columns=tuple(columns))


def check_width(ctx: Context, arm: QueryBody, result: QueryResult, width: int) -> bool:
    if not result.valid or len(result.columns) == width:
        return True
    ctx.report(
        f"this part of the set operation has {len(result.columns)} columns, the first has {width}",
        arm,
        "all parts need the same number of columns",
    )
    return False


def _merge_arms(ctx: Context, arms: Sequence[QueryResult], op: str) -> QueryResult:
    """Combine the arms: UNION returns rows of any arm, INTERSECT of all arms, EXCEPT of the first."""
    columns = tuple(merge_columns(ctx, each, op) for each in zip(*(arm.columns for arm in arms), strict=True))
    min_one = op == "UNION" and any(arm.min_one for arm in arms)
    max_one = op != "UNION" and arms[0].max_one
    return QueryResult(columns, min_one, max_one)


def merge_columns(ctx: Context, columns: Sequence[OutputColumn], op: str) -> OutputColumn:
    first = columns[0]
    nullable = {
        "UNION": any(column.nullable for column in columns),
        "INTERSECT": all(column.nullable for column in columns),
        "EXCEPT": first.nullable,
    }[op]
    nullable = nullable or may_lose_values([column.type for column in columns])
    merge = common_type_in_mariadb if ctx.catalog.server == "mariadb" else common_type
    sql_type = merge([column.type for column in columns])
    real = [column for column in columns if family(column.type) != "null"] or list(columns)
    same = all(column.source_column == real[0].source_column for column in real)
    alike = sql_type.name == "BINARY" and all(column.source_column for column in real)
    source_column = real[0].source_column if same or alike else None
    shape = common_shape([column.json for column in real], nullable=nullable) if sql_type == JSON else None
    collation = common_collation(column.collation for column in columns)
    return OutputColumn(
        first.name, sql_type, nullable, first.start, first.end, source_column, shape, collation=collation
    )
