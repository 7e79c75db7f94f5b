"""Pages of categories, cached."""

from collections.abc import Sequence

from generated import categories, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.categories.schemas import Category
from product_dashboard.categories.service import to_category
from product_dashboard.database import Database
from product_dashboard.web.paging import PAGE_TTL, Listing, PageQuery, paginate

Cursor = categories.ListCategoriesCursor
ORDER_BY: categories.ListCategoriesOrder = "name_asc"


@cached(name="categories", ttl=PAGE_TTL, tags=(tags.CATEGORIES,))
async def read_page(database: Database, *, query: PageQuery, after: Cursor | None) -> Listing[Category]:
    """Read one page of categories, and the number of all categories.

    `after` is the decoded cursor of the query.
    """

    async def load(conn: Connection) -> tuple[Sequence[categories.ListCategoriesRow], int]:
        rows = await categories.list_categories(
            conn, limit=query.limit, offset=query.offset, order=ORDER_BY, after=after
        )
        return rows, rows[0].total if rows else (await statistics.get_totals(conn)).categories

    rows, total = await database.read(load)
    return paginate(rows, to_category, query, total, categories.list_categories_cursor, ORDER_BY)
