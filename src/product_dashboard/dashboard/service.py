"""The reports, read from summaries that the writes keep up to date: their cost does not grow with the data."""

import asyncio
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from generated import dashboard
from product_dashboard import tags
from product_dashboard.cache import CachedAnswer, cached
from product_dashboard.dashboard.schemas import ProductReport, RecentProduct, TopCustomer
from product_dashboard.database import Database
from product_dashboard.resources import Resources

RECENT_PRODUCTS = 5
CENT = Decimal("0.01")


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
    async with database.connection() as conn:
        rows = await dashboard.list_product_report(conn, limit=RECENT_PRODUCTS)
    totals, recent = rows[0], [row for row in rows if row.id is not None]
    return ProductReport(
        total_products=totals.products,
        total_stock=totals.stock,
        average_price=average(totals.price_sum, totals.products),
        recent_products=msgspec.convert(recent, tuple[RecentProduct, ...], from_attributes=True),
    )


@cached(name="top_customers", ttl=timedelta(minutes=10), tags=(tags.ORDERS,))
async def read_top_customers(database: Database, *, limit: int) -> tuple[TopCustomer, ...]:
    """Read the customers who spent most, at most `limit`, without those who have no orders."""
    async with database.connection() as conn:
        rows = await dashboard.list_top_customers(conn, limit=limit)
    return msgspec.convert(rows, tuple[TopCustomer, ...], from_attributes=True)


async def read_reports(
    resources: Resources, *, limit: int
) -> tuple[CachedAnswer[ProductReport], CachedAnswer[tuple[TopCustomer, ...]]]:
    """Read both reports, in parallel."""
    report, customers = await asyncio.gather(
        read_product_report.response(resources.cache, resources.database),
        read_top_customers.response(resources.cache, resources.database, limit=limit),
    )
    return report, customers


def average(total: Decimal, count: int) -> Decimal:
    """Return `total / count` to two decimals, halves rounded up. Exact, because Decimal divides to 28 digits."""
    return (total / count if count else Decimal()).quantize(CENT, ROUND_HALF_UP)
