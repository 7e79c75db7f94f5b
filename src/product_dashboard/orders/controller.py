"""Orders over HTTP."""

from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from product_dashboard.errors import Code
from product_dashboard.idempotency.header import Idempotent
from product_dashboard.orders import pages, service
from product_dashboard.orders.examples import NEW_ORDER, ORDER
from product_dashboard.orders.schemas import NewOrder, Order
from product_dashboard.web.envelope import (
    BASE_PATH,
    Cached,
    Envelope,
    Page,
    Reply,
    created,
    from_cache,
    ok,
    page_from_cache,
)
from product_dashboard.web.paging import PageQuery, decode_cursor
from product_dashboard.web.preconditions import parse_precondition
from product_dashboard.web.request import IfMatch, IfNoneMatch, IfNoneMatchOfWrite, Injected


class OrderController(Controller):
    path = "/orders"
    tags = ("Orders",)

    @post(
        summary="Place an order",
        errors=[Code.UNKNOWN_REFERENCE, Code.PRODUCT_INACTIVE, Code.PRICE_CHANGED, Code.INSUFFICIENT_STOCK],
        example=ORDER,
        body_example=NEW_ORDER,
    )
    async def create_order(
        self, data: JSONBody[NewOrder], resources: Injected, idempotent: Idempotent
    ) -> Reply[Envelope[Order]]:
        """Takes the items out of stock. Lines that name the same product become one.

        `unit_price` may be left out; if it is given, it must be the product's current price.
        """
        return await idempotent.reply(
            lambda once: service.create_order(resources, data, once),
            lambda order: created(order, location=f"{BASE_PATH}/orders/{order.id}"),
        )

    @get(summary="List orders, newest first", example=[ORDER])
    async def list_orders(
        self, params: NamedDependency[PageQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Page[Order]]:
        after = decode_cursor(pages.Cursor, params, pages.ORDER_BY)
        answer = await pages.read_page.response(
            resources.cache, resources.database, query=params, after=after
        )
        return page_from_cache(answer, if_none_match)

    @get("/{order_id:str}", summary="Get an order with its customer and items", example=ORDER)
    async def get_order(
        self, order_id: FromPath[UUID], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Envelope[Order]]:
        answer = await service.read_order.response(resources.cache, resources.database, id=order_id)
        return from_cache(answer, if_none_match)

    @delete(
        "/{order_id:str}",
        status_code=200,
        summary="Delete an order and give its items back to the stock",
        errors=[Code.STOCK_LIMIT],
    )
    async def delete_order(
        self,
        order_id: FromPath[UUID],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Reply[Envelope[None]]:
        await service.delete_order(resources, order_id, parse_precondition(if_match, if_none_match))
        return ok(None)
