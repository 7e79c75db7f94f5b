"""The writes of the load, with their shares of it.

A write without an answer is in doubt. A POST is then repeated with its Idempotency-Key, if the service takes keys;
any other write stays in doubt until a later read shows its outcome.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial

from tests.faults.checks import check_object, check_order
from tests.faults.client import Cut
from tests.faults.history import State, Sum
from tests.faults.model import ORDER, Facts, Kind, Thing
from tests.faults.reads import PATHS
from tests.faults.session import API, Keyed, Reply, Session, cents, encode

_ATTEMPTS = 60
_PAUSE_S = 0.25
_SPARE = 40
_ORDERS = 400
_TRADED_STOCK = 100_000
_SCARCE_STOCK = 15
_IF_MATCH = "If-Match"


async def send(
    session: Session,
    method: str,
    path: str,
    *ids: str,
    body: bytes | None = None,
    headers: tuple[str, ...] = (),
) -> tuple[State, Reply | None]:
    """Send a write once; its outcome, and the reply if there is one."""
    try:
        reply = await session.call(method, path, *ids, body=body, headers=headers)
    except Cut as cut:
        await asyncio.sleep(_PAUSE_S)
        return State.DOUBTFUL if cut.sent else State.REFUSED, None
    if reply.status in {200, 201} and not reply.code:
        return State.CONFIRMED, reply
    in_doubt = reply.code in {"INTERNAL_ERROR", "undocumented", *session.world.doubtful_codes}
    return State.DOUBTFUL if in_doubt else State.REFUSED, reply


async def post(session: Session, path: str, *ids: str, body: bytes) -> tuple[State, Reply | None]:
    """Send a POST with a key, and repeat it until its outcome is known, if the service takes keys."""
    key = session.key()
    header = (f"idempotency-key: {key}",)
    in_doubt, since = False, time.monotonic()
    for _ in range(_ATTEMPTS):
        state, reply = await send(session, "POST", path, *ids, body=body, headers=header)
        if reply is not None:
            reply.since = since  # the answer may be from the first request
        if state is State.CONFIRMED and reply is not None:
            if session.world.takes_keys:
                session.world.keyed.append(Keyed(path, ids, body, key, reply.answer))
            return state, reply
        if state is State.REFUSED and reply is not None and not _is_temporary(reply):
            return state, reply
        # A refusal of a repetition says nothing about the first request.
        in_doubt = in_doubt or state is State.DOUBTFUL
        if not in_doubt:
            return state, reply
        if not session.world.takes_keys:
            break
        session.findings.counts["repeated with a key"] += 1
        await asyncio.sleep(_PAUSE_S)
    return State.DOUBTFUL, None


def _is_temporary(reply: Reply) -> bool:
    """Return True for an answer that does not tell the outcome of an earlier request with the same key."""
    return reply.status == 503 or reply.code.startswith("IDEMPOTENCY")


def refused(session: Session, reply: Reply | None, where: str, *allowed: str) -> None:
    """Check that a refusal has one of the allowed codes; 503 is always allowed."""
    if reply is None or reply.status in {500, 503} or reply.code in {"undocumented", *allowed}:
        return
    session.findings.violation("wrong refusal", f"{where}: {reply.status} {reply.code} {reply.details}")


# -- categories, products, customers


def facts_of(session: Session, thing: Thing, old: Facts | None = None) -> Facts:
    """Make the next version of a category, product or customer."""
    name, choose = session.model.name(thing), session.random
    text = choose.choice((None, f"text of {name}"))
    if thing.kind == "category":
        return Facts(name, {"description": text})
    if thing.kind == "customer":
        return Facts(name, {"email": f"{name.replace(' ', '.')}@example.org"})
    if (
        old is not None and old.stock is None
    ):  # PATCH of a traded product changes neither its stock nor its price
        return Facts(name, {**old.shown, "description": text}, old.category)
    price = Decimal(choose.randrange(100, 100_000)) / 100
    shown: dict[str, object] = {"description": text, "price": price, "is_active": choose.random() < 0.9}
    category = choose.choice(session.world.categories)
    return Facts(name, shown, category, stock=choose.randrange(1000))


def body_of(facts: Facts, stock: int | None = None) -> bytes:
    """Return the request body that writes these facts."""
    body: dict[str, object] = {"name": facts.name, **facts.shown}
    if facts.category is not None:
        body |= {
            "category_id": facts.category.id,
            "stock_quantity": stock if stock is not None else facts.stock,
        }
    return encode(body)


def effects(session: Session, kind: Kind, old: Facts | None, new: Facts | None) -> list[tuple[Sum, int]]:
    """Return the amounts that a write adds to the totals."""
    totals = session.model.totals
    number = (new is not None) - (old is not None)
    if kind != "product":
        return [(totals[kind], number)]
    stock = (new.stock or 0 if new else 0) - (old.stock or 0 if old else 0)
    return [
        (totals["product"], number),
        (totals["stock"], stock),
        (totals["cents"], _price(new) - _price(old)),
    ]


def _price(facts: Facts | None) -> int:
    price = facts.shown["price"] if facts else Decimal()
    assert isinstance(price, Decimal)
    return cents(price)


async def create(session: Session, kind: Kind, stock: int | None = None) -> Thing | None:
    """Create an object; with `stock` a product that is ordered. Return None if it is not confirmed."""
    model, thing = session.model, session.model.new(kind)
    facts = facts_of(session, thing)
    moved = effects(session, kind, None, facts)
    if stock is not None:
        facts = Facts(facts.name, {**facts.shown, "is_active": True}, facts.category)
        moved = [*effects(session, kind, None, facts), (thing.stock, stock), (model.totals["stock"], stock)]
    write = model.write(thing, facts, *moved)
    state, reply = await post(session, PATHS[kind].removesuffix("/{}"), body=body_of(facts, stock))
    model.ended(thing, write, state)
    if state is State.REFUSED:
        refused(session, reply, f"create {thing}")
    if reply is None or state is not State.CONFIRMED:
        return None
    model.learn_id(thing, str(reply.data.id))
    check_object(session, reply.data, reply.since, f"answer to the creation of {thing}")
    return thing


async def create_spare(session: Session, kind: Kind) -> None:
    things = session.world.spare[kind]
    if len(things) < _SPARE:
        thing = await create(session, kind)
        if thing is not None:
            things.append(thing)


async def replace(session: Session, kind: Kind) -> None:
    """PUT an object; sometimes with an ETag that is no longer right, which must be refused."""
    world = session.world
    always: list[Thing] = {"category": world.categories, "customer": world.buyers}.get(kind, [])
    thing = pick(session, [*always, *world.spare[kind]])
    if thing is None:
        return
    path, old = PATHS[kind], thing.facts
    outdated = [etag for name, etag in thing.etags.items() if name != old.name]
    takes_if_match = world.documented.takes_header("PUT", f"{API}{path}", _IF_MATCH)
    headers: tuple[str, ...] = ()
    if outdated and takes_if_match and session.random.random() < 0.2:
        headers = (f"if-match: {session.random.choice(outdated)}",)
    new = facts_of(session, thing, old)
    write = session.model.write(thing, new, *effects(session, kind, old, new))
    state, reply = await send(session, "PUT", path, thing.id, body=body_of(new), headers=headers)
    session.model.ended(thing, write, state)
    _check_replaced(session, thing, new, state, reply, outdated=bool(headers))


def _check_replaced(
    session: Session, thing: Thing, new: Facts, state: State, reply: Reply | None, *, outdated: bool
) -> None:
    if state is State.REFUSED:
        refused(session, reply, f"replace {thing}", *(("PRECONDITION_FAILED",) if outdated else ()))
    if state is not State.CONFIRMED or reply is None:
        return
    if outdated:
        session.findings.violation("lost update", f"PUT of {thing} with an outdated If-Match is done")
    if reply.data.name != new.name:
        session.findings.violation("wrong value", f"PUT of {new.name} answers {reply.data.name}")
    check_object(session, reply.data, reply.since, f"answer to the PUT of {thing}")


async def remove(session: Session, kind: Kind) -> None:
    things = session.world.spare[kind]
    thing = pick(session, things)
    if thing is None:
        return
    things.remove(thing)
    write = session.model.write(thing, None, *effects(session, kind, thing.facts, None))
    state, reply = await send(session, "DELETE", PATHS[kind], thing.id)
    session.model.ended(thing, write, state)
    if state is not State.CONFIRMED:
        things.append(thing)
    if state is State.REFUSED:
        refused(session, reply, f"delete {thing}")


async def remove_in_use(session: Session) -> None:
    """DELETE a category with products, which must be refused."""
    category = session.random.choice(session.world.categories)
    state, reply = await send(session, "DELETE", PATHS["category"], category.id)
    if state is State.CONFIRMED:
        session.findings.violation("wrong status", f"{category} is deleted, and has products")
    elif state is State.REFUSED:
        refused(session, reply, f"delete {category}", "CATEGORY_IN_USE")


async def patch_traded(session: Session) -> None:
    """PATCH the name of a product while it is ordered, if there is PATCH."""
    path = PATHS["product"]
    thing = pick(session, session.world.traded)
    if thing is None or not session.world.documented.has("PATCH", f"{API}{path}"):
        return
    new = facts_of(session, thing, thing.facts)
    write = session.model.write(thing, new)
    body = encode({"name": new.name, "description": new.shown["description"]})
    state, reply = await send(session, "PATCH", path, thing.id, body=body)
    session.model.ended(thing, write, state)
    _check_replaced(session, thing, new, state, reply, outdated=False)


async def move_stock(session: Session) -> None:
    """Change the stock of a product by a difference, if the service has that."""
    path = f"{PATHS['product']}/stock"
    if not session.world.documented.has("POST", f"{API}{path}"):
        return
    thing = session.random.choice(session.world.traded)
    delta = session.random.choice((-2, -1, 1, 2, 5))
    moved = [(total, total.begin(delta)) for total in (thing.stock, session.model.totals["stock"])]
    state, reply = await post(session, path, thing.id, body=encode({"delta": delta, "reason": "stocktaking"}))
    now = time.monotonic()
    for total, change in moved:
        total.end(change, state, now)
    if state is State.REFUSED:
        refused(session, reply, f"move the stock of {thing} by {delta}", "INSUFFICIENT_STOCK", "STOCK_LIMIT")


# -- orders


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
    price = sum(quantity * _price(product.facts) for product, quantity in order.lines)
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


def pick(session: Session, things: list[Thing]) -> Thing | None:
    """Choose an object that exists and that no other client writes; None if a few attempts find none."""
    for _ in range(5):
        if things:
            thing = session.random.choice(things)
            if not thing.busy and thing.doubt is None and thing.versions.newest is not None:
                return thing
    return None


# -- repetitions


async def repeat(session: Session) -> None:
    """Send a confirmed POST again with its key: the answer must be the same, and nothing must be done twice."""
    if not session.world.keyed:
        return
    first = session.random.choice(session.world.keyed)
    header = (f"idempotency-key: {first.key}",)
    state, reply = await send(session, "POST", first.path, *first.ids, body=first.body, headers=header)
    if reply is None or reply.status == 503 or state is State.DOUBTFUL:
        return
    same = (reply.status, reply.answer.body) == (first.answer.status, first.answer.body)
    if not same or reply.answer.header("idempotency-replayed") != "true":
        text = f"POST {first.path} with the same key: {reply.status} {reply.answer.body[:200]!r}"
        session.findings.violation("other answer to a repetition", text)


WRITES: dict[Callable[[Session], Awaitable[object]], int] = {
    place_order: 12,
    remove_order: 8,
    partial(replace, kind="product"): 4,
    partial(replace, kind="category"): 1,
    partial(replace, kind="customer"): 2,
    partial(create_spare, kind="product"): 2,
    partial(create_spare, kind="category"): 1,
    partial(create_spare, kind="customer"): 1,
    partial(remove, kind="product"): 2,
    partial(remove, kind="category"): 1,
    partial(remove, kind="customer"): 1,
    remove_in_use: 1,
    patch_traded: 2,
    move_stock: 2,
    repeat: 2,
}
"""Each write with its share of the load."""


async def fill(sessions: Sequence[Session], *, categories: int, products: int, buyers: int) -> None:
    """Create the objects that the load never deletes; the sessions share the work."""
    world = sessions[0].world
    world.categories += await _created(sessions, "category", [None] * categories)
    stocks = [_SCARCE_STOCK if number % 8 == 7 else _TRADED_STOCK for number in range(products)]
    world.traded += await _created(sessions, "product", stocks)
    world.buyers += await _created(sessions, "customer", [None] * buyers)


async def _created(sessions: Sequence[Session], kind: Kind, stocks: Sequence[int | None]) -> list[Thing]:
    made: list[Thing] = []

    async def some(session: Session, part: Sequence[int | None]) -> None:
        for stock in part:
            thing = await create(session, kind, stock)
            if thing is None:
                raise RuntimeError(f"a {kind} cannot be created before the load: {session.findings.answers}")
            made.append(thing)

    count = len(sessions)
    await asyncio.gather(*(some(session, stocks[n::count]) for n, session in enumerate(sessions)))
    return sorted(made, key=lambda thing: thing.number)
