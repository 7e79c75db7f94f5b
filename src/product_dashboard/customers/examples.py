"""Examples of customers for the OpenAPI document."""

from datetime import UTC, datetime
from uuid import UUID

from product_dashboard.customers.schemas import Customer, CustomerInput, CustomerPatch

CUSTOMER_INPUT = CustomerInput(name="Ada Moreau", email="ada.moreau@example.org")
CUSTOMER = Customer(
    id=UUID("019aab2a-9f10-7c41-8a52-0b6d3f9e7c21"),
    name="Ada Moreau",
    email="ada.moreau@example.org",
    created_at=datetime(2026, 11, 22, 9, 28, tzinfo=UTC),
)
CUSTOMER_PATCH = CustomerPatch(name="Ada Moreau")
