"""The type of a function's result, by its arguments."""

import msgspec

from tools.sqlgen.functions.literal_numbers import literal_int
from tools.sqlgen.functions.rules import Args, ResultRule, TypedArgs
from tools.sqlgen.syntax.ast import Expr, Interval, Param, StringLiteral
from tools.sqlgen.types.common_type import (
    common_type,
    common_type_in_mariadb,
    compared_type_in_mariadb,
)
from tools.sqlgen.types.sql_type import (
    BIGINT,
    DATE,
    DATETIME6,
    DOUBLE,
    GEOMETRY,
    LONGBLOB,
    LONGTEXT,
    NULL,
    NULL_TEXT,
    TEMPORAL,
    TIME,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    SqlType,
    family,
    temporal,
)
from tools.sqlgen.types.typed_expr import TypedExpr


def always(sql_type: SqlType) -> ResultRule:
    """Return one type for all arguments."""

    def result(_values: TypedArgs, _args: Args) -> SqlType:
        return sql_type

    return result


def same(values: TypedArgs, _args: Args) -> SqlType:
    """The type of the first argument."""
    return values[0].type


def first_of_compared(values: TypedArgs, args: Args) -> SqlType:
    """NULLIF: the type of the first argument; a text literal takes the other argument's character set."""
    is_bytes = isinstance(args[0], StringLiteral) and family(values[1].type) == "bytes"
    return VARBINARY if is_bytes else values[0].type


def text(values: TypedArgs, _args: Args) -> SqlType:
    """The text type of all arguments together: bytes if one of them is bytes."""
    return _text(values)


def text_of_first(values: TypedArgs, _args: Args) -> SqlType:
    """The text type of the first argument."""
    return _text(values[:1])


def text_after_first(values: TypedArgs, _args: Args) -> SqlType:
    """The text type of all arguments except the first: ELT, MAKE_SET."""
    return _text(values[1:])


def text_of(first_index: int, end: int) -> ResultRule:
    """The text type of the arguments from `first_index` up to `end`, exclusive."""

    def result(values: TypedArgs, _args: Args) -> SqlType:
        return _text(values[first_index:end])

    return result


def quoted(values: TypedArgs, _args: Args) -> SqlType:
    """QUOTE: text, also of bytes."""
    return LONGTEXT if values[0].type.name.endswith(("TEXT", "BLOB", "JSON")) else VARCHAR


def _text(values: TypedArgs) -> SqlType:
    kinds = {family(value.type) for value in values if value.type not in (NULL, NULL_TEXT)}
    if not kinds:
        return NULL_TEXT
    large = any(value.type.name.endswith(("TEXT", "BLOB", "JSON")) for value in values)
    if kinds & {"bytes", "bit", "geometry", "vector"}:
        return LONGBLOB if large else VARBINARY
    return LONGTEXT if large else VARCHAR


def merged(values: TypedArgs, _args: Args) -> SqlType:
    """One type for all arguments: COALESCE, GREATEST."""
    return common_type([value.type for value in values])


def merged_in_mariadb(values: TypedArgs, args: Args) -> SqlType:
    return common_type_in_mariadb(types_in_mariadb(values, args))


def compared(values: TypedArgs, args: Args) -> SqlType:
    """GREATEST and LEAST in MariaDB."""
    found = compared_type_in_mariadb(types_in_mariadb(values, args))
    return LONGTEXT if family(found) == "json" else found


def types_in_mariadb(values: TypedArgs, args: Args) -> list[SqlType]:
    """Return the types as MariaDB sees them: a whole number that the caller gives has a sign."""
    return [
        BIGINT if isinstance(arg, Param) and family(value.type) in {"int", "year"} else value.type
        for value, arg in zip(values, args, strict=True)
    ]


def merged_extremum(values: TypedArgs, args: Args) -> SqlType:
    """GREATEST and LEAST: merged, JSON as text."""
    found = merged(values, args)
    return LONGTEXT if family(found) == "json" else found


def rounded(values: TypedArgs, args: Args) -> SqlType:
    """CEIL, FLOOR, ROUND(x), TRUNCATE: whole numbers of exact ones."""
    operand = values[0].type
    match family(operand):
        case "int" | "year" | "bit":
            return SqlType("BIGINT", unsigned=operand.unsigned)
        case "decimal":
            places = literal_int(args[1]) if len(args) > 1 else 0
            scale = (operand.scale or 0) if places is None else min(max(places, 0), operand.scale or 0)
            whole = (operand.precision or 10) - (operand.scale or 0)
            return SqlType("DECIMAL", precision=max(whole + scale, 1), scale=scale, unsigned=operand.unsigned)
        case "unknown":
            return UNKNOWN
        case _:
            return DOUBLE


def whole(values: TypedArgs, _args: Args) -> SqlType:
    """CEIL and FLOOR: integers of exact numbers that fit, DOUBLE of others."""
    operand = values[0].type
    match family(operand):
        case "int" | "year" | "bit":
            return SqlType("BIGINT", unsigned=operand.unsigned)
        case "decimal":
            digits = (operand.precision or 10) - (operand.scale or 0)
            if digits <= _BIGINT_DIGITS:
                return SqlType("BIGINT", unsigned=operand.unsigned)
            return SqlType("DECIMAL", precision=digits, scale=0, unsigned=operand.unsigned)
        case "unknown":
            return UNKNOWN
        case _:
            return DOUBLE


