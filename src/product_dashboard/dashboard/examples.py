"""Examples of the reports for the OpenAPI document."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from product_dashboard.dashboard.schemas import (
    CategoryReport,
    DailySales,
    LowStockProduct,
    Overview,
    ProductReport,
    RecentProduct,
    TopCustomer,
    TopProduct,
)

PRODUCT_REPORT = ProductReport(
    total_products=10_000,
    total_stock=1_254_310,
    average_price=Decimal("148.37"),
    recent_products=(
        RecentProduct(
            id=UUID("019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),
            name="Oak desk lamp",
            price=Decimal("119.90"),
            stock_quantity=41,
            created_at=datetime(2026, 11, 22, 9, 26, tzinfo=UTC),
        ),
    ),
    cached_at=datetime(2026, 11, 22, 9, 31, tzinfo=UTC),
)
TOP_CUSTOMER = TopCustomer(
    id=UUID("019aab2a-9f10-7c41-8a52-0b6d3f9e7c21"),
    name="Ada Moreau",
    email="ada.moreau@example.org",
    total_spent=Decimal("18240.15"),
    total_orders=37,
)
OVERVIEW = Overview(product_report=PRODUCT_REPORT, top_customers=(TOP_CUSTOMER,), total_time_ms=1)
SALES = (
    DailySales(day=date(2026, 11, 21), orders=0, quantity=0, revenue=Decimal("0.00")),
    DailySales(day=date(2026, 11, 22), orders=214, quantity=689, revenue=Decimal("80417.35")),
)
CATEGORY = CategoryReport(
    id=UUID("019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"),
    name="Lighting",
    products=212,
    stock=25_604,
    quantity_sold=1_830,
    revenue=Decimal("219361.20"),
)
LOW_STOCK_PRODUCT = LowStockProduct(
    id=UUID("019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),
    name="Oak desk lamp",
    price=Decimal("119.90"),
    stock_quantity=3,
    total_sold=86,
)
TOP_PRODUCT = TopProduct(
    id=UUID("019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),
    name="Oak desk lamp",
    price=Decimal("119.90"),
    total_sold=86,
    revenue=Decimal("10311.40"),
)
