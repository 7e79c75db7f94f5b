"""Counts products that are not counted in the bucket of their price, and takes deleted ones out of the counts.

A release without these counts leaves such products: all of them before the upgrade, and those that it writes or
deletes while this release is rolled out. Until they are counted, the products of a price range are counted one by one
(`prices`). Each process looks for them at random moments and counts them in small transactions, so that a deployment
needs no step for it. Processes that meet each other leave out each other's products.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal

import structlog

from generated import price_counts
from product_dashboard.background import at_random_moments, in_background
from product_dashboard.database import Database
from product_dashboard.products.prices import add_counts, moved

log = structlog.stdlib.get_logger()

STEP = 500
PAUSE_BETWEEN_STEPS_S = 0.02
LOOK_EVERY_S = 60.0


@asynccontextmanager
async def counting_prices(database: Database) -> AsyncGenerator[None, None]:
    """Keep the counts complete in the background until the block ends."""

    async def count() -> None:
        async with database.connection() as conn:
            state = await price_counts.get_price_count_state(conn)
        if state.has_uncounted:
            await count_prices(database)
        elif state.surplus:
            await repair_counts(database)

    counting = at_random_moments(count, every_s=LOOK_EVERY_S, failed="prices.counting_failed")
    async with in_background(counting, "uncounted-prices"):
        yield


async def count_prices(database: Database, step: int = STEP) -> int:
    """Count products that are not counted, in transactions of `step` products. Returns their number.

    Can be stopped at any moment and called again: each transaction is complete in itself.
    """
    total = 0
    while counted := await database.retry_on_deadlock(lambda: _count_some(database, step)):
        total += counted
        if counted < step:
            break
        await asyncio.sleep(PAUSE_BETWEEN_STEPS_S)
    if total:
        log.info("prices.counted", products=total)
    return total


async def repair_counts(database: Database) -> int:
    """Make the counts equal to a recount, and return the number of buckets that were not.

    One statement reads both, and each transaction changes both or neither. So their difference stays the same while
    other transactions write, and can be added without keeping them out.
    """
    async with database.transaction() as conn:
        await price_counts.lock_price_counts(conn)
        errors = await price_counts.list_price_count_errors(conn)
        await add_counts(conn, {row.bucket: row.products for row in errors})
    if errors:
        log.warning("prices.repaired", buckets=len(errors))
    return len(errors)


async def _count_some(database: Database, step: int) -> int:
    async with database.transaction() as conn:
        rows = await price_counts.lock_uncounted_products(conn, limit=step)
        if rows:
            counts = Counter[Decimal]()
            for row in rows:
                counts.update(moved(row.price_bucket, row.bucket))
            await price_counts.set_price_buckets(conn, product_ids=[row.id for row in rows])
            await add_counts(conn, counts)
    return len(rows)
