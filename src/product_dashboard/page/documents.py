"""The cached documents. They read what the API answers, from the cache where it is there, and carry the same tags.

A document is stored as it is sent. Its name has a digest of this package: no release serves a document of another.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw

from product_dashboard import tags
from product_dashboard.cache import CachedAnswer, cached
from product_dashboard.categories import pages as category_pages
from product_dashboard.categories.schemas import Category
from product_dashboard.dashboard import service as reports
from product_dashboard.dashboard.schemas import (
    CategoryReports,
    LowStock,
    ProductReport,
    Sales,
    TopCustomers,
    TopProducts,
)
from product_dashboard.orders import pages as order_pages
from product_dashboard.orders.schemas import Order
from product_dashboard.page import lists
from product_dashboard.page.assets import digest
from product_dashboard.page.overview import DAYS, Reports, overview
from product_dashboard.page.tables import LOW_STOCK_BELOW
from product_dashboard.products import pages as product_pages
from product_dashboard.products.schemas import Product, ProductQuery
from product_dashboard.resources import Resources
from product_dashboard.web.paging import PAGE_TTL, Listing, PageQuery, decode_cursor

T = TypeVar("T")

# The reports are asked for with the limits that the API has by default, although the page shows fewer rows of some: so
# both have the same cached answers.
MOST_CATEGORIES: Final = 100
"""Categories to choose from, and in the report of categories: the first ones."""
CUSTOMERS: Final = 10
PRODUCTS: Final = 10
LOW_STOCK: Final = 20


def _release() -> str:
    """Return a digest of all files of this package."""
    folder = files("product_dashboard.page")
    found = [*folder.iterdir(), *folder.joinpath("static").iterdir()]
    return digest(b"".join(file.read_bytes() for file in sorted(found, key=str) if file.is_file()))


RELEASE: Final = _release()


@cached(
    name=f"page-overview-{RELEASE}",
    ttl=timedelta(minutes=10),
    tags=(tags.PRODUCTS, tags.ORDERS, tags.CATEGORIES, tags.NAMES),
)
async def read_overview(resources: Resources, *, until: date) -> Raw:
    """Make the document of the reports. `until` is the last day of the sales."""
    cache, database = resources.cache, resources.database
    sold = reports.read_sales.response(cache, database, until=until, days=2 * DAYS)
    scarce = reports.read_low_stock.response(cache, database, below=LOW_STOCK_BELOW, limit=LOW_STOCK)
    newest = order_pages.read_page.response(cache, database, query=PageQuery(), after=None)
    (products, sales, categories), (customers, top_products, low_stock, orders) = await asyncio.gather(
        asyncio.gather(
            _decoded(ProductReport, reports.read_product_report.response(cache, database)),
            _decoded(Sales, sold),
            _decoded(
                CategoryReports,
                reports.read_category_report.response(cache, database, limit=MOST_CATEGORIES),
            ),
        ),
        asyncio.gather(
            _decoded(TopCustomers, reports.read_top_customers.response(cache, database, limit=CUSTOMERS)),
            _decoded(TopProducts, reports.read_top_products.response(cache, database, limit=PRODUCTS)),
            _decoded(LowStock, scarce),
            _decoded(Listing[Order], newest),
        ),
    )
    return Raw(
        overview(
            Reports(
                products=products,
                sales=sales,
                categories=categories,
                customers=customers,
                top_products=top_products,
                low_stock=low_stock,
                orders=orders.data,
            )
        )
    )


@cached(name=f"page-products-{RELEASE}", ttl=PAGE_TTL, tags=(tags.PRODUCTS, tags.CATEGORIES))
async def read_products(resources: Resources, *, query: ProductQuery) -> Raw:
    """Make the document of one page of products."""
    cache, database = resources.cache, resources.database
    after = decode_cursor(product_pages.Cursor, query, query.sort)
    listing, categories = await asyncio.gather(
        _decoded(
            Listing[Product], product_pages.read_page.response(cache, database, query=query, after=after)
        ),
        read_categories(resources),
    )
    return Raw(lists.products(query, listing, categories))


async def read_categories(resources: Resources) -> Sequence[Category]:
    """Read the categories to choose from."""
    query = PageQuery(page_size=MOST_CATEGORIES)
    answer = category_pages.read_page.response(resources.cache, resources.database, query=query, after=None)
    return (await _decoded(Listing[Category], answer)).data


@cached(name=f"page-orders-{RELEASE}", ttl=PAGE_TTL, tags=(tags.ORDERS, tags.NAMES))
async def read_orders(resources: Resources, *, query: PageQuery) -> Raw:
    """Make the document of one page of orders."""
    after = decode_cursor(order_pages.Cursor, query, order_pages.ORDER_BY)
    answer = order_pages.read_page.response(resources.cache, resources.database, query=query, after=after)
    return Raw(lists.orders(query, await _decoded(Listing[Order], answer)))


async def _decoded(shape: type[T], answer: Coroutine[Any, Any, CachedAnswer[T]]) -> T:
    return msgspec.json.decode((await answer).body, type=shape)
