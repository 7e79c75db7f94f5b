"""Pages of products, cached."""

import re
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from msgspec import UNSET, UnsetType

from generated import products, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Tag, cached
from product_dashboard.database import Database
from product_dashboard.driver import MySQLConnection
from product_dashboard.paging import PAGE_TTL, Listing, paginate
from product_dashboard.products.schemas import Product, ProductQuery
from product_dashboard.products.service import to_product

Cursor = products.ListProductsCursor


def _tags(*, query: ProductQuery, after: Cursor | None) -> tuple[Tag, ...]:  # noqa: ARG001 - the signature of read_page
    return tags.PRODUCT_REPORT, tags.CATEGORIES


@cached(name="products", ttl=PAGE_TTL, tags=_tags)
async def read_page(database: Database, *, query: ProductQuery, after: Cursor | None) -> Listing[Product]:
    """Read one page of products, and the number of products on all pages.

    `after` is the decoded cursor of the query.
    """
    filters = _filters(query)
    async with database.connection() as conn:
        rows = await products.list_products(
            conn,
            **filters,
            is_filtered=_is_filtered(filters),
            skipped=query.offset if query.offset or _counts_once(conn) else UNSET,
            limit=query.limit,
            offset=query.offset,
            order=query.sort,
            after=after,
        )
        total = rows[0].total if rows else 0 if query.is_first else await _count(conn, filters)
    return paginate(rows, to_product, query, total, products.list_products_cursor, query.sort)


class Filters(TypedDict, total=False):
    """The optional parameters that list_products and count_products share."""

    name: str | UnsetType
    category_id: UUID | UnsetType
    min_price: Decimal | UnsetType
    max_price: Decimal | UnsetType
    min_stock: int | UnsetType
    max_stock: int | UnsetType


def _filters(query: ProductQuery) -> Filters:
    """Return the filters that were given; a % or _ in the name is an ordinary character."""
    return {
        "name": re.sub(r"([\\%_])", r"\\\1", query.name) if query.name is not UNSET else UNSET,
        "category_id": query.category_id,
        "min_price": query.min_price,
        "max_price": query.max_price,
        "min_stock": query.min_stock,
        "max_stock": query.max_stock,
    }


def _is_filtered(filters: Filters) -> bool:
    return any(value is not UNSET for value in filters.values())


def _counts_once(conn: MySQLConnection) -> bool:
    """Return if the count may be used twice in a statement at no cost: MariaDB counts again for each use."""
    return "mariadb" not in conn.get_server_info().lower()


async def _count(conn: Connection, filters: Filters) -> int:
    """Return the total of a page that has no row which could tell it."""
    if _is_filtered(filters):
        return await products.count_products(conn, **filters)
    return (await statistics.get_totals(conn)).products
