"""The API on Litestar, asyncmy and redis-py, with the cache-aside pattern.

`python -m tools.bench.http.peers.litestar_app`, which reads PORT.
"""

# asyncmy has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

import asyncmy
import msgspec
import uvicorn
from asyncmy.cursors import Cursor, DictCursor
from litestar import Litestar, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody, QueryParameter
from redis.asyncio import BlockingConnectionPool, Redis

from tools.bench.http.peers import cursor as cursors
from tools.bench.http.peers import litestar_queries as queries
from tools.bench.http.peers.litestar_queries import rows_of
from tools.bench.http.peers.litestar_schemas import (
    Envelope,
    Listing,
    NewOrder,
    Order,
    Overview,
    PageMeta,
    Product,
    ProductReport,
    TopCustomer,
)

T = TypeVar("T")
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Page = Annotated[int, QueryParameter(ge=1, le=1_000_000)]
MINUTE = 60
IS_CACHED = os.environ.get("CACHE_ENABLED") != "false"

# The ordinary pool raises an error, instead of waiting, if all of its connections are in use.
redis: Redis = Redis(connection_pool=BlockingConnectionPool.from_url(os.environ["REDIS_URL"]))
pool: asyncmy.Pool


@asynccontextmanager
async def lifespan(_: Litestar) -> AsyncGenerator[None]:
    global pool  # noqa: PLW0603 - it needs the event loop
    url = urlsplit(os.environ["DATABASE_URL"])
    pool = await asyncmy.create_pool(
        host=url.hostname,
        port=url.port or 3306,
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        db=url.path[1:],
        maxsize=10,
    )
    async for key in redis.scan_iter("litestar:*", count=1000):
        await redis.delete(key)
    yield
    pool.close()
    await pool.wait_closed()
    await redis.aclose()


@asynccontextmanager
async def transaction() -> AsyncGenerator[Cursor]:
    """Commit at the end of the block, or roll back if it raises."""
    async with pool.acquire() as connection, connection.cursor(DictCursor) as cursor:
        try:
            yield cursor
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise


async def cached(type_: type[T], key: str, field: str, ttl: int, load: Callable[[Cursor], Awaitable[T]]) -> T:
    """Return a field of a hash in Redis, which a write deletes as a whole; load and store it if it is not there."""
    if IS_CACHED and (found := await redis.hget(f"litestar:{key}", field)) is not None:
        return msgspec.json.decode(found, type=type_)
    async with transaction() as cursor:
        value = await load(cursor)
    if IS_CACHED:
        async with redis.pipeline() as pipe:
            pipe.hset(f"litestar:{key}", field, msgspec.json.encode(value))
            pipe.expire(f"litestar:{key}", ttl)
            await pipe.execute()
    return value


@get("/health/ready")
async def ready() -> dict[str, bool]:
    return {"ok": True}


@get("/api/v1/dashboard/overview")
async def overview(limit: Limit = 10) -> Envelope[Overview]:
    started = time.perf_counter()
    report, customers = await asyncio.gather(
        cached(ProductReport, "report", "", 10 * MINUTE, queries.product_report),
        cached(
            list[TopCustomer], "customers", f"{limit}", 10 * MINUTE,
            lambda cursor: queries.top_customers(cursor, limit),
        ),
    )  # fmt: skip
    return Envelope(Overview(report, customers, round((time.perf_counter() - started) * 1000)))


@get("/api/v1/products/{product_id:uuid}")
async def get_product(product_id: FromPath[UUID]) -> Envelope[Product]:
    async def load(cursor: Cursor) -> Product:
        rows = await rows_of(cursor, f"{queries.PRODUCTS} WHERE p.id = %s", product_id.bytes)
        if not rows:
            raise NotFoundException
        return queries.to_product(rows[0])

    return Envelope(await cached(Product, f"product:{product_id}", "", 10 * MINUTE, load))


