"""The Structs of products in requests and answers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from generated.products import ListProductsOrder
from product_dashboard.errors import FieldProblem
from product_dashboard.fields import Description, Input, Money, Name, Price
from product_dashboard.paging import PageQuery

MAX_STOCK = 1_000_000_000

Stock = Annotated[int, Meta(ge=0, le=MAX_STOCK, description="Pieces in stock.")]


class ProductInput(Input, frozen=True, kw_only=True):
    """A product as a client writes it; PUT replaces all of it, a field that is left out by its default."""

    name: Name
    price: Price
    category_id: UUID
    description: Description | None = None
    stock_quantity: Stock = 0
    is_active: bool = True


class ProductQuery(PageQuery, frozen=True, kw_only=True):
    """The filters, the order and the page of a list of products. Bounds are inclusive."""

    name: (
        Annotated[str, Meta(min_length=1, max_length=200, description="A part of the name, in any case.")]
        | UnsetType
    ) = UNSET
    category_id: UUID | UnsetType = UNSET
    min_price: Money | UnsetType = UNSET
    max_price: Money | UnsetType = UNSET
    min_stock: Stock | UnsetType = UNSET
    max_stock: Stock | UnsetType = UNSET
    sort: ListProductsOrder = "name_asc"

    def problems(self) -> Iterable[FieldProblem]:
        yield from PageQuery.problems(self)
        if self.min_price is not UNSET and self.max_price is not UNSET and self.min_price > self.max_price:
            yield FieldProblem("min_price", f"must not be above max_price ({self.max_price})")
        if self.min_stock is not UNSET and self.max_stock is not UNSET and self.min_stock > self.max_stock:
            yield FieldProblem("min_stock", f"must not be above max_stock ({self.max_stock})")


class ProductCategory(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    description: str | None


class Product(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    description: str | None
    price: Decimal
    stock_quantity: int
    is_active: bool
    total_sold: int
    category: ProductCategory
