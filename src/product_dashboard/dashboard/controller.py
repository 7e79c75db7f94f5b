"""The dashboard over HTTP."""

import time

from litestar import Controller, get
from litestar.di import NamedDependency

from product_dashboard.cache import Answers, CachedAnswer
from product_dashboard.cache.values import State
from product_dashboard.dashboard.examples import OVERVIEW, PRODUCT_REPORT, TOP_CUSTOMER
from product_dashboard.dashboard.schemas import Overview, ProductReport, TopCustomer, TopCustomersQuery
from product_dashboard.dashboard.service import read_product_report, read_reports, read_top_customers
from product_dashboard.envelope import Cached, Envelope, Headers, from_cache, joined
from product_dashboard.request import IfNoneMatch, Injected

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

    @get("/overview", summary="Both reports at once, loaded in parallel", example=OVERVIEW)
    async def get_overview(
        self,
        params: NamedDependency[TopCustomersQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[Overview]]:
        """`total_time_ms` is how long this answer took, `Server-Timing` tells it more finely.

        The ETag leaves it out, and so is weak.
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
