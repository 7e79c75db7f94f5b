"""Changes of a product's stock by a difference, over HTTP."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from generated import stock
from product_dashboard.envelope import BASE_PATH, Envelope, Page, Reply, Tagged, created, page, tagged
from product_dashboard.errors import Code, found
from product_dashboard.idempotency import Idempotent
from product_dashboard.paging import PageQuery, decode_cursor, paginate
from product_dashboard.products.examples import NEW_STOCK_CHANGE, STOCK_CHANGE
from product_dashboard.products.schemas import NewStockChange, StockChange
from product_dashboard.products.stock import create_stock_change, to_stock_change
from product_dashboard.request import IfNoneMatch, Injected

ORDER: stock.ListStockChangesOrder = "newest"


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
            lambda once: create_stock_change(resources, product_id, data, once),
            lambda change: created(change, location=f"{BASE_PATH}/products/{product_id}/stock/{change.id}"),
        )

    @get(summary="List the changes of a product's stock, newest first", example=[STOCK_CHANGE])
    async def list_stock_changes(
        self, product_id: FromPath[UUID], params: NamedDependency[PageQuery], resources: Injected
    ) -> Reply[Page[StockChange]]:
        """Those by a difference. Orders move the stock too, and a PUT or a PATCH may set it."""
        after = decode_cursor(stock.ListStockChangesCursor, params, ORDER)
        async with resources.database.connection() as conn:
            count = await stock.count_stock_changes(conn, product_id=product_id)
            total = found(count, "product", product_id)
            rows = await stock.list_stock_changes(
                conn,
                product_id=product_id,
                limit=params.limit,
                offset=params.offset,
                order=ORDER,
                after=after,
            )
        shown, meta = paginate(rows, params, total, stock.list_stock_changes_cursor, ORDER)
        return page([to_stock_change(row) for row in shown], meta)

    @get("/{change_id:str}", summary="Get a change of a product's stock", example=STOCK_CHANGE)
    async def get_stock_change(
        self,
        product_id: FromPath[UUID],
        change_id: FromPath[UUID],
        resources: Injected,
        if_none_match: IfNoneMatch = None,
    ) -> Tagged[Envelope[StockChange]]:
        async with resources.database.connection() as conn:
            row = await stock.get_stock_change(conn, id=change_id, product_id=product_id)
        return tagged(to_stock_change(found(row, "stock change", change_id)), if_none_match)
