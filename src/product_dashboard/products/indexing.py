"""Writes the trigrams of product names that have none, or have those of another name.

A release without trigrams leaves such names: those of all products before the upgrade, and those that it writes while
this release is rolled out. A search finds them without trigrams, only slower. Each process looks for them at random
moments and writes their trigrams in small transactions, so that a deployment needs no step for it. Processes that
meet each other leave out each other's products.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from generated import trigrams
from product_dashboard.background import at_random_moments, in_background
from product_dashboard.database import Database

log = structlog.stdlib.get_logger()

STEP = 100
STEPS_BETWEEN_LINES = 100
PAUSE_BETWEEN_STEPS_S = 0.02
LOOK_EVERY_S = 60.0


@asynccontextmanager
async def indexing_names(database: Database) -> AsyncGenerator[None, None]:
    """Write missing trigrams in the background until the block ends."""

    async def index() -> None:
        async with database.connection() as conn:
            is_needed = await trigrams.has_unindexed_products(conn)
        if is_needed:
            await index_names(database)

    indexing = at_random_moments(index, every_s=LOOK_EVERY_S, failed="search.indexing_failed")
    async with in_background(indexing, "missing-trigrams"):
        yield


async def index_names(database: Database, step: int = STEP) -> int:
    """Write the trigrams that are missing, in transactions of `step` products. Returns the number of products.

    Can be stopped at any moment and called again: each transaction is complete in itself.
    """
    total = 0
    for number in itertools.count(1):
        indexed = await database.retry_on_deadlock(lambda: _index_some(database, step))
        total += indexed
        if indexed < step:
            break
        if number % STEPS_BETWEEN_LINES == 0:
            log.info("search.indexing", products=total)
        await asyncio.sleep(PAUSE_BETWEEN_STEPS_S)
    if total:
        log.info("search.indexed", products=total)
    return total


async def _index_some(database: Database, step: int) -> int:
    async with database.transaction() as conn:
        ids = await trigrams.lock_unindexed_products(conn, limit=step)
        if ids:
            await trigrams.delete_trigrams(conn, product_ids=ids)
            await trigrams.add_trigrams(conn, product_ids=ids)
            await trigrams.set_indexed_names(conn, product_ids=ids)
    return len(ids)
