"""A package generated from the shop's schema and queries, and connections to a server in both protocols."""

import importlib
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
import pytest

from tools.sqlgen.driver.generate import generate
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.stack.testing import scratch_database

driver: Any = asyncmy  # has no types of its own
SHOP = Path(__file__).parent / "shop"


@pytest.fixture(scope="session")
def shop_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The generated package `shop_generated`, importable."""
    folder = tmp_path_factory.mktemp("shop")
    config = Config(SHOP, schema=("schema.sql",), queries=("queries",), querier=True)
    result = generate(Project.open(config))
    assert not result.diagnostics, result.diagnostics
    package = folder / "shop_generated"
    package.mkdir()
    for name, text in result.files.items():
        (package / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield package
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("shop_generated")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def shop(shop_package: Path) -> ModuleType:
    """The module of queries/shop.sql."""
    return importlib.import_module(f"{shop_package.name}.shop")


@pytest.fixture(scope="session")
def models(shop_package: Path) -> ModuleType:
    return importlib.import_module(f"{shop_package.name}.models")


@asynccontextmanager
async def connection_to(url: str, statements: int) -> AsyncGenerator[Any]:
    """A connection with a cache of that many prepared statements; 0 is the text protocol."""
    parts = urlsplit(url)
    async with driver.connect(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=unquote(parts.password or ""),
        db=parts.path.removeprefix("/"),
        autocommit=True,
        stmt_cache_size=statements,
    ) as connection:
        async with connection.cursor() as cursor:
            await cursor.execute("SET NAMES utf8mb4, time_zone = '+00:00'")
        yield connection


@pytest.fixture
async def on_mysql(conn: Any) -> None:
    """Skip the test on MariaDB."""
    async with conn.cursor() as cursor:
        await cursor.execute("SELECT VERSION()")
        [version] = await cursor.fetchone()
    if "MariaDB" in version:
        pytest.skip("MariaDB writes binary values into JSON as they are, which is no JSON")


@pytest.fixture(scope="module")
def shop_database(mysql_url: str) -> Iterator[str]:
    with scratch_database(mysql_url) as url:
        yield url


@pytest.fixture(scope="module", params=[0, 100], ids=["text", "binary"])
async def conn(request: pytest.FixtureRequest, shop_database: str) -> AsyncIterator[Any]:
    """A connection that speaks the text protocol, or prepared statements; the tables are new."""
    async with connection_to(shop_database, request.param) as connection:
        async with connection.cursor() as cursor:
            for statement in (SHOP / "schema.sql").read_text(encoding="utf-8").split(";\n"):
                name = statement.strip().removeprefix("CREATE TABLE ").split(" ")[0]
                if name:
                    await cursor.execute(f"DROP TABLE IF EXISTS {name}")
                    await cursor.execute(statement)
        yield connection
