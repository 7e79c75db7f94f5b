"""The tags of cached answers. A write names the tags of what it changes, and need not know which answers carry them.

tag             carried by                                     replaced by
product(id)     the product's detail                           every change of it or of its stock, orders of it
CATEGORIES      products' details, which show theirs           changes of a category
NAMES           orders' details, which show others' names      changes of a category, a customer, a product's name
PRODUCT_REPORT  the dashboard's product report                 new and deleted products, other names, prices, stocks
TOP_CUSTOMERS   the dashboard's best customers                 changes of a customer, every write of orders
"""

from uuid import UUID

from product_dashboard.cache import Tag

CATEGORIES = Tag("categories")
NAMES = Tag("names")
PRODUCT_REPORT = Tag("product_report")
TOP_CUSTOMERS = Tag("top_customers")


def product(product_id: UUID) -> Tag:
    return Tag(f"product:{product_id}")
