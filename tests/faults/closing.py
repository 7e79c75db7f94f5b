"""The closing check: when the load is over, the tables must be what the model says, row by row and sum by sum."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tests.faults.history import State
from tests.faults.model import ORDER, Model, Thing
from tests.shop import SUMMARIES
from tools.stack.accounts import mysql_login

_QUIET_SECONDS = 20.0
LOST = "lost write"
"""The kind of a violation in the tables: they come from no cache, so that nothing in them is stale."""


@dataclass(frozen=True)
class Tables:
    """The rows at the end. Orders are by id, their items by order id and product id."""

    names: dict[str, list[tuple[str, str]]]
    """For each kind the id and the name of each row."""
    products: dict[str, tuple[int, int]]
    """Stock and pieces sold."""
    customers: dict[str, tuple[int, int]]
    """Cents spent and number of orders."""
    orders: dict[str, tuple[str, dict[str, int]]]
    """Customer, and quantities by product."""


def read_tables(database_url: str) -> Tables:
    """Read the tables, when no transaction is open any more."""
    rows = Rows(database_url)
    rows.wait_until_quiet()
    names = {
        kind: [(Rows.id(id_), str(name)) for id_, name in rows.of(f"SELECT id, name FROM {table}")]
        for kind, table in (("category", "categories"), ("product", "products"), ("customer", "customers"))
    }
    products = rows.of("SELECT id, stock_quantity, total_sold FROM products")
    customers = rows.of("SELECT id, total_spent * 100, total_orders FROM customers")
    orders: dict[str, tuple[str, dict[str, int]]] = {
        Rows.id(id_): (Rows.id(customer), {})
        for id_, customer in rows.of("SELECT id, customer_id FROM orders")
    }
    for order, product, quantity in rows.of("SELECT order_id, product_id, quantity FROM order_items"):
        orders[Rows.id(order)][1][Rows.id(product)] = int(quantity)
    return Tables(
        names,
        {Rows.id(id_): (int(stock), int(sold)) for id_, stock, sold in products},
        {Rows.id(id_): (int(spent), int(number)) for id_, spent, number in customers},
        orders,
    )


def wrong_summaries(database_url: str) -> list[str]:
    """Return the queries whose value in a summary is not the value counted from the rows."""
    rows = Rows(database_url)
    return [told.strip() for told, counted in SUMMARIES if rows.of(told) != rows.of(counted)]


def compare(model: Model, tables: Tables) -> None:
    """Compare the tables with the model. Settles every doubt; reports each difference as a violation."""
    _compare_things(model, tables)
    _compare_orders(model, tables)
    _compare_sums(model, tables)


def _compare_things(model: Model, tables: Tables) -> None:
    now = time.monotonic()
    for kind, rows in tables.names.items():
        found: dict[Thing, str] = {}
        for id_, name in rows:
            thing, _ = model.see_name(name, now, f"table of the {kind} rows", LOST)
            if thing is None:
                continue
            if thing in found or thing.id not in {"", id_}:
                model.findings.violation("doubled object", f"{thing} has the rows {thing.id} and {id_}")
            found[thing] = name
            model.learn_id(thing, id_)
        for thing in model.things.values():
            if thing.kind == kind:
                if thing not in found:
                    model.see(thing, None, now, f"table of the {kind} rows", LOST)
                _settle(thing, found.get(thing))


def _settle(thing: Thing, name: str | None) -> None:
    """End the doubt about a write: the table shows its outcome."""
    now = time.monotonic()
    if thing.doubt is None:
        return
    for version in thing.versions.possible(now):
        if (version.value.name if version.value else None) == name:
            done = version.change is thing.doubt.version
            thing.doubt.end(State.CONFIRMED if done else State.REFUSED, now)
            thing.doubt = None
            return


def _compare_orders(model: Model, tables: Tables) -> None:
    now = time.monotonic()
    for id_, (customer_id, lines) in tables.orders.items():
        customer = model.by_id.get(customer_id)
        order = model.by_id.get(id_)
        if order is None:
            order = model.claim_order(id_, customer, lines)
        if order is None or (order.id and order.id != id_):
            text = f"{id_} of {customer} with {lines}: no client asked for it, or it is there twice"
            model.findings.violation("doubled order", text)
            continue
        model.see(order, ORDER.name, now, "table of the orders", LOST)
        expected = {product.id: quantity for product, quantity in order.lines}
        if order.customer is not customer or lines != expected:
            model.findings.violation("wrong value", f"order {id_} has {lines} of {customer}, not {expected}")
        _settle(order, ORDER.name)
    for order in list(model.things.values()):
        if order.kind == "order" and order.id not in tables.orders:
            model.see(order, None, now, "table of the orders", LOST)
            _settle(order, None)


def _compare_sums(model: Model, tables: Tables) -> None:
    now = time.monotonic()
    for id_, (stock, sold) in tables.products.items():
        thing = model.by_id.get(id_)
        facts = thing.versions.newest if thing else None
        if thing is not None and facts is not None:
            if facts.stock is None:
                model.see_sum(thing.stock, stock, now, f"table: stock of {thing}")
            elif facts.stock != stock:
                model.findings.violation(
                    "wrong value", f"table: {facts.name} has stock {stock}, not {facts.stock}"
                )
            model.see_sum(thing.sold, sold, now, f"table: pieces sold of {thing}")
    for id_, (spent, number) in tables.customers.items():
        thing = model.by_id.get(id_)
        if thing is not None:
            model.see_sum(thing.spent, spent, now, f"table: cents spent by {thing}")
            model.see_sum(thing.orders, number, now, f"table: orders of {thing}")
    counted = Counter({kind: len(rows) for kind, rows in tables.names.items()})
    counted["order"] = len(tables.orders)
    counted["stock"] = sum(stock for stock, _ in tables.products.values())
    for name, number in counted.items():
        model.see_sum(model.totals[name], number, now, f"table: total of {name}")


class Rows:
    """Runs queries in the database of a URL."""

    def __init__(self, database_url: str) -> None:
        self._login = mysql_login(database_url)
        self._database = urlsplit(database_url).path.removeprefix("/")

    def of(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._login.connection(self._database) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    @staticmethod
    def id(raw: bytes) -> str:
        """Return an id as the answers show it."""
        return str(UUID(bytes=bytes(raw)))

    def wait_until_quiet(self) -> None:
        """Wait until no transaction with changes is open. Raises TimeoutError."""
        deadline = time.monotonic() + _QUIET_SECONDS
        while self.of("SELECT trx_id FROM information_schema.innodb_trx WHERE trx_rows_modified > 0"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"a transaction is still open {_QUIET_SECONDS:g} s after the load")
            time.sleep(0.1)
