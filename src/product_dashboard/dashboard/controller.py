"""The dashboard over HTTP."""

from typing import Any

from litestar import Controller, Request, Response, get

from product_dashboard.dashboard.examples import OVERVIEW, PRODUCT_REPORT, TOP_CUSTOMER
from product_dashboard.dashboard.schemas import Overview, ProductReport, TopCustomer, TopCustomersQuery
from product_dashboard.dashboard.service import read_overview, read_product_report, read_top_customers
from product_dashboard.envelope import cached_reply
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.resources import Injected
from product_dashboard.validation import parse_query


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
        self, request: Request[Any, Any, Any], resources: Injected
    ) -> Response[bytes]:
        answer = await read_product_report.response(resources.cache, resources.database)
        return cached_reply(request, answer)

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
        self, request: Request[Any, Any, Any], resources: Injected
    ) -> Response[bytes]:
        limit = parse_query(request, TopCustomersQuery).limit
        answer = await read_top_customers.response(resources.cache, resources.database, limit=limit)
        return cached_reply(request, answer)

    @get(
        "/overview",
        opt=operation(
            summary="Both reports at once, loaded in parallel",
            description="`total_time_ms` is what this answer took; the ETag leaves it out, and so is weak.",
            query=TopCustomersQuery,
            returns=Returns(200, Overview, example=OVERVIEW),
            cached=True,
        ),
    )
    async def get_overview(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        limit = parse_query(request, TopCustomersQuery).limit
        return cached_reply(request, await read_overview(resources, limit=limit))
