"""A service in this process whose database is behind a proxy, and a shop with one product and one customer."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest

from product_dashboard.app import create_app
from product_dashboard.database import Database
from product_dashboard.resources import Resources
from product_dashboard.settings import DatabaseSettings, load_settings
from tests.api_client import Api, running
from tests.idempotency.proxy import Proxy, proxied
from tests.server.conftest import start as start  # noqa: PLC0414 - pytest finds the fixture by its name here
from tests.shop import Shop

STOCK = 1000
_keys = count(1)


@pytest.fixture(scope="session")
def database_url(create_database: Callable[[], str]) -> str:
    """URL of a migrated database of these tests' own, without the proxy."""
    return create_database()


@pytest.fixture
def database_settings(database_url: str) -> DatabaseSettings:
    variables = {"DATABASE_URL": database_url, "REDIS_URL": "redis://unused", "DB_QUERY_TIMEOUT": "60"}
    return load_settings(variables).database


@pytest.fixture
async def direct(database_settings: DatabaseSettings) -> AsyncIterator[Database]:
    """The database without the proxy."""
    database = Database(database_settings)
    yield database
    await database.close()


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    async with proxied(database_url) as proxy:
        yield proxy


@pytest.fixture
async def resources_behind(proxy: Proxy, redis_url: str) -> AsyncIterator[tuple[Api, Resources]]:
    """A client of a service behind the proxy, and the service's resources."""
    app = create_app(
        load_settings(
            {
                "DATABASE_URL": proxy.url,
                "REDIS_URL": redis_url,
                "DB_POOL_SIZE": "6",
                "DB_ACQUIRE_TIMEOUT": "60",  # a busy machine does not refuse some of many requests
                "REQUEST_TIMEOUT": "4",
                "DB_STATEMENT_CACHE": "0",
                "LOG_REQUESTS": "false",
            }
        )
    )
    async with running(app), Api(app) as api:
        yield api, app.state["resources"]


@dataclass(frozen=True)
class Counter:
    """Places orders of one piece, and counts in the database what came of it."""

    shop: Shop
    product: Any
    customer: Any

    @classmethod
    async def opened(cls, client: httpx.AsyncClient, database: Database) -> "Counter":
        shop = Shop(client, database)
        return cls(shop, await shop.product(stock=STOCK), await shop.customer())

    def body(self, quantity: int = 1) -> dict[str, object]:
        items = [{"product_id": self.product["id"], "quantity": quantity}]
        return {"customer_id": self.customer["id"], "items": items}

    async def order(self, key: str | None, quantity: int = 1) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.shop.client.post("/api/v1/orders", json=self.body(quantity), headers=headers)

    async def orders(self) -> int:
        """Count the orders of the product; the stock and the totals must agree with them."""
        (number, pieces), *_ = await self.shop.rows(
            "SELECT COUNT(DISTINCT order_id), COALESCE(SUM(quantity), 0) FROM order_items "
            f"WHERE product_id = 0x{self.product['id'].replace('-', '')}"
        )
        ((stock,),) = await self.shop.rows(
            f"SELECT stock_quantity FROM products WHERE id = 0x{self.product['id'].replace('-', '')}"
        )
        assert stock == STOCK - pieces
        await self.shop.assert_summaries_are_true()
        return int(number)


@pytest.fixture
async def counter(resources_behind: tuple[Api, Resources], direct: Database) -> Counter:
    return await Counter.opened(resources_behind[0], direct)


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"key-{next(_keys)}"
