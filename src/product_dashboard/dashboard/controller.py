"""The dashboard over HTTP: reports from the cache, spliced as the bytes that are stored there."""

import asyncio
import time
from typing import Any

from litestar import Controller, Request, Response, get
from msgspec import Raw, Struct

from product_dashboard.cache import CachedAnswer
from product_dashboard.dashboard.examples import OVERVIEW, PRODUCT_REPORT, TOP_CUSTOMER
from product_dashboard.dashboard.schemas import Overview, ProductReport, TopCustomer, TopCustomersQuery
from product_dashboard.dashboard.service import read_product_report, read_top_customers
from product_dashboard.envelope import cached_reply, success_body
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.resources import Resources
from product_dashboard.validation import parse_query

# From the freshest to the least fresh: an answer made of parts is as fresh as its worst part.
FRESHNESS = ("MISS", "BYPASS", "HIT", "STALE")


class SplicedOverview(Struct, frozen=True):
    """An `Overview` whose parts are encoded already."""

    product_report: Raw
    top_customers: Raw
    total_time_ms: float


class DashboardController(Controller):
    path = "/dashboard"
    tags = ("Dashboard",)

    @get(
        "/products",
        opt=operation(
            summary="Number, stock and average price of all products, and the newest five",
            returns=Returns(200, ProductReport, example=PRODUCT_REPORT),
            cached=True,
        ),
    )
    async def get_product_report(
        self, request: Request[Any, Any, Any], resources: Resources
    ) -> Response[bytes]:
        answer = await read_product_report.response(resources.cache, resources.database)
        return cached_reply(request, answer, success_body(Raw(answer.body)))

    @get(
        "/top-customers",
        opt=operation(
            summary="The customers who spent most",
            query=TopCustomersQuery,
            returns=Returns(200, list[TopCustomer], example=[TOP_CUSTOMER]),
            cached=True,
        ),
    )
    async def get_top_customers(
        self, request: Request[Any, Any, Any], resources: Resources
    ) -> Response[bytes]:
        limit = parse_query(request, TopCustomersQuery).limit
        answer = await read_top_customers.response(resources.cache, resources.database, limit=limit)
        return cached_reply(request, answer, success_body(Raw(answer.body)))

    @get(
        "/overview",
        opt=operation(
            summary="Both reports at once, loaded in parallel",
            description="`total_time_ms` is what this answer took; the ETag is weak because it leaves that out.",
            query=TopCustomersQuery,
            returns=Returns(200, Overview, example=OVERVIEW),
            cached=True,
        ),
    )
    async def get_overview(self, request: Request[Any, Any, Any], resources: Resources) -> Response[bytes]:
        started = time.perf_counter()
        limit = parse_query(request, TopCustomersQuery).limit
        report, customers = await asyncio.gather(
            read_product_report.response(resources.cache, resources.database),
            read_top_customers.response(resources.cache, resources.database, limit=limit),
        )
        took_ms = round((time.perf_counter() - started) * 1000, 3)
        body = success_body(SplicedOverview(Raw(report.body), Raw(customers.body), took_ms))
        return cached_reply(request, _spliced(body, report, customers))


def _spliced(body: bytes, *parts: CachedAnswer) -> CachedAnswer:
    """An answer made of parts: as fresh as the least fresh, as old as the oldest, changed when one of them is."""
    return CachedAnswer(
        body=body,
        etag='W/"' + "-".join(part.etag.strip('"') for part in parts) + '"',
        state=max((part.state for part in parts), key=FRESHNESS.index),
        age=max(part.age for part in parts),
    )
