"""Collations: which texts are one value to a comparison, and to the keys of a column.

name VARCHAR(20) COLLATE latin1_bin UNIQUE   ->  'a' and 'A' are two values of the key
name = 'a'                                   ->  compared as latin1_bin: at most one row
name = other.title                           ->  compared as utf8mb4_general_ci, if that is the title's: 'a' and 'A'
"""

from collections.abc import Iterable

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.scope import Item
from tools.sqlgen.syntax.ast import (
    CONSTANTS,
    Call,
    Case,
    Collate,
    ColumnRef,
    Expr,
    Subquery,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import NUMERIC, TEMPORAL, family

COERCIBLE = ""
"""The collation of literals and parameters: that of the text beside them."""
BINARY = "binary"

_OF_ARGUMENTS = frozenset(
    ("ANY_VALUE", "COALESCE", "CONCAT", "CONCAT_WS", "IFNULL", "INSERT", "LCASE", "LEFT", "LOWER", "LPAD", "LTRIM",
     "MAX", "MID", "MIN", "REPEAT", "REPLACE", "REVERSE", "RIGHT", "RPAD", "RTRIM", "SUBSTR", "SUBSTRING",
     "SUBSTRING_INDEX", "TRIM", "UCASE", "UPPER")
)  # fmt: skip
"""Functions whose text has the collation of their arguments."""


def collation_of(ctx: Context, expr: Expr) -> str | None:
    """Return the collation of a text, COERCIBLE for one that takes the other's, or None if it is not known."""
    match expr:
        case ColumnRef():
            return _of_column(ctx, expr)
        case Subquery():
            result = ctx.info.subqueries.get(expr)
            found = result.columns[0].collation if result is not None and result.columns else None
            return found or None
        case Call() if expr.name.upper() in _OF_ARGUMENTS and expr.schema is None:
            return common_collation(collation_of(ctx, arg) for arg in expr.args)
        case Case():
            results = (*(when.result for when in expr.whens), expr.otherwise)
            return common_collation(collation_of(ctx, each) for each in results if each is not None)
        case _ if isinstance(expr, CONSTANTS):
            return COERCIBLE
        case _:
            return _of_bytes(ctx, expr)


def _of_column(ctx: Context, ref: ColumnRef) -> str | None:
    found = ctx.info.bindings.get(ref)
    if found is None:
        return None
    if isinstance(found, Item):
        return collation_of(ctx, found.expr)
    column = found[0].columns[found[1]]
    return COERCIBLE if family(column.type) in NUMERIC | TEMPORAL else column.collation


def _of_bytes(ctx: Context, expr: Expr) -> str | None:
    """Return `binary` for bytes that no COLLATE is about."""
    value = ctx.info.typed.get(expr)
    is_bytes = value is not None and family(value.type) == "bytes"
    return BINARY if is_bytes and not any(isinstance(each, Collate) for each in walk(expr)) else None


def common_collation(collations: Iterable[str | None]) -> str | None:
    """Return the collation of a text made of texts with these collations, or None if it is not known."""
    found = set(collations) - {COERCIBLE}
    if not found:
        return COERCIBLE
    return found.pop() if len(found) == 1 else None
