"""Literals, parameters and variables."""

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.system_variables import variable_type
from tools.sqlgen.syntax.ast import (
    Assign,
    BoolLiteral,
    BytesLiteral,
    DecimalLiteral,
    FloatLiteral,
    IntLiteral,
    NullLiteral,
    Param,
    StringLiteral,
    SystemVariable,
    TemporalLiteral,
    Unit,
    UserVariable,
)
from tools.sqlgen.types.date_text import has_time, is_time, is_whole_date
from tools.sqlgen.types.sql_type import (
    BOOL,
    DATE,
    DOUBLE,
    LONGBLOB,
    NULL,
    TEMPORAL,
    VARCHAR,
    SqlType,
    decimal,
    family,
    temporal,
)
from tools.sqlgen.types.typed_expr import TypedExpr

_MAX_SIGNED = 2**63 - 1


_MAX_UNSIGNED = 2**64 - 1


def evaluate_null(_ctx: Context, _place: Place, _expr: NullLiteral, _expected: Expected | None) -> TypedExpr:
    return TypedExpr(NULL, nullable=True)


def evaluate_bool(_ctx: Context, _place: Place, _expr: BoolLiteral, _expected: Expected | None) -> TypedExpr:
    return TypedExpr(BOOL, nullable=False)


def evaluate_int(_ctx: Context, _place: Place, expr: IntLiteral, _expected: Expected | None) -> TypedExpr:
    digits = len(str(abs(expr.value)))
    if expr.value > _MAX_UNSIGNED:
        return TypedExpr(decimal(digits, 0), nullable=False)
    return TypedExpr(SqlType("BIGINT", unsigned=expr.value > _MAX_SIGNED, precision=digits), nullable=False)


def evaluate_decimal(
    _ctx: Context, _place: Place, expr: DecimalLiteral, _expected: Expected | None
) -> TypedExpr:
    whole, _, places = expr.text.partition(".")
    return TypedExpr(decimal(max(len(whole.lstrip("0")), 0) + len(places), len(places)), nullable=False)


def evaluate_float(
    _ctx: Context, _place: Place, _expr: FloatLiteral, _expected: Expected | None
) -> TypedExpr:
    return TypedExpr(DOUBLE, nullable=False)


def evaluate_string(ctx: Context, place: Place, expr: StringLiteral, _expected: Expected | None) -> TypedExpr:
    if ctx.text.startswith('"', expr.start) and expr.value.lower() in place.namespace.by_name:
        hint = f"write `{expr.value}` for the column, '{expr.value}' for the text"
        ctx.report(f'"{expr.value}" is a text, and not the column of that name', expr, hint, "warning")
    if expr.charset is not None and expr.charset.lower() == "binary":
        return TypedExpr(SqlType("VARBINARY", length=len(expr.value), charset="binary"), nullable=False)
    return TypedExpr(SqlType("VARCHAR", length=len(expr.value) or None), nullable=False)


def evaluate_bytes(_ctx: Context, _place: Place, expr: BytesLiteral, _expected: Expected | None) -> TypedExpr:
    if expr.charset is not None and expr.charset.lower() != "binary":
        return TypedExpr(SqlType("VARCHAR", length=len(expr.value) or None), nullable=False)
    return TypedExpr(SqlType("VARBINARY", length=len(expr.value) or None, charset="binary"), nullable=False)


def evaluate_temporal(
    ctx: Context, _place: Place, expr: TemporalLiteral, _expected: Expected | None
) -> TypedExpr:
    # {d '...'} is text if it is no date.
    if not ctx.text.startswith("{", expr.start) and not _is_temporal(expr):
        ctx.report(f"'{expr.value}' is no {expr.kind}", expr)
    scale = len(expr.value.partition(".")[2])
    types = {"DATE": DATE, "TIME": temporal("TIME", scale), "TIMESTAMP": temporal("DATETIME", scale)}
    return TypedExpr(types[expr.kind], nullable=False)


def _is_temporal(expr: TemporalLiteral) -> bool:
    match expr.kind:
        case "DATE":
            return is_whole_date(expr.value) and not has_time(expr.value)
        case "TIMESTAMP":
            return is_whole_date(expr.value) and has_time(expr.value)
        case "TIME":
            return is_time(expr.value)


def evaluate_param(ctx: Context, place: Place, expr: Param, expected: Expected | None) -> TypedExpr:
    if expr.kind == "slice" and expr not in ctx.info.slices:
        ctx.report(
            "sqlc.slice can only stand in an IN list or in FIELD", expr, "write: column IN (sqlc.slice(name))"
        )
    known = ctx.parameters.use(expr, expected, optional=place.optional)
    nullable = expr.kind == "narg"
    if known is None:
        return TypedExpr(VARCHAR, nullable, untyped=True)
    if family(known) in TEMPORAL:
        # A driver without prepared statements writes the value into the text: '2026-01-01' is no DATE.
        known = msgspec.structs.replace(known, is_misformatted=True)
    return TypedExpr(known, nullable)


def evaluate_user_variable(
    _ctx: Context, _place: Place, _expr: UserVariable, _expected: Expected | None
) -> TypedExpr:
    return TypedExpr(LONGBLOB, nullable=True)


def evaluate_system_variable(
    _ctx: Context, _place: Place, expr: SystemVariable, _expected: Expected | None
) -> TypedExpr:
    sql_type = variable_type(expr.name)
    return TypedExpr(sql_type, nullable=sql_type == VARCHAR)


def evaluate_assign(ctx: Context, place: Place, expr: Assign, expected: Expected | None) -> TypedExpr:
    value = ctx.evaluate(place, expr.value, expected)
    if family(value.type) in {"date", "datetime", "time", "enum", "set"}:
        return TypedExpr(VARCHAR, value.nullable)
    return TypedExpr(value.type, value.nullable)


def evaluate_unit(_ctx: Context, _place: Place, _expr: Unit, _expected: Expected | None) -> TypedExpr:
    return TypedExpr(VARCHAR, nullable=False)
