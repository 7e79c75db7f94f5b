"""Writes a plan into the database: one transaction per batch, which also records the progress."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from generated import seed, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.errors import Busy
from product_dashboard.products.prices import ALL, add_counts, bucket_of
from tools.seed.plan import Batch, Plan, Sizes, Stage, next_batch

OnProgress = Callable[[Stage | None, int], None]
"""Called with the current stage (None at the end) and the number of rows written until now."""


class ForeignDataError(Exception):
    """The database has rows that are not of this run; nothing was written."""


async def run(
    database: Database,
    cache: Cache,
    sizes: Sizes,
    *,
    now: datetime,
    append: bool,
    on_progress: OnProgress,
) -> int:
    """Write the missing rows of a run; their number, without the items of orders.

    Continues an earlier run of the same sizes and seed, and does nothing if that is complete. Two concurrent
    runs share the work. The last order of a new run is placed shortly before `now`.
    Raises `ForeignDataError` if the database has other data and `append` is False.
    """
    progress = await _progress(database, sizes) or await _start(database, sizes, now, append=append)
    plan = Plan(sizes, sales_end=progress.started_at)
    written, rows_done = 0, progress.rows_done
    while batch := next_batch(sizes, rows_done):
        on_progress(batch.stage, rows_done)
        if await _commit(database, cache, plan, batch):
            written += batch.end - batch.first
            rows_done = batch.rows_after
        else:
            rows_done = _found(await _progress(database, sizes)).rows_done
    on_progress(None, rows_done)
    return written


async def _progress(database: Database, sizes: Sizes) -> seed.GetSeedRunRow | None:
    async with database.connection() as conn:
        return await seed.get_seed_run(
            conn,
            seed=sizes.seed,
            categories=sizes.categories,
            products=sizes.products,
            customers=sizes.customers,
            orders=sizes.orders,
        )


async def _start(database: Database, sizes: Sizes, now: datetime, *, append: bool) -> seed.GetSeedRunRow:
    async with database.connection() as conn:
        if not append and await seed.has_rows(conn):
            runs = await seed.list_seed_runs(conn)
            raise ForeignDataError("; ".join(_told(run) for run in runs) or "rows that no seeder wrote")
        await seed.start_seed_run(
            conn,
            seed=sizes.seed,
            categories=sizes.categories,
            products=sizes.products,
            customers=sizes.customers,
            orders=sizes.orders,
            started_at=now,
        )
    return _found(await _progress(database, sizes))  # that of another seeder, if it was faster


def _found(progress: seed.GetSeedRunRow | None) -> seed.GetSeedRunRow:
    assert progress is not None, "no run is ever deleted"
    return progress


def _told(run: seed.ListSeedRunsRow) -> str:
    rows = run.categories + run.products + run.customers + run.orders
    return (
        f"the sample data of --seed {run.seed} --categories {run.categories} --products {run.products} "
        f"--customers {run.customers} --orders {run.orders}, {run.rows_done} of {rows} rows"
    )


async def _commit(database: Database, cache: Cache, plan: Plan, batch: Batch) -> bool:
    """Write the batch; False if another seeder has written it."""

    async def attempt() -> bool:
        async with cache.transaction(database, invalidates=_INVALIDATES[batch.stage]) as tx:
            if not await _claim(tx.conn, plan.sizes, batch):
                return False
            await _write(tx.conn, plan, batch)
        return True

    for _ in range(_MORE_ATTEMPTS):
        try:
            return await database.retry_on_deadlock(attempt)
        except Busy:  # another seeder has written its batch for longer than a lock is waited for
            continue
    return await attempt()


_MORE_ATTEMPTS = 30
"""After a lock that was not got: for a minute, which is longer than a batch takes."""

# Orders change thousands of products, so they invalidate the tag that the details of all products share.
_INVALIDATES = {
    Stage.CATEGORIES: (tags.CATEGORIES,),
    Stage.PRODUCTS: (tags.PRODUCTS,),
    Stage.CUSTOMERS: (tags.CUSTOMERS,),
    Stage.ORDERS: (tags.PRODUCTS, tags.ORDERS, tags.CATEGORIES),
}


async def _claim(conn: Connection, sizes: Sizes, batch: Batch) -> bool:
    claimed = await seed.advance_seed_run(
        conn,
        seed=sizes.seed,
        categories=sizes.categories,
        products=sizes.products,
        customers=sizes.customers,
        orders=sizes.orders,
        rows_done=batch.rows_after,
        expected=batch.rows_before,
    )
    return claimed == 1


async def _write(conn: Connection, plan: Plan, batch: Batch) -> None:
    match batch.stage:
        case Stage.CATEGORIES:
            count = await seed.add_categories(conn, rows=plan.categories(batch))
            await statistics.add_category_count(conn, categories=count)
        case Stage.PRODUCTS:
            await _write_products(conn, plan.products(batch))
        case Stage.CUSTOMERS:
            count = await seed.add_customers(conn, rows=plan.customers(batch))
            await statistics.add_customer_totals(conn, customers=count)
        case Stage.ORDERS:
            await _write_orders(conn, plan, batch)


async def _write_products(conn: Connection, products: list[seed.AddProductsParams]) -> None:
    await seed.add_products(conn, rows=products)
    await statistics.add_product_totals(
        conn,
        products=len(products),
        stock=sum(product.stock_quantity for product in products),
        price_sum=sum((product.price for product in products), Decimal()),
    )
    await seed.count_products(conn, product_ids=[product.id for product in products])
    buckets = Counter(bucket_of(product.price) for product in products)
    await add_counts(conn, {**buckets, ALL: len(products)})


async def _write_orders(conn: Connection, plan: Plan, batch: Batch) -> None:
    """Write past orders: they do not change the stock, which is written as it is after all of them."""
    orders = list(plan.orders(batch))
    ids = [order.row.id for order in orders]
    await seed.add_orders(conn, rows=[order.row for order in orders])
    await seed.add_order_items(conn, rows=[item for order in orders for item in order.items])
    await seed.count_sold(conn, order_ids=ids)
    await seed.count_spent(conn, order_ids=ids)
    await statistics.add_order_totals(conn, orders=len(orders), stock=0)
    await seed.count_sold_by_day(conn, order_ids=ids)
    await seed.count_sold_by_category(conn, order_ids=ids)
