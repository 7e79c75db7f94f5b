"""Operands that the server refuses when it prepares a statement.

Rows where one value is needed, texts that are no dates, geometries where a number is needed.
"""

import re
from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import Expr, Row, StringLiteral, Subquery
from tools.sqlgen.types.date_text import is_date
from tools.sqlgen.types.sql_type import NULL_TEXT, SqlType, family
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


def warn_of_members(ctx: Context, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Warn of a text that is compared with an ENUM and is no member of it: no row has it."""
    enum = next((value.type for value in values if family(value.type) == "enum" and value.type.values), None)
    if enum is None:
        return
    members = {member.lower() for member in enum.values}
    for expr in exprs:
        if isinstance(expr, StringLiteral) and expr.value.rstrip().lower() not in members:
            hint = (
                did_you_mean(expr.value, enum.values)
                or f"the members are {', '.join(map(repr, enum.values))}"
            )
            ctx.report(f"'{expr.value}' is no member of the ENUM", expr, hint, "warning")


def warn_of_placeholder(ctx: Context, pattern: Expr) -> None:
    """Warn of LIKE '%:q%': inside of a text there is no parameter."""
    if isinstance(pattern, StringLiteral) and (found := _PLACEHOLDER.search(pattern.value)):
        name = found[1] or "q"
        ctx.report(
            f"'{found[0]}' inside of a text is no parameter",
            pattern,
            f"write CONCAT('%', :{name}, '%')",
            "warning",
        )


_PLACEHOLDER = re.compile(r"(?<![\w:]):([A-Za-z_]\w*)|(?<=%)\?(?=%|$)")


def refuse_geometries(ctx: Context, what: str, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Report a geometry as an operand of what takes numbers or texts (error 1210)."""
    for expr, value in zip(exprs, values, strict=False):
        if family(value.type) == "geometry" and ctx.catalog.server != "mariadb":
            ctx.report(f"{what} takes no geometry", expr, "use a function such as ST_X or ST_AsText")


def refuse_vectors(ctx: Context, what: str, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Report a VECTOR as an operand of a function or operator that takes none (error 1210)."""
    for expr, value in zip(exprs, values, strict=False):
        if family(value.type) == "vector" and ctx.catalog.server != "mariadb":
            ctx.report(f"{what} takes no vector", expr, "use VECTOR_TO_STRING")


def refuse_objects(ctx: Context, what: str, exprs: Sequence[Expr], values: Sequence[TypedExpr]) -> None:
    """Report geometries and vectors as operands of an operator that takes numbers or texts (error 1210)."""
    refuse_geometries(ctx, what, exprs, values)
    refuse_vectors(ctx, what, exprs, values)


def require_vectors(ctx: Context, what: str, types: Sequence[SqlType], start: int, end: int) -> None:
    """Report a vector beside a value of another type: the two have no common type (error 6135)."""
    kinds = {family(each) for each in types if each != NULL_TEXT} - {"null", "unknown"}
    if "vector" in kinds and len(kinds) > 1 and ctx.catalog.server != "mariadb":
        hint = "make a vector of a text with STRING_TO_VECTOR, or a text of the vector with VECTOR_TO_STRING"
        ctx.report_span(f"{what} mixes a vector with a value of another type", start, end, hint)
