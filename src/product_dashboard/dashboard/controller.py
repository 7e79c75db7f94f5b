"""The dashboard over HTTP."""

import time

from litestar import Controller, get
from litestar.di import NamedDependency

from product_dashboard.cache import Answers, CachedAnswer
from product_dashboard.cache.values import State
from product_dashboard.dashboard.examples import (
    CATEGORY,
    LOW_STOCK_PRODUCT,
    OVERVIEW,
    PRODUCT_REPORT,
    SALES,
    TOP_CUSTOMER,
    TOP_PRODUCT,
)
from product_dashboard.dashboard.schemas import (
    CategoriesQuery,
    CategoryReport,
    DailySales,
    LowStockProduct,
    LowStockQuery,
    Overview,
    ProductReport,
    SalesQuery,
    TopCustomer,
    TopCustomersQuery,
    TopProduct,
    TopProductsQuery,
)
from product_dashboard.dashboard.service import (
    read_category_report,
    read_low_stock,
    read_product_report,
    read_reports,
    read_sales,
    read_top_customers,
    read_top_products,
)
from product_dashboard.today import today
from product_dashboard.web.envelope import Cached, Envelope, Headers, from_cache, joined
from product_dashboard.web.request import IfNoneMatch, Injected

# From the freshest to the least fresh.
FRESHNESS: tuple[State, ...] = ("MISS", "BYPASS", "HIT")


class DashboardController(Controller):
    path = "/dashboard"
    tags = ("Dashboard",)

    @get(
        "/products",
        summary="Number, stock and average price of all products, and the newest five",
        example=PRODUCT_REPORT,
    )
    async def get_product_report(
        self, resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Envelope[ProductReport]]:
        answer = await read_product_report.response(resources.cache, resources.database)
        return from_cache(answer, if_none_match)

    @get("/top-customers", summary="The customers who spent most", example=(TOP_CUSTOMER,))
    async def get_top_customers(
        self,
        params: NamedDependency[TopCustomersQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[tuple[TopCustomer, ...]]]:
        answer = await read_top_customers.response(resources.cache, resources.database, limit=params.limit)
        return from_cache(answer, if_none_match)

    @get("/sales", summary="Orders, pieces sold and revenue of each day", example=SALES)
    async def get_sales(
        self,
        params: NamedDependency[SalesQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[tuple[DailySales, ...]]]:
        """Days are UTC days, the oldest first and today last. A day without sales has zeros.

        An order counts on the day of its `created_at`. A deleted order no longer counts.
        """
        day, ends_at = today()
        answer = await read_sales.response(resources.cache, resources.database, until=day, days=params.days)
        return from_cache(answer, if_none_match, until=ends_at)

    @get("/categories", summary="Products, stock and sales of each category", example=(CATEGORY,))
    async def get_category_report(
        self,
        params: NamedDependency[CategoriesQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[tuple[CategoryReport, ...]]]:
        """The category with the highest revenue comes first. A category without products has zeros.

        Sales count for the category in which the product is now: a product that moves takes all its sales with it, so
        that the figures of a category are the sums over its products.
        """
        answer = await read_category_report.response(resources.cache, resources.database, limit=params.limit)
        return from_cache(answer, if_none_match)

    @get(
        "/low-stock", summary="Products for sale that will soon be out of stock", example=(LOW_STOCK_PRODUCT,)
    )
    async def get_low_stock(
        self,
        params: NamedDependency[LowStockQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[tuple[LowStockProduct, ...]]]:
        """The product with the fewest pieces comes first. Products that are not for sale are left out."""
        answer = await read_low_stock.response(
            resources.cache, resources.database, below=params.below, limit=params.limit
        )
        return from_cache(answer, if_none_match)

    @get("/top-products", summary="The products that sold most", example=(TOP_PRODUCT,))
    async def get_top_products(
        self,
        params: NamedDependency[TopProductsQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[tuple[TopProduct, ...]]]:
        """The product of which most pieces were sold comes first, also if it is no longer for sale."""
        answer = await read_top_products.response(resources.cache, resources.database, limit=params.limit)
        return from_cache(answer, if_none_match)

    @get("/overview", summary="The report of products and the top customers in one answer", example=OVERVIEW)
    async def get_overview(
        self,
        params: NamedDependency[TopCustomersQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[Overview]]:
        """`total_time_ms` is the time that this answer took; `Server-Timing` has it in fractions of a millisecond.

        The ETag does not depend on it, and is therefore weak.
        """
        started = time.perf_counter()
        answers = await read_reports(resources, limit=params.limit)
        return OVERVIEW_LAYOUT.reply(answers, if_none_match, time.perf_counter() - started)


def _overview(answers: Answers, took_s: float) -> tuple[CachedAnswer[Overview], Headers]:
    """Put both reports into one answer, as fresh as its least fresh part and as old as the older one."""
    report, customers = answers
    took_ms = took_s * 1000
    fields = (report.body, customers.body, round(took_ms))
    body = b'{"product_report":%b,"top_customers":%b,"total_time_ms":%d}' % fields
    overview: CachedAnswer[Overview] = CachedAnswer(
        body=body,
        etag='W/"{}-{}"'.format(report.etag.strip('"'), customers.etag.strip('"')),
        state=FRESHNESS[max(map(FRESHNESS.index, (report.state, customers.state)))],
        age=max(report.age, customers.age),
    )
    return overview, ((b"server-timing", b"total;dur=%.3f" % took_ms),)


OVERVIEW_LAYOUT = joined(_overview)
