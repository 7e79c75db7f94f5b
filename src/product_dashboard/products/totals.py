"""Adds changes of products to the totals of the shop and of their categories: the last statements of a transaction.

The totals of the shop come first, and of two categories the one with the lower id. Transactions that share a stripe
then wait for each other, and do not deadlock.
"""

from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from generated import statistics
from generated.connection import Connection
from generated.products import LockProductRow

NOTHING = Decimal()


class NewProduct(Struct, frozen=True):
    """The figures that a new product, which was never sold, adds to totals."""

    category_id: UUID
    price: Decimal
    stock_quantity: int
    total_sold: int = 0
    total_revenue: Decimal = NOTHING


async def add_product(conn: Connection, product: NewProduct) -> None:
    """Add a product that is created."""
    await statistics.add_product_totals(
        conn, products=1, stock=product.stock_quantity, price_sum=product.price
    )
    await _add_to_category(conn, product, 1)


async def remove_product(conn: Connection, product: LockProductRow) -> None:
    """Take away a product that is deleted."""
    await statistics.add_product_totals(
        conn, products=-1, stock=-product.stock_quantity, price_sum=-product.price
    )
    await _add_to_category(conn, product, -1)


async def change_product(conn: Connection, old: LockProductRow, new: LockProductRow) -> None:
    """Add the difference between a product before and after a change. A new category gets all its sales too."""
    stock, price = new.stock_quantity - old.stock_quantity, new.price - old.price
    if stock or price:
        await statistics.add_product_totals(conn, products=0, stock=stock, price_sum=price)
    if new.category_id != old.category_id:
        for product, products in sorted(((old, -1), (new, 1)), key=lambda each: each[0].category_id):
            await _add_to_category(conn, product, products)
    elif stock:
        await _add_stock_to_category(conn, new.category_id, stock)


async def add_stock(conn: Connection, category_id: UUID, stock: int) -> None:
    """Add a change of a product's stock."""
    await statistics.add_product_totals(conn, products=0, stock=stock, price_sum=NOTHING)
    await _add_stock_to_category(conn, category_id, stock)


async def _add_stock_to_category(conn: Connection, category_id: UUID, stock: int) -> None:
    await statistics.add_category_totals(
        conn, category_id=category_id, products=0, stock=stock, quantity_sold=0, revenue=NOTHING
    )


async def _add_to_category(conn: Connection, product: NewProduct | LockProductRow, products: int) -> None:
    """Add all of a product to its category; take it away if `products` is -1."""
    await statistics.add_category_totals(
        conn,
        category_id=product.category_id,
        products=products,
        stock=products * product.stock_quantity,
        quantity_sold=products * product.total_sold,
        revenue=products * product.total_revenue,
    )
