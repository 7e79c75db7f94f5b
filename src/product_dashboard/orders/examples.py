"""Examples of orders for the OpenAPI document."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from product_dashboard.orders.schemas import NewOrder, NewOrderItem, Order, OrderItem

ORDER = Order(
    id=UUID("019aab2c-1c00-7d2e-9b3a-5f0c8e6a4b10"),
    customer_id=UUID("019aab2a-9f10-7c41-8a52-0b6d3f9e7c21"),
    customer_name="Ada Moreau",
    customer_email="ada.moreau@example.org",
    total_quantity=2,
    total_price=Decimal("239.80"),
    created_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    items=(
        OrderItem(
            id=UUID("019aab2c-1c00-7d2f-a1b4-6c1d9f7b5c32"),
            product_id=UUID("019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),
            product_name="Oak desk lamp",
            quantity=2,
            unit_price=Decimal("119.90"),
            category_name="Lighting",
        ),
    ),
)
NEW_ORDER = NewOrder(
    customer_id=ORDER.customer_id,
    items=[
        NewOrderItem(product_id=ORDER.items[0].product_id, quantity=2, unit_price=ORDER.items[0].unit_price)
    ],
)
