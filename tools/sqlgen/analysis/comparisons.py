"""Comparisons: when `column = value` holds for a single value of the column.

The server compares values of different types as DOUBLE, as dates, or as text in the collation of one of them. Several
values of the column may then be equal to one other value: '5' and '5.0' to the number 5, 'a' and 'A' to a text with
another collation, and two BIGINT of 17 digits to the text of one of them.
"""

from tools.sqlgen.analysis.collations import BINARY, COERCIBLE
from tools.sqlgen.analysis.scope import Side
from tools.sqlgen.types.sql_type import NUMERIC, TEMPORAL, TEXTUAL, SqlType, family
from tools.sqlgen.types.type_table import INT_BITS, Family

EXACT: frozenset[Family] = frozenset(("int", "decimal", "year", "bit", "bytes", "date", "datetime", "time"))
"""Types whose equal values are the same: not so 'a' and 'A', 0.0 and -0.0, the JSON numbers 1 and 1.0."""

_DOUBLE_BITS = 53
_DOUBLE_DIGITS = 15
_DATETIME_DIGITS = 14
"""Digits of a DATETIME without fractional seconds, as a number."""
_OWN_COMPARISON = frozenset(("UUID", "INET4", "INET6"))
"""Types of MariaDB to which the server converts a text before it compares."""


def equals_one_value(column: Side, other: Side) -> bool:
    """True if the equality with one value of the other side holds for a single value of the column."""
    of_column, of_other = family(column.type), family(other.type)
    if of_other == "null" or column.type.name in _OWN_COMPARISON:
        return True
    if of_column in TEXTUAL | {"bytes"}:
        return _equals_one_text(column, other)
    if of_column in NUMERIC:
        # Values of FLOAT and DOUBLE are different as DOUBLE, regardless of the other side.
        return of_other in _EXACT_NUMBERS or _is_exact_as_double(column.type)
    if of_column in TEMPORAL:
        as_dates = of_other in TEMPORAL or (of_other in TEXTUAL and other.collation == COERCIBLE)
        return as_dates or _is_exact_as_double(column.type)
    return False


_EXACT_NUMBERS: frozenset[Family] = frozenset(("int", "decimal", "year", "bit"))
"""Types that are compared with each other as exactly as with themselves."""


def is_compared_alike(column: SqlType, other: SqlType) -> bool:
    """True if values of `other` that are equal, but not the same, are equal to the same values of the column."""
    kinds = {family(column), family(other)}
    return kinds <= TEXTUAL or kinds <= NUMERIC


def _equals_one_text(column: Side, other: Side) -> bool:
    if family(other.type) == "bytes":
        return other.collation is not None
    if family(other.type) not in TEXTUAL or other.collation is None:
        return False
    return other.collation in {COERCIBLE, column.collation} or column.collation == BINARY


def _is_exact_as_double(sql_type: SqlType) -> bool:
    """True if different values of a type of numbers or dates are different as DOUBLE."""
    match family(sql_type):
        case "int":
            return INT_BITS[sql_type.name] < _DOUBLE_BITS
        case "bit":
            return (sql_type.length or 64) <= _DOUBLE_BITS
        case "decimal":
            return (sql_type.precision or 65) <= _DOUBLE_DIGITS
        case "datetime":
            return _DATETIME_DIGITS + (sql_type.scale or 0) <= _DOUBLE_DIGITS
        case _:
            return True  # FLOAT, DOUBLE, YEAR, DATE, and TIME, which has 13 digits at most
