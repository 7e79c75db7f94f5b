"""The rules of orders: their products and prices, and their effect on stock and totals.

Every transaction locks in one order - the order itself, its customer, its products by id, their categories - and adds
to the statistics last. Two of them then wait for each other rarely, and where they do deadlock one is tried again.
The locked rows hold all that an answer shows, so that nothing is read back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import orders
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.database import Database
from product_dashboard.errors import Code, Conflict, FieldProblem, Unprocessable, found
from product_dashboard.idempotency.once import Once
from product_dashboard.orders.schemas import NewOrder, Order, OrderItem
from product_dashboard.orders.totals import add_order, remove_order
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.web.fields import MAX_STOCK
from product_dashboard.web.preconditions import Precondition

# `create_order_items` reads ids as hexadecimal digits.
_encode = msgspec.json.Encoder(decimal_format="number", uuid_format="hex").encode
_item_id = attrgetter("id")

Line: TypeAlias = tuple[orders.LockForOrderRow, int]
"""A locked product, and the pieces of it that an order asks for."""


@cached(name="order", ttl=timedelta(minutes=10), tags=(tags.NAMES,))
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
    changed = (tags.PRODUCTS, tags.ORDERS, *map(tags.product, quantities))
    async with once.transaction(resources, invalidates=changed) as tx:
        lines = await _lock(tx.conn, new, quantities)
        _refuse_inactive(lines)
        _refuse_changed_prices(new, lines)
        _refuse_short_stock(lines)
        order = _new_order(new.customer_id, lines)
        await _insert(tx.conn.pipelined, order)
        await once.keep(tx, order)
        items = [(product.category_id, quantity, product.price) for product, quantity in lines]
        await add_order(tx.conn.pipelined, order, items)
    return order


@retry_on_deadlock
async def delete_order(resources: Resources, order_id: UUID, precondition: Precondition | None) -> None:
    """Delete an order: its items go back into stock, and out of all totals.

    Raises `NotFound`, `PreconditionFailed`, and `Conflict` (STOCK_LIMIT) if a product would have more in stock than
    a client may write: a PUT of what a GET has answered must be valid.
    """
    changed = (read_order.key(id=order_id), tags.PRODUCTS, tags.ORDERS)
    async with resources.cache.transaction(resources.database, invalidates=changed) as tx:
        rows = await orders.lock_order(tx.conn, id=order_id)
        order = _from_items(found(rows or None, "order", order_id), order_id)
        tx.invalidates(*(tags.product(row.product_id) for row in rows))
        if precondition is not None:
            precondition.require(order)
        _refuse_too_much_stock(rows)
        await orders.revert_order(tx.conn.pipelined, order_id=order_id)
        items = [(row.category_id, row.quantity, row.unit_price) for row in rows]
        await remove_order(tx.conn.pipelined, order, items)
        await orders.delete_order_items(tx.conn.pipelined, order_id=order_id)
        await orders.delete_order(tx.conn.pipelined, id=order_id)


def to_order(row: orders.OrderRow | orders.ListOrdersRow) -> Order:
    """Make the order that is sent from a row. Sorts the items by id (UUIDv7): JSON aggregation keeps no order."""
    items = tuple(sorted(row.items or (), key=_item_id))
    # One conversion to a Struct: msgspec keeps what it knows of a Struct, but looks at a tuple[...] again in each call.
    return msgspec.convert(msgspec.structs.replace(row, items=items), Order, from_attributes=True)


def _from_items(rows: Sequence[orders.LockOrderRow], id_: UUID) -> Order:
    """Make the order that is sent from the locked rows of its items, of which there is at least one."""
    first = rows[0]
    items = (
        OrderItem(
            id=row.item_id,
            product_id=row.product_id,
            product_name=row.product_name,
            quantity=row.quantity,
            unit_price=row.unit_price,
            category_name=row.category_name,
        )
        for row in sorted(rows, key=lambda row: row.item_id)
    )
    return Order(
        id=id_,
        customer_id=first.customer_id,
        customer_name=first.customer_name,
        customer_email=first.customer_email,
        total_quantity=first.total_quantity,
        total_price=first.total_price,
        created_at=first.created_at,
        items=tuple(items),
    )


def _new_order(customer_id: UUID, lines: Sequence[Line]) -> Order:
    """Make an order from its lines, as it is sent. The ids of its items ascend."""
    customer, _ = lines[0]
    ids = sorted([uuid7() for _ in lines])
    items = [
        OrderItem(
            id=id_,
            product_id=product.id,
            product_name=product.name,
            quantity=quantity,
            unit_price=product.price,
            category_name=product.category_name,
        )
        for id_, (product, quantity) in zip(ids, lines, strict=True)
    ]
    return Order(
        id=uuid7(),
        customer_id=customer_id,
        customer_name=customer.customer_name,
        customer_email=customer.customer_email,
        total_quantity=sum(quantity for _, quantity in lines),
        total_price=sum((product.price * quantity for product, quantity in lines), Decimal()),
        created_at=datetime.now(UTC),
        items=tuple(items),
    )


async def _insert(conn: Connection, order: Order) -> None:
    """Insert the order and its items, take them out of stock, and count them in the totals of the customer."""
    await orders.create_order(
        conn,
        id=order.id,
        customer_id=order.customer_id,
        total_quantity=order.total_quantity,
        total_price=order.total_price,
        created_at=order.created_at,
    )
    items = [
        {
            "product_id": item.product_id,
            "id": item.id,
            "quantity": item.quantity,
            "unit_price": item.unit_price,
        }
        for item in order.items
    ]
    await orders.create_order_items(conn, order_id=order.id, items=msgspec.Raw(_encode(items)))
    await orders.apply_order(conn, order_id=order.id)


async def _read(conn: Connection, id_: UUID) -> Order:
    return to_order(found(await orders.get_order(conn, id=id_), "order", id_))


async def _lock(conn: Connection, new: NewOrder, quantities: Mapping[UUID, int]) -> Sequence[Line]:
    """Lock the customer and the products. Raises `Unprocessable` if one of them does not exist."""
    ids = sorted(quantities)
    # If all that was missing is created meanwhile, the second attempt finds it.
    while len(locked := await orders.lock_for_order(conn, ids=ids, customer_id=new.customer_id)) < len(ids):
        await _refuse_unknown(conn, new, ids)
    products = {product.id: product for product in locked}
    return [(products[key], quantity) for key, quantity in quantities.items()]


async def _refuse_unknown(conn: Connection, new: NewOrder, ids: Sequence[UUID]) -> None:
    """Raise `Unprocessable` that names the customer and the products that do not exist, if there are any."""
    problems: list[FieldProblem] = []
    if await orders.lock_customer(conn, id=new.customer_id) is None:
        problems.append(FieldProblem("customer_id", "names no customer", str(new.customer_id)))
    known = set(await orders.lock_products(conn, ids=ids))
    problems += (
        FieldProblem(f"items[{index}].product_id", "names no product", str(item.product_id))
        for index, item in enumerate(new.items)
        if item.product_id not in known
    )
    if problems:
        raise Unprocessable("The customer or a product of the order does not exist.", details=problems)


def _refuse_inactive(lines: Sequence[Line]) -> None:
    _refuse(
        Code.PRODUCT_INACTIVE,
        "Some of these products are not for sale.",
        (_named(product) for product, _ in lines if not product.is_active),
    )


def _refuse_changed_prices(new: NewOrder, lines: Sequence[Line]) -> None:
    if all(item.unit_price is None for item in new.items):
        return
    products = {product.id: product for product, _ in lines}
    _refuse(
        Code.PRICE_CHANGED,
        "Some prices are no longer what the order says.",
        (
            {**_named(products[item.product_id]), "unit_price": item.unit_price, "price": price}
            for item in new.items
            if item.unit_price is not None and item.unit_price != (price := products[item.product_id].price)
        ),
    )


def _refuse_short_stock(lines: Sequence[Line]) -> None:
    _refuse(
        Code.INSUFFICIENT_STOCK,
        "There is not enough in stock of some of these products.",
        (
            {**_named(product), "requested": quantity, "available": product.stock_quantity}
            for product, quantity in lines
            if quantity > product.stock_quantity
        ),
    )


def _refuse_too_much_stock(rows: Sequence[orders.LockOrderRow]) -> None:
    _refuse(
        Code.STOCK_LIMIT,
        f"The stock of some of these products would be above {MAX_STOCK}.",
        (
            {
                "product_id": str(row.product_id),
                "product_name": row.product_name,
                "added": row.quantity,
                "stock_quantity": row.stock_quantity,
            }
            for row in rows
            if row.stock_quantity + row.quantity > MAX_STOCK
        ),
    )


def _named(product: orders.LockForOrderRow) -> dict[str, object]:
    return {"product_id": str(product.id), "product_name": product.name}


def _refuse(code: Code, message: str, details: Iterable[Mapping[str, object]]) -> None:
    found = tuple(details)
    if found:
        raise Conflict(message, code=code, details=found)
