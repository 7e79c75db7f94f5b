"""The reads of the load, with their shares of it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias

from tests.faults.checks import check_object, check_order, check_report, check_top
from tests.faults.model import Thing
from tests.faults.session import Remembered, Reply, Session, World, count_cache_state

Check: TypeAlias = Callable[[Session, Any, float, str], None]
"""Checks an object that a read shows which began at a time."""
CheckReply: TypeAlias = Callable[[Session, Reply, float, str], None]
"""As `Check`, for a whole answer with its `meta`; the time is later than the answer's if a 304 has confirmed it."""

PATHS = {
    "category": "/categories/{}",
    "product": "/products/{}",
    "customer": "/customers/{}",
    "order": "/orders/{}",
}
_PAGE_SIZES = (1, 5, 10, 20, 100)
_SORTS = ("name_asc", "name_desc", "newest", "oldest", "price_asc", "price_desc", "stock_asc", "sold_desc")
_UNKNOWN_ID = "01a20474-0000-7000-8000-000000000000"


async def read(session: Session, path: str, *ids: str, query: str = "", check: CheckReply) -> Reply:
    """GET an answer, sometimes with the ETag of the last one, and check it. Raises Cut."""
    target, remembered = path.format(*ids) + query, session.world.remembered
    known = remembered.get(target)
    headers: tuple[str, ...] = ()
    if known is not None and session.random.random() < 0.3:
        headers = (f"if-none-match: {known.etag}",)
    reply = await session.get(path, *ids, query=query, headers=headers)
    count_cache_state(session, reply)
    where = f"GET {target} ({reply.answer.header('x-cache') or 'not cached'})"
    if reply.status == 304:
        if known is None or not headers:
            session.findings.violation("wrong status", f"{where}: 304, and no ETag was sent")
        else:
            known.check(reply.since)  # the service says that the answer from then is right now
    elif reply.done:
        check(session, reply, reply.since, where)
        if reply.etag is not None:
            again = partial(_check_again, check, session, reply, f"{where}, then 304")
            remembered[target] = Remembered(reply.etag, again)
    return reply


def _check_again(check: CheckReply, session: Session, reply: Reply, where: str, since: float) -> None:
    check(session, reply, since, where)


def data_of(check: Check) -> CheckReply:
    """Make the check of an answer from the check of its data."""

    def check_data(session: Session, reply: Reply, since: float, where: str) -> None:
        check(session, reply.data, since, where)

    return check_data


async def read_thing(session: Session, thing: Thing) -> Reply:
    """Read one object, which may be deleted. Raises Cut."""

    def check(session: Session, data: Any, since: float, where: str) -> None:
        if str(data.id) != thing.id:
            session.findings.violation("wrong value", f"{where}: the answer has the id {data.id}")
        (check_order if thing.kind == "order" else check_object)(session, data, since, where)

    reply = await read(session, PATHS[thing.kind], thing.id, check=data_of(check))
    if reply.status == 404:
        session.model.see(thing, None, reply.since, f"GET {thing}: 404")
    elif reply.done and reply.etag is not None and thing.kind != "order":
        thing.etags[reply.data.name] = reply.etag
    return reply


async def read_products(session: Session) -> None:
    await read_list(session, "product", "/products", check_object, f"&sort={session.random.choice(_SORTS)}")


async def read_products_of_category(session: Session) -> None:
    """Read all products of a category: none that exists may be missing."""
    category = session.random.choice(session.world.categories)

    def check(session: Session, reply: Reply, since: float, where: str) -> None:
        _each(check_object)(session, reply.data, since, where)
        if reply.meta.next_cursor is None:
            _check_complete(session, reply, since, where, "product", category)

    await read(session, "/products", query=f"?page_size=100&category_id={category.id}", check=check)


async def read_list(session: Session, kind: str, path: str, check: Check, order: str = "") -> None:
    """Read a page of a list, and sometimes the next one by its cursor. Raises Cut."""
    size = session.random.choice(_PAGE_SIZES)

    def check_page(session: Session, reply: Reply, since: float, where: str) -> None:
        _each(check)(session, reply.data, since, where)
        session.model.see_sum(session.model.totals[kind], reply.meta.total, since, f"{where}: total")
        if reply.meta.page == 1 and reply.meta.next_cursor is None:
            _check_complete(session, reply, since, where, kind)

    query = f"?page_size={size}{order}"
    if session.random.random() < 0.1:
        query += "&page=2"
    reply = await read(session, path, query=query, check=check_page)
    if reply.done and reply.meta.next_cursor is not None and session.random.random() < 0.1:
        query = f"?page_size={size}{order}&cursor={reply.meta.next_cursor}"
        await read(session, path, query=query, check=check_page)


