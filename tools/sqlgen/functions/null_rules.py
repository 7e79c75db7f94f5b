"""When the result of a function is NULL, by its arguments."""

import re
from datetime import datetime

from tools.sqlgen.functions.literal_numbers import literal_int, nonzero_literal
from tools.sqlgen.functions.rules import Args, TypedArgs
from tools.sqlgen.syntax.ast import Expr, StringLiteral
from tools.sqlgen.types.common_type import may_lose_values
from tools.sqlgen.types.sql_type import (
    NUMERIC,
    TEMPORAL,
    family,
)
from tools.sqlgen.types.typed_expr import TypedExpr


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


# --- MariaDB, which gives NULL for arguments that MySQL refuses --------------------------------------


def of_json(values: TypedArgs, _args: Args) -> bool:
    """Not NULL for JSON; text may be no JSON."""
    return any(family(value.type) != "json" for value in values)


def of_text(values: TypedArgs, _args: Args) -> bool:
    """JSON_QUOTE: not NULL for text."""
    return family(values[0].type) != "string"


def of_geometry(values: TypedArgs, _args: Args) -> bool:
    """Not NULL for geometries; bytes may be none."""
    return family(values[0].type) != "geometry"


def with_arguments(values: TypedArgs, _args: Args) -> bool:
    """UNIX_TIMESTAMP: sure without a date, which may be out of its range."""
    return bool(values)


def of_byte_count(_values: TypedArgs, args: Args) -> bool:
    """RANDOM_BYTES: sure for a length that is written out and allowed."""
    length = literal_int(args[0])
    return length is None or not 1 <= length <= _SURE_LENGTH


def of_mixed_times(values: TypedArgs, _args: Args) -> bool:
    """GREATEST, LEAST: a date, time, UUID or address beside another type, which may be none."""
    kinds = {family(value.type) for value in values}
    mixed = bool(kinds & TEMPORAL) and not kinds <= TEMPORAL
    return mixed or may_lose_values([value.type for value in values])
