"""Orders over HTTP."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post

from generated import orders, statistics
from product_dashboard.envelope import BASE_PATH, cached_reply, created, no_content, ok
from product_dashboard.errors import Code
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.orders.examples import NEW_ORDER, ORDER
from product_dashboard.orders.schemas import NewOrder, Order
from product_dashboard.orders.service import create_order, delete_order, read_order, to_order
from product_dashboard.paging import ListMeta, PageQuery, decode_cursor, encode_cursor, split_page
from product_dashboard.resources import Injected
from product_dashboard.validation import parse_body, parse_query, path_id

ORDER_BY: orders.ListOrdersOrder = "newest"

_cursors = msgspec.json.Decoder(orders.ListOrdersCursor)


class OrderController(Controller):
    path = "/orders"
    tags = ("Orders",)

    @post(
        opt=operation(
            summary="Place an order",
            description=(
                "Takes the items out of stock. Lines that name the same product become one. "
                "`unit_price` may be left out; where it is given, it must be the product's current price."
            ),
            body=NewOrder,
            body_example=NEW_ORDER,
            returns=Returns(201, Order, example=ORDER),
            errors=(
                Code.UNKNOWN_REFERENCE,
                Code.PRODUCT_INACTIVE,
                Code.PRICE_CHANGED,
                Code.INSUFFICIENT_STOCK,
            ),
        )
    )
    async def create_order(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        new = await parse_body(request, NewOrder)
        order = await create_order(resources, new)
        return created(order, location=f"{BASE_PATH}/orders/{order.id}")

    @get(
        opt=operation(
            summary="List orders, newest first",
            query=PageQuery,
            returns=Returns(200, list[Order], meta=True, example=[ORDER]),
        )
    )
    async def list_orders(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        query = parse_query(request, PageQuery)
        after = decode_cursor(_cursors, query.cursor, order=ORDER_BY)
        async with resources.database.connection() as conn:
            totals = await statistics.get_totals(conn)
            rows = await orders.list_orders(
                conn, limit=query.limit, offset=query.offset, order=ORDER_BY, after=after
            )
        page, last = split_page(rows, query)
        next_cursor = encode_cursor(orders.list_orders_cursor(last, ORDER_BY)) if last else None
        meta = ListMeta.of(query, total=totals.orders, next_cursor=next_cursor)
        return ok([to_order(row) for row in page], meta=meta)

    @get(
        "/{order_id:str}",
        opt=operation(
            summary="Get an order with its customer and items",
            returns=Returns(200, Order, example=ORDER),
            errors=(Code.NOT_FOUND,),
            cached=True,
        ),
    )
    async def get_order(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        order_id = path_id(request, "order_id")
        answer = await read_order.response(resources.cache, resources.database, id=order_id)
        return cached_reply(request, answer)

    @delete(
        "/{order_id:str}",
        status_code=204,
        opt=operation(
            summary="Delete an order and give its items back to the stock",
            returns=Returns(204),
            errors=(Code.NOT_FOUND,),
        ),
    )
    async def delete_order(self, request: Request[Any, Any, Any], resources: Injected) -> Response[None]:
        await delete_order(resources, path_id(request, "order_id"))
        return no_content()
