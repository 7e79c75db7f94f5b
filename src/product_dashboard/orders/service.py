"""The rules of orders: their products and prices, and their effect on stock and totals.

Every transaction locks in one order - the order itself, its customer, its products by id - and adds to the
statistics last. Two of them then wait for each other rarely, and where they do deadlock one is tried again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import orders, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Tag, cached
from product_dashboard.database import Database
from product_dashboard.errors import Code, Conflict, FieldProblem, Unprocessable, found
from product_dashboard.fields import MAX_STOCK
from product_dashboard.orders.schemas import NewOrder, Order, OrderItem
from product_dashboard.preconditions import Precondition
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.retries import Once

Products: TypeAlias = Mapping[UUID, orders.LockProductsRow]


def _tags_of_order(*, id: UUID) -> tuple[Tag, ...]:  # noqa: A002, ARG001 - the signature of read_order
    return (tags.NAMES,)


@cached(name="order", ttl=timedelta(minutes=10), tags=_tags_of_order)
async def read_order(database: Database, *, id: UUID) -> Order:  # noqa: A002 - the name that it has in SQL
    """Read the order with its customer and its items. Raises `NotFound`."""
    async with database.connection() as conn:
        return await _read(conn, id)


@retry_on_deadlock
async def create_order(resources: Resources, new: NewOrder, once: Once[Order]) -> Order:
    """Place an order: its items leave the stock, and all totals change, in one transaction or not at all.

    Raises `Unprocessable` for a customer or product that does not exist; `Conflict` with PRODUCT_INACTIVE,
    PRICE_CHANGED or INSUFFICIENT_STOCK and details that name the products.
    """
    quantities = new.quantities()
    changed = (tags.PRODUCT_REPORT, tags.TOP_CUSTOMERS, *map(tags.product, quantities))
    async with once.transaction(resources, invalidates=changed) as tx:
        customer = await orders.lock_customer(tx.conn, id=new.customer_id)
        locked = await orders.lock_products(tx.conn, ids=sorted(quantities))
        products = {product.id: product for product in locked}
        _refuse_unknown(new, products, customer_exists=customer is not None)
        _refuse_inactive(locked)
        _refuse_changed_prices(new, products)
        _refuse_short_stock(quantities, products)
        id_ = await _insert(tx.conn, new.customer_id, quantities, products)
        order = await _read(tx.conn, id_)
        await once.keep(tx, order)
        await statistics.add_order_totals(tx.conn, orders=1, stock=-order.total_quantity)
    return order


@retry_on_deadlock
async def delete_order(resources: Resources, order_id: UUID, if_match: Precondition | None) -> None:
    """Delete an order: its items go back into stock, and out of all totals.

    Raises `NotFound`, `PreconditionFailed`, and `Conflict` (STOCK_LIMIT) if a product would have more in stock than
    a client may write: a PUT of what a GET has answered must be valid.
    """
    changed = (read_order.key(id=order_id), tags.PRODUCT_REPORT, tags.TOP_CUSTOMERS)
    async with resources.cache.transaction(resources.database, invalidates=changed) as tx:
        order = found(await orders.lock_order(tx.conn, id=order_id), "order", order_id)
        pieces = await orders.list_order_pieces(tx.conn, order_id=order_id)
        quantities = {item.product_id: item.quantity for item in pieces}
        tx.invalidates(*map(tags.product, quantities))
        await orders.lock_customer(tx.conn, id=order.customer_id)
        locked = await orders.lock_products(tx.conn, ids=sorted(quantities))
        if if_match is not None:
            await orders.share_order_categories(tx.conn, order_id=order_id)
            if_match.require(await _read(tx.conn, order_id))
        _refuse_too_much_stock(quantities, locked)
        await orders.give_stock_back(tx.conn, order_id=order_id)
        await orders.delete_order_items(tx.conn, order_id=order_id)
        await orders.delete_order(tx.conn, id=order_id)
        await orders.update_customer_totals(
            tx.conn, id=order.customer_id, orders=-1, price=-order.total_price
        )
        await statistics.add_order_totals(tx.conn, orders=-1, stock=order.total_quantity)


def to_order(row: orders.OrderRow | orders.ListOrdersRow) -> Order:
    """Make the order that is sent from a row. Sorts the items by id (UUIDv7): JSON aggregation keeps no order."""
    items = sorted(row.items or (), key=lambda item: item.id)
    return Order(
        id=row.id,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        customer_email=row.customer_email,
        total_quantity=row.total_quantity,
        total_price=row.total_price,
        created_at=row.created_at,
        items=msgspec.convert(items, tuple[OrderItem, ...], from_attributes=True),
    )


async def _insert(
    conn: Connection, customer_id: UUID, quantities: Mapping[UUID, int], products: Products
) -> UUID:
    id_ = uuid7()
    price = sum((products[key].price * quantity for key, quantity in quantities.items()), Decimal())
    await orders.create_order(
        conn,
        id=id_,
        customer_id=customer_id,
        total_quantity=sum(quantities.values()),
        total_price=price,
        created_at=datetime.now(UTC),
    )
    items = [
        orders.CreateOrderItemsParams(
            order_id=id_, product_id=key, id=uuid7(), quantity=quantity, unit_price=products[key].price
        )
        for key, quantity in quantities.items()
    ]
    await orders.create_order_items(conn, rows=items)
    await orders.take_stock(conn, order_id=id_)
    await orders.update_customer_totals(conn, id=customer_id, orders=1, price=price)
    return id_


async def _read(conn: Connection, id_: UUID) -> Order:
    return to_order(found(await orders.get_order(conn, id=id_), "order", id_))


def _refuse_unknown(new: NewOrder, products: Products, *, customer_exists: bool) -> None:
    problems: list[FieldProblem] = []
    if not customer_exists:
        problems.append(FieldProblem("customer_id", "names no customer", str(new.customer_id)))
    problems += (
        FieldProblem(f"items[{index}].product_id", "names no product", str(item.product_id))
        for index, item in enumerate(new.items)
        if item.product_id not in products
    )
    if problems:
        raise Unprocessable("The order names what does not exist.", details=problems)


def _refuse_inactive(products: Sequence[orders.LockProductsRow]) -> None:
    _refuse(
        Code.PRODUCT_INACTIVE,
        "Some of these products are not for sale.",
        (_named(product) for product in products if not product.is_active),
    )


def _refuse_changed_prices(new: NewOrder, products: Products) -> None:
    _refuse(
        Code.PRICE_CHANGED,
        "Some prices are no longer what the order says.",
        (
            {**_named(products[item.product_id]), "unit_price": item.unit_price, "price": price}
            for item in new.items
            if item.unit_price is not None and item.unit_price != (price := products[item.product_id].price)
        ),
    )


def _refuse_short_stock(quantities: Mapping[UUID, int], products: Products) -> None:
    _refuse(
        Code.INSUFFICIENT_STOCK,
        "There is not enough in stock of some of these products.",
        (
            {**_named(products[key]), "requested": quantity, "available": products[key].stock_quantity}
            for key, quantity in quantities.items()
            if quantity > products[key].stock_quantity
        ),
    )


def _refuse_too_much_stock(returned: Mapping[UUID, int], products: Sequence[orders.LockProductsRow]) -> None:
    _refuse(
        Code.STOCK_LIMIT,
        f"The stock of some of these products would be above {MAX_STOCK}.",
        (
            {**_named(product), "added": returned[product.id], "stock_quantity": product.stock_quantity}
            for product in products
            if product.stock_quantity + returned[product.id] > MAX_STOCK
        ),
    )


def _named(product: orders.LockProductsRow) -> dict[str, object]:
    return {"product_id": str(product.id), "product_name": product.name}


def _refuse(code: Code, message: str, details: Iterable[Mapping[str, object]]) -> None:
    found = tuple(details)
    if found:
        raise Conflict(message, code=code, details=found)
