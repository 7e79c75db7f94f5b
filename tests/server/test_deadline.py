"""Every answer comes within REQUEST_TIMEOUT and a second, whichever store is frozen."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from tests.relay import Relay, relay_to
from tests.served import created, served
from tests.server.conftest import Start
from tests.server.test_process import request_that_lasts
from tests.waiting import PATIENCE_S, SLACK_S, eventually

pytestmark = pytest.mark.any_server  # a server that is frozen says nothing

ROUNDS = 3  # the later ones find broken connections, and a cache that is no longer believed

Stores = dict[str, Relay]


@asynccontextmanager
async def service_on_relays(
    start: Start, database_url: str, redis_url: str, request_timeout_s: float
) -> AsyncGenerator[tuple[httpx.AsyncClient, Stores], None]:
    async with (
        relay_to(database_url) as (database, database_through),
        relay_to(redis_url) as (redis, redis_through),
    ):
        service = await start(
            DATABASE_URL=database_through,
            REDIS_URL=redis_through,
            REQUEST_TIMEOUT=str(request_timeout_s),
            DB_ACQUIRE_TIMEOUT="60",
            DB_QUERY_TIMEOUT="60",
            DB_CONNECT_TIMEOUT="60",
        )
        await service.listening()
        base = f"http://127.0.0.1:{service.port}"
        async with httpx.AsyncClient(base_url=base, timeout=request_timeout_s + PATIENCE_S) as client:
            yield client, {"database": database, "redis": redis}


@pytest.mark.parametrize("frozen", [("database",), ("redis",), ("database", "redis")], ids="+".join)
async def test_every_answer_comes_in_time_while_a_store_is_frozen(
    start: Start, database_url: str, redis_url: str, frozen: tuple[str, ...]
) -> None:
    # Without the database each request takes its whole time. Without Redis none does, and a longer limit costs nothing.
    request_timeout_s = 2.0 if "database" in frozen else 20.0
    async with service_on_relays(start, database_url, redis_url, request_timeout_s) as (client, stores):
        category = await created(client, "categories", name=f"Frozen {frozen}")
        product = await created(
            client, "products", name="Ice", price=1, category_id=category, stock_quantity=1000
        )
        customer = await created(client, "customers", name="Ada", email=f"ada.{'.'.join(frozen)}@example.org")
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
            assert (await served(client, method, path, body)).status_code in {200, 201, 400}

        async def ask(method: str, path: str, body: object) -> httpx.Response:
            began = time.monotonic()
            answer = await client.request(method, path, json=body)
            took = time.monotonic() - began
            assert took < request_timeout_s + SLACK_S, f"{method} {path}: {took:.1f} s"
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
        assert (await served(client, "POST", "/api/v1/orders", order)).status_code == 201
        assert (await served(client, "GET", "/health/ready")).status_code == 200


async def test_the_time_that_a_client_takes_for_its_body_does_not_count(start: Start) -> None:
    # The answer is read to the end of its connection, which the service closes when it is idle.
    service = await (await start(REQUEST_TIMEOUT="1.5", IDLE_TIMEOUT="1")).listening()

    async def is_answered() -> bool:
        return b"HTTP/1.1 201 Created" in await (await request_that_lasts(service, partial(asyncio.sleep, 2)))

    # A busy machine may need more than the limit, but if the body's time counted, no attempt could succeed.
    await eventually(is_answered)
