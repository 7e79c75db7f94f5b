"""A run continues until it is complete, never writes a row twice, and never changes other data."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from generated import categories
from generated import seed as seed_queries
from product_dashboard.database.database import LOCK_WAIT_S, Database
from product_dashboard.settings import load_settings
from tests.seed.conftest import contents, rows, seed
from tests.shop import SUMMARIES
from tools.seed.plan import Sizes, Stage
from tools.seed.run import ForeignDataError

SIZES = Sizes(seed=1, categories=12, products=2500, customers=2100, orders=3300)


class CutOffError(Exception):
    """Any end of a run in the middle: Ctrl-C, a lost connection."""


def cut_off_after(batches: int) -> Callable[[Stage | None, int], None]:
    left = batches

    def on_progress(_stage: Stage | None, _rows_done: int) -> None:
        nonlocal left
        if left == 0:
            raise CutOffError
        left -= 1

    return on_progress


@pytest.fixture(scope="session")
async def straight(create_database: Callable[[], str]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a run that is not interrupted."""
    database = Database(
        load_settings({"DATABASE_URL": create_database(), "REDIS_URL": "redis://unused"}).database
    )
    await database.open()
    assert await seed(database, SIZES) == SIZES.rows
    for told, counted in SUMMARIES:
        assert await rows(database, told) == await rows(database, counted), told
    found = await contents(database)
    await database.close()
    return found


async def test_a_run_writes_what_was_asked_for(straight: dict[str, list[object]]) -> None:
    for table in ("categories", "products", "customers", "orders"):
        assert len(straight[table]) == SIZES.of(Stage(table))


async def test_a_second_run_writes_nothing(database: Database, straight: dict[str, list[object]]) -> None:
    assert await seed(database, SIZES) == SIZES.rows
    assert await seed(database, SIZES) == 0
    assert await contents(database) == straight


async def test_a_run_that_is_cut_off_again_and_again_is_mended_by_the_next(
    database: Database, straight: dict[str, list[object]]
) -> None:
    for batches in (0, 1, 2, 1, 3, 1):
        with pytest.raises(CutOffError):
            await seed(database, SIZES, on_progress=cut_off_after(batches))
    written = await seed(database, SIZES)
    assert 0 < written < SIZES.rows
    assert await contents(database) == straight


async def test_a_run_that_is_cancelled_in_the_middle_of_a_batch_is_mended_by_the_next(
    database: Database, straight: dict[str, list[object]]
) -> None:
    rng = random.Random(2)
    cancelled = 0
    for _ in range(12):
        running = asyncio.create_task(seed(database, SIZES))
        await asyncio.sleep(rng.uniform(0.005, 0.08))
        cancelled += running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert cancelled > 3
    await seed(database, SIZES)
    assert await contents(database) == straight


async def test_two_runs_at_once_share_the_work(database: Database, straight: dict[str, list[object]]) -> None:
    written = await asyncio.gather(seed(database, SIZES), seed(database, SIZES))
    assert sum(written) == SIZES.rows
    assert await contents(database) == straight


SMALL = Sizes(seed=1, categories=2, products=5, customers=3, orders=4)


async def test_a_database_with_other_data_is_refused_and_left_alone(database: Database) -> None:
    async with database.connection() as conn:
        await categories.create_category(
            conn, id=uuid4(), name="Mine", description=None, created_at=datetime.now(UTC)
        )
    before = await contents(database)
    with pytest.raises(ForeignDataError, match="no seeder wrote"):
        await seed(database, SMALL)
    assert await contents(database) == before
    async with database.connection() as conn:
        assert await seed_queries.list_seed_runs(conn) == []


async def test_a_run_of_other_sizes_is_named_where_it_is_in_the_way(database: Database) -> None:
    await seed(database, SMALL)
    other = Sizes(seed=2, categories=1, products=1, customers=1, orders=1)
    with pytest.raises(ForeignDataError, match=r"--seed 1 --categories 2 --products 5 .* 14 of 14 rows"):
        await seed(database, other)


async def test_runs_can_be_appended_to_one_another(database: Database) -> None:
    await seed(database, SMALL)
    other = Sizes(seed=2, categories=1, products=4, customers=2, orders=6)
    assert await seed(database, other, append=True) == other.rows
    found = await contents(database)
    assert len(found["products"]) == 9
    assert len(found["orders"]) == 10
    for told, counted in SUMMARIES:
        assert await rows(database, told) == await rows(database, counted), told


async def test_a_complete_run_is_left_alone_whatever_became_of_its_rows(database: Database) -> None:
    await seed(database, SMALL)
    await rows(database, "DELETE FROM order_items")
    assert await seed(database, SMALL) == 0
    assert (await contents(database))["order_items"] == []


async def test_a_run_waits_for_one_that_writes_its_batch_for_longer_than_others_wait_for_a_lock(
    database: Database,
) -> None:
    with pytest.raises(CutOffError):
        await seed(database, SMALL, on_progress=cut_off_after(1))
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT * FROM seed_runs FOR UPDATE", ())
        waiting = asyncio.create_task(seed(database, SMALL))
        await asyncio.wait([waiting], timeout=LOCK_WAIT_S + 0.5)
        assert not waiting.done()
    assert 0 < await waiting < SMALL.rows
