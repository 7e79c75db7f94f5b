"""Writes of orders."""

from tests.faults.checks import check_order
from tests.faults.history import State, Sum
from tests.faults.model import ORDER, Thing
from tests.faults.reads import PATHS
from tests.faults.sending import pick, post, refused, send
from tests.faults.session import Reply, Session, encode
from tests.faults.things import price_of

_ORDERS = 400


async def place_order(session: Session) -> None:
    world, model, choose = session.world, session.model, session.random
    customer = choose.choice(world.buyers)
    hot = world.traded[:3] if choose.random() < 0.3 else world.traded
    products = choose.sample(hot, choose.randint(1, min(3, len(hot))))
    order = model.new("order")
    order.customer = customer
    order.lines = tuple((product, choose.randint(1, 4)) for product in products)
    model.nameless_orders[order] = None
    write = model.write(order, ORDER, *order_effects(session, order, 1))
    body = encode({"customer_id": customer.id, "items": _items(order, with_price=choose.random() < 0.5)})
    state, reply = await post(session, "/orders", body=body)
    model.ended(order, write, state)
    if state is State.REFUSED:
        del model.nameless_orders[order]
        del model.things["order", order.number]
        _check_short_stock(session, order, reply)
    if state is State.CONFIRMED and reply is not None:
        model.named_order(order, str(reply.data.id))
        world.orders.append(order)
        check_order(session, reply.data, reply.since, f"answer to the creation of {order}")


def _items(order: Thing, *, with_price: bool) -> list[dict[str, object]]:
    items: list[dict[str, object]] = [
        {"product_id": product.id, "quantity": quantity} for product, quantity in order.lines
    ]
    if with_price:
        for item, (product, _) in zip(items, order.lines, strict=True):
            item["unit_price"] = product.facts.shown["price"]
    return items


def order_effects(session: Session, order: Thing, sign: int) -> list[tuple[Sum, int]]:
    """Return the amounts that an order adds to the sums; with `sign=-1`, those that its deletion adds."""
    totals, customer = session.model.totals, order.customer
    assert customer is not None
    pieces = sum(quantity for _, quantity in order.lines)
    price = sum(quantity * price_of(product.facts) for product, quantity in order.lines)
    moved = [(totals["order"], 1), (totals["stock"], -pieces), (customer.spent, price), (customer.orders, 1)]
    for product, quantity in order.lines:
        moved += [(product.stock, -quantity), (product.sold, quantity)]
    return [(total, sign * amount) for total, amount in moved]


def _check_short_stock(session: Session, order: Thing, reply: Reply | None) -> None:
    """Check that an order was refused only where there may have been too little in stock."""
    refused(session, reply, f"place {order}", "INSUFFICIENT_STOCK")
    if reply is None or reply.code != "INSUFFICIENT_STOCK":
        return
    for product, quantity in order.lines:
        if product.stock.bounds(reply.since)[0] < quantity:
            return
    text = f"{order} of {[(str(product), quantity) for product, quantity in order.lines]}: {reply.details}"
    session.findings.violation("wrong refusal", f"{text}, and there is enough in stock")


async def remove_order(session: Session) -> None:
    world = session.world
    if len(world.orders) < _ORDERS and session.random.random() < 0.5:
        return
    order = pick(session, world.orders)
    if order is None:
        return
    world.orders.remove(order)
    write = session.model.write(order, None, *order_effects(session, order, -1))
    state, reply = await send(session, "DELETE", PATHS["order"], order.id)
    session.model.ended(order, write, state)
    if state is not State.CONFIRMED:
        world.orders.append(order)
    if state is State.REFUSED:
        refused(session, reply, f"delete {order}")
