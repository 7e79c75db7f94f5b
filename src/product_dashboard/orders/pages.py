"""Pages of orders, cached."""

from collections.abc import Sequence

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


@cached(name="orders", ttl=PAGE_TTL, tags=(tags.ORDERS, tags.NAMES))
async def read_page(database: Database, *, query: PageQuery, after: Cursor | None) -> Listing[Order]:
    """Read one page of orders, and the number of all orders.

    `after` is the decoded cursor of the query.
    """

    async def load(conn: Connection) -> tuple[Sequence[orders.ListOrdersRow], int]:
        rows = await orders.list_orders(
            conn, limit=query.limit, offset=query.offset, order=ORDER_BY, after=after
        )
        return rows, rows[0].total if rows else (await statistics.get_totals(conn)).orders

    rows, total = await database.read(load)
    return paginate(rows, to_order, query, total, orders.list_orders_cursor, ORDER_BY)
