"""Pages of products, cached."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final, TypedDict, cast
from uuid import UUID

from msgspec import UNSET, UnsetType

from generated import product_lists, product_matches, product_prices, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.database import Database
from product_dashboard.database.driver import MySQLConnection, is_mariadb
from product_dashboard.products import search
from product_dashboard.products.prices import price_range
from product_dashboard.products.schemas import Product, ProductQuery
from product_dashboard.products.service import ListRow, to_product
from product_dashboard.web.paging import PAGE_TTL, Listing, convert_cursor, paginate

Cursor = product_lists.ListProductsCursor
Page = tuple[Sequence[ListRow], int]
"""The rows of a page, and the number of products on all pages."""


class Filters(TypedDict, total=False):
    """The optional parameters that the lists and their counts share, without the name."""

    category_id: UUID
    min_price: Decimal
    max_price: Decimal
    min_stock: int
    max_stock: int


IN_STOCK: Final = Filters(min_stock=1)
"""These products are counted as all products without those that are sold out, which are fewer."""


@cached(name="products", ttl=PAGE_TTL, tags=(tags.PRODUCTS, tags.CATEGORIES))
async def read_page(database: Database, *, query: ProductQuery, after: Cursor | None) -> Listing[Product]:
    """Read one page of products, and the number of products on all pages.

    `after` is the decoded cursor of the query.
    """
    filters = _filters(query)

    async def load(conn: MySQLConnection) -> Page:
        if query.name is not UNSET:
            return await _search(conn, query, query.name, filters, after)
        if filters and filters.keys() <= {"min_price", "max_price"}:
            return await _list_by_price(conn, query, after)
        return await _list(conn, query, filters, after)

    rows, total = await database.read(load)
    return paginate(rows, to_product, query, total, _cursor, query.sort)


async def _search(
    conn: MySQLConnection, query: ProductQuery, part: str, filters: Filters, after: Cursor | None
) -> Page:
    """Read a page of the products with a part of a name, by the index that reads the fewest names."""
    trigram = await search.choose_trigram(conn, query, part, is_alone=not filters)
    if trigram is not None and trigram.is_rare:
        return await _list_matching(conn, query, part, trigram, filters, after)
    if trigram is None or filters:
        return await _list(conn, query, filters, after)
    rows = await search.search(conn, query, part, trigram, _skipped(conn, query), after)
    return rows, await _total(rows, query, partial(search.count, conn, part, trigram))


async def _list_matching(
    conn: Connection,
    query: ProductQuery,
    part: str,
    trigram: search.Trigram,
    filters: Filters,
    after: Cursor | None,
) -> Page:
    """Read a page of the products with a part of a name that has a rare trigram, with any other filters."""
    name = search.escape(part)
    rows = await product_matches.list_matching_products(
        conn,
        trigram=trigram.text,
        name=name,
        **filters,
        limit=query.limit,
        offset=query.offset,
        order=query.sort,
        after=convert_cursor(after, product_matches.ListMatchingProductsCursor),
    )
    count = partial(product_matches.count_matching_products, conn, trigram=trigram.text, name=name, **filters)
    return rows, await _total(rows, query, count)


async def _list(conn: MySQLConnection, query: ProductQuery, filters: Filters, after: Cursor | None) -> Page:
    """Read a page with any filters, of which the name is looked for in each product that the others leave."""
    name = UNSET if query.name is UNSET else search.escape(query.name)
    is_in_stock = name is UNSET and filters == IN_STOCK
    rows = await product_lists.list_products(
        conn,
        name=name,
        **filters,
        is_filtered=(bool(filters) or name is not UNSET) and not is_in_stock,
        least_stock=1 if is_in_stock else 0,
        skipped=_skipped(conn, query),
        limit=query.limit,
        offset=query.offset,
        order=query.sort,
        after=after,
    )
    return rows, await _total(rows, query, partial(_count, conn, name, filters))


async def _list_by_price(conn: MySQLConnection, query: ProductQuery, after: Cursor | None) -> Page:
    """Read a page of a range of prices, which are counted by their buckets."""
    prices = price_range(query)
    rows = await product_prices.list_products_by_price(
        conn,
        **prices,
        skipped=_skipped(conn, query),
        limit=query.limit,
        offset=query.offset,
        order=query.sort,
        after=convert_cursor(after, product_prices.ListProductsByPriceCursor),
    )
    count = partial(product_prices.count_products_by_price, conn, **prices)
    return rows, await _total(rows, query, count)


def _cursor(row: ListRow, order: product_lists.ListProductsOrder) -> Cursor:
    """Return the cursor of the page that ends with the row. Rows of all lists have the same fields."""
    return product_lists.list_products_cursor(cast("product_lists.ListProductsRow", row), order)


async def _total(rows: Sequence[ListRow], query: ProductQuery, count: Callable[[], Awaitable[int]]) -> int:
    """Return the total that each row has. Without rows, count, except for the first page: then the list is empty."""
    if rows:
        return rows[0].total
    return 0 if query.is_first else await count()


def _filters(query: ProductQuery) -> Filters:
    """Return the filters that the query has, without the name."""
    named = query.named()
    return cast("Filters", {name: named[name] for name in Filters.__annotations__ if name in named})


def _skipped(conn: MySQLConnection, query: ProductQuery) -> int | UnsetType:
    """Return the offset of the page if the products should be counted before the page is searched for.

    MySQL counts once for each statement. MariaDB counts again for each use of the number, so that it is worth it only
    for a page that may be past the end.
    """
    counts_once = not is_mariadb(conn.get_server_info())
    return query.offset if query.offset or counts_once else UNSET


async def _count(conn: Connection, name: str | UnsetType, filters: Filters) -> int:
    """Return the total of a page that has no row which could tell it. `name` is escaped."""
    if filters or name is not UNSET:
        return await product_lists.count_products(conn, name=name, **filters)
    return (await statistics.get_totals(conn)).products
