"""Pages of orders, cached."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from msgspec import UNSET

from generated import orders, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.database import Database
from product_dashboard.orders.schemas import Order
from product_dashboard.orders.service import to_order
from product_dashboard.web.paging import PAGE_TTL, Listing, PageQuery, paginate

Cursor = orders.ListOrdersCursor
ORDER_BY: orders.ListOrdersOrder = "newest"
FAR = 2000
"""A page after so many orders is found by its day: to read that many in the index takes longer than to find the day."""

Rows: TypeAlias = Sequence[orders.ListOrdersRow]


@cached(name="orders", ttl=PAGE_TTL, tags=(tags.ORDERS, tags.NAMES))
async def read_page(database: Database, *, query: PageQuery, after: Cursor | None) -> Listing[Order]:
    """Read one page of orders, and the number of all orders.

    `after` is the decoded cursor of the query.
    """
    if query.offset >= FAR:
        rows, total = await _read_far_page(database, query)
    else:
        rows, total = await _read_page(database, query, after)
    return paginate(rows, to_order, query, total, orders.list_orders_cursor, ORDER_BY)


async def _read_page(database: Database, query: PageQuery, after: Cursor | None) -> tuple[Rows, int]:
    """Read the rows of a page, and the total. The orders before the page are read in their index."""

    async def load(conn: Connection) -> tuple[Rows, int]:
        rows = await orders.list_orders(
            conn, skipped=query.offset, limit=query.limit, offset=query.offset, order=ORDER_BY, after=after
        )
        return rows, await _total(conn, rows)

    return await database.read(load)


async def _read_far_page(database: Database, query: PageQuery) -> tuple[Rows, int]:
    """Read the rows of a page by number, and the total. Only those orders before it are read that are of the same day.

    The orders of later days are counted by the sales of days. An order that is placed or deleted at the same time
    moves the page, so both statements read one snapshot.
    """
    async with database.snapshot() as conn:
        found = await orders.find_day_of_page(conn, skipped=query.offset)
        rows = await orders.list_orders(
            conn,
            skipped=query.offset,
            until=UNSET if found is None else _end(found.day),
            limit=query.limit,
            offset=query.offset if found is None else query.offset - found.newer,
            order=ORDER_BY,
        )
        return rows, await _total(conn, rows)


async def _total(conn: Connection, rows: Rows) -> int:
    return rows[0].total if rows else (await statistics.get_totals(conn)).orders


def _end(day: date) -> datetime:
    """Return the moment at which the day ends, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)