def _each(check: Check) -> Check:
    def check_all(session: Session, data: Any, since: float, where: str) -> None:
        for each in data:
            check(session, each, since, where)

    return check_all


def _check_complete(
    session: Session, reply: Reply, since: float, where: str, kind: str, category: Thing | None = None
) -> None:
    """Check that a list without a further page shows each object that exists for certain."""
    shown = {str(each.id) if kind == "order" else each.name for each in reply.data}
    for thing in things_of(session.world, kind):
        versions = [each.value for each in thing.versions.possible(since)]
        names = {thing.id} if kind == "order" else {each.name for each in versions if each is not None}
        certain = all(each is not None and category in {None, each.category} for each in versions)
        if certain and not names & shown:
            session.findings.violation("stale read", f"{where}: without {thing}, which is committed")


async def read_stock_changes(session: Session) -> None:
    """Read the changes of a product's stock: their number and, if they are all shown, their sum."""
    thing = session.random.choice(session.world.traded)

    def check(session: Session, reply: Reply, since: float, where: str) -> None:
        model = session.model
        model.see_sum(thing.moves, reply.meta.total, since, f"{where}: changes of the stock of {thing}")
        if reply.meta.next_cursor is None:
            moved = sum(each.delta for each in reply.data)
            model.see_sum(thing.moved, moved, since, f"{where}: sum of the changes of {thing}")

    await read(session, f"{PATHS['product']}/stock", thing.id, query="?page_size=100", check=check)


async def read_stock_change(session: Session) -> None:
    """Read a change of stock that is confirmed: it must be there, as it was written."""
    if not session.world.stock_changes:
        return
    thing, id_, delta = session.random.choice(session.world.stock_changes)

    def check(session: Session, data: Any, _: float, where: str) -> None:
        if str(data.id) != id_ or data.delta != delta:
            text = f"{where}: {data.id} moves {data.delta}, written was {delta}"
            session.findings.violation("wrong value", text)

    reply = await read(session, f"{PATHS['product']}/stock/{{}}", thing.id, id_, check=data_of(check))
    if reply.status == 404:
        session.findings.violation("lost write", f"change {id_} of the stock of {thing}")


async def read_report(session: Session) -> None:
    await read(session, "/dashboard/products", check=data_of(check_report))


async def read_top_customers(session: Session) -> None:
    limit = session.random.choice((3, 10, 20))
    await read(session, "/dashboard/top-customers", query=f"?limit={limit}", check=data_of(check_top))


async def read_sales(session: Session) -> None:
    """Read the sales of two days: all orders of a run, also of one at midnight."""

    def check(session: Session, data: Any, since: float, where: str) -> None:
        number = sum(day.orders for day in data)
        session.model.see_sum(session.model.totals["order"], number, since, f"{where}: orders")

    await read(session, "/dashboard/sales", query="?days=2", check=data_of(check))


async def read_category_report(session: Session) -> None:
    def check(session: Session, data: Any, since: float, where: str) -> None:
        totals = session.model.totals
        number, stock = sum(each.products for each in data), sum(each.stock for each in data)
        session.model.see_sum(totals["product"], number, since, f"{where}: products")
        session.model.see_sum(totals["stock"], stock, since, f"{where}: stock")

    await read(session, "/dashboard/categories", query="?limit=1000", check=data_of(check))


async def read_overview(session: Session) -> None:
    def check(session: Session, data: Any, since: float, where: str) -> None:
        check_report(session, data.product_report, since, where)
        check_top(session, data.top_customers, since, where)

    await read(session, "/dashboard/overview", check=data_of(check))


def things_of(world: World, kind: str) -> list[Thing]:
    """Return the objects of a kind that the load uses."""
    if kind == "order":
        return world.orders
    always = {"category": world.categories, "product": world.traded, "customer": world.buyers}[kind]
    return [*always, *world.spare[kind]]


async def read_any(session: Session, kind: str) -> None:
    """Read an object of this kind; one with a write in doubt more often than others."""
    things = things_of(session.world, kind)[-200:]
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
    read_stock_changes: 2,
    read_stock_change: 1,
    read_report: 5,
    read_top_customers: 4,
    read_sales: 3,
    read_category_report: 3,
    read_overview: 4,
    read_unknown: 1,
    read_wrongly: 1,
}
"""Each read with its share of the load."""

REPORTS = (read_report, read_top_customers, read_overview, read_sales, read_category_report)
