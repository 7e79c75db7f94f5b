"""The tags of cached answers. A write names the tags of what it changes, and need not know which answers carry them.

tag           carried by                                        replaced by
product(id)   the product's detail, changes of its stock        every change of it or of its stock, orders of it
customer(id)  the customer's detail                             every change of it
CATEGORIES    details and pages of categories and of products,  every change of categories
              the report of categories
PRODUCTS      the reports of products and of categories, low    every change of products or of their stock, orders
              stock, best products, pages of products
CUSTOMERS     pages of customers                                every change of customers
ORDERS        the best customers, sales, pages of orders        every change of orders, changes of a customer
NAMES         details and pages of orders                       changes of a category or a customer, and of a product's
                                                                name or category

A page carries the tag of all that it could show: a write cannot know which pages show a row. The detail of an order has
no tag of its own, because an order never changes: the write that deletes it names the key of the detail.
"""

from uuid import UUID

from product_dashboard.cache import Tag

CATEGORIES = Tag("categories")
PRODUCTS = Tag("products")
CUSTOMERS = Tag("customers")
ORDERS = Tag("orders")
NAMES = Tag("names")


def customer(customer_id: UUID) -> Tag:
    return Tag(f"customer:{customer_id}")


def product(product_id: UUID) -> Tag:
    return Tag(f"product:{product_id}")
