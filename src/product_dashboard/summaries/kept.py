"""The summaries that writes keep, each with the query that compares it with the rows and the one that adds to it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from generated import summaries as queries
from generated.connection import Connection

KeyT = TypeVar("KeyT")

STEP = 256
"""Products, customers or categories of one step."""
NO_ID = UUID(int=0)
NO_DAY = date(1000, 1, 1)
"""The first DATE that the server has."""


class Missing(Struct, frozen=True):
    """The amounts that a summary lacks in one place; a negative amount is too much."""

    where: object
    amounts: dict[str, Any]

    def __str__(self) -> str:
        amounts = ", ".join(f"{name} {amount:+}" for name, amount in self.amounts.items() if amount)
        return f"{self.where}: {amounts}"


@dataclass(frozen=True)
class Summary(Generic[KeyT]):
    """One summary. `list_keys` returns the keys of the step after a key, none at the end; `first` is before all."""

    name: str
    first: KeyT
    list_keys: Callable[[Connection, KeyT], Awaitable[Sequence[KeyT]]]
    compare: Callable[[Connection, Sequence[KeyT]], Awaitable[Sequence[Missing]]]
    add: Callable[[Connection, Missing], Awaitable[None]]


# -- statistics


async def _list_whole(_: Connection, after: str) -> Sequence[str]:
    return () if after else ("all tables",)


async def _compare_statistics(conn: Connection, keys: Sequence[str]) -> Sequence[Missing]:
    return _some(Missing(keys[0], asdict(await queries.compare_statistics(conn))))


async def _add_to_statistics(conn: Connection, missing: Missing) -> None:
    await queries.add_to_statistics(conn, **missing.amounts)


# -- products, customers and categories, by id


class _ListIds(Protocol):
    def __call__(self, conn: Connection, *, after: UUID, limit: int) -> Awaitable[list[UUID]]: ...


class _Compare(Protocol):
    def __call__(self, conn: Connection, *, ids: Sequence[UUID]) -> Awaitable[Sequence[Struct]]: ...


async def _list_ids(query: _ListIds, conn: Connection, after: UUID) -> Sequence[UUID]:
    return await query(conn, after=after, limit=STEP)


async def _compare_by_id(query: _Compare, conn: Connection, ids: Sequence[UUID]) -> Sequence[Missing]:
    rows = [asdict(row) for row in await query(conn, ids=ids)]
    return [Missing(row.pop("id"), row) for row in rows]


async def _add_by_id(query: Callable[..., Awaitable[None]], conn: Connection, missing: Missing) -> None:
    await query(conn, id=missing.where, **missing.amounts)


def _by_id(
    name: str, list_ids: _ListIds, compare: _Compare, add: Callable[..., Awaitable[None]]
) -> Summary[UUID]:
    return Summary(
        name, NO_ID, partial(_list_ids, list_ids), partial(_compare_by_id, compare), partial(_add_by_id, add)
    )


# -- daily sales


async def _list_days(conn: Connection, after: date) -> Sequence[date]:
    first = after + timedelta(days=1)
    day = await queries.get_first_day(conn, first=first, since=_midnight(first))
    return () if day is None else (day,)


async def _compare_days(conn: Connection, days: Sequence[date]) -> Sequence[Missing]:
    found: list[Missing] = []
    for day in days:
        since = _midnight(day)
        row = await queries.compare_day(conn, day=day, since=since, until=since + timedelta(days=1))
        found += _some(Missing(day, asdict(row)))
    return found


async def _add_to_day(conn: Connection, missing: Missing) -> None:
    assert isinstance(missing.where, date)
    await queries.add_to_day(conn, day=missing.where, **missing.amounts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _some(missing: Missing) -> Sequence[Missing]:
    return (missing,) if any(missing.amounts.values()) else ()


STATISTICS = Summary("statistics", "", _list_whole, _compare_statistics, _add_to_statistics)
CUSTOMERS = _by_id("customers", queries.list_customer_ids, queries.compare_customers, queries.add_to_customer)
PRODUCTS = _by_id("products", queries.list_product_ids, queries.compare_products, queries.add_to_product)
DAILY_SALES = Summary("daily_sales", NO_DAY, _list_days, _compare_days, _add_to_day)
CATEGORY_TOTALS = _by_id(
    "category_totals", queries.list_category_ids, queries.compare_categories, queries.add_to_category
)

REPORTS: Sequence[Summary[Any]] = (PRODUCTS, DAILY_SALES, CATEGORY_TOTALS)
"""The summaries that a release before migration 0022 does not keep. Those of categories are sums over products."""
ALL: Sequence[Summary[Any]] = (STATISTICS, CUSTOMERS, *REPORTS)
