"""The whole application with access rules, each on the session's stores."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from product_dashboard.access.keys import key_line, new_key
from product_dashboard.access.rules import Access
from product_dashboard.app import create_app
from product_dashboard.settings import load_settings
from tests.api_client import Api, running
from tests.server.conftest import start
from tools.stack.testing import with_serving_account

__all__ = ["start"]  # the fixture that starts the service as a process, for the tests of this folder too

WithAccess = Callable[..., AbstractAsyncContextManager[Api]]


class Keys:
    """A key file with a key of each kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reader, self.writer, self.scraper = new_key(), new_key(), new_key()
        self.write(
            "# the keys of the tests",
            "",
            key_line("reader", [Access.READ], self.reader),
            key_line("writer", [Access.READ, Access.WRITE], self.writer),
            key_line("scraper", [Access.METRICS], self.scraper),
        )

    def write(self, *lines: str) -> None:
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys.txt")


@pytest.fixture(scope="session")
def database_url(create_database: Callable[[], str]) -> str:
    """A migrated database, for the account that cannot change its schema."""
    return with_serving_account(create_database())


@pytest.fixture
def with_access(database_url: str, redis_url: str) -> WithAccess:
    """Starts the application with additional variables; its client compares each answer with the document."""

    @asynccontextmanager
    async def start(**variables: str) -> AsyncGenerator[Api, None]:
        settings = load_settings(
            {
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "DB_POOL_SIZE": "2",
                "LOG_REQUESTS": "true",
                **variables,
            }
        )
        async with running(create_app(settings)) as app, Api(app) as api:
            yield api

    return start
