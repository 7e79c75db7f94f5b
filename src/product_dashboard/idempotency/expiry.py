"""Removes stored answers that are too old for a retry.

Each process removes them in small steps at random moments, so that a step locks few rows for a short time. Processes
that meet each other wait, or fail and try again later.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from generated import idempotency as queries
from product_dashboard.background import at_random_moments, in_background
from product_dashboard.database import Database

log = structlog.stdlib.get_logger()

STEP = 500
PAUSE_BETWEEN_STEPS_S = 0.05
REMOVE_EVERY_S = 600.0


@asynccontextmanager
async def removing_expired_answers(database: Database, kept_hours: int) -> AsyncGenerator[None, None]:
    """Remove answers that are older than `kept_hours` in the background. Every process does so, at random moments."""
    kept = timedelta(hours=kept_hours)

    async def remove() -> None:
        removed = await remove_expired_answers(database, datetime.now(UTC) - kept)
        if removed:
            log.info("idempotency.expired_answers_removed", answers=removed)

    removing = at_random_moments(remove, every_s=REMOVE_EVERY_S, failed="idempotency.removal_failed")
    async with in_background(removing, "expired-answers"):
        yield


async def remove_expired_answers(database: Database, before: datetime, step: int = STEP) -> int:
    """Remove the answers from before a moment, `step` rows at a time. Returns their number."""
    total = 0
    while True:
        async with database.connection() as conn:
            ids = await queries.list_expired_answers(conn, before=before, limit=step)
            if ids:
                total += await queries.remove_answers(conn, ids=ids)
        if len(ids) < step:
            return total
        await asyncio.sleep(PAUSE_BETWEEN_STEPS_S)
