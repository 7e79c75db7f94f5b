"""The current day in UTC, for answers that are about it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple


class Today(NamedTuple):
    """A day, and the moment at which it ends, in seconds since 1970."""

    day: date
    ends_at: float


def today() -> Today:
    """Return the current day."""
    day = datetime.now(UTC).date()
    return Today(day, datetime.combine(day + timedelta(days=1), time(), UTC).timestamp())
