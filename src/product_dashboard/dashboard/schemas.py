"""The Structs of the reports in requests and answers."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from product_dashboard.fields import Input, Moment

Limit = Annotated[int, Meta(ge=1, le=100, description="Customers to report.")]


class TopCustomersQuery(Input, frozen=True, kw_only=True):
    limit: Limit = 10


class RecentProduct(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    price: Decimal
    stock_quantity: int
    created_at: Moment


class ProductReport(Struct, frozen=True, kw_only=True):
    """Figures of all products. `average_price` has two decimals, halves rounded up; 0.00 without products."""

    total_products: int
    total_stock: int
    average_price: Decimal
    recent_products: tuple[RecentProduct, ...]
    cached_at: Moment | UnsetType = UNSET
    """When the report was stored in the cache; present only if it comes from the cache."""


class TopCustomer(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    total_spent: Decimal
    total_orders: int


class Overview(Struct, frozen=True, kw_only=True):
    """Both reports; `total_time_ms` is how long the service took to have them, in whole milliseconds."""

    product_report: ProductReport
    top_customers: tuple[TopCustomer, ...]
    total_time_ms: int
