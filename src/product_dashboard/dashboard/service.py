"""The reports, read from summaries that the writes keep up to date: their cost does not grow with the data."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from generated import dashboard
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import CachedAnswer, cached
from product_dashboard.dashboard.schemas import (
    CategoryReports,
    DailySales,
    LowStock,
    ProductReport,
    RecentProducts,
    Sales,
    TopCustomers,
    TopProducts,
)
from product_dashboard.database import Database
from product_dashboard.resources import Resources
from product_dashboard.web.fields import CENT

RECENT_PRODUCTS = 5
NOTHING = Decimal("0.00")


def _stamp(report: ProductReport, cached_at: datetime) -> ProductReport:
    return msgspec.structs.replace(report, cached_at=cached_at)


@cached(
    name="product_report",
    ttl=timedelta(minutes=10),
    tags=(tags.PRODUCTS,),
    stamp=_stamp,
)
async def read_product_report(database: Database) -> ProductReport:
    """Read the number, stock and average price of all products, and the newest five."""
    rows = await database.read(lambda conn: dashboard.list_product_report(conn, limit=RECENT_PRODUCTS))
    totals, recent = rows[0], [row for row in rows if row.id is not None]
    return ProductReport(
        total_products=totals.products,
        total_stock=totals.stock,
        average_price=average(totals.price_sum, totals.products),
        recent_products=msgspec.convert(recent, RecentProducts, from_attributes=True),
    )


@cached(name="top_customers", ttl=timedelta(minutes=10), tags=(tags.ORDERS,))
async def read_top_customers(database: Database, *, limit: int) -> TopCustomers:
    """Read the customers who spent most, at most `limit`, without those who have no orders."""
    rows = await database.read(lambda conn: dashboard.list_top_customers(conn, limit=limit))
    return msgspec.convert(rows, TopCustomers, from_attributes=True)


@cached(name="sales", ttl=timedelta(minutes=10), tags=(tags.ORDERS,))
async def read_sales(database: Database, *, until: date, days: int) -> Sales:
    """Read the sales of the last `days` days, of which `until` is the last, oldest first, with days without sales.

    The last day is an argument, so that the answer of yesterday is not that of today.
    """
    first = until - timedelta(days=days - 1)
    rows = await database.read(lambda conn: _list_sales(conn, first, until))
    sold = {sales.day: sales for sales in msgspec.convert(rows, Sales, from_attributes=True)}
    all_days = (first + timedelta(days=number) for number in range(days))
    return tuple(
        sold.get(day) or DailySales(day=day, orders=0, quantity=0, revenue=NOTHING) for day in all_days
    )


async def _list_sales(conn: Connection, first: date, last: date) -> Sequence[object]:
    """Return a row for each day that has sales."""
    rows = await dashboard.list_sales(conn, first=first, last=last)
    if rows[0].is_complete:
        return [row for row in rows if row.day is not None]
    midnight = datetime.combine(first, time(), UTC)
    return await dashboard.count_sales(
        conn, since=midnight, until=midnight + (last - first) + timedelta(days=1)
    )


@cached(name="category_report", ttl=timedelta(minutes=10), tags=(tags.CATEGORIES, tags.PRODUCTS))
async def read_category_report(database: Database, *, limit: int) -> CategoryReports:
    """Read the totals of categories, at most `limit`, those with the highest revenue first."""
    rows = await database.read(lambda conn: _list_category_report(conn, limit))
    return msgspec.convert(rows, CategoryReports, from_attributes=True)


async def _list_category_report(conn: Connection, limit: int) -> Sequence[object]:
    rows = await dashboard.list_category_report(conn, limit=limit)
    if all(row.is_complete for row in rows):
        return rows
    return await dashboard.count_category_report(conn, limit=limit)


@cached(name="low_stock", ttl=timedelta(minutes=10), tags=(tags.PRODUCTS,))
async def read_low_stock(database: Database, *, below: int, limit: int) -> LowStock:
    """Read the active products with fewer than `below` pieces in stock, at most `limit`, the fewest first."""
    rows = await database.read(lambda conn: dashboard.list_low_stock(conn, below=below, limit=limit))
    return msgspec.convert(rows, LowStock, from_attributes=True)


@cached(name="top_products", ttl=timedelta(minutes=10), tags=(tags.PRODUCTS,))
async def read_top_products(database: Database, *, limit: int) -> TopProducts:
    """Read the products of which most pieces were sold, at most `limit`, without those that were never sold."""
    rows = await database.read(lambda conn: dashboard.list_top_products(conn, limit=limit))
    return msgspec.convert(rows, TopProducts, from_attributes=True)


async def read_reports(
    resources: Resources, *, limit: int
) -> tuple[CachedAnswer[ProductReport], CachedAnswer[TopCustomers]]:
    """Read both reports, in parallel."""
    report, customers = await asyncio.gather(
        read_product_report.response(resources.cache, resources.database),
        read_top_customers.response(resources.cache, resources.database, limit=limit),
    )
    return report, customers


def average(total: Decimal, count: int) -> Decimal:
    """Return `total / count` to two decimals, halves rounded up. Exact, because Decimal divides to 28 digits."""
    return (total / count if count else Decimal()).quantize(CENT, ROUND_HALF_UP)
