"""Operands that the server refuses when it prepares a statement.

Rows where one value is needed, texts that are no dates, geometries where a number is needed.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.syntax.ast import Expr, Row, StringLiteral, Subquery
from tools.sqlgen.types.date_text import is_date
from tools.sqlgen.types.sql_type import family
from tools.sqlgen.types.typed_expr import TypedExpr


def require_one_column(ctx: Context, expr: Expr) -> None:
    """Report a row, or a subquery of several columns, in a place for a single value."""
    width = len(expr.items) if isinstance(expr, Row) else 1
    if isinstance(expr, Subquery):
        result = ctx.info.subqueries.get(expr)
        width = len(result.columns) if result is not None and result.valid else 1
    if width != 1:
        ctx.report(f"one column is needed here, and this has {width}", expr)


def check_dates(ctx: Context, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Report a text that is compared with a date and is none (error 1525)."""
    kind = next((value.type.name for value in values if family(value.type) in {"date", "datetime"}), None)
    if kind is None or ctx.catalog.server == "mariadb":
        return
    for expr in exprs:
        if isinstance(expr, StringLiteral) and not is_date(expr.value):
            ctx.report(
                f"'{expr.value}' is no {kind}", expr, "write it as 'YYYY-MM-DD' or 'YYYY-MM-DD hh:mm:ss'"
            )


def refuse_geometries(ctx: Context, what: str, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Report a geometry as an operand of what takes numbers or texts (error 1210)."""
    for expr, value in zip(exprs, values, strict=False):
        if family(value.type) == "geometry" and ctx.catalog.server != "mariadb":
            ctx.report(f"{what} takes no geometry", expr, "use a function such as ST_X or ST_AsText")
