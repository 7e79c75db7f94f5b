"""The lists of products and of orders. Filters and pages are addresses, which can be kept and sent to others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, get_args
from urllib.parse import urlencode

import htpy as h

from generated.product_lists import ListProductsOrder
from product_dashboard.categories.schemas import Category
from product_dashboard.orders.schemas import Order
from product_dashboard.page import figures, forms
from product_dashboard.page.forms import UNFILTERED, Given
from product_dashboard.page.frame import document, section
from product_dashboard.page.tables import Column, number, stock, table
from product_dashboard.products.schemas import Product, ProductQuery
from product_dashboard.web.paging import Listing, ListMeta, PageQuery

SORTS: Final[Mapping[str, str]] = {
    "name_asc": "Name, A to Z",
    "name_desc": "Name, Z to A",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "price_asc": "Lowest price",
    "price_desc": "Highest price",
    "stock_asc": "Lowest stock",
    "stock_desc": "Highest stock",
    "sold_desc": "Most sold",
}
TIMES: Final = "\N{MULTIPLICATION SIGN}"
assert set(SORTS) == set(get_args(ListProductsOrder))


def products(query: ProductQuery, listing: Listing[Product], categories: Sequence[Category]) -> bytes:
    """Return the document of one page of products. `categories` are those to choose from."""
    return document(
        "Products",
        "/products",
        h.h1["Products"],
        _product_filters(Given.good(query), categories),
        section(
            "list",
            figures.counted(listing.meta.total, "product", "products"),
            table(
                "Products that match",
                (
                    Column("Product"),
                    Column("Category"),
                    number("Price"),
                    number("In stock"),
                    number("Sold"),
                ),
                (_product(each) for each in listing.data),
                "No product matches." if listing.meta.total == 0 else "There is nothing on this page.",
            ),
            _pages("/products", query, listing.meta),
        ),
    )


def refused_products(
    chosen: Mapping[str, str], details: Iterable[object], categories: Sequence[Category]
) -> bytes:
    """Return the document for an address whose parameters, `chosen`, are bad: the form, with the problems."""
    given = Given.bad(chosen, details)
    form = _product_filters(given, categories)
    return document(
        "Products", "/products", h.h1["Products"], form, forms.refusal(given, "/products"), failed="final"
    )


def _product(product: Product) -> Sequence[h.Node]:
    category = product.category
    return (
        [product.name, None if product.is_active else h.span(".tag")["not for sale"]],
        h.a(href=f"/products?{urlencode({'category_id': str(category.id)})}")[category.name],
        figures.money(product.price),
        stock(product.stock_quantity),
        figures.whole(product.total_sold),
    )


def _product_filters(given: Given, categories: Sequence[Category]) -> h.Element:
    names = {str(each.id): each.name for each in categories}
    if category := given.text("category_id"):
        names.setdefault(category, "The chosen category")
    return h.form(".filters", method="get", action="/products", role="search", aria_label="Filters")[
        forms.text_field(given, "name", "Name contains", type="search", maxlength="200"),
        forms.choice(given, "category_id", "Category", {"": "All", **names}),
        forms.bounds(given, "price", step="0.01"),
        forms.bounds(given, "stock", step="1"),
        forms.choice(given, "sort", "Order", SORTS, default=ProductQuery().sort),
        forms.rows(given),
        forms.buttons("/products"),
    ]


def orders(query: PageQuery, listing: Listing[Order]) -> bytes:
    """Return the document of one page of orders."""
    return document(
        "Orders",
        "/orders",
        h.h1["Orders"],
        _order_filters(Given.good(query)),
        section(
            "list",
            f"{figures.counted(listing.meta.total, 'order', 'orders')}, newest first",
            table(
                "Orders with their customers and items",
                (
                    Column("Placed"),
                    Column("Customer"),
                    Column("Items", "wide"),
                    number("Pieces"),
                    number("Total"),
                ),
                (_order(each) for each in listing.data),
                "There are no orders yet." if listing.meta.total == 0 else "There is nothing on this page.",
            ),
            _pages("/orders", query, listing.meta),
        ),
    )


def refused_orders(chosen: Mapping[str, str], details: Iterable[object]) -> bytes:
    """Return the document for an address whose parameters, `chosen`, are bad: the form, with the problems."""
    given = Given.bad(chosen, details)
    form = _order_filters(given)
    return document(
        "Orders", "/orders", h.h1["Orders"], form, forms.refusal(given, "/orders"), failed="final"
    )


def _order_filters(given: Given) -> h.Element:
    return h.form(".filters", method="get", action="/orders", aria_label="Rows")[
        forms.rows(given), forms.buttons("/orders")
    ]


def _order(order: Order) -> Sequence[h.Node]:
    return (
        figures.moment_element(order.created_at),
        h.span(title=order.customer_email)[order.customer_name],
        h.ul(".items")[
            (
                h.li[
                    f"{figures.whole(item.quantity)} {TIMES} {item.product_name}",
                    _at(figures.money(item.unit_price)),
                ]
                for item in order.items
            )
        ],
        figures.whole(order.total_quantity),
        figures.money(order.total_price),
    )


def _at(price: str) -> h.Element:
    return h.span(".quiet")[f" at {price}"]


# -- pages


def _pages(path: str, query: PageQuery, meta: ListMeta) -> h.Node:
    """Make the links to other pages, by number: such an address shows the same place to everyone."""
    number_, last = meta.page, meta.total_pages
    if number_ is None or last <= 1:
        return None

    def link(text: str, page: int, rel: str | None = None) -> h.Element:
        return h.a(href=f"{path}?{urlencode([*_address(query, page)])}".rstrip("?"), rel=rel)[text]

    return h.nav(".pages", aria_label="Pages of the list")[
        number_ > 1 and (link("First", 1), link("Previous", min(number_ - 1, last), rel="prev")),
        h.span[f"Page {figures.whole(number_)} of {figures.whole(last)}"],
        number_ < last and (link("Next", number_ + 1, rel="next"), link("Last", last)),
    ]


def _address(query: PageQuery, page: int) -> Iterable[tuple[str, str]]:
    """Yield the parameters of an address, without those that have their default."""
    defaults = type(query)().named()
    for name, value in query.named().items():
        if name not in UNFILTERED and defaults.get(name) != value:
            yield name, str(value)
    if page > 1:
        yield "page", str(page)
