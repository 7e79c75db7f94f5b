"""Changes of a product's stock by a difference, over HTTP."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from product_dashboard.errors import Code
from product_dashboard.idempotency.header import Idempotent
from product_dashboard.products import stock
from product_dashboard.products.examples import NEW_STOCK_CHANGE, STOCK_CHANGE
from product_dashboard.products.schemas import NewStockChange, StockChange
from product_dashboard.web.envelope import (
    BASE_PATH,
    Cached,
    Envelope,
    Page,
    Reply,
    created,
    from_cache,
    page_from_cache,
)
from product_dashboard.web.paging import PageQuery, decode_cursor
from product_dashboard.web.request import IfNoneMatch, Injected


class StockController(Controller):
    path = "/products/{product_id:str}/stock"
    tags = ("Products",)

    @post(
        summary="Move the stock of a product by a difference",
        errors=[Code.INSUFFICIENT_STOCK, Code.STOCK_LIMIT],
        example=STOCK_CHANGE,
        body_example=NEW_STOCK_CHANGE,
    )
    async def create_stock_change(
        self,
        product_id: FromPath[UUID],
        data: JSONBody[NewStockChange],
        resources: Injected,
        idempotent: Idempotent,
    ) -> Reply[Envelope[StockChange]]:
        """Keeps the change with its reason. Needs no If-Match: a difference is right no matter what was read."""
        return await idempotent.reply(
            lambda once: stock.create_stock_change(resources, product_id, data, once),
            lambda change: created(change, location=f"{BASE_PATH}/products/{product_id}/stock/{change.id}"),
        )

    @get(summary="List the changes of a product's stock, newest first", example=[STOCK_CHANGE])
    async def list_stock_changes(
        self,
        product_id: FromPath[UUID],
        params: NamedDependency[PageQuery],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Page[StockChange]]:
        """Lists changes by a difference only. Orders move the stock too, and a PUT or a PATCH may set it."""
        after = decode_cursor(stock.Cursor, params, stock.ORDER_BY)
        answer = await stock.read_page.response(
            resources.cache, resources.database, product_id=product_id, query=params, after=after
        )
        return page_from_cache(answer, if_none_match)

    @get("/{change_id:str}", summary="Get a change of a product's stock", example=STOCK_CHANGE)
    async def get_stock_change(
        self,
        product_id: FromPath[UUID],
        change_id: FromPath[UUID],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Cached[Envelope[StockChange]]:
        answer = await stock.read_stock_change.response(
            resources.cache, resources.database, id=change_id, product_id=product_id
        )
        return from_cache(answer, if_none_match)
