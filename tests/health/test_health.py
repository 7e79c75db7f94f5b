"""/health/live and /health/ready report the real state of the service."""

import pytest

from product_dashboard.app import create_app
from product_dashboard.resources import Resources
from product_dashboard.settings import load_settings
from tests.api_client import Api, data, error, running


async def test_a_living_service_says_so(client: Api) -> None:
    assert data(await client.get("/health/live")) == {"status": "alive"}


async def test_a_ready_service_names_its_stores(client: Api) -> None:
    response = await client.get("/health/ready")
    assert data(response) == {"status": "ready", "database": "up", "redis": "up"}


async def test_without_its_database_it_lives_but_is_not_ready(
    client: Api, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources.database.pool, "_closed", True)
    response = await client.get("/health/ready")
    assert (response.status_code, error(response)["code"]) == (503, "UNAVAILABLE")
    assert "retry-after" in response.headers
    assert (await client.get("/health/live")).status_code == 200


async def test_without_redis_it_is_ready_and_says_that_it_is_down(migrated_database: str) -> None:
    alone = load_settings(
        {"DATABASE_URL": migrated_database, "REDIS_URL": "redis://127.0.0.1:1/0", "STARTUP_TIMEOUT": "0.1"}
    )
    async with running(create_app(alone)) as app, Api(app) as client:
        assert data(await client.get("/health/ready"))["redis"] == "down"
        assert (await client.get("/api/v1/dashboard/products")).headers["x-cache"] == "BYPASS"


async def test_with_a_cache_that_is_not_used_it_is_ready_and_says_that_it_is_bypassed(
    migrated_database: str, redis_url: str
) -> None:
    off = load_settings({"DATABASE_URL": migrated_database, "REDIS_URL": redis_url, "CACHE_ENABLED": "false"})
    async with running(create_app(off)) as app, Api(app) as client:
        assert data(await client.get("/health/ready"))["redis"] == "bypassed"
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
        (line,) = (line for line in text.splitlines() if line.startswith('cache_events{what="hits"}'))
        return float(line.split()[1])

    await client.get("/api/v1/dashboard/products")
    before = hits((await client.get("/metrics")).text)
    assert (await client.get("/api/v1/dashboard/products")).headers["x-cache"] == "HIT"
    assert hits((await client.get("/metrics")).text) == before + 1
