"""Numbers, amounts and times as people read them."""

from datetime import date, datetime
from decimal import Decimal

import htpy as h

_UNITS = ((Decimal(10**9), "bn"), (Decimal(10**6), "m"), (Decimal(10**3), "k"))
MINUS = "\N{MINUS SIGN}"


def whole(number: int) -> str:
    """`1234567` -> `1,234,567`."""
    return f"{number:,}"


def money(amount: Decimal) -> str:
    """`1234.5` -> `1,234.50`."""
    return f"{amount:,.2f}"


def compact(amount: Decimal) -> str:
    """`1500` -> `1.5k`, for the labels of an axis."""
    for size, unit in _UNITS:
        if abs(amount) >= size:
            return f"{(amount / size).normalize():f}{unit}"
    return f"{amount.normalize():f}"


def percent(part: Decimal, total: Decimal) -> str:
    """Return the share of a part; nothing without a total."""
    return f"{part * 100 / total:.1f} %" if total else ""


def change(now: Decimal, before: Decimal) -> str:
    """Return by how much a figure has grown: `+12.5 %`. Nothing if there was nothing before."""
    if not before:
        return ""
    grown = (now - before) * 100 / before
    return f"{'+' if grown >= 0 else MINUS}{abs(grown):.1f} %"


def counted(number: int, one: str, many: str) -> str:
    """`1 order`, `2,000 orders`."""
    return f"{whole(number)} {one if number == 1 else many}"


def short_day(day: date) -> str:
    """`27 Nov`."""
    return f"{day.day} {day:%b}"


def day_element(day: date) -> h.Element:
    return h.time(datetime=day.isoformat())[f"{day:%a} {short_day(day)}"]


def moment_element(moment: datetime) -> h.Element:
    """`27 Nov, 14:05`, with the complete time for programs."""
    # A narrow cell ends its line after the day.
    day = short_day(moment.date()).replace(" ", "\N{NO-BREAK SPACE}")
    text = f"{day}, {moment:%H:%M}"
    return h.time(datetime=moment.isoformat(timespec="seconds").replace("+00:00", "Z"))[text]
