"""The common type of values of several types: CASE, IF, COALESCE, UNION, LEAST.

common_type([INT, BIGINT UNSIGNED])  ->  DECIMAL(20)
common_type([DATE, TIMESTAMP])  ->  DATETIME
common_type([DATE, INT])  ->  VARCHAR
common_type_in_mariadb([INT, INT UNSIGNED])  ->  DECIMAL(20)
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import msgspec

from tools.sqlgen.types.sql_type import (
    DOUBLE,
    FLOAT,
    GEOMETRY,
    JSON,
    LONGBLOB,
    LONGTEXT,
    NULL,
    NULL_TEXT,
    TEMPORAL,
    UBIGINT,
    UNKNOWN,
    VARCHAR,
    SqlType,
    decimal,
    digits,
    family,
)
from tools.sqlgen.types.type_table import INT_RANK, MOST_BYTES

_WIDTH = {"TINY": 0, "": 1, "MEDIUM": 2, "LONG": 3}
_NARROW_INT = 3
"""Integers up to MEDIUMINT are exact in a FLOAT."""


def common_type(types: Sequence[SqlType]) -> SqlType:
    """Return the type of a value that has one of several types."""
    known = [each for each in types if each.name != "NULL"]
    if any(each != NULL_TEXT for each in known):
        known = [VARCHAR if each == NULL_TEXT else each for each in known]
        if any(family(each) == "bytes" for each in known):
            known = [each for each in known if each != VARCHAR]
    if not known:
        return NULL
    if len(known) == 1:
        return known[0]
    result = known[0]
    for other in known[1:]:
        result = _merge_two(result, other)
    return result


def common_type_in_mariadb(types: Sequence[SqlType]) -> SqlType:
    """Return the type in MariaDB, which makes a DECIMAL of integers of which only some have a sign.

    A bare NULL counts as an integer with a sign, except beside a YEAR. YEAR and BIT have none.
    """
    kinds = {family(each) for each in types}
    if kinds <= {"int", "year", "bit", "null"} and kinds - {"bit", "null"} and kinds != {"year", "null"}:
        has_sign = {not each.unsigned and family(each) not in {"year", "bit"} for each in types}
        if len(has_sign) > 1:
            return decimal(20, 0)
        if "bit" in kinds:
            return UBIGINT
    return common_type(types)


def compared_type_in_mariadb(types: Sequence[SqlType]) -> SqlType:
    """Return the type of GREATEST and LEAST in MariaDB, which compares texts and numbers as numbers, or as times."""
    kinds = {family(each) for each in types}
    if kinds & {"unknown", "geometry", "vector"}:
        return common_type(types)
    times = [each for each in types if family(each) in TEMPORAL]
    if times:
        return common_type([each for each in times if not each.is_misformatted] or times)
    numbers = kinds & _NUMBERS
    return DOUBLE if numbers and kinds - _NUMBERS else common_type_in_mariadb(types)


def may_lose_values(types: Sequence[SqlType]) -> bool:
    """True for a UUID or address of MariaDB beside another type: a value that is none becomes NULL."""
    names = {each.name for each in types if each.name != "NULL"}
    return len(names) > 1 and bool(names & {"UUID", "INET4", "INET6"})


_NUMBERS = {"int", "year", "bit", "decimal", "float"}


def _merge_two(left: SqlType, right: SqlType) -> SqlType:
    kinds = {family(left), family(right)}
    if "unknown" in kinds:
        return UNKNOWN
    if left == right and not kinds & {"enum", "set"}:
        return left
    if kinds == {"json"}:
        return JSON
    if kinds == {"geometry"}:
        return GEOMETRY
    if kinds == {"vector"}:
        return left
    if kinds == {"bit"}:
        longer = left if (left.length or 1) >= (right.length or 1) else right
        misformatted = left.is_misformatted or right.is_misformatted
        return msgspec.structs.replace(longer, is_misformatted=misformatted)
    if kinds <= {"int", "decimal", "float", "year", "bit"}:
        return _merge_numbers(left, right)
    if kinds <= TEMPORAL:
        return _merge_temporal(left, right)
    return _merge_strings(left, right, kinds)


def _merge_numbers(left: SqlType, right: SqlType) -> SqlType:
    kinds = {family(left), family(right)}
    if "float" in kinds:
        return _merge_floats(left, right)
    if "decimal" in kinds or "bit" in kinds:
        return _merge_decimals(left, right)
    if kinds == {"year"}:
        return left
    wider = max(left, right, key=_int_rank)
    if left.unsigned == right.unsigned:
        if left.is_bool and right.is_bool:
            # The length 1 says that a TINYINT(1) is among them, which can be another number than 0 and 1.
            return SqlType(
                wider.name, unsigned=left.unsigned, length=left.length or right.length, is_bool=True
            )
        return SqlType(wider.name, unsigned=left.unsigned)
    signed, unsigned = (right, left) if left.unsigned else (left, right)
    if _int_rank(unsigned) < _int_rank(signed):
        return SqlType(signed.name)
    if unsigned.name == "BIGINT":
        return decimal(20, 0)
    names = list(INT_RANK)
    return SqlType(names[min(_int_rank(unsigned), 4)])


def _int_rank(sql_type: SqlType) -> int:
    return 1 if sql_type.name == "YEAR" else INT_RANK[sql_type.name]


def _merge_floats(left: SqlType, right: SqlType) -> SqlType:
    for one, other in ((left, right), (right, left)):
        if one.name == "FLOAT" and (
            other.name == "FLOAT" or INT_RANK.get(other.name, _NARROW_INT + 1) <= _NARROW_INT
        ):
            return FLOAT
    return DOUBLE


def _merge_decimals(left: SqlType, right: SqlType) -> SqlType:
    (left_precision, left_scale), (right_precision, right_scale) = digits(left), digits(right)
    scale = max(left_scale, right_scale)
    whole = max(left_precision - left_scale, right_precision - right_scale)
    return decimal(whole + scale, scale, unsigned=left.unsigned and right.unsigned)


def _merge_temporal(left: SqlType, right: SqlType) -> SqlType:
    scale = max(left.scale or 0, right.scale or 0) or None
    name = left.name if left.name == right.name else "DATETIME"
    return SqlType(name, scale=scale, is_misformatted=left.is_misformatted or right.is_misformatted)


def _merge_strings(left: SqlType, right: SqlType, kinds: AbstractSet[str]) -> SqlType:
    """Everything else is text, or bytes as soon as one side is not text."""
    binary = bool(kinds & {"bytes", "bit", "geometry", "vector"})
    if kinds & {"geometry", "json", "vector"}:
        return LONGBLOB if binary else LONGTEXT
    wide = [each for each in (left, right) if each.name in MOST_BYTES]
    suffix = "BLOB" if binary else "TEXT"
    charset = "binary" if binary else None
    if wide:
        prefix = max(
            (each.name.removesuffix("BLOB").removesuffix("TEXT") for each in wide), key=_WIDTH.__getitem__
        )
        return SqlType(prefix + suffix, charset=charset)
    if left.name == right.name and left.name in {"CHAR", "BINARY"} and left.length == right.length:
        return msgspec.structs.replace(left, charset=charset)
    lengths = [each.length for each in (left, right) if family(each) in {"string", "bytes"}]
    length = max((each for each in lengths if each), default=None) if all(lengths) else None
    if binary:
        return SqlType("VARBINARY", length=length, charset="binary")
    return SqlType("VARCHAR", length=length) if length else VARCHAR
