"""The tags of cached answers. A write names the tags of what it changes, and need not know which answers carry them.

tag             carried by                                     replaced by
product(id)     the product's detail                           every write of it: PUT, DELETE, orders of it
CATEGORIES      products' details, which show theirs           PUT of a category
NAMES           orders' details, which show others' names      PUT of a category, a product, a customer
PRODUCT_REPORT  the dashboard's product report                 every write of products and of their stock
TOP_CUSTOMERS   the dashboard's best customers                 PUT of a customer, every write of orders
"""

from uuid import UUID

from product_dashboard.cache import Tag

CATEGORIES = Tag("categories")
NAMES = Tag("names")
PRODUCT_REPORT = Tag("product_report")
TOP_CUSTOMERS = Tag("top_customers")


def product(product_id: UUID) -> Tag:
    return Tag(f"product:{product_id}")
