"""The Structs of the reports in requests and answers."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from product_dashboard.web.fields import Input, Moment

MAX_DAYS = 366
MAX_BELOW = 1_000_000


class TopCustomersQuery(Input, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100, description="Customers to report.")] = 10


class SalesQuery(Input, frozen=True, kw_only=True):
    days: Annotated[
        int, Meta(ge=1, le=MAX_DAYS, description="Days to report, of which the last is today in UTC.")
    ] = 30


class CategoriesQuery(Input, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=1000, description="Categories to report.")] = 100


class LowStockQuery(Input, frozen=True, kw_only=True):
    below: Annotated[
        int, Meta(ge=1, le=MAX_BELOW, description="Report products with fewer pieces in stock than this.")
    ] = 10
    limit: Annotated[int, Meta(ge=1, le=100, description="Products to report.")] = 20


class TopProductsQuery(Input, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100, description="Products to report.")] = 10


class RecentProduct(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    price: Decimal
    stock_quantity: int
    created_at: Moment


class ProductReport(Struct, frozen=True, kw_only=True):
    """Totals of all products: their number, the pieces in stock, and the average price.

    `average_price` has two decimals, halves rounded up; it is 0.00 without products.
    """

    total_products: int
    total_stock: int
    average_price: Decimal
    recent_products: tuple[RecentProduct, ...]
    cached_at: Moment | UnsetType = UNSET
    """When the report was stored in the cache; present only if it comes from the cache."""


class TopCustomer(Struct, frozen=True, kw_only=True):
    """A customer with the number of its orders, and the sum of their prices."""

    id: UUID
    name: str
    email: str
    total_spent: Decimal
    total_orders: int


class Overview(Struct, frozen=True, kw_only=True):
    """The report of products and the top customers. `total_time_ms` is the time of this answer, whole milliseconds."""

    product_report: ProductReport
    top_customers: tuple[TopCustomer, ...]
    total_time_ms: int


class DailySales(Struct, frozen=True, kw_only=True):
    """The sales of a day in UTC: the number of orders, the pieces sold, and the sum of the prices paid."""

    day: date
    orders: int
    quantity: int
    revenue: Decimal


class CategoryReport(Struct, frozen=True, kw_only=True):
    """Totals of the products that are in the category now: their number, pieces in stock, pieces sold and revenue.

    Sales from before a product moved here are included.
    """

    id: UUID
    name: str
    products: int
    stock: int
    quantity_sold: int
    revenue: Decimal


class LowStockProduct(Struct, frozen=True, kw_only=True):
    """A product for sale with few pieces in stock. `total_sold` is the number of pieces sold in all orders."""

    id: UUID
    name: str
    price: Decimal
    stock_quantity: int
    total_sold: int


class TopProduct(Struct, frozen=True, kw_only=True):
    """A product with the number of pieces sold in all orders, and their revenue at the prices of these orders."""

    id: UUID
    name: str
    price: Decimal
    total_sold: int
    revenue: Decimal


# Named, because msgspec examines a tuple that is written out in a call again for each call.
RecentProducts: TypeAlias = tuple[RecentProduct, ...]
TopCustomers: TypeAlias = tuple[TopCustomer, ...]
Sales: TypeAlias = tuple[DailySales, ...]
CategoryReports: TypeAlias = tuple[CategoryReport, ...]
LowStock: TypeAlias = tuple[LowStockProduct, ...]
TopProducts: TypeAlias = tuple[TopProduct, ...]
