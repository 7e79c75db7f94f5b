"""The tags of cached answers. A write names the tags of what it changes, and need not know which answers carry them.

tag             carried by                                     replaced by
product(id)     the product's detail                           every write of it: PUT, DELETE, orders of it
CATEGORIES      details and pages of categories and products   every write of categories
CUSTOMERS       pages of customers                             every write of customers
customer(id)    the customer's detail                          PUT and DELETE of it
NAMES           details and pages of orders                    PUT of a category, a product, a customer
PRODUCT_REPORT  the product report, pages of products          every write of products and of their stock
TOP_CUSTOMERS   the best customers, pages of orders            PUT of a customer, every write of orders

A page carries the tag of all that it could show: a write cannot know which pages show a row.
"""

from uuid import UUID

from product_dashboard.cache import Tag

CATEGORIES = Tag("categories")
CUSTOMERS = Tag("customers")
NAMES = Tag("names")
PRODUCT_REPORT = Tag("product_report")
TOP_CUSTOMERS = Tag("top_customers")


def customer(customer_id: UUID) -> Tag:
    return Tag(f"customer:{customer_id}")


def product(product_id: UUID) -> Tag:
    return Tag(f"product:{product_id}")
