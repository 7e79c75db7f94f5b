"""LIMIT: its operands, and the number of rows that it leaves."""

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.place import Environment
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    IntLiteral,
    Limit,
    Param,
)
from tools.sqlgen.types.sql_type import UBIGINT


def limited(ctx: Context, environment: Environment, limit: Limit | None, result: QueryResult) -> QueryResult:
    """Analyse LIMIT; returns the result with the number of rows that it leaves."""
    if limit is None:
        return result
    visit_limit(ctx, limit, optional=environment.optional)
    count = limit.count.value if isinstance(limit.count, IntLiteral) else None
    no_offset = limit.offset is None or (isinstance(limit.offset, IntLiteral) and limit.offset.value == 0)
    return msgspec.structs.replace(
        result,
        min_one=result.min_one and no_offset and count is not None and count > 0,
        max_one=result.max_one or (count is not None and count <= 1),
    )


def visit_limit(ctx: Context, limit: Limit, *, optional: bool) -> None:
    """LIMIT and OFFSET take integers: literals and parameters."""
    for expr, name in ((limit.count, "limit"), (limit.offset, "offset")):
        if isinstance(expr, Param):
            ctx.parameters.use(expr, Expected(UBIGINT, name=name), optional=optional)
        elif expr is not None and not isinstance(expr, IntLiteral):
            ctx.report(f"{name.upper()} takes an integer or a parameter", expr, at_parse=True)
