"""Types of a project's own, for the case `overrides`."""

from datetime import date
from decimal import Decimal
from typing import NewType
from uuid import UUID

from msgspec import Struct

OwnerId = NewType("OwnerId", UUID)


class Money(Decimal):
    """An amount in the shop's currency."""


class Attributes(Struct, frozen=True):
    colour: str
    size: int | None = None


class Day(Struct, frozen=True):
    ordinal: int


def day(value: date) -> Day:
    return Day(value.toordinal())


def date_of(value: Day) -> date:
    return date.fromordinal(value.ordinal)
