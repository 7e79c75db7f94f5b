"""A package generated from the shop's schema and queries, and connections to a server in both protocols."""

import importlib
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncmy
import pytest

from tools.sqlgen.driver.generate import generate
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.stack.testing import scratch_database

SHOP = Path(__file__).parent / "shop"


@pytest.fixture(scope="session")
def shop_package(tmp_path_factory):
    """The generated package `shop_generated`, importable."""
    folder = tmp_path_factory.mktemp("shop")
    result = generate(Project.open(Config(SHOP, schema=("schema.sql",), queries=("queries",))))
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
def shop(shop_package):
    """The module of queries/shop.sql."""
    assert shop_package
    return importlib.import_module("shop_generated.shop")


@pytest.fixture(scope="session")
def models(shop_package):
    assert shop_package
    return importlib.import_module("shop_generated.models")


@asynccontextmanager
async def connection_to(url, statements):
    parts = urlsplit(url)
    async with asyncmy.connect(
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
async def on_mysql(conn):
    """For what MariaDB does otherwise."""
    async with conn.cursor() as cursor:
        await cursor.execute("SELECT VERSION()")
        [version] = await cursor.fetchone()
    if "MariaDB" in version:
        pytest.skip("MariaDB writes binary values into JSON as they are, which is no JSON")


@pytest.fixture(scope="module")
def shop_database(mysql_url):
    with scratch_database(mysql_url) as url:
        yield url


@pytest.fixture(scope="module", params=[0, 100], ids=["text", "binary"])
async def conn(request, shop_database):
    """A connection that speaks the text protocol, or prepared statements; the tables are new."""
    async with connection_to(shop_database, request.param) as connection:
        async with connection.cursor() as cursor:
            for statement in (SHOP / "schema.sql").read_text(encoding="utf-8").split(";\n"):
                name = statement.strip().removeprefix("CREATE TABLE ").split(" ")[0]
                if name:
                    await cursor.execute(f"DROP TABLE IF EXISTS {name}")
                    await cursor.execute(statement)
        yield connection