@get("/api/v1/orders/{order_id:uuid}")
async def get_order(order_id: FromPath[UUID]) -> Envelope[Order]:
    async def load(cursor: Cursor) -> Order:
        rows = await rows_of(cursor, f"{queries.ORDERS} WHERE o.id = %s", order_id.bytes)
        if not rows:
            raise NotFoundException
        return (await queries.with_items(cursor, rows))[0]

    return Envelope(await cached(Order, f"order:{order_id}", "", 10 * MINUTE, load))


def page_meta(total: int, page: int, size: int, cursor: str | None, after: str | None) -> PageMeta:
    return PageMeta(total, -(-total // size), page if cursor is None else None, size, after)


@get("/api/v1/products")
async def list_products(
    page: Page = 1, page_size: Limit = 10, cursor: str | None = None
) -> Envelope[list[Product]]:
    async def load(db: Cursor) -> Listing[Product]:
        where = ""
        arguments: list[object] = [page_size + 1, (page - 1) * page_size]
        if cursor is not None:
            last = cursors.decode(cursor)
            where = "WHERE p.name > %s OR (p.name = %s AND p.id > %s)"
            arguments = [last["name"], last["name"], UUID(last["id"]).bytes, page_size + 1, 0]
        sql = f"{queries.PRODUCTS} {where} ORDER BY p.name, p.id LIMIT %s OFFSET %s"
        rows = await rows_of(db, sql, *arguments)
        shown = [queries.to_product(row) for row in rows[:page_size]]
        more = len(rows) > page_size
        after = cursors.encode(order="name_asc", id=shown[-1].id, name=shown[-1].name) if more else None
        total = await queries.total_of(db, "products")
        return Listing(shown, page_meta(total, page, page_size, cursor, after))

    field = f"{page}:{page_size}:{cursor}"
    found = await cached(Listing[Product], "products", field, MINUTE, load)
    return Envelope(found.data, found.meta)


@get("/api/v1/orders")
async def list_orders(
    page: Page = 1, page_size: Limit = 10, cursor: str | None = None
) -> Envelope[list[Order]]:
    async def load(db: Cursor) -> Listing[Order]:
        where = ""
        arguments: list[object] = [page_size + 1, (page - 1) * page_size]
        if cursor is not None:
            last = cursors.decode(cursor)
            moment = datetime.fromisoformat(last["created_at"]).replace(tzinfo=None)
            where = "WHERE o.created_at < %s OR (o.created_at = %s AND o.id < %s)"
            arguments = [moment, moment, UUID(last["id"]).bytes, page_size + 1, 0]
        sql = f"{queries.ORDERS} {where} ORDER BY o.created_at DESC, o.id DESC LIMIT %s OFFSET %s"
        rows = await rows_of(db, sql, *arguments)
        shown = await queries.with_items(db, rows[:page_size])
        moment_text = shown[-1].created_at.isoformat().replace("+00:00", "Z") if shown else ""
        more = len(rows) > page_size
        after = cursors.encode(order="newest", created_at=moment_text, id=shown[-1].id) if more else None
        total = await queries.total_of(db, "orders")
        return Listing(shown, page_meta(total, page, page_size, cursor, after))

    field = f"{page}:{page_size}:{cursor}"
    found = await cached(Listing[Order], "orders", field, MINUTE, load)
    return Envelope(found.data, found.meta)


@post("/api/v1/orders")
async def create_order(data: JSONBody[NewOrder]) -> Envelope[Order]:
    quantities: Counter[UUID] = Counter()
    for item in data.items:
        quantities[item.product_id] += item.quantity
    async with transaction() as cursor:
        order = await queries.place_order(cursor, data, quantities)
    changed = ("report", "customers", "products", "orders", *(f"product:{key}" for key in quantities))
    await redis.unlink(*(f"litestar:{key}" for key in changed))
    return Envelope(order)


app = Litestar(
    [ready, overview, get_product, get_order, list_products, list_orders, create_order], lifespan=[lifespan]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))
