"""CAST, CONVERT and COLLATE."""

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import (
    refuse_geometries,
    refuse_vectors,
    require_one_column,
)
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Cast,
    Collate,
    ConvertCharset,
    Node,
    StringLiteral,
)
from tools.sqlgen.types.collations import CHARSETS, COLLATIONS, same_charset
from tools.sqlgen.types.date_text import is_date
from tools.sqlgen.types.declared import cast_type, charset_of
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.sql_type import (
    LONGTEXT,
    TEMPORAL,
    VARBINARY,
    VARCHAR,
    SqlType,
    family,
)
from tools.sqlgen.types.typed_expr import TypedExpr

_UNCHECKED_BYTES = frozenset({"bytes", "bit", "geometry", "vector", "unknown"})
"""Families whose bytes may be no valid text: conversion to text then gives NULL."""


def evaluate_cast(ctx: Context, place: Place, expr: Cast, _expected: Expected | None) -> TypedExpr:
    target = cast_type(expr.type)
    operand = ctx.evaluate(place, expr.operand, Expected(target))
    require_one_column(ctx, expr.operand)
    if family(target) in {"int", "year"}:
        refuse_geometries(ctx, f"CAST to {expr.type.name}", (expr.operand,), (operand,))
    if family(target) != "bytes":
        refuse_vectors(ctx, f"CAST to {expr.type.name}", (expr.operand,), (operand,))
    if expr.type.charset is not None:
        _check_charset(ctx, expr.type.charset, expr.type)
    if family(target) == "string" and target.length is None and _is_large(operand.type):
        target = msgspec.structs.replace(target, name="LONGTEXT")
    sure = (
        family(target) in {"date", "datetime"}
        and isinstance(expr.operand, StringLiteral)
        and is_date(expr.operand.value)
    )
    nullable = operand.nullable or (not sure and _may_fail(target, operand.type))
    shape = JsonAny(nullable=nullable) if family(target) == "json" else None
    return TypedExpr(target, nullable, json=shape)


def _may_fail(target: SqlType, source: SqlType) -> bool:
    """True if CAST gives NULL for some values of the source type."""
    match family(target):
        case "date" | "datetime" | "time":
            return family(source) not in TEMPORAL
        case "year":
            return family(source) != "year"
        case "string":
            is_stricter = target.name in {"UUID", "INET4", "INET6"} and source.name != target.name
            return is_stricter or family(source) in _UNCHECKED_BYTES
        case _:
            return False  # for a value that does not fit, the server gives 0 or an error, not NULL


def evaluate_convert_charset(
    ctx: Context, place: Place, expr: ConvertCharset, expected: Expected | None
) -> TypedExpr:
    operand = ctx.evaluate(place, expr.operand, expected or Expected(VARCHAR))
    require_one_column(ctx, expr.operand)
    _check_charset(ctx, expr.charset, expr)
    if expr.charset.lower() == "binary":
        return TypedExpr(VARBINARY, operand.nullable)
    text = LONGTEXT if _is_large(operand.type) else VARCHAR
    may_fail = family(operand.type) in _UNCHECKED_BYTES
    return TypedExpr(
        msgspec.structs.replace(text, charset=expr.charset.lower()), operand.nullable or may_fail
    )


def _is_large(sql_type: SqlType) -> bool:
    """True for a type without a length: a text that is made of such a value has no length either."""
    return sql_type.name.endswith(("TEXT", "BLOB", "JSON"))


def _check_charset(ctx: Context, charset: str, node: Node) -> None:
    if charset.lower() not in CHARSETS and ctx.catalog.server != "mariadb":
        ctx.report(f"unknown character set '{charset}'", node, did_you_mean(charset, CHARSETS), at_parse=True)


def _check_collation(ctx: Context, collation: str, operand: TypedExpr, expr: Collate) -> None:
    """Report an unknown collation, and one of another character set than the operand's (error 1253)."""
    if ctx.catalog.server == "mariadb":
        return
    if collation not in COLLATIONS:
        ctx.report(
            f"unknown collation '{collation}'", expr, did_you_mean(collation, COLLATIONS), at_parse=True
        )
        return
    charset = "binary" if family(operand.type) == "bytes" else operand.type.charset
    if isinstance(expr.operand, StringLiteral):
        charset = expr.operand.charset or "utf8mb4"
    if charset is not None and not same_charset(charset, charset_of(collation)):
        ctx.report(f"collation '{collation}' is not one of the character set {charset}", expr)


def evaluate_collate(ctx: Context, place: Place, expr: Collate, expected: Expected | None) -> TypedExpr:
    operand = ctx.evaluate(place, expr.operand, expected or Expected(VARCHAR))
    require_one_column(ctx, expr.operand)
    _check_collation(ctx, expr.collation.lower(), operand, expr)
    return operand if family(operand.type) == "string" else TypedExpr(VARCHAR, operand.nullable)
