"""The page over HTTP."""

from dataclasses import replace
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from litestar import Controller, Request, Router, get
from litestar.di import NamedDependency

from product_dashboard.access.rules import Access
from product_dashboard.errors import BadRequest
from product_dashboard.page import lists
from product_dashboard.page.assets import asset_router
from product_dashboard.page.documents import read_categories, read_orders, read_overview, read_products
from product_dashboard.page.frame import HEADERS, HTML
from product_dashboard.page.process import ProcessFigures
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.today import today
from product_dashboard.web.envelope import NO_STORE, Cached, Layout, Reply
from product_dashboard.web.paging import PageQuery
from product_dashboard.web.request import IfNoneMatch, Injected
from product_dashboard.web.validation import decode_query

PageRequest: TypeAlias = Request[Any, Any, Any]
DOCUMENT: Final = Layout(bytes, media_type=HTML, headers=HEADERS)


class PageController(Controller):
    path = "/"

    @get()
    async def show_overview(self, resources: Injected, if_none_match: IfNoneMatch = None) -> Cached[bytes]:
        day, ends_at = today()
        answer = await read_overview.response(resources.cache, resources, until=day)
        return replace(DOCUMENT, until=ends_at).reply((answer,), if_none_match)

    @get("/products")
    async def show_products(
        self, request: PageRequest, resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Reply[bytes]:
        try:
            query = decode_query(ProductQuery, request.scope["query_string"])
            answer = await read_products.response(resources.cache, resources, query=query)
        except BadRequest as error:
            categories = await read_categories(resources)
            return _refused(lists.refused_products(_given(request), error.details, categories))
        return DOCUMENT.reply((answer,), if_none_match)

    @get("/orders")
    async def show_orders(
        self, request: PageRequest, resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Reply[bytes]:
        try:
            query = decode_query(PageQuery, request.scope["query_string"])
            answer = await read_orders.response(resources.cache, resources, query=query)
        except BadRequest as error:
            return _refused(lists.refused_orders(_given(request), error.details))
        return DOCUMENT.reply((answer,), if_none_match)

    @get("/process")
    async def show_process(self, process: NamedDependency[ProcessFigures]) -> Reply[bytes]:
        return Reply(process.document(), headers=(NO_STORE, *HEADERS), media_type=HTML)


def _given(request: PageRequest) -> dict[str, str]:
    """Return the parameters of an address as they were written, so that the form can show them again."""
    return dict(parse_qsl(request.scope["query_string"].decode("latin-1")))


def _refused(document: bytes) -> Reply[bytes]:
    return Reply(document, status=400, headers=(NO_STORE, *HEADERS), media_type=HTML)


def page_routes() -> tuple[Router, Router]:
    """Make the routes of the documents and of their files."""
    documents = Router(
        "/",
        route_handlers=[PageController],
        include_in_schema=False,
        opt={"access": Access.PAGE},
    )
    return documents, asset_router()
