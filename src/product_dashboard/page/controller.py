"""The page over HTTP."""

from dataclasses import replace
from typing import Final

from litestar import Controller, Router, get
from litestar.di import NamedDependency

from product_dashboard.access.rules import Access
from product_dashboard.errors import AppError
from product_dashboard.page.assets import asset_router
from product_dashboard.page.documents import read_orders, read_overview, read_products
from product_dashboard.page.errors import on_page_error
from product_dashboard.page.frame import HEADERS, HTML
from product_dashboard.page.process import ProcessFigures
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.today import today
from product_dashboard.web.envelope import NO_STORE, Cached, Layout, Reply
from product_dashboard.web.paging import PageQuery
from product_dashboard.web.request import IfNoneMatch, Injected

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
        self, params: NamedDependency[ProductQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[bytes]:
        answer = await read_products.response(resources.cache, resources, query=params)
        return DOCUMENT.reply((answer,), if_none_match)

    @get("/orders")
    async def show_orders(
        self, params: NamedDependency[PageQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[bytes]:
        answer = await read_orders.response(resources.cache, resources, query=params)
        return DOCUMENT.reply((answer,), if_none_match)

    @get("/process")
    async def show_process(self, process: NamedDependency[ProcessFigures]) -> Reply[bytes]:
        return Reply(process.document(), headers=(NO_STORE, *HEADERS), media_type=HTML)


def page_routes() -> tuple[Router, Router]:
    """Make the routes of the documents and of their files."""
    documents = Router(
        "/",
        route_handlers=[PageController],
        include_in_schema=False,
        opt={"access": Access.PAGE},
        exception_handlers={AppError: on_page_error},
    )
    return documents, asset_router()
