"""The statements, round trips and Redis commands of each write, held in `round_trips.txt`.

Statements with a `+` between them are sent together: they are one round trip between the service and the database. A
script is a round trip between the service and Redis, but no answer waits for the second one.
`pytest tests/writes/test_round_trips.py --update-goldens` records them again.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from redis.asyncio import Redis

from product_dashboard.app import create_app
from product_dashboard.cache import Cache
from product_dashboard.settings import load_settings
from tests.api_client import Api, data, running
from tests.cache.internals import fences_are_down
from tests.idempotency.proxy import Proxy, Statement, proxied
from tests.waiting import PATIENCE_S

GOLDEN = Path(__file__).with_name("round_trips.txt")

SCRIPTS = {"evalsha"}
BACKGROUND_COMMANDS = {"info", "ping", "mget", "client", "hello", "select", "auth", "config"}

# The FROM of a subquery is never at the beginning of a line.
_TABLE = re.compile(r"(?:SELECT.*?\nFROM|DELETE FROM|INSERT(?: IGNORE)? INTO|UPDATE)\s+([a-z_]+)", re.DOTALL)

Statistics = dict[str, int]


@dataclass
class Recorder:
    """Sends the requests of each use case, and writes down what the stores got from the service meanwhile."""

    api: Api
    cache: Cache
    proxy: Proxy
    redis: Any  # redis-py's own types are partial
    lines: list[str] = field(default_factory=list[str])
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    async def record(self, name: str, send: Callable[[], Awaitable[httpx.Response]]) -> Any:
        """Return the answer's data; the request must succeed."""
        await _ends(self.cache)
        self.proxy.statements.clear()
        before = await self._commands()
        answer = await send()
        assert answer.is_success, answer.text
        await _ends(self.cache)
        after = await self._commands()
        used = {name: after[name] - before.get(name, 0) for name in after}
        scripts = sum(number for name, number in used.items() if name in SCRIPTS)
        inner = sum(
            number for name, number in used.items() if name not in SCRIPTS and name not in BACKGROUND_COMMANDS
        )
        statements = self.proxy.statements_of_requests()
        trips = sum(not statement.is_pipelined for statement in statements)
        counts = f"{len(statements):>3}{trips:>7}{scripts:>9}{inner:>10}"
        self.lines.append(f"{name:<36}{counts}  {_joined(statements)}")
        return data(answer)

    async def _commands(self) -> Statistics:
        found = cast("dict[str, dict[str, Any]]", await self.redis.info("commandstats"))
        return {name.removeprefix("cmdstat_"): int(stats["calls"]) for name, stats in found.items()}


@pytest.fixture
async def recorder(create_database: Callable[[], str], redis_url: str) -> AsyncIterator[Recorder]:
    async with proxied(create_database()) as proxy:
        app = create_app(
            load_settings(
                {
                    "DATABASE_URL": proxy.url,
                    "REDIS_URL": redis_url,
                    "DB_STATEMENT_CACHE": "0",
                    "LOG_REQUESTS": "false",
                }
            )
        )
        async with running(app), Api(app) as api, cast("Any", Redis).from_url(redis_url) as redis:
            yield Recorder(api, app.state["resources"].cache, proxy, redis)


