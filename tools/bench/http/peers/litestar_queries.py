"""The statements of the peer on Litestar, and its rows as Structs."""

# asyncmy has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from asyncmy.cursors import Cursor
from litestar.exceptions import ClientException
from uuid_utils.compat import uuid7

from tools.bench.http.peers.litestar_schemas import (
    Category,
    Item,
    NewOrder,
    Order,
    Product,
    ProductReport,
    RecentProduct,
    TopCustomer,
)

Row = Mapping[str, Any]

PRODUCTS = """
SELECT p.id, p.name, p.description, p.price, p.stock_quantity, p.is_active, p.total_sold,
    c.id AS category_id, c.name AS category_name, c.description AS category_description
FROM products AS p JOIN categories AS c ON c.id = p.category_id
"""
PRODUCTS_TO_ORDER = """
SELECT p.id, p.name, p.price, p.stock_quantity, p.is_active,
    (SELECT c.name FROM categories AS c WHERE c.id = p.category_id) AS category_name
FROM products AS p WHERE p.id IN %s ORDER BY p.id FOR UPDATE
"""
ORDERS = """
SELECT o.id, o.customer_id, o.total_quantity, o.total_price, o.created_at,
    c.name AS customer_name, c.email AS customer_email
FROM orders AS o JOIN customers AS c ON c.id = o.customer_id
"""
ITEMS = """
SELECT i.order_id, i.id, i.product_id, i.quantity, i.unit_price, p.name AS product_name, c.name AS category_name
FROM order_items AS i JOIN products AS p ON p.id = i.product_id JOIN categories AS c ON c.id = p.category_id
WHERE i.order_id IN %s ORDER BY i.id
"""


async def rows_of(cursor: Cursor, sql: str, *arguments: object) -> list[Row]:
    await cursor.execute(sql, arguments)
    return [*await cursor.fetchall()]


def to_product(row: Row) -> Product:
    category = Category(UUID(bytes=row["category_id"]), row["category_name"], row["category_description"])
    return Product(
        UUID(bytes=row["id"]), row["name"], row["description"], float(row["price"]), row["stock_quantity"],
        bool(row["is_active"]), row["total_sold"], category,
    )  # fmt: skip


def to_item(row: Row) -> Item:
    return Item(
        UUID(bytes=row["id"]), UUID(bytes=row["product_id"]), row["product_name"], row["quantity"],
        float(row["unit_price"]), row["category_name"],
    )  # fmt: skip


async def with_items(cursor: Cursor, rows: Sequence[Row]) -> list[Order]:
    """Read the items of these orders, and return them together."""
    items: defaultdict[bytes, list[Item]] = defaultdict(list)
    if rows:
        for row in await rows_of(cursor, ITEMS, tuple(row["id"] for row in rows)):
            items[row["order_id"]].append(to_item(row))
    return [
        Order(
            UUID(bytes=row["id"]), UUID(bytes=row["customer_id"]), row["customer_name"], row["customer_email"],
            row["total_quantity"], float(row["total_price"]), row["created_at"].replace(tzinfo=UTC),
            items[row["id"]],
        )
        for row in rows
    ]  # fmt: skip


async def total_of(cursor: Cursor, column: str) -> int:
    (row,) = await rows_of(cursor, f"SELECT COALESCE(SUM({column}), 0) AS total FROM statistics")
    return int(row["total"])


async def product_report(cursor: Cursor) -> ProductReport:
    sums = "SUM(products) AS products, SUM(stock) AS stock, SUM(price_sum) AS price_sum"
    (totals,) = await rows_of(cursor, f"SELECT {sums} FROM statistics")
    newest = await rows_of(
        cursor,
        "SELECT id, name, price, stock_quantity, created_at FROM products ORDER BY created_at DESC, id DESC LIMIT 5",
    )
    count = int(totals["products"] or 0)
    average = (totals["price_sum"] / count if count else Decimal()).quantize(Decimal("0.01"), ROUND_HALF_UP)
    recent = [
        RecentProduct(
            UUID(bytes=row["id"]), row["name"], float(row["price"]), row["stock_quantity"],
            row["created_at"].replace(tzinfo=UTC),
        )
        for row in newest
    ]  # fmt: skip
    return ProductReport(count, int(totals["stock"] or 0), float(average), recent, datetime.now(UTC))


async def top_customers(cursor: Cursor, limit: int) -> list[TopCustomer]:
    rows = await rows_of(
        cursor,
        "SELECT id, name, email, total_spent, total_orders FROM customers WHERE total_spent > 0"
        " ORDER BY total_spent DESC, id DESC LIMIT %s",
        limit,
    )
    return [
        TopCustomer(
            UUID(bytes=row["id"]), row["name"], row["email"], float(row["total_spent"]), row["total_orders"]
        )
        for row in rows
    ]


async def place_order(cursor: Cursor, new: NewOrder, quantities: Counter[UUID]) -> Order:
    """Insert the order, take its items out of stock, and add it to all totals, in the caller's transaction."""
    customers = await rows_of(
        cursor, "SELECT name, email FROM customers WHERE id = %s FOR UPDATE", new.customer_id.bytes
    )
    products = await rows_of(cursor, PRODUCTS_TO_ORDER, tuple(key.bytes for key in quantities))
    if not customers or len(products) < len(quantities):
        raise ClientException("The customer or a product of the order does not exist.", status_code=422)
    for row in products:
        if not row["is_active"] or row["stock_quantity"] < quantities[UUID(bytes=row["id"])]:
            raise ClientException("A product is not for sale, or short in stock.", status_code=409)
    by_id = {UUID(bytes=row["id"]): row for row in products}
    total = sum((by_id[key]["price"] * pieces for key, pieces in quantities.items()), Decimal())
    order = Order(
        uuid7(), new.customer_id, customers[0]["name"], customers[0]["email"], sum(quantities.values()),
        float(total), datetime.now(UTC),
        [
            Item(
                uuid7(), key, by_id[key]["name"], pieces, float(by_id[key]["price"]), by_id[key]["category_name"]
            )
            for key, pieces in quantities.items()
        ],
    )  # fmt: skip
    await insert(cursor, order, total)
    return order


async def insert(cursor: Cursor, order: Order, total: Decimal) -> None:
    order_id, customer_id, pieces = order.id.bytes, order.customer_id.bytes, order.total_quantity
    await cursor.execute(
        "INSERT INTO orders (id, customer_id, total_quantity, total_price, created_at) VALUES (%s, %s, %s, %s, %s)",
        (order_id, customer_id, pieces, total, order.created_at.replace(tzinfo=None)),
    )
    await cursor.executemany(
        "INSERT INTO order_items (order_id, product_id, id, quantity, unit_price) VALUES (%s, %s, %s, %s, %s)",
        [
            (order_id, item.product_id.bytes, item.id.bytes, item.quantity, item.unit_price)
            for item in order.items
        ],
    )
    await cursor.executemany(
        "UPDATE products SET stock_quantity = stock_quantity - %s, total_sold = total_sold + %s WHERE id = %s",
        [(item.quantity, item.quantity, item.product_id.bytes) for item in order.items],
    )
    await cursor.execute(
        "UPDATE customers SET total_orders = total_orders + 1, total_spent = total_spent + %s WHERE id = %s",
        (total, customer_id),
    )
    await cursor.execute(
        "INSERT INTO statistics (stripe, orders, stock) VALUES (%s, 1, %s)"
        " ON DUPLICATE KEY UPDATE orders = orders + 1, stock = stock - %s",
        (random.randrange(64), -pieces, pieces),
    )
