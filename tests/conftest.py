"""Stores for the session, and databases on them, for every test.

The servers belong to this session alone: containers where a Docker Engine answers, else servers of this
machine. `--stores` or TEST_STORES=containers|local|mariadb allows one way only. DATABASE_URL and REDIS_URL
are never read here.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import cast

import pytest

from product_dashboard.migrate import upgrade
from tools.stack.testing import WAYS, TestStores, Way, scratch_database, session_stores


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stores",
        choices=WAYS,
        default=os.environ.get("TEST_STORES") or "auto",
        help="where MySQL and Redis come from (TEST_STORES; auto: containers if possible, else local)",
    )
    parser.addoption(
        "--update-goldens", action="store_true", help="write what golden tests find as what they expect"
    )


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[TestStores]:
    """MySQL and Redis of this session."""
    with session_stores(cast("Way", request.config.getoption("--stores"))) as found:
        yield found


@pytest.fixture(scope="session")
def mysql_url(stores: TestStores) -> str:
    """The session's MySQL or MariaDB server: root, with the empty database `tests`."""
    return stores.mysql_url


@pytest.fixture(scope="session")
def redis_url(stores: TestStores) -> str:
    """The session's Redis or Valkey server, database 0."""
    return stores.redis_url


@pytest.fixture
def fresh_database(mysql_url: str) -> Iterator[str]:
    """A new empty database for one test."""
    with scratch_database(mysql_url) as url:
        yield url


@pytest.fixture
def migrated_database(fresh_database: str) -> str:
    """A new database for one test, with every migration applied."""
    upgrade(fresh_database)
    return fresh_database


@pytest.fixture(scope="session")
def create_database(mysql_url: str) -> Iterator[Callable[[], str]]:
    """Makes a new, migrated database at each call, for fixtures of any scope; dropped with the session."""
    with ExitStack() as databases:

        def create() -> str:
            url = databases.enter_context(scratch_database(mysql_url))
            upgrade(url)
            return url

        yield create
