"""The reports as sections of `/`, each a figure or a drawing that is read at a glance, with its figures beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

import htpy as h

from product_dashboard.dashboard.schemas import (
    CategoryReport,
    DailySales,
    LowStockProduct,
    ProductReport,
    TopCustomer,
    TopProduct,
)
from product_dashboard.orders.schemas import Order
from product_dashboard.page import figures
from product_dashboard.page.charts import Bar, bars, share_bar
from product_dashboard.page.frame import document, section
from product_dashboard.page.tables import DRAWN, LOW_STOCK_BELOW, Column, number, product_link, stock, table

DAYS: Final = 30
"""The days of the chart; as many before them are compared with."""
ROWS: Final = 8
"""The most rows of a table."""
NOTHING: Final = Decimal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """All that the overview shows. `sales` has twice `DAYS` days."""

    products: ProductReport
    sales: Sequence[DailySales]
    categories: Sequence[CategoryReport]
    customers: Sequence[TopCustomer]
    top_products: Sequence[TopProduct]
    low_stock: Sequence[LowStockProduct]
    orders: Sequence[Order]


def overview(reports: Reports) -> bytes:
    """Return the document of the overview."""
    before, now = reports.sales[:-DAYS], reports.sales[-DAYS:]
    return document(
        "Overview",
        "/",
        h.h1(".unseen")["Overview"],
        _totals(reports.products, before, now),
        h.div(".grid")[
            _sales(now),
            _categories(reports.categories),
            _top_products(reports.top_products),
            _top_customers(reports.customers),
            _low_stock(reports.low_stock),
            _newest_products(reports.products),
            _newest_orders(reports.orders),
        ],
    )


def _totals(report: ProductReport, before: Sequence[DailySales], now: Sequence[DailySales]) -> h.Element:
    revenue, earlier_revenue = _revenue(now), _revenue(before)
    orders, earlier_orders = _orders(now), _orders(before)
    average = revenue / orders if orders else NOTHING
    return h.section(".totals", id="totals", aria_label="Totals", data_live=True)[
        h.dl[
            _total(
                f"Revenue, {DAYS} days",
                figures.money(revenue),
                _growth(figures.change(revenue, earlier_revenue)),
            ),
            _total(
                f"Orders, {DAYS} days",
                figures.whole(orders),
                _growth(figures.change(Decimal(orders), Decimal(earlier_orders))),
            ),
            _total("Average order", figures.money(average), f"over {DAYS} days"),
            _total(
                "Products",
                figures.whole(report.total_products),
                f"{figures.money(report.average_price)} on average",
            ),
            _total("In stock", figures.whole(report.total_stock), "pieces"),
        ]
    ]


def _total(name: str, figure: str, more: h.Node) -> h.Element:
    return h.div[h.dt[name], h.dd(".figure")[figure], h.dd(".more")[more or "\N{NO-BREAK SPACE}"]]


def _growth(text: str) -> h.Node:
    if not text:
        return f"none in {DAYS} days before"
    kind = "down" if text.startswith(figures.MINUS) else "up"
    return [h.span(class_=f"growth {kind}")[text], f" vs. {DAYS} days before"]


def _revenue(sales: Iterable[DailySales]) -> Decimal:
    return sum((day.revenue for day in sales), NOTHING)


def _orders(sales: Iterable[DailySales]) -> int:
    return sum(day.orders for day in sales)


def _sales(sales: Sequence[DailySales]) -> h.Element:
    best = max(sales, key=lambda day: day.revenue)
    about = (
        f"Revenue of each of the last {DAYS} days. The most was {figures.money(best.revenue)} "
        f"on {figures.short_day(best.day)}; today so far {figures.money(sales[-1].revenue)}."
    )
    shown = [Bar(day.revenue, figures.short_day(day.day), _words(day)) for day in sales]
    return section(
        "sales",
        f"Revenue, last {DAYS} days",
        bars("sales", f"Revenue, last {DAYS} days", about, shown),
        h.details[
            h.summary["Figures"],
            table(
                "Sales of each day, today first",
                (Column("Day"), number("Orders"), number("Pieces"), number("Revenue")),
                (
                    (
                        figures.day_element(day.day),
                        figures.whole(day.orders),
                        figures.whole(day.quantity),
                        figures.money(day.revenue),
                    )
                    for day in reversed(sales)
                ),
            ),
        ],
    )


def _words(day: DailySales) -> str:
    orders = figures.counted(day.orders, "order", "orders")
    return f"{day.day:%a} {figures.short_day(day.day)}: {figures.money(day.revenue)}, {orders}"


def _categories(categories: Sequence[CategoryReport]) -> h.Element:
    shown, others = categories[:ROWS], categories[ROWS:]
    total = sum((each.revenue for each in categories), NOTHING)
    top = max((each.revenue for each in categories), default=NOTHING)
    rows: list[Sequence[h.Node]] = [
        (
            h.a(href=f"/products?{urlencode({'category_id': str(each.id)})}")[each.name],
            share_bar(each.revenue, top),
            figures.percent(each.revenue, total),
            figures.money(each.revenue),
        )
        for each in shown
    ]
    if others:
        rest = sum((each.revenue for each in others), NOTHING)
        name = figures.counted(len(others), "other", "others")
        rows.append((name, "", figures.percent(rest, total), figures.money(rest)))
    return section(
        "categories",
        "Revenue by category",
        table(
            "Revenue of each category, the most first",
            (Column("Category"), DRAWN, Column("Share", "number derived"), number("Revenue")),
            rows,
        ),
        note="all time",
    )


def _top_products(products: Sequence[TopProduct]) -> h.Element:
    top = max((Decimal(each.total_sold) for each in products), default=NOTHING)
    return section(
        "top-products",
        "Top products",
        table(
            "Products of which most pieces were sold",
            (Column("Product"), DRAWN, number("Sold"), number("Revenue")),
            (
                (
                    product_link(each.name),
                    share_bar(Decimal(each.total_sold), top),
                    figures.whole(each.total_sold),
                    figures.money(each.revenue),
                )
                for each in products[:ROWS]
            ),
        ),
        link=("/products?sort=sold_desc", "By pieces sold"),
    )


def _top_customers(customers: Sequence[TopCustomer]) -> h.Element:
    top = max((each.total_spent for each in customers), default=NOTHING)
    return section(
        "top-customers",
        "Top customers",
        table(
            "Customers who spent most",
            (Column("Customer"), DRAWN, number("Orders"), number("Spent")),
            (
                (
                    h.span(title=each.email)[each.name],
                    share_bar(each.total_spent, top),
                    figures.whole(each.total_orders),
                    figures.money(each.total_spent),
                )
                for each in customers[:ROWS]
            ),
        ),
    )


def _low_stock(products: Sequence[LowStockProduct]) -> h.Element:
    below = urlencode({"max_stock": LOW_STOCK_BELOW - 1, "sort": "stock_asc"})
    return section(
        "low-stock",
        "Low stock",
        table(
            f"Products for sale with fewer than {LOW_STOCK_BELOW} pieces, the fewest first",
            (Column("Product"), number("In stock"), number("Sold")),
            (
                (product_link(each.name), stock(each.stock_quantity), figures.whole(each.total_sold))
                for each in products[:ROWS]
            ),
            f"Every product has {LOW_STOCK_BELOW} pieces or more.",
        ),
        link=(f"/products?{below}", f"Below {LOW_STOCK_BELOW}"),
    )


def _newest_products(report: ProductReport) -> h.Element:
    return section(
        "newest-products",
        "Newest products",
        table(
            "Products that were added last",
            (Column("Product"), number("Price"), number("In stock")),
            (
                (product_link(each.name), figures.money(each.price), stock(each.stock_quantity))
                for each in report.recent_products
            ),
        ),
        link=("/products?sort=newest", "By age"),
    )


def _newest_orders(orders: Sequence[Order]) -> h.Element:
    return section(
        "newest-orders",
        "Newest orders",
        table(
            "Orders that were placed last",
            (Column("Placed"), Column("Customer"), number("Pieces"), number("Total")),
            (
                (
                    figures.moment_element(each.created_at),
                    each.customer_name,
                    figures.whole(each.total_quantity),
                    figures.money(each.total_price),
                )
                for each in orders[:ROWS]
            ),
            "There are no orders yet.",
        ),
        link=("/orders", "All orders"),
    )
