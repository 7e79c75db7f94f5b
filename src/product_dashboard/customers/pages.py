"""Pages of customers, cached."""

from collections.abc import Sequence

from generated import customers, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.customers.schemas import Customer
from product_dashboard.customers.service import to_customer
from product_dashboard.database import Database
from product_dashboard.web.paging import PAGE_TTL, Listing, PageQuery, paginate

Cursor = customers.ListCustomersCursor
ORDER_BY: customers.ListCustomersOrder = "newest"


@cached(name="customers", ttl=PAGE_TTL, tags=(tags.CUSTOMERS,))
async def read_page(database: Database, *, query: PageQuery, after: Cursor | None) -> Listing[Customer]:
    """Read one page of customers, and the number of all customers.

    `after` is the decoded cursor of the query.
    """

    async def load(conn: Connection) -> tuple[Sequence[customers.ListCustomersRow], int]:
        rows = await customers.list_customers(
            conn, limit=query.limit, offset=query.offset, order=ORDER_BY, after=after
        )
        return rows, rows[0].total if rows else (await statistics.get_totals(conn)).customers

    rows, total = await database.read(load)
    return paginate(rows, to_customer, query, total, customers.list_customers_cursor, ORDER_BY)
