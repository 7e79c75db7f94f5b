"""Which texts the server reads as a date: `2020-1-31`, `20200131`, `2020-01-31T10:00`; not `2020`, `31/12/2020`."""

import re
from calendar import monthrange

_DELIMITED = re.compile(
    r"(?P<year>\d{1,4})[^\w\s](?P<month>\d{1,2})[^\w\s](?P<day>\d{1,2})(?!\d)"
    r"(?:(?:T|\s+)(?P<hour>\d{1,2})(?:\W(?P<minute>\d{1,2})(?:\W(?P<second>\d{1,2}))?)?)?"
)
_DIGITS = re.compile(r"\d+")
_AFTER_DATE = re.compile(r"(?:T\d+)?(?:\.\d*)?(?:[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?\s*")
_TIME = re.compile(
    r"-?(?:(?P<days>\d+) +)?(?P<hours>\d+)(?::(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2}))?)?(?:\.\d*)?"
)
_BARE_TIME = re.compile(r"-?(?P<digits>\d{0,7})(?:\.\d*)?")
_MOST_HOURS = 838


def is_date(text: str) -> bool:
    """True if a comparison with a DATE, DATETIME or TIMESTAMP accepts the text, in the default sql_mode."""
    text = text.lstrip()
    delimited = _DELIMITED.match(text)
    if delimited:
        parts = [int(delimited[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
        return _is_valid(parts)
    digits = _DIGITS.match(text)
    return digits is not None and _is_valid(_split(digits[0]))


def _split(digits: str) -> list[int]:
    """The parts of a date without delimiters; its year has four digits if there are 8, or 14 and more."""
    width = 4 if len(digits) in {4, 8} or len(digits) >= 14 else 2  # noqa: PLR2004 - YYYYMMDD, YYYYMMDDhhmmss
    rest = digits[width:]
    return [int(digits[:width]), *(int(rest[at : at + 2]) for at in range(0, min(len(rest), 10), 2))]


def _is_valid(parts: list[int]) -> bool:
    if len(parts) < 3:  # noqa: PLR2004 - year, month, day
        return False
    year, month, day, hour, minute, second = [*parts, 0, 0, 0][:6]
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        return False
    return 1 <= day <= monthrange(year or 2000, month)[1] and hour < 24 and minute < 60 and second < 60  # noqa: PLR2004 - the clock


def has_time(text: str) -> bool:
    """True if a text that is a date has a time as well."""
    delimited = _DELIMITED.match(text.lstrip())
    return delimited["hour"] is not None if delimited else len(text.strip()) > 8  # noqa: PLR2004 - YYYYMMDD


def is_whole_date(text: str) -> bool:
    """True if the text is a date with nothing after it but a time, its fraction and its zone."""
    if not is_date(text):
        return False
    text = text.lstrip()
    found = _DELIMITED.match(text) or _DIGITS.match(text)
    return found is not None and _AFTER_DATE.fullmatch(text, found.end()) is not None


def is_time(text: str) -> bool:
    """True if TIME '...' accepts the text."""
    text = text.strip()
    if text in {"", "-"}:
        return False
    if bare := _BARE_TIME.fullmatch(text):
        hours, rest = divmod(int(bare["digits"] or 0), 10_000)
        minutes, seconds = divmod(rest, 100)
    elif (found := _TIME.fullmatch(text)) and (found["days"] or found["minutes"]):
        hours = int(found["hours"]) + 24 * int(found["days"] or 0)
        minutes, seconds = int(found["minutes"] or 0), int(found["seconds"] or 0)
    else:
        return False
    return hours <= _MOST_HOURS and minutes < 60 and seconds < 60  # noqa: PLR2004 - the clock
