"""The Structs of products in requests and answers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from generated.product_lists import ListProductsOrder
from product_dashboard.errors import FieldProblem
from product_dashboard.web.fields import MAX_STOCK, VISIBLE, Description, Input, Moment, Money, Name, Price
from product_dashboard.web.paging import PageQuery

Stock = Annotated[int, Meta(ge=0, le=MAX_STOCK, description="Pieces in stock.")]
Delta = Annotated[
    int,
    Meta(
        ge=-MAX_STOCK,
        le=MAX_STOCK,
        description="Pieces that come into stock, or leave it if negative.",
        extra_json_schema={"not": {"const": 0}},
    ),
]
Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=VISIBLE)]


class ProductPatch(Input, frozen=True, kw_only=True):
    """Changes of a product: a field that is left out stays as it is, so that the stock may move meanwhile."""

    name: Name | UnsetType = UNSET
    price: Price | UnsetType = UNSET
    category_id: UUID | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    stock_quantity: Stock | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


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
    category_id: Annotated[UUID, Meta(description="Products of this category.")] | UnsetType = UNSET
    min_price: Annotated[Money, Meta(description="The lowest price.")] | UnsetType = UNSET
    max_price: Annotated[Money, Meta(description="The highest price.")] | UnsetType = UNSET
    min_stock: Annotated[Stock, Meta(description="The fewest pieces in stock.")] | UnsetType = UNSET
    max_stock: Annotated[Stock, Meta(description="The most pieces in stock.")] | UnsetType = UNSET
    sort: Annotated[ListProductsOrder, Meta(description="The order of the products.")] = "name_asc"

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
    """A product with its category. `total_sold` is the number of pieces sold in all orders."""

    id: UUID
    name: str
    description: str | None
    price: Decimal
    stock_quantity: int
    is_active: bool
    total_sold: int
    category: ProductCategory


class NewStockChange(Input, frozen=True, kw_only=True):
    """A change of a product's stock by a difference, which does not depend on what the client has read."""

    delta: Delta
    reason: Reason

    def problems(self) -> Iterable[FieldProblem]:
        if self.delta == 0:
            yield FieldProblem("delta", "must not be 0", 0)


class StockChange(Struct, frozen=True, kw_only=True):
    """A change of a product's stock by a difference. `stock_after` is the stock that it left."""

    id: UUID
    delta: int
    reason: str
    stock_after: int
    created_at: Moment
