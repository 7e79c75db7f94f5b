"""The start of the service while its stores are not there, or refuse it."""

import re
import signal

import pytest

from product_dashboard.migrate import upgrade
from tests.relay import relay_to
from tests.server.conftest import Start
from tools.stack.ports import free_port


@pytest.mark.any_server
async def test_it_waits_for_mysql_says_so_and_gives_up_in_time_with_one_clear_line(start: Start) -> None:
    port = free_port()
    service = await start(DATABASE_URL=f"mysql://root:secret-pw@127.0.0.1:{port}/shop", STARTUP_TIMEOUT="3")
    assert await service.exit_status() == 1
    waiting = [line for line in service.lines if line["event"] == "startup.waiting"]
    assert len(waiting) >= 3
    assert all(line["address"] == f"127.0.0.1:{port}/shop" for line in waiting)
    (failed,) = (line for line in service.lines if line not in waiting)
    assert failed["event"] == "startup.failed"
    assert failed["reason"].startswith(f"MySQL at 127.0.0.1:{port}/shop could not be reached within 3 s: ")
    assert "Can't connect" in failed["reason"]
    assert "secret-pw" not in str(service.lines)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("was", "wrong", "reason"),
    [(r":[^:@/]*@", ":wrong-pw@", "Access denied"), (r"/[^/?]*$", "/no_such_database", "no_such_database")],
    ids=["password", "database"],
)
async def test_an_error_that_no_wait_can_heal_ends_the_start_at_once(
    start: Start, database_url: str, was: str, wrong: str, reason: str, workers: str
) -> None:
    url = re.sub(was, wrong, database_url)
    service = await start(DATABASE_URL=url, STARTUP_TIMEOUT="600", WORKERS=workers)
    assert await service.exit_status(timeout_s=60) == 1
    assert "startup.waiting" not in [line["event"] for line in service.lines]
    failed = await service.logged("startup.failed")
    assert "refuses the connection" in failed["reason"]
    assert reason in failed["reason"]
    assert "wrong-pw" not in str(service.lines)


async def test_on_an_empty_database_it_is_not_ready_and_says_what_to_run(
    start: Start, fresh_database: str
) -> None:
    service = await (await start(DATABASE_URL=fresh_database)).listening()
    assert (await service.get("/health/ready"))[0] == 503
    assert "migrate up" in (await service.logged("startup.schema_outdated"))["hint"]
    assert "migrate up" in (await service.logged("request.unavailable"))["reason"]
    assert (await service.get("/health/live"))[0] == 200
    assert (await service.get("/api/v1/products"))[0] == 503
    assert "Redis" not in [line.get("store") for line in service.lines]
    upgrade(fresh_database)
    assert (await service.get("/health/ready"))[0] == 200


@pytest.mark.any_server
async def test_it_starts_as_soon_as_mysql_is_there(start: Start, database_url: str) -> None:
    port = free_port()
    host = database_url.rpartition("@")[2].partition("/")[0]
    service = await start(DATABASE_URL=database_url.replace(host, f"127.0.0.1:{port}"), STARTUP_TIMEOUT="30")
    await service.logged("startup.waiting", count=2)
    async with relay_to(database_url, port=port):
        await service.listening()
        assert (await service.get("/health/ready"))[0] == 200
        service.tell(signal.SIGTERM)
        assert await service.exit_status() == 0


@pytest.mark.any_server
async def test_a_signal_ends_it_while_it_waits(start: Start) -> None:
    service = await start(DATABASE_URL=f"mysql://u:p@127.0.0.1:{free_port()}/shop", STARTUP_TIMEOUT="60")
    await service.logged("startup.waiting")
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0


@pytest.mark.any_server
async def test_without_redis_it_starts_degraded_and_serves(start: Start) -> None:
    service = await start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0", STARTUP_TIMEOUT="1")
    await service.listening()
    await service.logged("startup.degraded")
    assert (await service.get("/api/v1/dashboard/products"))[0] == 200
    assert (await service.get("/health/ready"))[0] == 200
    service.tell(signal.SIGTERM)
    assert await service.exit_status() == 0
