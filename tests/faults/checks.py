"""Compares the data of answers with the model: see `model.py`."""

from typing import Any

from tests.faults.model import ORDER, Facts, Thing
from tests.faults.session import Session, cents


def check_whole(session: Session, data: Any, facts: Facts | None, where: str) -> None:
    """Check the fields that belong to the version which an answer shows."""
    for name, value in facts.shown.items() if facts else ():
        if getattr(data, name) != value:
            text = f"{where}: {facts} has {name} {getattr(data, name)!r}, written was {value!r}"
            session.findings.violation("wrong value", text)


def check_object(session: Session, data: Any, since: float, where: str) -> None:
    """Check a category, a product or a customer."""
    thing, facts = session.model.see_name(data.name, since, where)
    if thing is None:
        return
    if not thing.id:
        session.model.learn_id(thing, str(data.id))
    elif thing.id != str(data.id):
        session.findings.violation("doubled object", f"{where}: {thing} has ids {thing.id} and {data.id}")
    check_whole(session, data, facts, where)
    if thing.kind == "product":
        check_stock(session, thing, facts, data.stock_quantity, since, where)
        session.model.see_sum(thing.sold, data.total_sold, since, f"{where}: pieces sold of {thing}")
        session.model.see_name(data.category.name, since, where)


def check_stock(
    session: Session, thing: Thing, facts: Facts | None, shown: int, since: float, where: str
) -> None:
    """Check the stock of a product."""
    if facts is None:
        return
    if facts.stock is None:
        session.model.see_sum(thing.stock, shown, since, f"{where}: stock of {thing}")
    elif facts.stock != shown:
        session.findings.violation(
            "wrong value", f"{where}: {facts.name} has stock {shown}, not {facts.stock}"
        )


def check_order(session: Session, data: Any, since: float, where: str) -> None:
    """Check an order: that a client asked for it, its items and its totals, and the names that it shows."""
    model = session.model
    customer, _ = model.see_name(data.customer_name, since, where)
    lines = {str(item.product_id): item.quantity for item in data.items}
    for item in data.items:
        model.see_name(item.product_name, since, where)
        model.see_name(item.category_name, since, where)
    id_ = str(data.id)
    order = model.by_id.get(id_)
    if order is None:
        if model.claim_order(id_, customer, lines) is None:
            session.findings.violation("foreign order", f"{where}: {id_} of {customer}, {lines}")
        return
    model.see(order, ORDER.name, since, where)
    expected = {product.id: quantity for product, quantity in order.lines}
    total = sum(item.quantity * cents(item.unit_price) for item in data.items)
    if (
        order.customer is not customer
        or lines != expected
        or data.total_quantity != sum(lines.values())
        or cents(data.total_price) != total
    ):
        session.findings.violation(
            "wrong value", f"{where}: order {id_} of {customer}: {lines}, not {expected}"
        )


def check_report(session: Session, report: Any, since: float, where: str) -> None:
    """Check the product report."""
    model = session.model
    model.see_sum(model.totals["product"], report.total_products, since, f"{where}: products")
    model.see_sum(model.totals["stock"], report.total_stock, since, f"{where}: stock of all products")
    low, high = model.totals["cents"].bounds(since)
    fewest, most = model.totals["product"].bounds(since)
    average = cents(report.average_price)
    if fewest > 0 and not low / most - 1 <= average <= high / fewest + 1:
        text = f"{where}: average price {average} cents, committed is {low / most:.1f} to {high / fewest:.1f}"
        session.findings.violation("wrong sum", text)
    for product in report.recent_products:
        thing, facts = model.see_name(product.name, since, where)
        if thing is not None:
            check_stock(session, thing, facts, product.stock_quantity, since, where)


def check_top(session: Session, customers: Any, since: float, where: str) -> None:
    """Check the best customers."""
    spent = [cents(each.total_spent) for each in customers]
    if spent != sorted(spent, reverse=True):
        session.findings.violation("wrong order", f"{where}: {spent}")
    for each in customers:
        thing, _ = session.model.see_name(each.name, since, where)
        if thing is not None:
            money, orders = cents(each.total_spent), each.total_orders
            session.model.see_sum(thing.spent, money, since, f"{where}: cents spent by {thing}")
            session.model.see_sum(thing.orders, orders, since, f"{where}: orders of {thing}")
