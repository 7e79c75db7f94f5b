"""The name of a query: in a comment of its text where that is asked for, and nowhere else."""

import types
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from generated import categories, seed
from product_dashboard.database import Database
from product_dashboard.database.query_names import running_query, with_name
from product_dashboard.settings import Settings
from product_dashboard.tracing.database import TracedDatabase

# The server shows the text of the statement that asks for it, as it shows it in its slow log.
SOURCE = """
async def show(conn):
    async with conn.cursor() as cursor:
        await cursor.execute(
            "SELECT info, %s FROM information_schema.processlist WHERE id = CONNECTION_ID()", (7,)
        )
        return (await cursor.fetchone())[0]

async def wait(conn):
    async with conn.cursor() as cursor:
        await cursor.execute("SET @waited = %s", (1,))
"""


@pytest.fixture
def probe() -> Any:
    """A module as the compiler generates it."""
    module = types.ModuleType("generated.probe")
    exec(SOURCE, module.__dict__)
    return module


def database(settings: Settings, kind: type[Database] = Database, **changes: object) -> Database:
    return kind(msgspec.structs.replace(settings.database, pool_size=2, **changes))


@pytest.mark.parametrize("kind", [Database, TracedDatabase])
@pytest.mark.parametrize("statement_cache", [0, 200])
async def test_the_server_sees_the_name_of_a_query_only_if_that_is_asked_for(
    settings: Settings, probe: Any, kind: type[Database], statement_cache: int
) -> None:
    for comments, beginning in ((True, "/* probe.show */ SELECT info"), (False, "SELECT info")):
        one = database(settings, kind, query_comments=comments, statement_cache=statement_cache)
        try:
            async with one.connection() as conn:
                assert (await probe.show(conn)).startswith(beginning)
            async with one.transaction() as conn:
                assert (await probe.show(conn)).startswith(beginning)
            async with one.transaction() as conn:
                await probe.wait(conn.pipelined)
                assert (await probe.show(conn)).startswith(beginning)
        finally:
            await one.close()


async def test_queries_give_the_same_answers_with_their_names_in_comments(settings: Settings) -> None:
    one = database(settings, query_comments=True)
    id_ = uuid4()
    try:
        async with one.transaction() as conn:
            await categories.create_category(
                conn, id=id_, name=f"100% {id_}", description="%s /* */", created_at=datetime.now(UTC)
            )
            row = await categories.get_category(conn, id=id_)
        assert row is not None
        assert (row.name, row.description) == (f"100% {id_}", "%s /* */")
    finally:
        await one.close()


def named(name: str) -> Callable[[], str]:
    """A function of a generated module with any name."""
    module = types.ModuleType("generated.probe")
    module.__dict__["with_name"] = with_name
    exec("def query(): return with_name('SELECT 1')", module.__dict__)
    function: Any = module.__dict__["query"]
    function.__code__ = function.__code__.replace(co_name=name)
    return lambda: str(function())


def test_a_name_that_could_end_the_comment_is_left_out() -> None:
    assert named("list_all")() == "/* probe.list_all */ SELECT 1"
    for name in ("x */ DROP TABLE y; /*", "x%s", "größe", "x\n", "x;", ""):
        assert named(name)() in {"SELECT 1", "/* probe. */ SELECT 1"}


class Recorder:
    """A connection that records the query which is running when it is asked for something."""

    rowcount = 1
    lastrowid = 0

    def __init__(self) -> None:
        self.names: list[str | None] = []

    def cursor(self, _: Any = None) -> Any:
        return self

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def execute(self, *_: object) -> None:
        self.names.append(running_query())


async def test_a_query_of_many_rows_is_named_for_itself_and_not_for_its_helper() -> None:
    conn: Any = Recorder()
    row = seed.AddCategoriesParams(id=uuid4(), name="n", description=None, created_at=datetime.now(UTC))
    await seed.add_categories(conn, rows=[row])
    assert conn.names == ["seed.add_categories"]


async def test_a_statement_outside_of_a_query_has_no_name() -> None:
    conn: Any = Recorder()
    await conn.execute("SELECT 1")
    assert conn.names == [None]
    assert with_name("SELECT 1") == "SELECT 1"
