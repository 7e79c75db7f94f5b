"""Stored answers are removed when they are too old, in small steps that delay neither requests nor the end."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from product_dashboard.database import Database
from product_dashboard.idempotency import expiry
from product_dashboard.idempotency.expiry import remove_expired_answers, removing_expired_answers
from product_dashboard.settings import DatabaseSettings, load_settings
from tests.idempotency.proxy import Proxy
from tests.waiting import PATIENCE_S, SLACK_S, eventually

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def _no_answers(direct: Database) -> None:
    async with direct.connection() as conn, conn.cursor() as cursor:
        await cursor.execute("DELETE FROM idempotency_keys")


async def store(database: Database, number: int, age: timedelta) -> None:
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO idempotency_keys (id, fingerprint, status, body, created_at) VALUES (%s, %s, 201, '', %s)",
            [(uuid4().bytes * 2, b"f" * 32, (NOW - age).replace(tzinfo=None)) for _ in range(number)],
        )


async def stored(database: Database) -> int:
    async with database.connection() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT COUNT(*) FROM idempotency_keys")
        return int((await cursor.fetchone())[0])


async def until_removed(database: Database, left: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await stored(database) == left:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def behind(proxy: Proxy) -> Database:
    variables = {"DATABASE_URL": proxy.url, "REDIS_URL": "redis://unused", "DB_STATEMENT_CACHE": "0"}
    return Database(load_settings(variables).database)


async def test_expired_answers_are_removed_in_steps_and_young_ones_stay(
    direct: Database, behind: Database, proxy: Proxy
) -> None:
    await store(direct, 35, 2 * DAY)
    await store(direct, 3, DAY / 2)
    assert await remove_expired_answers(behind, NOW - DAY, step=10) == 35
    deletes = [each for each in proxy.statements if each.startswith("DELETE")]
    assert len(deletes) == 4
    assert await stored(direct) == 3
    await behind.close()


async def test_an_answer_in_use_does_not_hold_up_the_removal_of_old_ones(direct: Database) -> None:
    await store(direct, 20, timedelta(hours=1))
    async with direct.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT id FROM idempotency_keys FOR UPDATE")
        await store(direct, 5, 2 * DAY)
        assert await remove_expired_answers(direct, NOW - DAY) == 5  # to wait for the lock would end in Busy


async def test_several_processes_remove_at_the_same_time(direct: Database) -> None:
    await store(direct, 120, 2 * DAY)
    removed = await asyncio.gather(*(remove_expired_answers(direct, NOW - DAY, step=7) for _ in range(4)))
    assert sum(removed) == 120
    assert await stored(direct) == 0


async def test_in_the_background_expired_answers_are_removed_again_and_again(
    direct: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "REMOVE_EVERY_S", 0.02)
    await store(direct, 2, timedelta(hours=23))
    async with removing_expired_answers(direct, kept_hours=24):
        for _ in range(2):
            await store(direct, 3, timedelta(hours=25))
            await until_removed(direct, left=2)


async def test_a_failure_is_logged_and_the_next_turn_removes(
    direct: Database,
    behind: Database,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(expiry, "REMOVE_EVERY_S", 0.02)
    await store(direct, 3, 2 * DAY)
    proxy.refuses = True
    async with removing_expired_answers(behind, kept_hours=24):
        await eventually(lambda: "idempotency.removal_failed" in capsys.readouterr().out)
        assert await stored(direct) == 3
        proxy.refuses = False
        await until_removed(direct, left=0)
    await behind.close()


async def test_a_locked_answer_does_not_hold_up_the_end_of_the_service(
    direct: Database, database_settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "REMOVE_EVERY_S", 0.02)
    monkeypatch.setattr("product_dashboard.database.database.LOCK_WAIT_S", 600)
    await store(direct, 3, 2 * DAY)
    patient = Database(database_settings)
    async with direct.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT id FROM idempotency_keys FOR UPDATE")
        async with removing_expired_answers(patient, kept_hours=24):
            await asyncio.sleep(0.2)
            began = time.monotonic()
        assert time.monotonic() - began < SLACK_S
    await patient.close()
