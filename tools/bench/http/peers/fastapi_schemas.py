"""The requests and answers of the peer on FastAPI, as pydantic models."""

# The package is installed only for a comparison.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUntypedBaseClass=false, reportUnknownArgumentType=false

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AliasPath, BaseModel, ConfigDict, Field, PlainSerializer

T = TypeVar("T")
Money = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Meta(BaseModel):
    total: int
    totalPages: int  # noqa: N815 - a name of the API
    page: int | None
    pageSize: int  # noqa: N815 - as above
    next_cursor: str | None


class Envelope(BaseModel, Generic[T]):
    ok: bool = True
    data: T
    meta: Meta | None = None
    error: None = None


class CategoryOut(FromRow):
    id: UUID
    name: str
    description: str | None


class ProductOut(FromRow):
    id: UUID
    name: str
    description: str | None
    price: Money
    stock_quantity: int
    is_active: bool
    total_sold: int
    category: CategoryOut


class ItemOut(FromRow):
    id: UUID
    product_id: UUID
    product_name: str = Field(validation_alias=AliasPath("product", "name"))
    quantity: int
    unit_price: Money
    category_name: str = Field(validation_alias=AliasPath("product", "category", "name"))


class OrderOut(FromRow):
    id: UUID
    customer_id: UUID
    customer_name: str = Field(validation_alias=AliasPath("customer", "name"))
    customer_email: str = Field(validation_alias=AliasPath("customer", "email"))
    total_quantity: int
    total_price: Money
    created_at: datetime
    items: list[ItemOut]


class RecentProduct(FromRow):
    id: UUID
    name: str
    price: Money
    stock_quantity: int
    created_at: datetime


class ProductReport(BaseModel):
    total_products: int
    total_stock: int
    average_price: Money
    recent_products: list[RecentProduct]
    cached_at: datetime


class TopCustomer(FromRow):
    id: UUID
    name: str
    email: str
    total_spent: Money
    total_orders: int


class Overview(BaseModel):
    product_report: ProductReport
    top_customers: list[TopCustomer]
    total_time_ms: int


class NewItem(BaseModel):
    product_id: UUID
    quantity: int = Field(ge=1, le=1_000_000)


class NewOrder(BaseModel):
    customer_id: UUID
    items: list[NewItem] = Field(min_length=1, max_length=100)
