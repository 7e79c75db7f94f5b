"""Stores for the session, and databases on them, for every test.

Each session starts servers of its own: containers if a Docker Engine answers, otherwise servers of this
machine. `--stores` or TEST_STORES=containers|local|mariadb allows only one way. Tests never use the servers of
DATABASE_URL and REDIS_URL.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import cast

import hypothesis
import pytest
from litestar import Litestar

from product_dashboard import tags
from product_dashboard.app import create_app
from product_dashboard.database import Database
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings, load_settings
from tests.api_client import Api, running
from tests.template import Template, migrated_template
from tools.stack.testing import (
    WAYS,
    TestStores,
    Way,
    scratch_database,
    session_stores,
    with_serving_account,
)

pytest_plugins = ["tests.stores_mark"]

# On a busy machine an example may take any time.
hypothesis.settings.register_profile(
    "any machine",
    hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stores",
        choices=WAYS,
        default=os.environ.get("TEST_STORES") or "auto",
        help="where MySQL and Redis come from (or TEST_STORES); auto: containers if possible, otherwise local",
    )
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="replace the expected files of golden tests by the actual output",
    )


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[TestStores]:
    """The MySQL and Redis of this session."""
    with session_stores(cast("Way", request.config.getoption("--stores"))) as found:
        yield found


@pytest.fixture(scope="session")
def mysql_url(stores: TestStores) -> str:
    """URL of the session's MySQL or MariaDB, for root and the empty database `tests`."""
    return stores.mysql_url


@pytest.fixture(scope="session")
def redis_url(stores: TestStores) -> str:
    """URL of the session's Redis or Valkey, database 0."""
    return stores.redis_url


@pytest.fixture
def fresh_database(mysql_url: str) -> Iterator[str]:
    """URL of a new, empty database for one test."""
    with scratch_database(mysql_url) as url:
        yield url


@pytest.fixture(scope="session")
def template(mysql_url: str) -> Iterator[Template]:
    """Copies a migrated database, which the first test that needs one creates."""
    with migrated_template(mysql_url) as template:
        yield template


@pytest.fixture
def migrated_database(template: Template) -> Iterator[str]:
    """URL of a new, migrated database for one test."""
    with template.copy() as url:
        yield url


@pytest.fixture(scope="session")
def create_database(template: Template) -> Iterator[Callable[[], str]]:
    """Creates a migrated database at each call, for fixtures of any scope; the session drops it at its end."""
    with ExitStack() as databases:
        yield lambda: databases.enter_context(template.copy())


@pytest.fixture(scope="session")
def settings(create_database: Callable[[], str], redis_url: str) -> Settings:
    """The service's settings, with a new database and the account that cannot change its schema.

    A machine that is busy with tests may keep Redis from answering within the default of 0.25 s. The cache would be
    closed then, and answer MISS or BYPASS where a test expects HIT. And of many writes at once, which wait for five
    connections, some would be refused. Tests of these limits, and of stores that fail, have settings of their own.
    """
    return load_settings(
        {
            "DATABASE_URL": with_serving_account(create_database()),
            "REDIS_URL": redis_url,
            "REDIS_TIMEOUT": "5",
            "DB_POOL_SIZE": "5",
            "DB_ACQUIRE_TIMEOUT": "30",
            "DB_QUERY_TIMEOUT": "30",
            "REQUEST_TIMEOUT": "60",
            "LOG_REQUESTS": "false",
        }
    )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    """The whole application, running on the session's stores."""
    async with running(create_app(settings)) as app:
        yield app


@pytest.fixture
def resources(app: Litestar) -> Resources:
    """The resources of the running application: its database, its cache, and its readiness."""
    found: Resources = app.state["resources"]
    return found


@pytest.fixture
def database(resources: Resources) -> Database:
    return resources.database


TOTALS = ("statistics", "daily_sales", "category_totals", "product_price_counts")


@pytest.fixture
async def client(app: Litestar, resources: Resources) -> AsyncIterator[Api]:
    """A client of the application with empty tables; it checks every response against the OpenAPI document."""
    shown = (tags.CATEGORIES, tags.CUSTOMERS, tags.NAMES, tags.PRODUCTS, tags.ORDERS)
    async with (
        resources.cache.transaction(resources.database, invalidates=shown) as tx,
        tx.conn.cursor() as cursor,
    ):
        shop = ("order_items", "orders", "products", "customers", "categories")
        for table in (*shop, *TOTALS):
            await cursor.execute(f"DELETE FROM {table}")
    async with Api(app) as api:
        yield api
