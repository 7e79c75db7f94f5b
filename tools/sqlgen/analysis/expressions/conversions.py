"""CAST, CONVERT and COLLATE."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.rows import require_one_column
from tools.sqlgen.analysis.scope import Scope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    Cast,
    Collate,
    ConvertCharset,
)
from tools.sqlgen.types.declared import cast_type
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.sql_type import (
    LONGTEXT,
    VARBINARY,
    VARCHAR,
    SqlType,
    family,
)
from tools.sqlgen.types.typed_expr import TypedExpr

_UNCHECKED_BYTES = frozenset({"bytes", "bit", "geometry", "vector"})
"""Families whose bytes may be no valid text: conversion to text then gives NULL."""


def evaluate_cast(ctx: Context, scope: Scope, expr: Cast, _expected: Expected | None) -> TypedExpr:
    target = cast_type(expr.type)
    operand = ctx.evaluate(scope, expr.operand, Expected(target))
    require_one_column(ctx, expr.operand)
    if (
        expr.type.name in {"CHAR", "NCHAR"}
        and operand.type.name.endswith(("TEXT", "JSON"))
        and not target.length
    ):
        target = LONGTEXT
    is_json = family(target) == "json"
    nullable = operand.nullable or _may_fail(target, operand.type)
    return TypedExpr(target, nullable, json=JsonAny(nullable=nullable) if is_json else None)


def _may_fail(target: SqlType, source: SqlType) -> bool:
    """True if CAST gives NULL for some values of the source type."""
    match family(target):
        case "date" | "datetime":
            return family(source) not in {"date", "datetime", "time"}
        case "time":
            return family(source) not in {"datetime", "time", "date"}
        case "year":
            return family(source) != "year"
        case "string":
            return family(source) in _UNCHECKED_BYTES
        case "geometry" | "vector" | "unknown":
            return True
        case _:
            return False


def evaluate_convert_charset(
    ctx: Context, scope: Scope, expr: ConvertCharset, expected: Expected | None
) -> TypedExpr:
    operand = ctx.evaluate(scope, expr.operand, expected or Expected(VARCHAR))
    if expr.charset.lower() == "binary":
        return TypedExpr(VARBINARY, operand.nullable)
    may_fail = family(operand.type) in {*_UNCHECKED_BYTES, "unknown"}
    large = operand.type.name.endswith(("TEXT", "BLOB", "JSON"))
    return TypedExpr(LONGTEXT if large else VARCHAR, operand.nullable or may_fail)


def evaluate_collate(ctx: Context, scope: Scope, expr: Collate, expected: Expected | None) -> TypedExpr:
    operand = ctx.evaluate(scope, expr.operand, expected or Expected(VARCHAR))
    return operand if family(operand.type) == "string" else TypedExpr(VARCHAR, operand.nullable)
