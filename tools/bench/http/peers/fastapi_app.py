"""The API on FastAPI, SQLAlchemy and cashews: `python -m tools.bench.http.peers.fastapi_app`, which reads PORT."""

# The packages are installed only for a comparison.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUntypedFunctionDecorator=false, reportUnknownArgumentType=false, reportUnknownParameterType=false

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from cashews import cache
from fastapi import FastAPI, HTTPException, Query
from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.orm import joinedload, selectinload
from uuid_utils.compat import uuid7

from tools.bench.http.peers import cursor as cursors
from tools.bench.http.peers import fastapi_schemas as schemas
from tools.bench.http.peers.models import Customer, Order, OrderItem, Product, Session, Statistics, engine

cache.setup(os.environ["REDIS_URL"], enable=os.environ.get("CACHE_ENABLED") != "false")

Limit = Annotated[int, Query(ge=1, le=100)]
Page = Annotated[int, Query(ge=1, le=1_000_000)]
WHOLE_ORDER = (
    joinedload(Order.customer),
    selectinload(Order.items).joinedload(OrderItem.product).joinedload(Product.category),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    await cache.delete_match("fastapi:*")
    yield
    await cache.close()
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, bool]:
    return {"ok": True}


@cache(ttl="10m", key="fastapi:report", tags=["products"])
async def product_report() -> schemas.ProductReport:
    sums = func.sum(Statistics.products), func.sum(Statistics.stock), func.sum(Statistics.price_sum)
    async with Session() as session:
        count, stock, price_sum = (await session.execute(select(*sums))).one()
        newest = select(Product).order_by(Product.created_at.desc(), Product.id.desc()).limit(5)
        recent = (await session.scalars(newest)).all()
    average = (price_sum / count if count else Decimal()).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return schemas.ProductReport(
        total_products=count or 0,
        total_stock=stock or 0,
        average_price=average,
        recent_products=[schemas.RecentProduct.model_validate(each) for each in recent],
        cached_at=datetime.now(UTC),
    )


@cache(ttl="10m", key="fastapi:customers:{limit}", tags=["orders"])
async def top_customers(limit: int) -> list[schemas.TopCustomer]:
    best = select(Customer).where(Customer.total_spent > 0)
    async with Session() as session:
        rows = await session.scalars(
            best.order_by(Customer.total_spent.desc(), Customer.id.desc()).limit(limit)
        )
    return [schemas.TopCustomer.model_validate(row) for row in rows]


@app.get("/api/v1/dashboard/overview")
async def overview(limit: Limit = 10) -> schemas.Envelope[schemas.Overview]:
    started = time.perf_counter()
    report, customers = await asyncio.gather(product_report(), top_customers(limit))
    took_ms = round((time.perf_counter() - started) * 1000)
    return schemas.Envelope(
        data=schemas.Overview(product_report=report, top_customers=customers, total_time_ms=took_ms)
    )


@cache(ttl="10m", key="fastapi:product:{product_id}")
async def read_product(product_id: UUID) -> schemas.ProductOut | None:
    async with Session() as session:
        found = await session.get(Product, product_id, options=[joinedload(Product.category)])
    return schemas.ProductOut.model_validate(found) if found else None


@app.get("/api/v1/products/{product_id}")
async def get_product(product_id: UUID) -> schemas.Envelope[schemas.ProductOut]:
    if (product := await read_product(product_id)) is None:
        raise HTTPException(404)
    return schemas.Envelope(data=product)


@cache(ttl="10m", key="fastapi:order:{order_id}")
async def read_order(order_id: UUID) -> schemas.OrderOut | None:
    async with Session() as session:
        found = await session.get(Order, order_id, options=WHOLE_ORDER)
    return schemas.OrderOut.model_validate(found) if found else None


@app.get("/api/v1/orders/{order_id}")
async def get_order(order_id: UUID) -> schemas.Envelope[schemas.OrderOut]:
    if (order := await read_order(order_id)) is None:
        raise HTTPException(404)
    return schemas.Envelope(data=order)


