"""A request that is answered by a recipe passes admission control, and is logged and counted, as every other one."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from product_dashboard.access.keys import key_line, new_key
from product_dashboard.access.rules import Access
from tests.recipes.conftest import Serve, directly, get, until_direct
from tests.server.conftest import Service as Process
from tests.server.conftest import Start
from tests.server.test_process import figure
from tests.waiting import PATIENCE_S

TARGET = "/api/v1/categories?page_size=3"

pytestmark = pytest.mark.any_server


async def test_a_key_that_is_revoked_is_refused_at_once(serve: Serve, tmp_path: Path) -> None:
    file, key, other = tmp_path / "keys", new_key(), new_key()
    file.write_text("".join(f"{key_line(n, [Access.READ], k)}\n" for n, k in (("one", key), ("two", other))))
    async with serve(API_KEYS_FILE=str(file)) as service, service.connection() as connection:
        request = get(TARGET, f"Authorization: Bearer {key}")
        await until_direct(connection, request)
        file.write_text(f"{key_line('two', [Access.READ], other)}\n")
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await connection.ask(request)).status == 200:  # noqa: ASYNC110 - the file is looked at
                await asyncio.sleep(0.05)
        assert (answer.status, answer["www-authenticate"]) == (401, "Bearer")
        assert (await connection.ask(get(TARGET))).status == 401
        assert (await connection.ask(get(TARGET, f"X-API-Key: {other}"))).status == 200
        wrong = await connection.ask(get(TARGET, f"Authorization: Bearer {new_key()}"))
        assert [name for name, _ in answer.headers] == [name for name, _ in wrong.headers]
        assert answer.body == wrong.body


async def test_each_answer_takes_one_token_and_the_last_one_is_refused(serve: Serve) -> None:
    limit = {"RATE_LIMIT": "8/h", "RATE_LIMIT_BURST": "8"}
    async with serve(**limit) as service, service.connection() as connection:
        count = directly()
        answers = [await connection.ask(get(TARGET)) for _ in range(10)]
        assert [each.status for each in answers] == [200] * 8 + [429] * 2
        assert count() >= 5
        assert answers[-1]["retry-after"] == "450"


async def test_redis_is_not_asked_about_a_request_that_is_refused(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = tmp_path / "keys", new_key()
    file.write_text(f"{key_line('one', [Access.READ], key)}\n")
    limit = {"RATE_LIMIT": "6/h", "RATE_LIMIT_BURST": "6", "API_KEYS_FILE": str(file)}
    request = get(TARGET, f"X-API-Key: {key}")
    async with serve(**limit) as service, service.connection() as connection:
        for _ in range(6):
            assert (await connection.ask(request)).status == 200
        asked: list[object] = []

        def prepare(recipe: object, deliver: object) -> None:
            del deliver
            asked.append(recipe)

        monkeypatch.setattr(service.direct.store, "prepare", prepare)
        known_target = get(TARGET, f"X-API-Key: {key}", "X-Request-Id: r-1")
        without_a_key = get(TARGET, "X-Request-Id: r-2")
        for refused, status in ((request, 429), (known_target, 429), (without_a_key, 401)):
            answers = [await connection.ask(refused) for _ in range(3)]
            assert [each.status for each in answers] == [status] * 3
        assert (await connection.ask(get("/health/live"))).status == 200
        assert not asked


async def test_the_answers_without_routing_are_figures(start: Start) -> None:
    process = await (await start()).listening()
    found = {"bytes": 0.0, "target": 0.0}
    asked = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
    async with asyncio.timeout(PATIENCE_S):
        while not all(found.values()):
            for request in (get(TARGET), get(TARGET, f"X-Request-Id: r-{asked}")):
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
            asked += 1
            for known_by in found:
                name = f'http_requests_without_routing_total{{known_by="{known_by}"}}'
                found[known_by] = await figure(process, name)
    writer.close()
    assert sum(found.values()) < 2 * asked, "the first request has no recipe yet"


async def test_a_miss_behind_a_remembered_request_takes_one_token_too(serve: Serve) -> None:
    limit = {"RATE_LIMIT": "8/h", "RATE_LIMIT_BURST": "8"}
    async with serve(**limit) as service, service.connection() as connection:
        statuses: list[int] = []
        for _ in range(9):
            read = service.resources.cache.stored
            read._belief._until = 0.0  # nothing is believed at the moment of each request
            statuses.append((await connection.ask(get(TARGET))).status)
        assert statuses == [200] * 8 + [429]


async def test_requests_that_the_gate_refuses_are_not_remembered(serve: Serve, tmp_path: Path) -> None:
    """Otherwise clients without a key could push out the requests of others."""
    file, key = tmp_path / "keys", new_key()
    file.write_text(f"{key_line('one', [Access.READ], key)}\n")
    async with serve(API_KEYS_FILE=str(file)) as service, service.connection() as connection:
        await until_direct(connection, get(TARGET, f"Authorization: Bearer {key}"))
        known = len(service.direct)
        for number in range(3):
            assert (await connection.ask(get(TARGET, f"X-Number: {number}"))).status == 401
        assert len(service.direct) == known
        assert (await connection.ask(get(TARGET, f"X-API-Key: {key}"))).status == 200
        assert len(service.direct) == known + 1


async def test_only_allowed_hosts_are_answered(serve: Serve) -> None:
    async with serve(ALLOWED_HOSTS="test") as service, service.connection() as connection:
        await until_direct(connection, get(TARGET))
        for _ in range(3):
            assert (await connection.ask(get(TARGET, host="evil.example"))).status == 421


async def test_behind_a_trusted_proxy_each_client_has_its_own_limit(serve: Serve) -> None:
    variables = {"TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMIT": "6/h", "RATE_LIMIT_BURST": "6"}
    one, two = (get(TARGET, f"X-Forwarded-For: 192.0.2.{n}") for n in (1, 2))
    async with serve(**variables) as service, service.connection() as connection:
        count = directly()
        assert [(await connection.ask(one)).status for _ in range(7)] == [200] * 6 + [429]
        assert [(await connection.ask(two)).status for _ in range(7)] == [200] * 6 + [429]
        assert count() >= 4


async def test_the_bytes_of_a_trusted_proxy_are_not_believed_from_another_peer(serve: Serve) -> None:
    """One request comes from a proxy and from a stranger: the stranger is the client of its own request."""
    variables = {"TRUSTED_PROXIES": "127.0.0.2", "RATE_LIMIT": "5/h", "RATE_LIMIT_BURST": "5"}
    request = get(TARGET, "X-Forwarded-For: 192.0.2.1")
    async with serve(**variables) as service:
        found: dict[str, list[int]] = {}
        for address in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port, local_addr=(address, 0))
            found[address] = []
            for _ in range(6):
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
                found[address].append(int(head.split()[1]))
            writer.close()
        assert set(map(tuple, found.values())) == {(200,) * 5 + (429,)}


@pytest.mark.parametrize("recipes", ["true", "false"])
async def test_the_log_and_the_figures_are_those_of_every_request(start: Start, recipes: str) -> None:
    process = await (await start(RECIPES=recipes)).listening()
    name = 'http_requests_total{method="GET",route="/api/v1/categories",status="200"}'
    reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
    ids: list[str] = []
    for _ in range(6):
        writer.write(get(TARGET))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        ids.append(head.split("x-request-id: ")[1].split("\r\n")[0])
    writer.close()
    assert await figure(process, name) == 6
    seconds = "http_request_duration_seconds_count{" + name.partition("{")[2].replace(',status="200"', "")
    assert await figure(process, seconds) == 6
    assert await figure(process, "http_requests_in_progress") == 1  # the one that asks
    lines = await requests_of(process, 6)
    assert [line["request_id"] for line in lines] == ids
    assert len(set(ids)) == 6
    for line in lines:
        line["timestamp"] = line["request_id"] = ""
        assert 0 < line.pop("ms") < 60_000
    assert all(line == lines[0] for line in lines)
    assert lines[0] | {"client": "127.0.0.1", "path": "/api/v1/categories", "status": 200} == lines[0]
    await until_counted(process, 6)


async def requests_of(process: Process, count: int) -> list[dict[str, Any]]:
    await process.logged("request", count=count)
    return [dict(line) for line in process.lines if line["event"] == "request"]


async def until_counted(process: Process, answers: int) -> None:
    """Wait until the cache has published so many answers; it does every few seconds."""
    found = -1.0
    async with asyncio.timeout(PATIENCE_S):
        while found < answers:
            names = [f'cache_events_total{{event="{event}"}}' for event in ("hits", "misses", "bypasses")]
            found = sum([await figure(process, name) for name in names])
            await asyncio.sleep(0.1)
    assert found == answers


async def test_each_answer_has_its_own_request_id(serve: Serve) -> None:
    async with serve(LOG_REQUESTS="false") as service, service.connection() as connection:
        await until_direct(connection, get(TARGET))
        ids = {(await connection.ask(get(TARGET)))["x-request-id"] for _ in range(5)}
        assert len(ids) == 5
        assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)
