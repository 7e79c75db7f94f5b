"""The tables as SQLAlchemy's models, for the peer on FastAPI."""

# The package is installed only for a comparison.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportUntypedBaseClass=false

import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BINARY, ForeignKey, Numeric
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class BinaryUuid(TypeDecorator[UUID]):
    impl = BINARY(16)
    cache_ok = True

    def process_bind_param(self, value: UUID | None, _: Any) -> bytes | None:
        return value.bytes if value else None

    def process_result_value(self, value: bytes | None, _: Any) -> UUID | None:
        return UUID(bytes=value) if value else None


class UtcDateTime(TypeDecorator[datetime]):
    impl = DATETIME(fsp=6)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Any) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    type_annotation_map = {UUID: BinaryUuid, datetime: UtcDateTime, Decimal: Numeric(30, 2)}  # noqa: RUF012 - read by SQLAlchemy


class Category(Base):
    __tablename__ = "categories"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str | None]


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    total_spent: Mapped[Decimal]
    total_orders: Mapped[int]


class Product(Base):
    __tablename__ = "products"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))
    name: Mapped[str]
    description: Mapped[str | None]
    price: Mapped[Decimal]
    stock_quantity: Mapped[int]
    is_active: Mapped[bool]
    total_sold: Mapped[int]
    created_at: Mapped[datetime]
    category: Mapped[Category] = relationship()


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    total_quantity: Mapped[int]
    total_price: Mapped[Decimal]
    created_at: Mapped[datetime]
    customer: Mapped[Customer] = relationship()
    items: Mapped[list["OrderItem"]] = relationship(order_by="OrderItem.id")


class OrderItem(Base):
    __tablename__ = "order_items"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    id: Mapped[UUID]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    product: Mapped[Product] = relationship()


class Statistics(Base):
    __tablename__ = "statistics"
    stripe: Mapped[int] = mapped_column(primary_key=True)
    products: Mapped[int] = mapped_column(default=0)
    stock: Mapped[int] = mapped_column(default=0)
    price_sum: Mapped[Decimal] = mapped_column(default=Decimal())
    orders: Mapped[int] = mapped_column(default=0)


engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("mysql://", "mysql+asyncmy://", 1), pool_size=10
)
Session = async_sessionmaker(engine, expire_on_commit=False)
