"""/health/live and /health/ready report the real state of the service."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

from product_dashboard.app import create_app
from product_dashboard.migrate import upgrade
from product_dashboard.resources import Resources
from product_dashboard.settings import load_settings
from tests.api_client import Api, data, error, running
from tests.relay import relay_to
from tests.waiting import SLACK_S, eventually

LATEST = max(path.stem for path in Path("migrations").glob("*.sql") if not path.stem.endswith(".rollback"))


async def test_a_living_service_says_so(client: Api) -> None:
    assert data(await client.get("/health/live")) == {"status": "alive"}


async def test_a_ready_service_names_its_stores_and_its_schema(client: Api) -> None:
    assert data(await client.get("/health/ready")) == {
        "status": "ready",
        "database": "up",
        "primary": None,
        "secondaries": None,
        "schema": {"version": LATEST, "expected": LATEST, "missing": 0},
        "cache": "up",
    }


async def test_with_an_exhausted_pool_it_is_ready_at_once(client: Api, resources: Resources) -> None:
    async with AsyncExitStack() as held:
        for _ in range(5):
            await held.enter_async_context(resources.database.connection())
        assert (await asyncio.wait_for(client.get("/health/ready"), SLACK_S)).status_code == 200


async def test_with_a_schema_that_is_too_old_it_is_not_ready_and_says_what_to_run(
    fresh_database: str, redis_url: str
) -> None:
    old = load_settings({"DATABASE_URL": fresh_database, "REDIS_URL": redis_url})
    async with running(create_app(old)) as app, Api(app) as other:
        refused = error(await other.get("/health/ready"))
        assert "migrate up" in refused["message"]
        (states,) = refused["details"]
        assert states["database"] == "up"
        assert states["schema"]["version"] is None
        assert states["schema"]["missing"] > 10
        upgrade(fresh_database)
        assert (await other.get("/health/ready")).status_code == 200


async def test_a_frozen_database_makes_it_unready_within_its_limit_and_ready_again_soon_after(
    migrated_database: str, redis_url: str
) -> None:
    async with relay_to(migrated_database) as (relay, url):
        patient = {"DB_ACQUIRE_TIMEOUT": "60", "DB_QUERY_TIMEOUT": "60", "REQUEST_TIMEOUT": "60"}
        settings = load_settings(
            {"DATABASE_URL": url, "REDIS_URL": redis_url, "DB_POOL_SIZE": "2", **patient}
        )
        async with running(create_app(settings)) as app, Api(app) as client:
            assert (await client.get("/health/ready")).status_code == 200
            relay.freeze()
            for _ in range(2):
                before = relay.accepted
                began = time.monotonic()
                answers = await asyncio.gather(*(client.get("/health/ready") for _ in range(20)))
                assert time.monotonic() - began < SLACK_S
                assert {answer.status_code for answer in answers} == {503}
                assert error(answers[0])["details"][0]["database"] == "down"
                assert "retry-after" in answers[0].headers
                assert relay.accepted - before <= 4, "several looks, instead of one for all"
                assert (await client.get("/health/live")).status_code == 200
            relay.thaw()

            async def is_ready() -> bool:
                return (await client.get("/health/ready")).status_code == 200

            await eventually(is_ready)


async def test_a_lost_connection_is_replaced_before_it_is_called_a_lost_database(
    migrated_database: str, redis_url: str
) -> None:
    alone = load_settings({"DATABASE_URL": migrated_database, "REDIS_URL": redis_url, "DB_POOL_SIZE": "1"})
    async with running(create_app(alone)) as app, Api(app) as client:
        assert (await client.get("/health/ready")).status_code == 200
        resources: Resources = app.state["resources"]
        async with resources.database.connection() as conn, conn.cursor() as cursor:
            await cursor.execute(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
            for (thread,) in await cursor.fetchall():
                await cursor.execute(f"KILL {thread}")
        await asyncio.sleep(0.1)
        assert (await client.get("/health/ready")).status_code == 200


async def test_without_redis_it_is_ready_and_says_that_it_is_down(migrated_database: str) -> None:
    alone = load_settings(
        {"DATABASE_URL": migrated_database, "REDIS_URL": "redis://127.0.0.1:1/0", "STARTUP_TIMEOUT": "0.1"}
    )
    async with running(create_app(alone)) as app, Api(app) as client:
        assert data(await client.get("/health/ready"))["cache"] == "down"
        assert (await client.get("/api/v1/dashboard/products")).headers["x-cache"] == "BYPASS"


async def test_with_a_cache_that_is_not_used_it_is_ready_and_says_that_it_is_bypassed(
    migrated_database: str, redis_url: str
) -> None:
    off = load_settings({"DATABASE_URL": migrated_database, "REDIS_URL": redis_url, "CACHE_ENABLED": "false"})
    async with running(create_app(off)) as app, Api(app) as client:
        assert data(await client.get("/health/ready"))["cache"] == "bypassed"
        assert (await client.get("/api/v1/dashboard/products")).headers["x-cache"] == "BYPASS"


async def test_the_figures_tell_of_requests_by_route(client: Api) -> None:
    def counted(text: str) -> float:
        line = 'http_requests_total{method="GET",route="/api/v1/categories/{category_id}",status="400"} '
        return sum(float(each.removeprefix(line)) for each in text.splitlines() if each.startswith(line))

    before = counted((await client.get("/metrics")).text)
    for number in range(3):
        await client.get(f"/api/v1/categories/x{number}")
    response = await client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert counted(response.text) == before + 3
    assert "http_request_duration_seconds_bucket" in response.text
    assert "db_pool_connections_in_use" in response.text


async def test_the_figures_tell_of_the_cache(client: Api) -> None:
    def hits(text: str) -> float:
        (line,) = (line for line in text.splitlines() if line.startswith('cache_events_total{event="hits"}'))
        return float(line.split()[1])

    await client.get("/api/v1/dashboard/products")
    before = hits((await client.get("/metrics")).text)
    assert (await client.get("/api/v1/dashboard/products")).headers["x-cache"] == "HIT"
    assert hits((await client.get("/metrics")).text) == before + 1
