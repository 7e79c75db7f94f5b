"""Removes stored answers of writes that are too old for a retry: retries.py stores them.

Each process removes them in small steps at random moments, so that a step locks few rows for a short time. Processes
that meet each other wait, or fail and try again later.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from generated import retries as queries
from product_dashboard.database import Database

log = structlog.stdlib.get_logger()

STEP = 500
PAUSE_BETWEEN_STEPS_S = 0.05
REMOVE_EVERY_S = 600.0


@asynccontextmanager
async def removing_old_answers(database: Database, kept_hours: int) -> AsyncGenerator[None, None]:
    """Remove answers that are older than `kept_hours` in the background. Every process does so, at random moments."""
    task = asyncio.create_task(_remove_regularly(database, timedelta(hours=kept_hours)), name="old-answers")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _remove_regularly(database: Database, kept: timedelta) -> None:
    while True:
        await asyncio.sleep(random.uniform(0.5, 1.5) * REMOVE_EVERY_S)  # noqa: S311 - no secret depends on it
        try:
            removed = await remove_old_answers(database, datetime.now(UTC) - kept)
        except Exception as error:  # noqa: BLE001 - the task continues: the next turn removes what is left
            log.warning("old_answers.removal_failed", reason=repr(error))
        else:
            if removed:
                log.info("old_answers.removed", answers=removed)


async def remove_old_answers(database: Database, before: datetime, step: int = STEP) -> int:
    """Remove the answers from before a moment, `step` rows at a time. Returns their number."""
    total = 0
    while True:
        async with database.connection() as conn:
            ids = await queries.list_old_answers(conn, before=before, limit=step)
            if ids:
                total += await queries.remove_answers(conn, ids=ids)
        if len(ids) < step:
            return total
        await asyncio.sleep(PAUSE_BETWEEN_STEPS_S)
