"""The service as a process: its notice at the start, its secrets, and its workers."""

import asyncio
import http.client
from urllib.parse import urlsplit

import pytest

from product_dashboard.access.keys import new_key
from product_dashboard.settings import SettingsError, load_settings
from tests.access.conftest import Keys, bearer
from tests.server.conftest import Start
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.any_server

READ = "/api/v1/categories"
NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def ask(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "with_keys", "warns"),
    [
        ("0.0.0.0", False, True),
        ("0.0.0.0", True, False),
        ("127.0.0.1", False, False),
        ("localhost", False, False),
    ],
)
async def test_an_open_service_beyond_loopback_says_so_once(
    start: Start, keys: Keys, host: str, *, with_keys: bool, warns: bool
) -> None:
    variables = {"API_KEYS_FILE": str(keys.path)} if with_keys else {}
    service = await (await start(HOST=host, WORKERS="2", **variables)).listening()
    found = [line for line in service.lines if line["event"] == "access.open"]
    assert len(found) == warns
    if warns:
        assert found[0]["level"] == "warning"
        assert "every client that reaches this address may read and write everything" in found[0]["reason"]


async def test_wrong_passwords_and_keys_are_nowhere_in_the_log(
    start: Start, keys: Keys, database_url: str, redis_url: str
) -> None:
    secret = "s3cret-of-the-house"
    wrong: list[dict[str, str]] = [
        {"DATABASE_URL": database_url.replace(urlsplit(database_url).password or "", secret)},
        {"DATABASE_URL": f"mysql://u:{secret}\u2100@127.0.0.1/d"},
        {"DATABASE_URL": f"mysql://u:x?{secret}@127.0.0.1/d"},
        {"DATABASE_URL": f"mysql://u:x@a/b?{secret}@127.0.0.1/d"},
        {"DATABASE_URL": f"mysql://u:{secret}@127.0.0.1:port/d"},
        {"DATABASE_URL": f"postgres://u:{secret}@127.0.0.1/d"},
        {"DATABASE_URL": f"mysql://u:x/{secret}@127.0.0.1/d"},
        {"REDIS_URL": f"redis://:{secret}\u2100@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:x/{secret}@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:x?{secret}@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:x#{secret}@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:x@a/0?{secret}@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:x@a/0?{secret}=@127.0.0.1:6379/0"},
        {"REDIS_URL": f"redis://:{secret}@127.0.0.1:port/0"},
        {"REDIS_URL": f"http://:{secret}@127.0.0.1:6379/0"},
    ]
    service = await start(**wrong[0])
    assert await service.exit_status() == 1
    assert "Access denied" in str(service.lines)
    assert secret not in str(service.lines)
    for variables in wrong[1:]:
        with pytest.raises(SettingsError) as refused:
            load_settings({**NOWHERE, **variables})
        assert secret not in str(refused.value), variables

    given, unknown = keys.reader, new_key()
    redis = urlsplit(redis_url)
    service = await start(
        API_KEYS_FILE=str(keys.path),
        REDIS_URL=f"redis://:{secret}@127.0.0.1:{redis.port}/0",
        LOG_LEVEL="debug",
        STARTUP_TIMEOUT="1",
    )
    await service.listening()
    bodies = [
        await asyncio.to_thread(ask, service.port, READ, bearer(key)) for key in (given, unknown, secret)
    ]
    assert [status for status, _ in bodies] == [200, 401, 401]
    keys.path.write_text(f"shop read {given}\n")
    await service.logged("access.keys_not_reloaded")
    service.process.terminate()
    await service.exit_status()
    everything = str(service.lines) + str(bodies)
    for text in (secret, given, unknown, urlsplit(database_url).password or "no password"):
        assert text not in everything
    assert next(line["client"] for line in service.lines if line["event"] == "request") == "reader"


async def test_behind_a_trusted_proxy_the_limit_is_of_its_clients(start: Start) -> None:
    limit = {"RATE_LIMIT": "1/h", "RATE_LIMIT_BURST": "1"}
    service = await (await start(TRUSTED_PROXIES="127.0.0.1", **limit)).listening()

    async def status(client: str) -> int:
        return (await asyncio.to_thread(ask, service.port, READ, {"x-forwarded-for": client}))[0]

    assert [await status("192.0.2.1"), await status("192.0.2.1"), await status("192.0.2.2")] == [
        200,
        429,
        200,
    ]
    # The proxy has added the last address. The client has sent the first one, which is not believed.
    assert await status("198.51.100.7, 192.0.2.1") == 429


async def test_without_a_trusted_proxy_the_header_is_not_believed(start: Start) -> None:
    service = await (await start(RATE_LIMIT="1/h", RATE_LIMIT_BURST="1")).listening()
    found = [
        (await asyncio.to_thread(ask, service.port, READ, {"x-forwarded-for": f"192.0.2.{n}"}))[0]
        for n in range(3)
    ]
    assert found == [200, 429, 429]
