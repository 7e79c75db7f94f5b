"""The tags of cached answers. A write names the tags of what it changes, and need not know which answers carry them.

tag             carried by                                     replaced by
product(id)     the product's detail, changes of its stock     every change of it or of its stock, orders of it
CATEGORIES      details and pages of categories and products   every change of categories
CUSTOMERS       pages of customers                             every change of customers
customer(id)    the customer's detail                          changes of it
NAMES           details and pages of orders                    changes of a category, a customer, a product's name
PRODUCT_REPORT  the product report, pages of products          every change of products and of their stock
TOP_CUSTOMERS   the best customers, pages of orders            changes of a customer, every write of orders

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