def page_meta(total: int, page: int, size: int, cursor: str | None, after: str | None) -> schemas.Meta:
    number = page if cursor is None else None
    return schemas.Meta(
        total=total, totalPages=-(-total // size), page=number, pageSize=size, next_cursor=after
    )


@app.get("/api/v1/products")
@cache(ttl="1m", key="fastapi:products:{page}:{page_size}:{cursor}", tags=["products"])
async def list_products(
    page: Page = 1, page_size: Limit = 10, cursor: str | None = None
) -> schemas.Envelope[list[schemas.ProductOut]]:
    query = select(Product).options(joinedload(Product.category)).order_by(Product.name, Product.id)
    if cursor is not None:
        last = cursors.decode(cursor)
        later = and_(Product.name == last["name"], Product.id > UUID(last["id"]))
        query = query.where(or_(Product.name > last["name"], later))
    else:
        query = query.offset((page - 1) * page_size)
    async with Session() as session:
        rows = (await session.scalars(query.limit(page_size + 1))).all()
        total = int(await session.scalar(select(func.sum(Statistics.products))) or 0)
    shown = [schemas.ProductOut.model_validate(row) for row in rows[:page_size]]
    more = len(rows) > page_size
    after = cursors.encode(order="name_asc", id=shown[-1].id, name=shown[-1].name) if more else None
    return schemas.Envelope(data=shown, meta=page_meta(total, page, page_size, cursor, after))


@app.get("/api/v1/orders")
@cache(ttl="1m", key="fastapi:orders:{page}:{page_size}:{cursor}", tags=["orders"])
async def list_orders(
    page: Page = 1, page_size: Limit = 10, cursor: str | None = None
) -> schemas.Envelope[list[schemas.OrderOut]]:
    query = select(Order).options(*WHOLE_ORDER).order_by(Order.created_at.desc(), Order.id.desc())
    if cursor is not None:
        last = cursors.decode(cursor)
        moment = datetime.fromisoformat(last["created_at"])
        earlier = and_(Order.created_at == moment, Order.id < UUID(last["id"]))
        query = query.where(or_(Order.created_at < moment, earlier))
    else:
        query = query.offset((page - 1) * page_size)
    async with Session() as session:
        rows = (await session.scalars(query.limit(page_size + 1))).all()
        total = int(await session.scalar(select(func.sum(Statistics.orders))) or 0)
    shown = [schemas.OrderOut.model_validate(row) for row in rows[:page_size]]
    more = len(rows) > page_size
    moment_text = shown[-1].created_at.isoformat().replace("+00:00", "Z") if shown else ""
    after = cursors.encode(order="newest", created_at=moment_text, id=shown[-1].id) if more else None
    return schemas.Envelope(data=shown, meta=page_meta(total, page, page_size, cursor, after))


@app.post("/api/v1/orders", status_code=201)
async def create_order(new: schemas.NewOrder) -> schemas.Envelope[schemas.OrderOut]:
    quantities: Counter[UUID] = Counter()
    for item in new.items:
        quantities[item.product_id] += item.quantity
    async with Session.begin() as session:
        customer = await session.get(Customer, new.customer_id, with_for_update=True)
        query = select(Product).where(Product.id.in_(quantities)).options(selectinload(Product.category))
        products = (await session.scalars(query.order_by(Product.id).with_for_update())).all()
        if customer is None or len(products) < len(quantities):
            raise HTTPException(422, "The customer or a product of the order does not exist.")
        order = place(customer, products, quantities)
        session.add(order)
        await session.flush()
        stripe: Any = insert(Statistics).values(
            stripe=random.randrange(64), orders=1, stock=-order.total_quantity
        )
        added = {
            "orders": Statistics.orders + stripe.inserted.orders,
            "stock": Statistics.stock + stripe.inserted.stock,
        }
        await session.execute(stripe.on_duplicate_key_update(added))
    await cache.delete_many(*(f"fastapi:product:{product_id}" for product_id in quantities))
    await cache.delete_tags("products", "orders")
    return schemas.Envelope(data=schemas.OrderOut.model_validate(order))


def place(customer: Customer, products: Sequence[Product], quantities: Counter[UUID]) -> Order:
    """Take the items out of stock, and count them in the totals of the products and of the customer."""
    for product in products:
        if not product.is_active or product.stock_quantity < quantities[product.id]:
            raise HTTPException(409, f"{product.name} is not for sale, or there is not enough in stock.")
        product.stock_quantity -= quantities[product.id]
        product.total_sold += quantities[product.id]
    by_id = {product.id: product for product in products}
    items = [
        OrderItem(id=uuid7(), product=by_id[key], quantity=quantity, unit_price=by_id[key].price)
        for key, quantity in quantities.items()
    ]
    total = sum((item.unit_price * item.quantity for item in items), Decimal())
    customer.total_orders += 1
    customer.total_spent += total
    return Order(
        id=uuid7(),
        customer=customer,
        total_quantity=sum(quantities.values()),
        total_price=total,
        created_at=datetime.now(UTC),
        items=items,
    )


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))
