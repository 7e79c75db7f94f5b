"""Clients order through two services whose connections to the database are cut at random, until each has its 201."""

import asyncio
import random
from contextlib import AsyncExitStack
from functools import partial

from litestar import Litestar

from product_dashboard.app import create_app
from product_dashboard.database import Database
from product_dashboard.settings import load_settings
from tests.api_client import Api, running
from tests.idempotency.conftest import Counter
from tests.idempotency.proxy import Action, Proxy, Session, cut, hold

CLIENTS = 8
ORDERS_OF_EACH = 6
RETRIABLE = {"IDEMPOTENCY_KEY_IN_USE", "OUTCOME_UNKNOWN", "UNAVAILABLE", "TIMEOUT", "BUSY", "OVERLOADED"}


async def test_each_key_makes_one_order_whatever_is_cut(
    proxy: Proxy, direct: Database, redis_url: str, key: str
) -> None:
    async with AsyncExitStack() as stack:
        apis = [
            await stack.enter_async_context(
                Api(await stack.enter_async_context(running(app_of(proxy, redis_url))))
            )
            for _ in range(2)
        ]
        counter = await Counter.opened(apis[0], direct)
        chosen = Faults()
        proxy.choose = chosen.choose

        async def orders(client: int) -> list[str]:
            """Place the orders of one client, each through both services at once. Return their answers' bodies."""
            bodies: list[str] = []
            for number in range(ORDERS_OF_EACH):
                answers = await asyncio.gather(
                    *(ordered(api, counter, f"{key}-{client}-{number}", number % 3 + 1) for api in apis)
                )
                assert answers[0] == answers[1], "two orders of one key, or two answers"
                bodies.append(answers[0])
            return bodies

        async with asyncio.timeout(100):
            answers = await asyncio.gather(*(orders(client) for client in range(CLIENTS)))
        proxy.choose = lambda _, __: (None, None)
        assert chosen.fired["commit"] > CLIENTS, chosen.fired
        assert chosen.fired["other"] > CLIENTS, chosen.fired
        assert len({body for bodies in answers for body in bodies}) == CLIENTS * ORDERS_OF_EACH
        await settled(direct)
        assert await counter.orders() == CLIENTS * ORDERS_OF_EACH
        product = await counter.shop.get(f"/products/{counter.product['id']}")
        assert product["total_sold"] == CLIENTS * sum(number % 3 + 1 for number in range(ORDERS_OF_EACH))


class Faults:
    """Chooses a fault at a third of all COMMITs, and at one of sixty other statements."""

    def __init__(self) -> None:
        self.fired = {"commit": 0, "other": 0}

    def choose(self, session: Session, statement: str) -> tuple[Action | None, Action | None]:
        if statement == "COMMIT" and session.has_written("orders"):
            if random.random() < 0.35:
                self.fired["commit"] += 1
                return random.choice(
                    [
                        (cut, None),
                        (None, cut),
                        (hold(partial(asyncio.sleep, 0.3), then_forward=True), None),
                        (hold(partial(asyncio.sleep, 0.3), then_forward=False), None),
                    ]
                )
        elif random.random() < 1 / 60:
            self.fired["other"] += 1
            return random.choice([(cut, None), (None, cut)])
        return None, None


def app_of(proxy: Proxy, redis_url: str) -> Litestar:
    variables = {
        "DB_POOL_SIZE": "6",
        "DB_STATEMENT_CACHE": "0",
        "LOG_REQUESTS": "false",
        "LOG_LEVEL": "error",
    }
    return create_app(load_settings({"DATABASE_URL": proxy.url, "REDIS_URL": redis_url, **variables}))


async def ordered(api: Api, counter: Counter, key: str, quantity: int) -> str:
    """Retry an order until it is placed. Return the body of the answer."""
    while True:
        answer = await api.post(
            "/api/v1/orders", json=counter.body(quantity), headers={"Idempotency-Key": key}
        )
        if answer.status_code == 201:
            return answer.text
        assert answer.json()["error"]["code"] in RETRIABLE, answer.text
        await asyncio.sleep(random.uniform(0, 0.1))


async def settled(database: Database) -> None:
    """Wait until the server has rolled back the transactions whose connections were cut."""
    await asyncio.sleep(0.5)
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT id FROM products FOR UPDATE")
