"""The vocabulary in which functions.py states its rules: signatures, result types, when a result is NULL.

A signature has one letter a parameter, which also is the type that a caller's parameter gets there:

    s text   i integer   n DECIMAL   f DOUBLE   d DATE   m DATETIME   t TIME   j JSON   b bytes
    g geometry   v vector   a anything   c a condition   u a unit   p peers: of one type together

`[` opens the optional ones, `*` after a letter repeats it, `**` repeats the last two together.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from tools.sqlgen.syntax.ast import Expr, Interval, IntLiteral, StringLiteral, Unary
from tools.sqlgen.types.common_type import common_type
from tools.sqlgen.types.sql_type import (
    BIGINT,
    BOOL,
    DATE,
    DATETIME6,
    DECIMAL,
    DOUBLE,
    GEOMETRY,
    JSON,
    LONGBLOB,
    LONGTEXT,
    NULL,
    NULL_TEXT,
    NUMERIC,
    TIME,
    TIME6,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    VECTOR,
    SqlType,
    family,
    temporal,
)
from tools.sqlgen.types.typed_expr import TypedExpr

TypedArgs: TypeAlias = Sequence[TypedExpr]
Args: TypeAlias = Sequence[Expr]
ResultRule: TypeAlias = Callable[[TypedArgs, Args], SqlType]
NullRule: TypeAlias = Callable[[TypedArgs, Args], bool]
FunctionKind = Literal["scalar", "aggregate", "window"]

HINTS: dict[str, SqlType | None] = {
    "s": VARCHAR, "i": BIGINT, "n": DECIMAL, "f": DOUBLE, "d": DATE, "m": DATETIME6, "t": TIME6, "j": JSON,
    "b": VARBINARY, "g": GEOMETRY, "v": VECTOR, "a": None, "c": BOOL, "u": None, "p": None,
}  # fmt: skip
"""The expected type of a parameter in a place of that letter; None if the place does not determine one."""


class Signature(Struct, frozen=True, gc=False):
    letters: str
    least: int
    most: int | None
    """None: any number."""
    repeat: int = 0
    """The number of last letters that repeat together."""

    def letter(self, index: int) -> str:
        """The letter of the argument at `index`."""
        if index < len(self.letters):
            return self.letters[index]
        if not self.letters:
            return "a"
        if self.repeat == 0:
            return self.letters[-1]
        start = len(self.letters) - self.repeat
        return self.letters[start + (index - start) % self.repeat]

    def accepts(self, count: int) -> bool:
        """True if the function accepts `count` arguments."""
        if count < self.least or (self.most is not None and count > self.most):
            return False
        return self.repeat != _PAIRS or (count - self.least) % _PAIRS == 0

    def expected(self) -> str:
        """The allowed number of arguments, in words."""
        if self.most is None:
            more = f"at least {self.least}"
            return f"{more}, and then pairs" if self.repeat == _PAIRS else more
        if self.least == self.most:
            return str(self.least) if self.least else "none"
        return f"{self.least} to {self.most}"


_PAIRS = 2


def signature(text: str) -> Signature:
    """`si[i` -> 2 or 3 arguments; `ss*` -> 2 or more; `jsa**` -> 3, 5, 7, ...; `[sa**` -> 0, 2, 4, ..."""
    repeat = len(text) - len(text.rstrip("*"))
    required, _, optional = text.rstrip("*").partition("[")
    return Signature(
        required + optional,
        len(required),
        None if repeat else len(required) + len(optional),
        repeat,
    )


class Rule(Struct, frozen=True, gc=False):
    """The rule for one function."""

    signature: Signature
    result: ResultRule
    nulls: NullRule
    """True if the result can be NULL; for an aggregate: over a group of at least one row."""
    strict: tuple[int, ...] | None
    """Arguments whose NULL makes the result NULL; None for all of them."""
    kind: FunctionKind = "scalar"
    deterministic: bool = True
    unchanged: bool = False
    """The result is one of the values of the first argument."""


# --- when a result is NULL --------------------------------------------------------------------------


def strict(values: TypedArgs, _args: Args) -> bool:
    """NULL when an argument is, and only then."""
    return any(value.nullable for value in values)


def maybe(_values: TypedArgs, _args: Args) -> bool:
    """NULL also for some arguments that are not NULL: invalid input, no match, out of range."""
    return True


def never(_values: TypedArgs, _args: Args) -> bool:
    return False


def first(values: TypedArgs, _args: Args) -> bool:
    """NULL when the first argument is."""
    return values[0].nullable


def last(values: TypedArgs, _args: Args) -> bool:
    """NULL when the last argument is."""
    return values[-1].nullable


def all_null(values: TypedArgs, _args: Args) -> bool:
    """NULL when all arguments are: COALESCE."""
    return all(value.nullable for value in values)


def _is_date(value: TypedExpr, expr: Expr) -> bool:
    """True if a value is a valid date: because of its type, or because it is a literal date."""
    if isinstance(expr, StringLiteral):
        return _is_date_text(expr.value)
    return family(value.type) in {"date", "datetime"}


def _is_date_text(value: str) -> bool:
    try:
        datetime.fromisoformat(value.strip())
    except ValueError:
        return False
    return _DATE_TEXT.match(value.strip()) is not None


_DATE_TEXT = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$")


def of_dates(values: TypedArgs, args: Args) -> bool:
    """Not NULL for dates, which are valid because of their type; text may be no date."""
    return strict(values, args) or not all(map(_is_date, values, args))


def of_date(values: TypedArgs, args: Args) -> bool:
    """`of_dates` for the first argument only."""
    return strict(values, args) or not _is_date(values[0], args[0])


def of_units_date(values: TypedArgs, args: Args) -> bool:
    """EXTRACT(unit FROM x): a unit first, then a date or time."""
    return strict(values, args) or not (family(values[1].type) == "time" or _is_date(values[1], args[1]))


def of_dates_after_unit(values: TypedArgs, args: Args) -> bool:
    """TIMESTAMPDIFF(unit, x, y)."""
    return strict(values, args) or not all(map(_is_date, values[1:], args[1:]))


def of_time(values: TypedArgs, args: Args) -> bool:
    """Not NULL for values that have a time because of their type."""
    return strict(values, args) or not (family(values[0].type) == "time" or _is_date(values[0], args[0]))


def of_formatted_time(values: TypedArgs, args: Args) -> bool:
    """TIME_FORMAT: also NULL for an empty format."""
    return of_time(values, args) or not (isinstance(args[1], StringLiteral) and args[1].value)


def of_address(values: TypedArgs, args: Args) -> bool:
    """INET_NTOA: sure for a number that is written out and is an address."""
    number = literal_int(args[0])
    return strict(values, args) or number is None or not 0 <= number < _ADDRESSES


def of_clock(values: TypedArgs, args: Args) -> bool:
    """MAKETIME: sure for minutes and seconds that are written out and on the clock."""
    numbers = [literal_int(arg) for arg in args]
    hour, *rest = numbers
    sure = hour is not None and all(number is not None and 0 <= number < _SIXTY for number in rest)
    return strict(values, args) or not sure


_ADDRESSES = 2**32
_SIXTY = 60


def of_number(values: TypedArgs, args: Args) -> bool:
    """Not NULL for numbers; text may be none."""
    return strict(values, args) or any(family(value.type) not in NUMERIC for value in values)


def of_formatted_date(values: TypedArgs, args: Args) -> bool:
    """DATE_FORMAT: also NULL for an empty format."""
    return of_date(values, args) or not (isinstance(args[1], StringLiteral) and args[1].value)


def of_length(values: TypedArgs, args: Args) -> bool:
    """LPAD, RPAD, REPEAT, SPACE: NULL for a negative length, or one beyond max_allowed_packet."""
    length = literal_int(args[min(1, len(args) - 1)])
    return strict(values, args) or length is None or not 0 <= length <= _SURE_LENGTH


_SURE_LENGTH = 1024


def of_zero_divisor(values: TypedArgs, args: Args) -> bool:
    """MOD: NULL for a divisor of zero."""
    return strict(values, args) or not nonzero_literal(args[-1])


def unless_path(values: TypedArgs, args: Args) -> bool:
    """JSON_LENGTH, JSON_CONTAINS: sure without a path, which may lead nowhere."""
    return strict(values, args) or len(args) > 1


def unless_third(values: TypedArgs, args: Args) -> bool:
    return strict(values, args) or len(args) > 2  # noqa: PLR2004 - document, candidate, path


def of_document(values: TypedArgs, _args: Args) -> bool:
    """JSON_SET, JSON_INSERT, JSON_REPLACE: NULL if the document or a path is NULL, not for a NULL value."""
    return values[0].nullable or any(value.nullable for value in values[1::2])


def of_digest(values: TypedArgs, args: Args) -> bool:
    """SHA2: NULL for a length that does not exist."""
    return strict(values, args) or literal_int(args[1]) not in {0, 224, 256, 384, 512}


def literal_int(expr: Expr) -> int | None:
    """The value of an integer literal, also of a negative one."""
    if isinstance(expr, IntLiteral):
        return expr.value
    if isinstance(expr, Unary) and expr.op == "-" and isinstance(expr.operand, IntLiteral):
        return -expr.operand.value
    return None


def nonzero_literal(expr: Expr) -> bool:
    """True for a numeric literal other than zero."""
    text = getattr(expr, "text", None)
    if isinstance(text, str):
        return float(text) != 0
    if isinstance(expr, Unary) and expr.op in {"-", "+"}:
        return nonzero_literal(expr.operand)
    return isinstance(expr, IntLiteral) and expr.value != 0


# --- result types -----------------------------------------------------------------------------------


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
    unit = unit.upper()
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


def timestamp_add(values: TypedArgs, args: Args) -> SqlType:
    """TIMESTAMPADD(unit, step, base)."""
    return shifted(values[2].type, getattr(args[0], "name", "DAY"), values[1])


def time_shift(values: TypedArgs, _args: Args) -> SqlType:
    """ADDTIME and SUBTIME."""
    base, step = values[0].type, values[1].type
    scale = max(fraction(base), fraction(step) if family(step) != "string" else 0)
    match family(base):
        case "date" | "datetime":
            return temporal("DATETIME", scale)
        case "time":
            return temporal("TIME", scale)
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