_BIGINT_DIGITS = 17


def absolute(values: TypedArgs, _args: Args) -> SqlType:
    operand = values[0].type
    match family(operand):
        case "int" | "year" | "bit":
            return SqlType("BIGINT", unsigned=operand.unsigned)
        case "decimal":
            return operand
        case "unknown":
            return UNKNOWN
        case _:
            return DOUBLE


def fractional(name: str) -> ResultRule:
    """NOW(3), CURTIME(6): fractional seconds as given by the argument."""

    def result(_values: TypedArgs, args: Args) -> SqlType:
        return temporal(name, literal_int(args[0]) if args else None)

    return result


def temporal_of_first(name: str) -> ResultRule:
    """TIME(x), TIMESTAMP(x): fractional seconds as the arguments have."""

    def result(values: TypedArgs, _args: Args) -> SqlType:
        return temporal(name, max(fraction(value.type) for value in values))

    return result


def fraction(sql_type: SqlType) -> int:
    """Fractional digits that a value has as a time."""
    match family(sql_type):
        case "datetime" | "time" | "decimal":
            return min(sql_type.scale or 0, 6)
        case "int" | "date" | "year" | "null":
            return 0
        case _:
            return 6


_DATE_UNITS = frozenset(("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "YEAR_MONTH"))


def shifted(base: SqlType, unit: str, step: TypedExpr) -> SqlType:
    """The type of `base + INTERVAL step unit`."""
    return _sent_like(base, _shifted(base, unit.upper(), step))


def _sent_like(base: SqlType, result: SqlType) -> SqlType:
    if family(result) not in TEMPORAL:
        return result
    return msgspec.structs.replace(result, is_misformatted=base.is_misformatted)


def _shifted(base: SqlType, unit: str, step: TypedExpr) -> SqlType:
    scale = 6 if "MICROSECOND" in unit else fraction(step.type) if unit == "SECOND" else 0
    match family(base):
        case "date":
            return DATE if unit in _DATE_UNITS else temporal("DATETIME", scale)
        case "datetime":
            return temporal("DATETIME", max(scale, base.scale or 0))
        case "time":
            if unit in _DATE_UNITS:
                return temporal("DATETIME", base.scale)
            return temporal("TIME", max(scale, base.scale or 0))
        case _:
            return VARCHAR


def interval_unit(arg: Expr) -> str:
    """Return the unit of the second argument of DATE_ADD and ADDDATE; days if it is a bare number."""
    return arg.unit if isinstance(arg, Interval) else "DAY"


def date_shift(values: TypedArgs, args: Args) -> SqlType:
    """DATE_ADD, DATE_SUB, ADDDATE, SUBDATE."""
    return shifted(values[0].type, interval_unit(args[1]), values[1])


def months_added(values: TypedArgs, _args: Args) -> SqlType:
    """ADD_MONTHS(date, months)."""
    return shifted(values[0].type, "MONTH", values[1])


def timestamp_add(values: TypedArgs, args: Args) -> SqlType:
    """TIMESTAMPADD(unit, step, base)."""
    return shifted(values[2].type, getattr(args[0], "name", "DAY"), values[1])


def time_shift(values: TypedArgs, _args: Args) -> SqlType:
    """ADDTIME and SUBTIME."""
    base, step = values[0].type, values[1].type
    scale = max(fraction(base), fraction(step) if family(step) != "string" else 0)
    match family(base):
        case "date" | "datetime":
            return _sent_like(base, temporal("DATETIME", scale))
        case "time":
            return _sent_like(base, temporal("TIME", scale))
        case _:
            return TIME if values[0].untyped else VARCHAR


def parsed_date(_values: TypedArgs, args: Args) -> SqlType:
    """STR_TO_DATE: the type of the parts in the format."""
    if not isinstance(args[1], StringLiteral):
        return DATETIME6
    specifiers = {args[1].value[i + 1] for i, char in enumerate(args[1].value[:-1]) if char == "%"}
    has_time = bool(specifiers & set("fHIhiklprSsT"))
    has_date = bool(specifiers & set("abcDdejMmUuVvWwXxYy"))
    scale = 6 if "f" in specifiers else None
    if has_time and not has_date:
        return temporal("TIME", scale)
    return temporal("DATETIME", scale) if has_time else DATE


def unix_seconds(values: TypedArgs, args: Args) -> SqlType:
    """UNIX_TIMESTAMP: whole seconds unless the argument has fractions."""
    scale = fraction(values[0].type) if values else 0
    if values and isinstance(args[0], StringLiteral):
        scale = min(len(args[0].value.partition(".")[2]), 6)
    return SqlType("DECIMAL", precision=12 + scale, scale=scale) if scale else BIGINT


def from_seconds(values: TypedArgs, args: Args) -> SqlType:
    """FROM_UNIXTIME(x) a DATETIME, FROM_UNIXTIME(x, format) text."""
    return VARCHAR if len(args) > 1 else temporal("DATETIME", fraction(values[0].type))


def seconds_as_time(values: TypedArgs, _args: Args) -> SqlType:
    return temporal("TIME", fraction(values[-1].type))


def geometry_or_number(geometry_at: int, number: SqlType) -> ResultRule:
    """ST_SRID(g) reads a number, ST_SRID(g, srid) makes a new geometry."""

    def result(_values: TypedArgs, args: Args) -> SqlType:
        return GEOMETRY if len(args) >= geometry_at else number

    return result
