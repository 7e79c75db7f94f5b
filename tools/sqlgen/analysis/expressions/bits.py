r"""Values computed from a BIT that the server sends in another format than that of their type.

    SELECT bits FROM t                   ->  b"\x00\x31"  -- 49 in a BIT(16)
    SELECT COALESCE(bits, b'1') FROM t   ->  b"49"         -- digits, with the same type in the result's metadata
    SELECT IF(id > 1, bits, 0) FROM t    ->  b"\x00\x31"  -- as a DECIMAL, on MySQL

A materialized derived table or a sort restores the format of a BIT, so that it depends on the plan.
"""

from collections.abc import Sequence

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.syntax.ast import Call, Case, Expr
from tools.sqlgen.types.sql_type import SqlType
from tools.sqlgen.types.typed_expr import TypedExpr

_SENT_AS_DIGITS = frozenset({"ANY_VALUE", "COALESCE", "GREATEST", "IFNULL", "LEAST"})


def as_sent(ctx: Context, expr: Expr, value: TypedExpr) -> TypedExpr:
    """Mark the type of an expression whose value the server may send in another format."""
    match value.type.name:
        case "BIT":
            misformatted = _is_sent_as_digits(ctx, expr)
        case "DECIMAL":
            misformatted = ctx.catalog.server != "mariadb" and any(
                _is_bit(ctx, each) for each in _branches(expr)
            )
        case _:
            return value
    if not misformatted or value.type.is_misformatted:
        return value
    return msgspec.structs.replace(value, type=msgspec.structs.replace(value.type, is_misformatted=True))


def _is_sent_as_digits(ctx: Context, expr: Expr) -> bool:
    windowed = isinstance(expr, Call) and expr.over is not None
    if ctx.catalog.server == "mariadb":
        return not windowed
    return isinstance(expr, Call) and expr.name.upper() in _SENT_AS_DIGITS


def _branches(expr: Expr) -> Sequence[Expr]:
    """The expressions of which MySQL sends one as it is."""
    match expr:
        case Case():
            results = [when.result for when in expr.whens]
            return results if expr.otherwise is None else [*results, expr.otherwise]
        case Call(args=(_, then, otherwise)) if expr.name.upper() == "IF":
            return then, otherwise
        case _:
            return ()


def _is_bit(ctx: Context, expr: Expr) -> bool:
    value = ctx.info.typed.get(expr)
    return value is not None and (value.type.name == "BIT" or value.type.is_misformatted)


def combined_as_sent(ctx: Context, types: Sequence[SqlType], common: SqlType) -> SqlType:
    """Mark the type of a set operation's column: MariaDB makes a text of a BIT beside a number."""
    bits = any(each.name == "BIT" for each in types)
    if ctx.catalog.server != "mariadb" or not bits or common.name == "BIT":
        return common
    return msgspec.structs.replace(common, is_misformatted=True)
