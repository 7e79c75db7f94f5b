"""The reports, read from summaries that the writes keep: their cost does not grow with the data."""

import asyncio
import time
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec
from msgspec import Raw, Struct

from generated import dashboard, statistics
from product_dashboard import tags
from product_dashboard.cache import CachedAnswer, Tag, cached
from product_dashboard.cache.answer import State
from product_dashboard.dashboard.schemas import Overview, ProductReport, RecentProduct, TopCustomer
from product_dashboard.database import Database
from product_dashboard.resources import Resources

RECENT_PRODUCTS = 5
CENT = Decimal("0.01")

# From the freshest to the least fresh.
FRESHNESS: tuple[State, ...] = ("MISS", "BYPASS", "HIT")


class SplicedOverview(Struct, frozen=True):
    """An `Overview` whose parts are encoded already."""

    product_report: Raw
    top_customers: Raw
    total_time_ms: float


def _stamp(report: ProductReport, cached_at: datetime) -> ProductReport:
    return msgspec.structs.replace(report, cached_at=cached_at)


@cached(
    name="product_report",
    ttl=timedelta(minutes=10),
    tags=lambda: (tags.PRODUCT_REPORT,),
    stamp=_stamp,
)
async def read_product_report(database: Database) -> ProductReport:
    """Number, stock and average price of all products, and the newest five."""
    async with database.connection() as conn:
        totals = await statistics.get_totals(conn)
        recent = await dashboard.list_recent_products(conn, limit=RECENT_PRODUCTS)
    return ProductReport(
        total_products=totals.products,
        total_stock=totals.stock,
        average_price=average(totals.price_sum, totals.products),
        recent_products=msgspec.convert(recent, tuple[RecentProduct, ...], from_attributes=True),
    )


def _tags_of_top_customers(*, limit: int) -> tuple[Tag, ...]:  # noqa: ARG001 - the signature of read_top_customers
    return (tags.TOP_CUSTOMERS,)


@cached(name="top_customers", ttl=timedelta(minutes=10), tags=_tags_of_top_customers)
async def read_top_customers(database: Database, *, limit: int) -> tuple[TopCustomer, ...]:
    """The customers who spent most, at most `limit` of them; those without orders are not among them."""
    async with database.connection() as conn:
        rows = await dashboard.list_top_customers(conn, limit=limit)
    return msgspec.convert(rows, tuple[TopCustomer, ...], from_attributes=True)


async def read_overview(resources: Resources, *, limit: int) -> CachedAnswer[Overview]:
    """Both reports in one answer, loaded in parallel.

    It is as fresh as its least fresh part and as old as the older one. Its ETag changes with either part, and
    is weak because it leaves out the time that the answer took.
    """
    started = time.perf_counter()
    parts = await asyncio.gather(
        read_product_report.response(resources.cache, resources.database),
        read_top_customers.response(resources.cache, resources.database, limit=limit),
    )
    took_ms = round((time.perf_counter() - started) * 1000, 3)
    report, customers = (Raw(part.body) for part in parts)
    return CachedAnswer(
        body=msgspec.json.encode(SplicedOverview(report, customers, took_ms)),
        etag='W/"' + "-".join(part.etag.strip('"') for part in parts) + '"',
        state=FRESHNESS[max(FRESHNESS.index(part.state) for part in parts)],
        age=max(part.age for part in parts),
    )


def average(total: Decimal, count: int) -> Decimal:
    """`total / count` to two decimals, halves rounded up: exact, because Decimal divides to 28 digits."""
    return (total / count if count else Decimal()).quantize(CENT, ROUND_HALF_UP)
