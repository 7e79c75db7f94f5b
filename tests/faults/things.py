"""Writes of categories, products and customers."""

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal

from tests.faults.checks import check_object
from tests.faults.history import State, Sum
from tests.faults.model import Facts, Kind, Thing
from tests.faults.reads import PATHS
from tests.faults.sending import pick, post, refused, send
from tests.faults.session import API, Reply, Session, cents, encode

_SPARE = 40
_TRADED_STOCK = 100_000
_SCARCE_STOCK = 15
_IF_MATCH = "If-Match"


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
        (totals["cents"], price_of(new) - price_of(old)),
    ]


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
    amounts = (
        (thing.stock, delta),
        (session.model.totals["stock"], delta),
        (thing.moved, delta),
        (thing.moves, 1),
    )
    moved = [(total, total.begin(amount)) for total, amount in amounts]
    state, reply = await post(session, path, thing.id, body=encode({"delta": delta, "reason": "stocktaking"}))
    now = time.monotonic()
    for total, change in moved:
        total.end(change, state, now)
    if state is State.REFUSED:
        refused(session, reply, f"move the stock of {thing} by {delta}", "INSUFFICIENT_STOCK", "STOCK_LIMIT")
    if state is State.CONFIRMED and reply is not None:
        session.world.stock_changes.append((thing, str(reply.data.id), delta))


def price_of(facts: Facts | None) -> int:
    """Return the price in cents; 0 if there is no product."""
    price = facts.shown["price"] if facts else Decimal()
    assert isinstance(price, Decimal)
    return cents(price)


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
