"""A shop to test with: filled through the service's own API, counted in the database itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

import httpx
import msgspec

from product_dashboard.database import Database
from tests.waiting import PATIENCE_S

NOBODY_WAITS = ("Innodb_row_lock_current_waits", "0")

_numbers = count(1)
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def body_of(answer: httpx.Response) -> Any:
    """The answer's JSON with every number that has a point as an exact Decimal."""
    return _decode(answer.content)


def data_of(answer: httpx.Response, status: int) -> Any:
    """`data` of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return body_of(answer)["data"]


def error_of(answer: httpx.Response, status: int, code: str) -> Any:
    """`error` of an answer that must have this status and code."""
    assert answer.status_code == status, answer.text
    body = body_of(answer)
    assert body["ok"] is False
    assert body["data"] is None
    assert body["error"]["code"] == code
    return body["error"]


@dataclass(frozen=True)
class Shop:
    client: httpx.AsyncClient
    database: Database

    async def category(self, name: str = "Lamps") -> Any:
        return data_of(await self.client.post("/api/v1/categories", json={"name": name}), 201)

    async def product(self, price: str = "9.90", stock: int = 10, **changes: Any) -> Any:
        """A product; `price` goes into the body as it is written."""
        if "category_id" not in changes:
            changes["category_id"] = (await self.category())["id"]
        fields = {"name": f"Lamp {next(_numbers)}", "stock_quantity": stock} | changes
        return data_of(await self.send("POST", "/api/v1/products", fields | {"price": Decimal(price)}), 201)

    async def replace_product(self, product: Any, **changes: Any) -> Any:
        """PUT of the product with some fields changed."""
        kept = ("name", "description", "price", "stock_quantity", "is_active")
        fields = {key: product[key] for key in kept} | {"category_id": product["category"]["id"]} | changes
        return data_of(await self.send("PUT", f"/api/v1/products/{product['id']}", fields), 200)

    async def customer(self, name: str = "Ada Moreau") -> Any:
        email = f"customer{next(_numbers)}@example.org"
        return data_of(await self.client.post("/api/v1/customers", json={"name": name, "email": email}), 201)

    async def order(self, customer: Any, *lines: tuple[Any, int]) -> Any:
        return data_of(await self.try_order(customer, *lines), 201)

    async def try_order(self, customer: Any, *lines: tuple[Any, int]) -> httpx.Response:
        items = [{"product_id": product["id"], "quantity": quantity} for product, quantity in lines]
        return await self.client.post("/api/v1/orders", json={"customer_id": customer["id"], "items": items})

    async def get(self, path: str) -> Any:
        return data_of(await self.client.get(f"/api/v1{path}"), 200)

    async def send(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """A request whose Decimals are written out exactly."""
        sent = {"content-type": "application/json", **(headers or {})}
        return await self.client.request(method, path, content=_encode(body), headers=sent)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query that the test sends to the database directly."""
        async with self.database.connection() as conn, conn.cursor() as cursor:
            await cursor.execute(sql)
            return list(await cursor.fetchall())

    async def until_a_transaction_waits(self) -> None:
        """Wait until a transaction waits for a row. Only this test session uses the server."""
        waiting = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
        async with asyncio.timeout(PATIENCE_S):
            while await self.rows(waiting) == [NOBODY_WAITS]:  # noqa: ASYNC110 - only the server knows
                await asyncio.sleep(0.02)

    async def assert_summaries_are_true(self) -> None:
        """Every kept total equals a recount over the rows that it sums up."""
        for told, counted in SUMMARIES:
            assert await self.rows(told) == await self.rows(counted), told


SUMMARIES = (
    (
        """
        SELECT
            COALESCE(SUM(categories), 0), COALESCE(SUM(products), 0), COALESCE(SUM(stock), 0),
            COALESCE(SUM(price_sum), 0), COALESCE(SUM(customers), 0), COALESCE(SUM(orders), 0)
        FROM statistics
        """,
        """
        SELECT
            (SELECT COUNT(*) FROM categories), COUNT(*), COALESCE(SUM(stock_quantity), 0),
            COALESCE(SUM(price), 0), (SELECT COUNT(*) FROM customers), (SELECT COUNT(*) FROM orders)
        FROM products
        """,
    ),
    (
        """
        SELECT bucket, SUM(products) FROM product_price_counts
        GROUP BY bucket HAVING SUM(products) <> 0 ORDER BY bucket
        """,
        """
        SELECT p.price_bucket, COUNT(*) FROM products p GROUP BY p.price_bucket
        UNION ALL SELECT -1, COUNT(*) FROM products HAVING COUNT(*) > 0 ORDER BY 1
        """,
    ),
    (
        "SELECT uncounted_bucket FROM products WHERE uncounted_bucket IS NOT NULL",
        "SELECT 0 FROM products WHERE FALSE",
    ),
    (
        "SELECT id, total_sold, total_revenue FROM products ORDER BY id",
        """
        SELECT p.id, COALESCE(SUM(i.quantity), 0), COALESCE(SUM(i.quantity * i.unit_price), 0)
        FROM products p LEFT JOIN order_items i ON i.product_id = p.id GROUP BY p.id ORDER BY p.id
        """,
    ),
    (
        """
        SELECT day, SUM(orders), SUM(quantity), SUM(revenue) FROM daily_sales
        GROUP BY day HAVING SUM(orders) <> 0 OR SUM(quantity) <> 0 OR SUM(revenue) <> 0 ORDER BY day
        """,
        """
        SELECT DATE(created_at), COUNT(*), SUM(total_quantity), SUM(total_price)
        FROM orders GROUP BY DATE(created_at) ORDER BY DATE(created_at)
        """,
    ),
    (
        """
        SELECT
            c.id, COALESCE(SUM(t.products), 0), COALESCE(SUM(t.stock), 0),
            COALESCE(SUM(t.quantity_sold), 0), COALESCE(SUM(t.revenue), 0)
        FROM categories c LEFT JOIN category_totals t ON t.category_id = c.id GROUP BY c.id ORDER BY c.id
        """,
        """
        SELECT
            c.id, COUNT(p.id), COALESCE(SUM(p.stock_quantity), 0), COALESCE(SUM(i.quantity), 0),
            COALESCE(SUM(i.revenue), 0)
        FROM categories c
        LEFT JOIN products p ON p.category_id = c.id
        LEFT JOIN (
            SELECT product_id, SUM(quantity) AS quantity, SUM(quantity * unit_price) AS revenue
            FROM order_items GROUP BY product_id
        ) AS i ON i.product_id = p.id
        GROUP BY c.id ORDER BY c.id
        """,
    ),
    (
        "SELECT id, total_orders, total_spent FROM customers ORDER BY id",
        """
        SELECT c.id, COUNT(o.id), COALESCE(SUM(o.total_price), 0)
        FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id
        """,
    ),
    (
        "SELECT id, total_quantity, total_price FROM orders ORDER BY id",
        """
        SELECT order_id, SUM(quantity), SUM(quantity * unit_price)
        FROM order_items GROUP BY order_id ORDER BY order_id
        """,
    ),
)
"""Pairs of queries: the value in a summary, and the same value counted from the rows."""
