"""Examples of products for the OpenAPI document."""

from decimal import Decimal
from uuid import UUID

from product_dashboard.products.schemas import Product, ProductCategory, ProductInput

PRODUCT_INPUT = ProductInput(
    name="Oak desk lamp",
    price=Decimal("119.90"),
    category_id=UUID("019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"),
    description="Solid oak, warm light.",
    stock_quantity=41,
)
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
