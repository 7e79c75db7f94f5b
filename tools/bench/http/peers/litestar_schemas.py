"""The requests and answers of the peer on Litestar, as Structs. Amounts are floats: msgspec writes Decimals as text."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

T = TypeVar("T")


class PageMeta(Struct):
    total: int
    totalPages: int  # noqa: N815 - a name of the API
    page: int | None
    pageSize: int  # noqa: N815 - as above
    next_cursor: str | None


class Envelope(Struct, Generic[T]):
    data: T
    meta: PageMeta | None = None
    ok: bool = True
    error: None = None


class Listing(Struct, Generic[T]):
    data: list[T]
    meta: PageMeta


class Category(Struct):
    id: UUID
    name: str
    description: str | None


class Product(Struct):
    id: UUID
    name: str
    description: str | None
    price: float
    stock_quantity: int
    is_active: bool
    total_sold: int
    category: Category


class Item(Struct):
    id: UUID
    product_id: UUID
    product_name: str
    quantity: int
    unit_price: float
    category_name: str


class Order(Struct):
    id: UUID
    customer_id: UUID
    customer_name: str
    customer_email: str
    total_quantity: int
    total_price: float
    created_at: datetime
    items: list[Item]


class RecentProduct(Struct):
    id: UUID
    name: str
    price: float
    stock_quantity: int
    created_at: datetime


class ProductReport(Struct):
    total_products: int
    total_stock: int
    average_price: float
    recent_products: list[RecentProduct]
    cached_at: datetime


class TopCustomer(Struct):
    id: UUID
    name: str
    email: str
    total_spent: float
    total_orders: int


class Overview(Struct):
    product_report: ProductReport
    top_customers: list[TopCustomer]
    total_time_ms: int


class NewItem(Struct):
    product_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]


class NewOrder(Struct):
    customer_id: UUID
    items: Annotated[list[NewItem], Meta(min_length=1, max_length=100)]
