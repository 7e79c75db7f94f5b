"""Constraints of the database, which hold for every writer."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import pytest
from uuid_utils.compat import uuid7

from generated import categories, customers, orders, products, stock
from generated.connection import Connection
from product_dashboard.database import Database
from product_dashboard.errors import DuplicateKey, MissingReference, RuleViolation, StillReferenced
from product_dashboard.orders.schemas import MAX_ITEMS, MAX_QUANTITY
from product_dashboard.web.fields import MAX_PRICE
from tests.schema.conftest import open_database

Write = Callable[[Connection], Awaitable[object]]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATEGORY, PRODUCT, CUSTOMER, ORDER = (UUID(int=number) for number in range(1, 5))


@pytest.fixture
async def database(migrated_database: str) -> AsyncIterator[Database]:
    """One category, one product, and one customer with an order of that product."""
    database = open_database(migrated_database)
    await database.open()
    async with database.transaction() as conn:
        await categories.create_category(conn, id=CATEGORY, name="Lamps", description=None, created_at=NOW)
        await products.create_product(conn, **product(id=PRODUCT))
        await customers.create_customer(
            conn, id=CUSTOMER, name="Ada", email="ada@example.org", created_at=NOW
        )
        await orders.create_order(conn, **order(id=ORDER))
        await create_item(conn)
    yield database
    await database.close()


def product(**changes: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "category_id": CATEGORY,
        "name": "Lamp",
        "description": None,
        "price": Decimal("9.90"),
        "price_bucket": Decimal("9.90"),
        "stock_quantity": 5,
        "is_active": True,
        "created_at": NOW,
    } | changes


def order(**changes: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "customer_id": CUSTOMER,
        "total_quantity": 1,
        "total_price": Decimal("9.90"),
        "created_at": NOW,
    } | changes


async def create_item(conn: Connection, **changes: Any) -> None:
    """Insert an item, as orders insert theirs."""
    values: dict[str, Any] = {
        "order_id": ORDER,
        "product_id": PRODUCT,
        "id": uuid7(),
        "quantity": 1,
        "unit_price": Decimal("9.90"),
    } | changes
    order_id = values.pop("order_id")
    values |= {"product_id": values["product_id"].hex, "id": values["id"].hex}
    await orders.create_order_items(conn, order_id=order_id, items=msgspec.Raw(msgspec.json.encode([values])))


async def add_to_totals(conn: Connection, orders: int, price: Decimal) -> None:
    async with conn.cursor() as cursor:
        await cursor.execute(
            "UPDATE customers SET total_orders = total_orders + %s, total_spent = total_spent + %s WHERE id = %s",
            (orders, price, CUSTOMER.bytes),
        )


@asynccontextmanager
async def refused_by(check: str, database: Database) -> AsyncGenerator[Connection]:
    """Expect a CHECK whose name begins with `check` to refuse the writes of the block."""
    with pytest.raises(RuleViolation) as caught:
        async with database.transaction() as conn:
            yield conn
    assert caught.value.rule.startswith(check)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"price": Decimal("0.00")}, "products_price_positive"),
        ({"price": Decimal("-0.01")}, "products_price_positive"),
        ({"stock_quantity": -1}, "products_stock_not_negative"),
        ({"name": ""}, "products_name_not_empty"),
    ],
)
async def test_a_product_must_cost_something_and_have_a_name(
    changes: dict[str, Any], check: str, database: Database
) -> None:
    async with refused_by(check, database) as conn:
        await products.create_product(conn, **product(**changes))


async def test_stock_cannot_be_taken_that_is_not_there(database: Database) -> None:
    async with refused_by("products_stock_not_negative", database) as conn:
        id_ = uuid7()
        await orders.create_order(conn, **order(id=id_))
        await create_item(conn, order_id=id_, quantity=6)
        await orders.apply_order(conn, order_id=id_)


@pytest.mark.parametrize("quantity", [0, -1])
async def test_an_item_has_at_least_one_piece(quantity: int, database: Database) -> None:
    async with refused_by("order_items_quantity_positive", database) as conn:
        other = uuid7()
        await products.create_product(conn, **product(id=other))
        await create_item(conn, product_id=other, quantity=quantity)


async def test_an_item_has_a_price(database: Database) -> None:
    async with refused_by("order_items_unit_price_positive", database) as conn:
        other = uuid7()
        await products.create_product(conn, **product(id=other))
        await create_item(conn, product_id=other, unit_price=Decimal(0))


async def test_totals_of_a_customer_cannot_become_negative(database: Database) -> None:
    async with refused_by("customers_total_", database) as conn:
        await add_to_totals(conn, -1, Decimal("-9.90"))


async def test_an_order_names_a_product_once(database: Database) -> None:
    with pytest.raises(DuplicateKey):
        async with database.transaction() as conn:
            await create_item(conn)


async def test_an_email_is_used_once(database: Database) -> None:
    with pytest.raises(DuplicateKey) as caught:
        async with database.transaction() as conn:
            await customers.create_customer(
                conn, id=uuid7(), name="Eve", email="ada@example.org", created_at=NOW
            )
    assert caught.value.key == "customers_email"


@pytest.mark.parametrize(
    ("write", "constraint"),
    [
        (partial(products.create_product, **product(category_id=uuid7())), "products_category"),
        (partial(orders.create_order, **order(customer_id=uuid7())), "orders_customer"),
        (partial(create_item, order_id=uuid7()), "order_items_order"),
        (partial(create_item, product_id=uuid7()), "order_items_product"),
    ],
    ids=["product", "order", "item of an order", "item of a product"],
)
async def test_a_row_cannot_name_what_does_not_exist(
    write: Write, constraint: str, database: Database
) -> None:
    with pytest.raises(MissingReference) as caught:
        async with database.transaction() as conn:
            await write(conn)
    assert caught.value.constraint == constraint


@pytest.mark.parametrize(
    ("delete", "constraint"),
    [
        (partial(categories.delete_category, id=CATEGORY), "products_category"),
        (partial(customers.delete_customer, id=CUSTOMER), "orders_customer"),
        (partial(products.delete_product, id=PRODUCT), "order_items_product"),
        (partial(orders.delete_order, id=ORDER), "order_items_order"),
    ],
    ids=["category", "customer", "product", "order"],
)
async def test_what_others_name_cannot_be_deleted(delete: Write, constraint: str, database: Database) -> None:
    with pytest.raises(StillReferenced) as caught:
        async with database.transaction() as conn:
            await delete(conn)
    assert caught.value.constraint == constraint


def change(**changes: Any) -> dict[str, Any]:
    values = {"id": uuid7(), "product_id": PRODUCT, "delta": 1, "reason": "Found", "stock_after": 6}
    return {**values, "created_at": NOW, **changes}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"delta": 0}, "stock_changes_delta_not_zero"),
        ({"reason": ""}, "stock_changes_reason_not_empty"),
        ({"stock_after": -1}, "stock_changes_stock_not_negative"),
    ],
)
async def test_a_change_of_stock_must_be_one_with_a_reason(
    values: dict[str, Any], rule: str, database: Database
) -> None:
    async with refused_by(rule, database) as conn:
        await stock.create_stock_change(conn, **change(**values))


async def test_the_largest_order_that_validation_lets_through_fits(database: Database) -> None:
    price = MAX_PRICE * MAX_QUANTITY * MAX_ITEMS
    id_ = uuid7()
    async with database.transaction() as conn:
        totals = {"total_quantity": MAX_QUANTITY * MAX_ITEMS, "total_price": price}
        await orders.create_order(conn, **order(id=id_, **totals))
        # A customer may place as many of them as there will ever be.
        await add_to_totals(conn, 10**9, price * 10**9)
        stored = await orders.get_order(conn, id=id_)
    assert stored is not None
    assert stored.total_price == price
