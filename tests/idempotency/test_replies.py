"""A request that is sent again with its Idempotency-Key gets the first answer; other uses of the key are refused."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from product_dashboard.database.database import LOCK_WAIT_S, Database
from product_dashboard.database.driver import is_mariadb
from product_dashboard.resources import Resources
from tests.api_client import Api, bad_fields
from tests.idempotency.conftest import Counter
from tests.idempotency.proxy import Proxy, Session
from tests.shop import error_of
from tests.waiting import SLACK_S


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """True if two answers are the same except for the headers of the single request."""

    def of(answer: httpx.Response) -> Any:
        own = {"x-request-id", "idempotency-replayed", "date"}
        return (
            answer.status_code,
            answer.content,
            {k: v for k, v in answer.headers.items() if k not in own},
        )

    return bool(of(one) == of(other))


async def test_a_retry_gets_the_first_answer_byte_for_byte_and_orders_nothing(
    counter: Counter, key: str
) -> None:
    first = await counter.order(key)
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    for _ in range(3):
        again = await counter.order(key)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == f"/api/v1/orders/{first.json()['data']['id']}"
        assert same(first, again)
    assert await counter.orders() == 1


async def test_every_resource_that_is_created_takes_a_key(client: Api, key: str) -> None:
    category = await client.category()
    product = await client.product(category["id"])
    customer = await client.customer()
    bodies: dict[str, dict[str, object]] = {
        "categories": {"name": "Keys"},
        "products": {"name": "Key", "price": 1, "category_id": category["id"]},
        "customers": {"name": "Kay", "email": "kay@example.org"},
        "orders": {
            "customer_id": customer["id"],
            "items": [{"product_id": product["id"], "quantity": 1}],
        },
    }
    for path, body in bodies.items():  # the same key on each path: it is another key there
        send = {"url": f"/api/v1/{path}", "json": body, "headers": {"Idempotency-Key": key}}
        first, again = await client.post(**send), await client.post(**send)  # type: ignore[arg-type]  # one dict
        assert first.status_code == 201, first.text
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert same(first, again)


async def test_a_quoted_string_is_the_same_key_as_its_text(counter: Counter, key: str) -> None:
    first = await counter.order(f'{key}"\\')
    again = await counter.order(f'"{key}\\"\\\\"')
    assert same(first, again)
    assert await counter.orders() == 1


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"two words",
        b"x" * 256,
        b'"' + b"x" * 256 + b'"',
        "schl\u00fcssel".encode(),
        b"\xff",
        b'"',
        b'""',
        b'"open',
        b'"a"b',
        b'"a\\b"',
        b'"a b"',
        b'"a";p=1',
    ],
)
async def test_another_text_is_refused_with_the_name_of_the_header(client: Api, value: bytes) -> None:
    answer = await client.post("/api/v1/categories", json={"name": "K"}, headers={b"Idempotency-Key": value})
    assert bad_fields(answer) == ["Idempotency-Key"]


async def test_the_longest_keys_are_taken(client: Api) -> None:
    for value in ("x" * 255, '"' + '\\"' * 255 + '"', "!~"):
        answer = await client.post(
            "/api/v1/categories", json={"name": "K"}, headers={"Idempotency-Key": value}
        )
        assert answer.status_code == 201


async def test_the_header_twice_is_refused(client: Api) -> None:
    twice = [("Idempotency-Key", "one"), ("Idempotency-Key", "one")]
    answer = await client.post("/api/v1/categories", json={"name": "K"}, headers=twice)
    assert bad_fields(answer) == ["Idempotency-Key"]


async def test_another_body_is_refused(counter: Counter, key: str) -> None:
    assert (await counter.order(key)).status_code == 201
    error_of(await counter.order(key, quantity=2), 422, "IDEMPOTENCY_KEY_REUSED")
    assert await counter.orders() == 1


async def test_a_refused_request_leaves_its_key_free_for_any_body(counter: Counter, key: str) -> None:
    error_of(await counter.order(key, quantity=5000), 409, "INSUFFICIENT_STOCK")
    assert (
        await counter.shop.client.post("/api/v1/orders", json={}, headers={"Idempotency-Key": key})
    ).is_error
    answer = await counter.order(key)
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers
    assert await counter.orders() == 1


async def test_a_retry_is_not_judged_by_the_rules_of_today(counter: Counter, key: str) -> None:
    first = await counter.order(key)
    await counter.shop.replace_product(counter.product, is_active=False, stock_quantity=0)
    assert same(first, await counter.order(key))


async def test_a_retry_raises_no_fence(
    counter: Counter, key: str, resources_behind: tuple[Api, Resources]
) -> None:
    await counter.order(key)
    counters = resources_behind[1].cache.metrics.counters
    fences = counters.fences
    assert fences > 0
    assert (await counter.order(key)).headers["idempotency-replayed"] == "true"
    assert counters.fences == fences


async def test_without_a_key_there_is_no_statement_more_and_with_one_there_are_two(
    counter: Counter, key: str, proxy: Proxy
) -> None:
    async def statements(key: str | None) -> Sequence[str]:
        proxy.statements.clear()
        assert (await counter.order(key)).status_code == 201
        return proxy.statements_of_requests()

    plain, keyed = await statements(None), await statements(key)
    assert not any("idempotency_keys" in each for each in plain)
    assert sum("idempotency_keys" in each for each in keyed) == 2
    assert len(keyed) == len(plain) + 2
    assert "idempotency_keys" in keyed[0], "the claim comes first"


async def test_of_forty_requests_at_once_one_orders(counter: Counter, key: str) -> None:
    answers = await asyncio.gather(*(counter.order(key) for _ in range(40)))
    created = [answer for answer in answers if answer.status_code == 201]
    assert created
    assert all(same(created[0], answer) for answer in created)
    assert sum("idempotency-replayed" not in answer.headers for answer in created) == 1
    for answer in answers:
        if answer.status_code != 201:
            error_of(answer, 409, "IDEMPOTENCY_KEY_IN_USE")
            assert answer.headers["retry-after"] == "1"
    assert await counter.orders() == 1


async def test_of_forty_requests_with_two_bodies_one_orders(counter: Counter, key: str) -> None:
    answers = await asyncio.gather(*(counter.order(key, quantity=1 + number % 2) for number in range(40)))
    created = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in created}) == 1
    codes = {answer.json()["error"]["code"] for answer in answers if answer.status_code != 201}
    assert codes <= {"IDEMPOTENCY_KEY_IN_USE", "IDEMPOTENCY_KEY_REUSED"}
    assert await counter.orders() == 1


async def test_while_the_first_request_runs_a_retry_is_refused_at_once(
    counter: Counter, key: str, direct: Database, proxy: Proxy
) -> None:
    async with direct.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute(
            f"SELECT id FROM products WHERE id = 0x{counter.product['id'].replace('-', '')} FOR UPDATE"
        )
        first = asyncio.create_task(counter.order(key))
        await counter.shop.until_a_transaction_waits()
        connections = set(proxy.sessions)
        for _ in range(3):
            error_of(await counter.order(key), 409, "IDEMPOTENCY_KEY_IN_USE")
        assert not first.done(), "a retry waits for the first request"
        assert proxy.sessions == connections, "a refusal must not cost a connection"
    assert (await first).status_code == 201
    assert same(await first, await counter.order(key))
    assert await counter.orders() == 1


async def test_a_claim_waits_for_an_insert_no_longer_than_for_a_lock(
    counter: Counter, key: str, direct: Database
) -> None:
    """A lock that only INSERT meets takes the place of a claim that looked at the same moment."""
    async with direct.connection() as conn, conn.cursor() as cursor:
        await cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await cursor.execute("BEGIN")
        await cursor.execute("SELECT id FROM idempotency_keys WHERE created_at > '2000-01-01' FOR UPDATE")
        await cursor.execute("SELECT id FROM idempotency_keys FORCE INDEX (PRIMARY) FOR UPDATE")
        began = asyncio.get_running_loop().time()
        answer = await counter.order(key)
        waited = asyncio.get_running_loop().time() - began
        # On MariaDB the NOWAIT of the claim is for its INSERT too.
        assert is_mariadb(conn.get_server_info()) or waited > LOCK_WAIT_S - 0.5
        assert waited < LOCK_WAIT_S + SLACK_S
        error_of(answer, 409, "IDEMPOTENCY_KEY_IN_USE")
        await cursor.execute("ROLLBACK")
        await cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    assert (await counter.order(key)).status_code == 201
    assert await counter.orders() == 1


async def test_a_new_key_is_not_in_use_only_because_the_database_is_slow(
    counter: Counter, proxy: Proxy, key: str
) -> None:
    async def answer_late(session: Session, packet: bytes) -> None:
        await asyncio.sleep(0.5)
        session.client.write(packet)

    proxy.after(lambda _, statement: statement.startswith("INSERT IGNORE INTO idempotency_keys"), answer_late)
    assert (await counter.order(key)).status_code == 201
    assert proxy.fired.is_set()


async def test_each_spelling_of_a_path_is_the_same_path(client: Api, key: str) -> None:
    product = await client.product((await client.category())["id"])
    spellings = (product["id"], product["id"].upper(), product["id"].replace("-", ""), f"{product['id']}/")
    for at, spelling in enumerate(spellings):
        path = f"/api/v1/products/{spelling}/stock".replace("//stock", "/stock/")
        answer = await client.post(
            path, json={"delta": 5, "reason": "Delivery"}, headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 201, spelling
        assert ("idempotency-replayed" in answer.headers) is (at > 0), spelling
    after = (await client.get(f"/api/v1/products/{product['id']}")).json()["data"]
    assert after["stock_quantity"] == product["stock_quantity"] + 5
