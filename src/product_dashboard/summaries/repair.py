"""Goes through the summaries in steps: `check` compares them with the rows, `repair` adds what is missing."""

import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog

from generated import summaries as queries
from product_dashboard import tags
from product_dashboard.background import at_random_moments, in_background
from product_dashboard.cache import Cache
from product_dashboard.database import Database
from product_dashboard.errors import Busy, MissingReference
from product_dashboard.settings import DatabaseSettings
from product_dashboard.summaries.kept import ALL, CATEGORY_TOTALS, REPORTS, Missing, Summary

log = structlog.stdlib.get_logger()

LOOK_EVERY_S = 60.0
QUERY_TIMEOUT_S = 600.0
"""A comparison reads all products of its categories, or all orders of a day: requests may not wait so long."""
AGAIN_AFTER_S = 900.0
"""By then an older release that wrote during an upgrade should have ended."""
ATTEMPTS = 30
"""For a step that waits for another process' step, or whose category is deleted meanwhile."""
SHOWING_TOTALS = (tags.PRODUCTS, tags.ORDERS, tags.CUSTOMERS, tags.CATEGORIES)

OnStep = Callable[[str, int, Sequence[Missing]], None]
"""Called after each step with the name of the summary, the number of its places so far, and what the step found."""


async def check(database: Database, on_step: OnStep, summaries: Sequence[Summary[Any]] = ALL) -> int:
    """Compare the summaries with the rows; returns the number of places that are wrong. May run beside writes."""
    wrong = 0
    for summary in summaries:
        places = 0
        async for keys in _steps(database, summary):
            async with database.connection() as conn:
                found = await summary.compare(conn, keys)
            places, wrong = places + len(keys), wrong + len(found)
            on_step(summary.name, places, found)
    return wrong


async def repair(
    database: Database, cache: Cache, on_step: OnStep, summaries: Sequence[Summary[Any]] = ALL
) -> int:
    """Add what is missing in the summaries; returns the number of places that were wrong. May run beside writes.

    Each step is a transaction of its own, so that a repair can be stopped and begun again. Afterwards reports no longer
    count the rows, unless an older release has written since the repair began.
    """
    async with database.connection() as conn:
        unreported = await queries.list_unreported_stripes(conn)
    repaired = 0
    for summary in summaries:
        places = 0
        async for keys in _steps(database, summary):
            found = await _repair_step(database, cache, summary, keys)
            places, repaired = places + len(keys), repaired + len(found)
            on_step(summary.name, places, found)
    async with database.transaction() as conn:
        for stripe in unreported:
            await queries.report_stripe(
                conn.pipelined, stripe=stripe.stripe, unreported_at=stripe.unreported_at
            )
    return repaired


async def _steps(database: Database, summary: Summary[Any]) -> AsyncIterator[Sequence[Any]]:
    after = summary.first
    while True:
        async with database.connection() as conn:
            keys = await summary.list_keys(conn, after)
        if not keys:
            return
        yield keys
        after = keys[-1]


async def _repair_step(
    database: Database, cache: Cache, summary: Summary[Any], keys: Sequence[Any]
) -> Sequence[Missing]:
    async def attempt() -> Sequence[Missing]:
        async with cache.transaction(database) as tx:
            await queries.hold_repairs(tx.conn)
            found = await summary.compare(tx.conn, keys)
            for missing in found:
                await summary.add(tx.conn.pipelined, missing)
            if found:
                tx.invalidates(*SHOWING_TOTALS)
        return found

    for _ in range(ATTEMPTS):
        try:
            return await database.retry_on_deadlock(attempt)
        except (Busy, MissingReference):
            continue
    return await attempt()


def for_repairs(settings: DatabaseSettings) -> DatabaseSettings:
    """Return the settings of a database for `check` and `repair`: few connections, and time for long queries."""
    return msgspec.structs.replace(settings, pool_size=2, query_timeout_s=QUERY_TIMEOUT_S)


@asynccontextmanager
async def completing_reports(
    database: Database, cache: Cache, patient: Database
) -> AsyncGenerator[None, None]:
    """Add what an older release has left out of the reports, in the background until the block ends.

    `patient` is a database `for_repairs`. It connects when there is something to add, and is closed at the end. An
    older release may have moved products without a record. So AGAIN_AFTER_S after the last completion the categories
    are compared once more.
    """
    again_at = math.inf

    async def complete() -> None:
        nonlocal again_at
        async with database.connection() as conn:
            is_needed = await queries.has_unreported_writes(conn)
        if is_needed:
            await add(REPORTS)
            again_at = time.monotonic() + AGAIN_AFTER_S
        elif time.monotonic() >= again_at:
            await add((CATEGORY_TOTALS,))
            again_at = math.inf

    async def add(summaries: Sequence[Summary[Any]]) -> None:
        log.info("summaries.completing")
        repaired = await repair(patient, cache, _ignore, summaries)
        log.info("summaries.completed", repaired=repaired)

    completing = at_random_moments(complete, every_s=LOOK_EVERY_S, failed="summaries.completion_failed")
    try:
        async with in_background(completing, "summaries"):
            yield
    finally:
        await patient.close()


def _ignore(_name: str, _places: int, _found: Sequence[Missing]) -> None:
    """Report no progress."""
