"""The floor of a list that is not cached: the service's own statement on Litestar and asyncmy, and its rows as JSON.

There is no cache, log, metric, limit or access control, and no error in an envelope.
`python -m tools.bench.http.bare_lists` reads DATABASE_URL, and PORT, the port to listen on.
"""

# asyncmy has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncmy
from litestar import Litestar, Response, get
from msgspec import UNSET

from generated import orders, product_lists
from product_dashboard.database.driver import is_mariadb
from product_dashboard.orders import pages
from product_dashboard.orders.service import to_order
from product_dashboard.products.schemas import ProductQuery
from product_dashboard.products.service import to_product
from product_dashboard.settings import load_database_settings
from product_dashboard.web.envelope import Page
from product_dashboard.web.paging import Listing, PageQuery, decode_cursor, paginate
from product_dashboard.web.representation import ENCODER
from tools.bench.http.floors import serve

pool: asyncmy.Pool


@asynccontextmanager
async def lifespan(_: Litestar) -> AsyncGenerator[None]:
    global pool  # noqa: PLW0603 - it needs the event loop
    settings = load_database_settings(os.environ)
    [server] = settings.servers
    pool = await asyncmy.create_pool(
        host=server.host,
        port=server.port,
        user=settings.user,
        password=settings.password.reveal().encode(),
        database=settings.database,
        charset="utf8mb4",
        autocommit=True,
        stmt_cache_size=settings.statement_cache,
        maxsize=settings.pool_size,
    )
    yield
    pool.close()
    await pool.wait_closed()


@get("/health/ready")
async def ready() -> dict[str, bool]:
    return {"ok": True}


@get("/api/v1/products", media_type="application/json")
async def list_products(cursor: str) -> Response[bytes]:
    query = ProductQuery(cursor=cursor)
    after = decode_cursor(product_lists.ListProductsCursor, query, query.sort)
    async with pool.acquire() as conn:
        rows = await product_lists.list_products(
            conn,
            is_filtered=False,
            least_stock=0,
            skipped=UNSET if is_mariadb(conn.get_server_info()) else 0,
            limit=query.limit,
            offset=0,
            order=query.sort,
            after=after,
        )
    total = rows[0].total if rows else 0
    return page(paginate(rows, to_product, query, total, product_lists.list_products_cursor, query.sort))


@get("/api/v1/orders", media_type="application/json")
async def list_orders(cursor: str) -> Response[bytes]:
    query = PageQuery(cursor=cursor)
    after = decode_cursor(pages.Cursor, query, pages.ORDER_BY)
    async with pool.acquire() as conn:
        rows = await orders.list_orders(
            conn, skipped=0, limit=query.limit, offset=0, order=pages.ORDER_BY, after=after
        )
    total = rows[0].total if rows else 0
    return page(paginate(rows, to_order, query, total, orders.list_orders_cursor, pages.ORDER_BY))


def page(listing: Listing[Any]) -> Response[bytes]:
    return Response(ENCODER.encode(Page(ok=True, data=listing.data, meta=listing.meta, error=None)))


if __name__ == "__main__":
    serve(
        Litestar(
            [ready, list_products, list_orders], lifespan=[lifespan], openapi_config=None, logging_config=None
        )
    )
