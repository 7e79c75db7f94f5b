"""Edge values of each type, for rows and parameters."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tools.sqlgen.types.sql_type import SqlType
from tools.sqlgen.types.type_table import BYTES, INT_BITS, MOST_BYTES, STRINGS
from tools.sqlgen.verify.wire import Value

_LONGEST = 300
"""Characters or bytes of the longest text."""
_POINT = b"\0\0\0\0\1\1\0\0\0" + b"\0" * 16


def edge_values(kind: SqlType) -> tuple[Value, ...]:
    """Distinct values of a type, an ordinary one first, then empty, zero, negative and extreme ones.

    Empty for a type that the verifier cannot make values of.
    """
    name = kind.name
    if kind.is_bool or name in INT_BITS:
        return _integers(kind)
    if name in STRINGS:
        return _texts(kind)
    if name in BYTES:
        return _bytes(kind)
    if name == "DECIMAL":
        return _decimals(kind)
    return _FIXED.get(name, ()) if name not in {"ENUM", "SET"} else _members(kind)


def numbered(kind: SqlType, number: int) -> Value | None:
    """Return the number-th key value of a type, or None; keys of different tables have equal values."""
    name = kind.name
    if name in INT_BITS or name == "DECIMAL":
        return number
    if name in STRINGS:
        return f"k{number}"[-(kind.length or 8) :]
    if name in BYTES:
        return number.to_bytes(min(kind.length or 8, 16), "big")
    if name in {"DATE", "DATETIME", "TIMESTAMP"}:
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        return day if name == "DATE" else dt.datetime.combine(day, dt.time())
    if name == "ENUM":
        return kind.values[(number - 1) % len(kind.values)]
    return None


def _integers(kind: SqlType) -> tuple[Value, ...]:
    if kind.is_bool:
        return (1, 0)
    bits = INT_BITS[kind.name]
    if kind.unsigned:
        return (1, 0, 2, 2**bits - 1)
    return (1, 0, 2, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)))


def _texts(kind: SqlType) -> tuple[Value, ...]:
    length = min(kind.length or MOST_BYTES.get(kind.name, _LONGEST), _LONGEST)
    values = ("text", "", "0", "2026-01-01", "x" * length)
    return tuple(dict.fromkeys(value[:length] for value in values))


def _bytes(kind: SqlType) -> tuple[Value, ...]:
    length = min(kind.length or MOST_BYTES.get(kind.name, _LONGEST), _LONGEST)
    values = (b"\0" * 15 + b"\1", b"", b"\xff" * length)
    return tuple(dict.fromkeys(value[-length:] for value in values))


def _decimals(kind: SqlType) -> tuple[Value, ...]:
    precision, scale = kind.precision or 10, kind.scale or 0
    most = Decimal(10**precision - 1).scaleb(-scale)
    values = [Decimal(1), Decimal(0), most] if precision > scale else [Decimal(0), most]
    return tuple(values if kind.unsigned else [*values, -most])


def _members(kind: SqlType) -> tuple[Value, ...]:
    if kind.name == "ENUM":
        return kind.values
    return tuple(dict.fromkeys([kind.values[0], "", ",".join(kind.values)]))


_MOMENTS = ("2026-01-31T12:34:56", "2024-02-29T00:00:00", "1970-01-02T00:00:00", "2037-12-31T23:59:59")
_DATETIMES: Sequence[Value] = [dt.datetime.fromisoformat(text) for text in _MOMENTS]

_FIXED: dict[str, tuple[Value, ...]] = {
    "FLOAT": (1.5, 0.0, -1.0),
    "DOUBLE": (1.5, 0.0, -1.0, 1e300),
    "YEAR": (2026, 1901, 2155),
    "BIT": (1, 0),
    "DATE": (dt.date(2026, 1, 31), dt.date(2024, 2, 29), dt.date(1000, 1, 1), dt.date(9999, 12, 31)),
    "DATETIME": (
        *_DATETIMES,
        dt.datetime.fromisoformat("1000-01-01"),
        dt.datetime.fromisoformat("9999-12-31T23:59:59"),
    ),
    "TIMESTAMP": (*_DATETIMES,),
    "TIME": (dt.timedelta(hours=12), dt.timedelta(), -dt.timedelta(hours=838), dt.timedelta(hours=838)),
    "JSON": ('{"a": 1}', "{}", "[]", "null", '"text"', "1"),
    "GEOMETRY": (_POINT,),
    "POINT": (_POINT,),
}
