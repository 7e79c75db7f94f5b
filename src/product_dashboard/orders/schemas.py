"""The Structs of orders in requests and answers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from product_dashboard.errors import FieldProblem
from product_dashboard.web.fields import Input, Moment, Price

MAX_ITEMS = 100
MAX_QUANTITY = 1_000_000
# Together with the highest price these bound an order's total: see the widths in migrations/0004.

Quantity = Annotated[int, Meta(ge=1, le=MAX_QUANTITY, description="Pieces.")]


class NewOrderItem(Struct, frozen=True, kw_only=True):
    """One line of an order. `unit_price`, unless it is null, must be the product's current price."""

    product_id: UUID
    quantity: Quantity
    unit_price: Price | None = None


class NewOrder(Input, frozen=True, kw_only=True):
    """An order as a client writes it. Lines that name the same product become one, with their quantities added."""

    customer_id: UUID
    items: Annotated[list[NewOrderItem], Meta(min_length=1, max_length=MAX_ITEMS)]

    def quantities(self) -> dict[UUID, int]:
        """Return the pieces of each product, in the order in which the products are named first."""
        pieces: dict[UUID, int] = {}
        for item in self.items:
            pieces[item.product_id] = pieces.get(item.product_id, 0) + item.quantity
        return pieces

    def problems(self) -> Iterable[FieldProblem]:
        if sum(item.quantity for item in self.items) <= MAX_QUANTITY:
            return
        for product_id, quantity in self.quantities().items():
            if quantity > MAX_QUANTITY:
                message = f"asks for {quantity} pieces of product {product_id} in all; at most {MAX_QUANTITY}"
                yield FieldProblem("items", message)


class OrderItem(Struct, frozen=True, kw_only=True):
    """One line of an order; `unit_price` is the product's price at the time of the order."""

    id: UUID
    product_id: UUID
    product_name: str
    quantity: int
    unit_price: Decimal
    category_name: str


class Order(Struct, frozen=True, kw_only=True):
    """An order with its customer, and its items in the order in which they were given."""

    id: UUID
    customer_id: UUID
    customer_name: str
    customer_email: str
    total_quantity: int
    total_price: Decimal
    created_at: Moment
    items: tuple[OrderItem, ...]
