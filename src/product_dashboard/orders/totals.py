"""Adds orders to the totals of the shop, of their day and of their categories: the last statements of a transaction.

The sales of each category are summed up from the rows that the transaction has locked, so that the database need not
join the items with their products again. The order of the statements, and of the categories, is that of
`products/totals.py`: transactions that share a stripe then wait for each other, and do not deadlock.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

from generated import statistics
from generated.connection import Connection
from product_dashboard.orders.schemas import Order

# `add_category_sales` reads ids as hexadecimal digits, and amounts of money from strings.
_encode = msgspec.json.Encoder(uuid_format="hex").encode

SoldItem: TypeAlias = tuple[UUID, int, Decimal]
"""The category of an item, its pieces, and the price of one of them."""


class _Sales(Struct, frozen=True):
    """The pieces of a category that an order sells, and their price; negative for an order that is deleted."""

    category_id: UUID
    quantity: int
    revenue: Decimal


async def add_order(conn: Connection, order: Order, items: Iterable[SoldItem]) -> None:
    """Add an order that is placed."""
    await _add(conn, order, items, 1)


async def remove_order(conn: Connection, order: Order, items: Iterable[SoldItem]) -> None:
    """Take away an order that is deleted. It counted on the day of its `created_at`."""
    await _add(conn, order, items, -1)


async def _add(conn: Connection, order: Order, items: Iterable[SoldItem], orders: int) -> None:
    quantity = orders * order.total_quantity
    await statistics.add_order_totals(conn, orders=orders, stock=-quantity)
    await statistics.add_daily_sales(
        conn,
        day=order.created_at.date(),
        orders=orders,
        quantity=quantity,
        revenue=orders * order.total_price,
    )
    await _add_to_categories(conn, _by_category(items, orders))


async def _add_to_categories(conn: Connection, sales: list[_Sales]) -> None:
    """Send one statement for all categories. That for one category costs the database less than that for several."""
    if len(sales) > 1:
        await statistics.add_category_sales(conn, sales=msgspec.Raw(_encode(sales)))
        return
    (only,) = sales
    await statistics.add_category_totals(
        conn,
        category_id=only.category_id,
        products=0,
        stock=-only.quantity,
        quantity_sold=only.quantity,
        revenue=only.revenue,
    )


def _by_category(items: Iterable[SoldItem], orders: int) -> list[_Sales]:
    """Sum up the items of each category, times `orders`."""
    sums: dict[UUID, tuple[int, Decimal]] = {}
    for category_id, quantity, price in items:
        pieces, revenue = sums.get(category_id, (0, Decimal()))
        sums[category_id] = pieces + orders * quantity, revenue + orders * quantity * price
    return [_Sales(category_id, *sums[category_id]) for category_id in sorted(sums)]