async def test_each_write_sends_the_recorded_statements_and_scripts(
    recorder: Recorder, request: pytest.FixtureRequest
) -> None:
    await _warm_up(recorder.api, recorder.cache)
    for resource in (_categories, _customers, _products, _orders):
        await resource(recorder)
    title = f"{'use case':<36}{'SQL':>3}{'trips':>7}{'scripts':>9}{'in them':>10}  statements"
    found = "\n".join([title, *recorder.lines]) + "\n"
    if request.config.getoption("--update-goldens"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text(), "if that is meant, record it with --update-goldens"


async def _warm_up(api: Api, cache: Cache) -> None:
    """Let the service open an epoch and load its scripts."""
    made = await api.category("Warm")
    assert (await api.get(f"/api/v1/categories/{made['id']}")).is_success
    assert (await api.delete(f"/api/v1/categories/{made['id']}")).is_success
    await _ends(cache)


async def _categories(recorder: Recorder) -> None:
    await _life(
        recorder, "category", "categories", {"name": "Lamps", "description": None}, {"name": "Lights"}
    )


async def _customers(recorder: Recorder) -> None:
    ada, changed = {"name": "Ada", "email": "ada@example.org"}, {"name": "Ada Moreau"}
    await _life(recorder, "customer", "customers", ada, changed)


async def _products(recorder: Recorder) -> None:
    category = await recorder.api.category()
    lamp = {"name": "Lamp", "price": 9.5, "stock_quantity": 10, "category_id": category["id"]}
    await _life(recorder, "product", "products", lamp, {"name": "Light", "price": 8})
    path = f"/api/v1/products/{(await recorder.api.product())['id']}/stock"
    await _create(recorder, "stock change", path, {"delta": -1, "reason": "broken"})


async def _orders(recorder: Recorder) -> None:
    api = recorder.api
    category = await api.category()
    products = [await api.product(category["id"]) for _ in range(3)]
    customer = await api.customer(email="grace@example.org")
    for number in (1, 3):
        items = [{"product_id": product["id"], "quantity": 1} for product in products[:number]]
        body = {"customer_id": customer["id"], "items": items}
        order = await _create(recorder, f"order of {number}", "/api/v1/orders", body)
        await _delete(recorder, f"order of {number}", f"/api/v1/orders/{order['id']}")
        order = await api.made("/orders", **body)
        await _delete_if_match(recorder, f"order of {number}", f"/api/v1/orders/{order['id']}")


async def _life(
    recorder: Recorder, name: str, path: str, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Record what can happen to a resource between its creation and its end."""
    api = recorder.api
    made = await api.post(f"/api/v1/{path}", json={**body, "name": "First"} | _another_email(body))
    one = f"/api/v1/{path}/{data(made)['id']}"
    await recorder.record(f"replace {name}", lambda: api.put(one, json=body))
    await recorder.record(f"replace {name}, nothing changes", lambda: api.put(one, json=body))
    await recorder.record(f"patch {name}", lambda: _patch(api, one, changes))
    tag = (await api.get(one)).headers["etag"]
    await recorder.record(f"patch {name}, If-Match", lambda: _patch(api, one, {"name": "Other"}, tag))
    await _delete_if_match(recorder, name, one)
    kept = await _create(recorder, name, f"/api/v1/{path}", body)
    await _delete(recorder, name, f"/api/v1/{path}/{kept['id']}")


def _another_email(body: dict[str, Any]) -> dict[str, Any]:
    return {"email": "first@example.org"} if "email" in body else {}


async def _create(recorder: Recorder, name: str, path: str, body: dict[str, Any]) -> Any:
    """Record a creation without a key, and one with a key; return what the first one has made."""
    api = recorder.api
    made = await recorder.record(f"create {name}", lambda: api.post(path, json=body))
    again = {**body, "email": f"{next(recorder.keys)}@example.org"} if "email" in body else body
    headers = {"Idempotency-Key": f"key-of-{name.replace(' ', '-')}-{next(recorder.keys)}"}

    def send() -> Awaitable[httpx.Response]:
        return api.post(path, json=again, headers=headers)

    await recorder.record(f"create {name}, key", send)
    await recorder.record(f"create {name}, key again", send)
    return made


async def _delete(recorder: Recorder, name: str, path: str) -> None:
    await recorder.record(f"delete {name}", lambda: recorder.api.delete(path))


async def _delete_if_match(recorder: Recorder, name: str, path: str) -> None:
    tag = (await recorder.api.get(path)).headers["etag"]
    headers = {"If-Match": tag}
    await recorder.record(f"delete {name}, If-Match", lambda: recorder.api.delete(path, headers=headers))


async def _patch(api: Api, path: str, changes: dict[str, Any], if_match: str | None = None) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await api.patch(
        path, json=changes, headers={"Content-Type": "application/merge-patch+json"} | headers
    )


async def _ends(cache: Cache) -> None:
    """Wait until the fences of all writes are down, and all loads are stored: no answer waits for either."""
    async with asyncio.timeout(PATIENCE_S):
        while not fences_are_down(cache):  # noqa: ASYNC110 - a write says nothing when its END is answered
            await asyncio.sleep(0.001)
    ending = ("cache ", "cache-past ")
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith(ending)))


def _joined(statements: Iterable[Statement]) -> str:
    """Return all statements, with a + in front of each that is sent together with the one before it."""
    shown = ((" + " if each.is_pipelined else ", ") + _shown(each) for each in statements)
    return "".join(shown).removeprefix(", ")


def _shown(statement: str) -> str:
    """Return the verb of a statement and its first table."""
    verb, table = statement.split(None, 1)[0], _TABLE.match(statement)
    lock = " FOR UPDATE" if statement.endswith("FOR UPDATE") else ""
    return f"{verb} {table.group(1)}{lock}" if table else verb
