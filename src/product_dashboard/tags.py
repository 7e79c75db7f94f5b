"""What cached answers depend on. A write names the tags of what it changes; nobody needs to know who reads.

    tag               carried by                                replaced by
    product(id)       the product's detail                      every write of that product: PUT, DELETE, orders of it
    NAMES             details that show another thing's name    PUT of a category, a product, a customer
    PRODUCT_REPORT    the dashboard's product report            every write of products and of their stock
    TOP_CUSTOMERS     the dashboard's best customers            every write of customers and of orders
"""

from uuid import UUID

from product_dashboard.cache import Tag

NAMES = Tag("names")
PRODUCT_REPORT = Tag("product_report")
TOP_CUSTOMERS = Tag("top_customers")


def product(product_id: UUID) -> Tag:
    return Tag(f"product:{product_id}")
