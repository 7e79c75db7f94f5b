"""Examples of the reports for the OpenAPI document."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from product_dashboard.dashboard.schemas import Overview, ProductReport, RecentProduct, TopCustomer

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
