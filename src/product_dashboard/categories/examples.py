"""Examples of categories for the OpenAPI document."""

from uuid import UUID

from product_dashboard.categories.schemas import Category, CategoryInput, CategoryPatch

CATEGORY_INPUT = CategoryInput(name="Lighting", description="Lamps, bulbs and shades.")
CATEGORY = Category(
    id=UUID("019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"), name="Lighting", description="Lamps, bulbs and shades."
)
CATEGORY_PATCH = CategoryPatch(description="Lamps, bulbs and shades.")
