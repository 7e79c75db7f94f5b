"""The reads of the load, with their shares of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias

from tests.faults.checks import check_object, check_order, check_report, check_top
from tests.faults.model import Thing
from tests.faults.session import Remembered, Reply, Session, count_cache_state

Check: TypeAlias = Callable[[Session, Any, float, str], None]

PATHS = {
    "category": "/categories/{}",
    "product": "/products/{}",
    "customer": "/customers/{}",
    "order": "/orders/{}",
}
_PAGE_SIZES = (1, 5, 10, 20)
_SORTS = ("name_asc", "name_desc", "newest", "oldest", "price_asc", "price_desc", "stock_asc", "sold_desc")
_UNKNOWN_ID = "01a20474-0000-7000-8000-000000000000"


async def read(session: Session, path: str, *ids: str, query: str = "", check: Check) -> Reply:
    """GET an answer, sometimes with the ETag of the last one, and check it. Raises Cut."""
    target, remembered = path.format(*ids) + query, session.world.remembered
    known = remembered.get(target)
    headers: tuple[str, ...] = ()
    if known is not None and session.random.random() < 0.3:
        headers = (f"if-none-match: {known.etag}",)
    reply = await session.get(path, *ids, query=query, headers=headers)
    count_cache_state(session, reply)
    where = f"GET {target} ({reply.answer.header('x-cache') or 'not cached'})"
    if reply.status == 304 and known is not None:
        known.check(reply.since)  # the service says that the answer from then is right now
    elif reply.done:
        check(session, reply.data, reply.since, where)
        if reply.etag is not None:
            again = partial(_check_again, check, session, reply.data, f"{where}, then 304")
            remembered[target] = Remembered(reply.etag, again)
    return reply


def _check_again(check: Check, session: Session, data: Any, where: str, since: float) -> None:
    check(session, data, since, where)


async def read_thing(session: Session, thing: Thing) -> Reply:
    """Read one object, which may be deleted. Raises Cut."""

    def check(session: Session, data: Any, since: float, where: str) -> None:
        if str(data.id) != thing.id:
            session.findings.violation("wrong value", f"{where}: the answer has the id {data.id}")
        (check_order if thing.kind == "order" else check_object)(session, data, since, where)

    reply = await read(session, PATHS[thing.kind], thing.id, check=check)
    if reply.status == 404:
        session.model.see(thing, None, reply.since, f"GET {thing}: 404")
    elif reply.done and reply.etag is not None and thing.kind != "order":
        thing.etags[reply.data.name] = reply.etag
    return reply


async def read_products(session: Session) -> None:
    query = f"?page_size={session.random.choice(_PAGE_SIZES)}&sort={session.random.choice(_SORTS)}"
    reply = await read(session, "/products", query=query, check=_each(check_object))
    _check_total(session, reply, "product")


async def read_products_of_category(session: Session) -> None:
    """Read all products of a category: none that exists may be missing."""
    category = session.random.choice(session.world.categories)
    query = f"?page_size=100&category_id={category.id}"
    reply = await read(session, "/products", query=query, check=_each(check_object))
    if not reply.done or reply.meta.total > 100:
        return
    shown = {each.name for each in reply.data}
    for thing in (*session.world.traded, *session.world.spare["product"]):
        versions = [each.value for each in thing.versions.possible(reply.since)]
        if all(
            each is not None and each.category is category and each.name not in shown for each in versions
        ):
            where = f"GET /products{query}"
            session.findings.violation("stale read", f"{where}: without {thing}, which is committed")


async def read_list(session: Session, kind: str, path: str, check: Check) -> None:
    reply = await read(
        session, path, query=f"?page_size={session.random.choice(_PAGE_SIZES)}", check=_each(check)
    )
    _check_total(session, reply, kind)


def _each(check: Check) -> Check:
    def check_all(session: Session, data: Any, since: float, where: str) -> None:
        for each in data:
            check(session, each, since, where)

    return check_all


def _check_total(session: Session, reply: Reply, kind: str) -> None:
    if reply.done:
        total = session.model.totals[kind]
        session.model.see_sum(total, reply.meta.total, reply.since, f"total of the {kind} list")


async def read_report(session: Session) -> None:
    await read(session, "/dashboard/products", check=check_report)


async def read_top_customers(session: Session) -> None:
    limit = session.random.choice((3, 10, 20))
    await read(session, "/dashboard/top-customers", query=f"?limit={limit}", check=check_top)


async def read_overview(session: Session) -> None:
    def check(session: Session, data: Any, since: float, where: str) -> None:
        check_report(session, data.product_report, since, where)
        check_top(session, data.top_customers, since, where)

    await read(session, "/dashboard/overview", check=check)


async def read_any(session: Session, kind: str) -> None:
    """Read an object of this kind; one with a write in doubt more often than others."""
    world = session.world
    things = {
        "category": [*world.categories, *world.spare["category"]],
        "product": [*world.traded, *world.spare["product"]],
        "customer": [*world.buyers, *world.spare["customer"]],
        "order": world.orders[-200:],
    }[kind]
    if things:
        doubtful = [thing for thing in things if thing.doubt is not None and thing.id]
        await read_thing(session, session.random.choice(doubtful or things))


async def read_unknown(session: Session) -> None:
    path = session.random.choice(list(PATHS.values()))
    reply = await session.get(path, _UNKNOWN_ID)
    _expect(session, reply, 404, f"GET {path} of an unknown id")


async def read_wrongly(session: Session) -> None:
    query = session.random.choice(("?page=0", "?page_size=101", "?page_size=x", "?cursor=%00"))
    reply = await session.get("/products", query=query)
    _expect(session, reply, 400, f"GET /products{query}")


def _expect(session: Session, reply: Reply, status: int, where: str) -> None:
    if reply.status not in {status, 503}:
        session.findings.violation("wrong status", f"{where}: {reply.status} {reply.code}, not {status}")


READS: dict[Callable[[Session], Awaitable[object]], int] = {
    partial(read_any, kind="product"): 22,
    partial(read_any, kind="order"): 12,
    partial(read_any, kind="category"): 4,
    partial(read_any, kind="customer"): 5,
    read_products: 6,
    read_products_of_category: 2,
    partial(read_list, kind="category", path="/categories", check=check_object): 3,
    partial(read_list, kind="customer", path="/customers", check=check_object): 3,
    partial(read_list, kind="order", path="/orders", check=check_order): 4,
    read_report: 5,
    read_top_customers: 4,
    read_overview: 4,
    read_unknown: 1,
    read_wrongly: 1,
}
"""Each read with its share of the load."""
