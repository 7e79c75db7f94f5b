"""Every answer comes within REQUEST_TIMEOUT and a second, whichever store is frozen."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from tests.relay import Relay, relay_to
from tests.server.conftest import Start
from tests.server.test_process import request_that_lasts
from tests.waiting import PATIENCE_S, SLACK_S

REQUEST_TIMEOUT_S = 2.0
ROUNDS = 3  # the later ones find broken connections, and a cache that is no longer believed

Stores = dict[str, Relay]


@asynccontextmanager
async def service_on_relays(
    start: Start, database_url: str, redis_url: str
) -> AsyncGenerator[tuple[httpx.AsyncClient, Stores], None]:
    async with (
        relay_to(database_url) as (database, database_through),
        relay_to(redis_url) as (redis, redis_through),
    ):
        service = await start(
            DATABASE_URL=database_through,
            REDIS_URL=redis_through,
            REQUEST_TIMEOUT=str(REQUEST_TIMEOUT_S),
            DB_ACQUIRE_TIMEOUT="60",
            DB_QUERY_TIMEOUT="60",
            DB_CONNECT_TIMEOUT="60",
        )
        await service.listening()
        base = f"http://127.0.0.1:{service.port}"
        async with httpx.AsyncClient(base_url=base, timeout=30) as client:
            yield client, {"database": database, "redis": redis}


async def made(client: httpx.AsyncClient, path: str, **fields: object) -> str:
    answer = await client.post(f"/api/v1/{path}", json=fields)
    assert answer.status_code == 201, answer.text
    identifier: str = answer.json()["data"]["id"]
    return identifier


@pytest.mark.parametrize("frozen", [("database",), ("redis",), ("database", "redis")], ids="+".join)
async def test_every_answer_comes_in_time_while_a_store_is_frozen(
    start: Start, database_url: str, redis_url: str, frozen: tuple[str, ...]
) -> None:
    async with service_on_relays(start, database_url, redis_url) as (client, stores):
        category = await made(client, "categories", name=f"Frozen {frozen}")
        product = await made(
            client, "products", name="Ice", price=1, category_id=category, stock_quantity=1000
        )
        customer = await made(client, "customers", name="Ada", email=f"ada.{'.'.join(frozen)}@example.org")
        order = {"customer_id": customer, "items": [{"product_id": product, "quantity": 1}]}
        requests = [
            ("GET", "/api/v1/products", None),
            ("GET", f"/api/v1/products/{product}", None),
            ("GET", "/api/v1/dashboard/overview", None),
            ("POST", "/api/v1/orders", order),
            ("POST", "/api/v1/customers", {"name": "Bo", "email": "not an address"}),
            ("GET", "/health/live", None),
        ]
        for method, path, body in requests:
            assert (await client.request(method, path, json=body)).status_code in {200, 201, 400}

        async def ask(method: str, path: str, body: object) -> httpx.Response:
            began = time.monotonic()
            answer = await client.request(method, path, json=body)
            took = time.monotonic() - began
            assert took < REQUEST_TIMEOUT_S + SLACK_S, f"{method} {path}: {took:.1f} s"
            return answer

        for name in frozen:
            stores[name].freeze()
        for _ in range(ROUNDS):
            answers = await asyncio.gather(*(ask(*each) for each in requests for _ in range(6)))
            for answer in answers:
                if answer.status_code == 503:
                    assert answer.json()["error"]["code"] in {"TIMEOUT", "UNAVAILABLE", "OVERLOADED", "BUSY"}
                    assert int(answer.headers["retry-after"]) >= 1
                else:
                    assert answer.status_code in {200, 201, 400}, answer.text
            if "database" in frozen:
                lists = {each.status_code for each in answers if each.url.path == "/api/v1/products"}
                assert lists == {503}
            else:
                assert {each.status_code for each in answers if each.request.method == "GET"} == {200}
        for name in frozen:
            stores[name].thaw()
        async with asyncio.timeout(PATIENCE_S):
            while (await client.post("/api/v1/orders", json=order)).status_code != 201:  # noqa: ASYNC110 - only the service knows
                await asyncio.sleep(0.2)
        assert (await client.get("/health/ready")).status_code == 200


async def test_the_time_that_a_client_takes_for_its_body_does_not_count(start: Start) -> None:
    # The answer is read to the end of its connection, which the service closes when it is idle.
    service = await (await start(REQUEST_TIMEOUT="1.5", IDLE_TIMEOUT="1")).listening()
    assert b"HTTP/1.1 201 Created" in await (await request_that_lasts(service, partial(asyncio.sleep, 2)))
