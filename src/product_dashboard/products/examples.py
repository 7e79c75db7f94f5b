"""Examples of products for the OpenAPI document."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from product_dashboard.products.schemas import (
    NewStockChange,
    Product,
    ProductCategory,
    ProductInput,
    ProductPatch,
    StockChange,
)

PRODUCT_INPUT = ProductInput(
    name="Oak desk lamp",
    price=Decimal("119.90"),
    category_id=UUID("019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"),
    description="Solid oak, warm light.",
    stock_quantity=41,
)
PRODUCT_PATCH = ProductPatch(price=Decimal("119.90"))
PRODUCT = Product(
    id=UUID("019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),
    name="Oak desk lamp",
    description="Solid oak, warm light.",
    price=Decimal("119.90"),
    stock_quantity=41,
    is_active=True,
    total_sold=7,
    category=ProductCategory(
        id=UUID("019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"),
        name="Lighting",
        description="Lamps, bulbs and shades.",
    ),
)
NEW_STOCK_CHANGE = NewStockChange(delta=-2, reason="Broken in the warehouse")
STOCK_CHANGE = StockChange(
    id=UUID("019aab2a-9d00-7c40-8e1f-2a3b4c5d6e7f"),
    delta=-2,
    reason="Broken in the warehouse",
    stock_after=41,
    created_at=datetime(2026, 11, 22, 18, 11, 5, tzinfo=UTC),
)
