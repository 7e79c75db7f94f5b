"""The rules of changes of stock by a difference: the stock stays within its limits, and the reason is kept.

A difference is right no matter what the client has read, so that such a change needs no If-Match.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import stock
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Tag, cached
from product_dashboard.database import Database
from product_dashboard.errors import Code, Conflict, found
from product_dashboard.idempotency.once import Once
from product_dashboard.products import totals
from product_dashboard.products.schemas import NewStockChange, StockChange
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.web.fields import MAX_STOCK
from product_dashboard.web.paging import PAGE_TTL, Listing, PageQuery, paginate

Cursor = stock.ListStockChangesCursor
ORDER_BY: stock.ListStockChangesOrder = "newest"


def _tags_of_page(*, product_id: UUID, query: PageQuery, after: Cursor | None) -> tuple[Tag, ...]:  # noqa: ARG001 - the signature of read_page
    return (tags.product(product_id),)


@cached(name="stock_changes", ttl=PAGE_TTL, tags=_tags_of_page)
async def read_page(
    database: Database, *, product_id: UUID, query: PageQuery, after: Cursor | None
) -> Listing[StockChange]:
    """Read one page of the changes of a product's stock, and the number of all its changes. Raises `NotFound`.

    `after` is the decoded cursor of the query.
    """

    async def load(conn: Connection) -> tuple[Sequence[stock.ListStockChangesRow], int]:
        rows = await stock.list_stock_changes(
            conn,
            product_id=product_id,
            limit=query.limit,
            offset=query.offset,
            order=ORDER_BY,
            after=after,
        )
        return rows, rows[0].total if rows else await _count(conn, product_id)

    rows, total = await database.read(load)
    return paginate(rows, to_stock_change, query, total, stock.list_stock_changes_cursor, ORDER_BY)


def _tags(*, id: UUID, product_id: UUID) -> tuple[Tag, ...]:  # noqa: A002, ARG001 - the signature of read_stock_change
    return (tags.product(product_id),)


@cached(name="stock_change", ttl=timedelta(minutes=10), tags=_tags)
async def read_stock_change(database: Database, *, id: UUID, product_id: UUID) -> StockChange:  # noqa: A002 - the name that it has in SQL
    """Read a change of a product's stock. Raises `NotFound`."""
    async with database.connection() as conn:
        row = await stock.get_stock_change(conn, id=id, product_id=product_id)
    return to_stock_change(found(row, "stock change", id))


@retry_on_deadlock
async def create_stock_change(
    resources: Resources, product_id: UUID, new: NewStockChange, once: Once[StockChange]
) -> StockChange:
    """Move the stock of a product.

    Raises `NotFound`, and `Conflict` with INSUFFICIENT_STOCK (below 0) or STOCK_LIMIT (above `MAX_STOCK`).
    """
    changed = (tags.product(product_id), tags.PRODUCTS)
    async with once.transaction(resources, invalidates=changed) as tx:
        product = found(await stock.lock_stock(tx.conn, product_id=product_id), "product", product_id)
        _refuse_outside_limits(product_id, product, new.delta)
        change = StockChange(
            id=uuid7(),
            delta=new.delta,
            reason=new.reason,
            stock_after=product.stock_quantity + new.delta,
            created_at=datetime.now(UTC),
        )
        await stock.move_stock(tx.conn.pipelined, product_id=product_id, delta=new.delta)
        await stock.create_stock_change(
            tx.conn.pipelined,
            id=change.id,
            product_id=product_id,
            delta=change.delta,
            reason=change.reason,
            stock_after=change.stock_after,
            created_at=change.created_at,
        )
        await once.keep(tx, change)
        await totals.add_stock(tx.conn.pipelined, product.category_id, new.delta)
    return change


async def _count(conn: Connection, product_id: UUID) -> int:
    """Return the number of changes for a page that has no row which could tell it. Raises `NotFound`."""
    return found(await stock.count_stock_changes(conn, product_id=product_id), "product", product_id)


def to_stock_change(row: stock.GetStockChangeRow | stock.ListStockChangesRow) -> StockChange:
    """Make the change that is sent from a row."""
    return msgspec.convert(row, StockChange, from_attributes=True)


def _refuse_outside_limits(product_id: UUID, product: stock.LockStockRow, delta: int) -> None:
    named: Mapping[str, object] = {"product_id": str(product_id), "product_name": product.name}
    if product.stock_quantity + delta < 0:
        detail = {**named, "requested": -delta, "available": product.stock_quantity}
        message = "There is not enough in stock of this product."
        raise Conflict(message, code=Code.INSUFFICIENT_STOCK, details=(detail,))
    if product.stock_quantity + delta > MAX_STOCK:
        detail = {**named, "added": delta, "stock_quantity": product.stock_quantity}
        message = f"The stock of this product would be above {MAX_STOCK}."
        raise Conflict(message, code=Code.STOCK_LIMIT, details=(detail,))
