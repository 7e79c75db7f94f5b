"""Dates shifted by intervals: `base + INTERVAL step unit`, DATE_ADD, DATE_SUB, ADDDATE, SUBDATE."""

import re

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.literal_numbers import literal_int
from tools.sqlgen.functions.result_types import shifted
from tools.sqlgen.syntax.ast import Call, Cast, Expr, Interval, StringLiteral, TemporalLiteral
from tools.sqlgen.types.date_text import is_date
from tools.sqlgen.types.sql_type import DATE, DATETIME, family
from tools.sqlgen.types.typed_expr import TypedExpr


def shift_date(
    ctx: Context, place: Place, base: Expr, interval: Interval, expected: Expected | None
) -> TypedExpr:
    """`base + INTERVAL step unit`, also as DATE_ADD."""
    step = ctx.evaluate(place, interval)
    start = ctx.evaluate(place, base, _expected_base(interval, expected))
    near = _is_near_now(base) or _is_written_date(base)
    nullable = not (near and _is_small(interval.value)) or start.nullable
    return TypedExpr(shifted(start.type, interval.unit, step), nullable)


def _expected_base(interval: Interval, expected: Expected | None) -> Expected:
    if expected is not None and family(expected.type) in {"date", "datetime"}:
        return Expected(expected.type)
    date_only = interval.unit.upper() in {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "YEAR_MONTH"}
    return Expected(DATE if date_only else DATETIME)


_NOW = frozenset(
    ("NOW", "CURDATE", "CURRENT_DATE", "CURRENT_TIMESTAMP", "SYSDATE", "LOCALTIME", "LOCALTIMESTAMP",
     "UTC_DATE",
     "UTC_TIMESTAMP")
)  # fmt: skip


def _is_near_now(expr: Expr) -> bool:
    """True for the current date or time: no interval in practice leaves the range of dates from there."""
    if isinstance(expr, Call) and expr.name.upper() == "DATE" and len(expr.args) == 1:
        return _is_near_now(expr.args[0])
    return isinstance(expr, Call) and expr.name.upper() in _NOW


def _is_written_date(expr: Expr) -> bool:
    """True for a literal date of which a thousand years later and before are dates too."""
    if isinstance(expr, Cast) and expr.type.name in {"DATE", "DATETIME"}:
        return _is_written_date(expr.operand)
    if isinstance(expr, (StringLiteral, TemporalLiteral)):  # the servers refuse TIME '2020-01-01'
        found = re.match(r"\s*(\d{4})-", expr.value)
        return found is not None and is_date(expr.value) and _EARLIEST < int(found[1]) < _LATEST
    return False


_EARLIEST, _LATEST = 1100, 8900


def _is_small(expr: Expr) -> bool:
    """An interval's step that is written out and small."""
    step = literal_int(expr)
    return step is not None and abs(step) <= _SMALL_STEP


_SMALL_STEP = 1000
"""Of any unit: a thousand years before or after now are in the range of dates."""
