"""Every valid query of the corpus, emitted, type-checked and run: the results have the annotated types.

Parameters get plain values of their types. The server may refuse a statement because of such values, but a
function must never return anything else than its annotation says.
"""

import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, aclosing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncmy.errors
import msgspec
import pytest

from tests.sqlgen.emit.conftest import connection_to
from tests.sqlgen.emit.values import some_value
from tests.type_checkers import mypy, pyright
from tools.sqlgen.driver.formatting import format_files
from tools.sqlgen.driver.project import Project
from tools.sqlgen.emit.modules import module_text
from tools.sqlgen.emit.package import package_files
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.verify.wire import Client, ServerError
from tools.stack.testing import scratch_database

CORPUS = Path(__file__).parents[1] / "corpus"
FILES = sorted((CORPUS / "queries").glob("*.sql"))
REFUSED_VALUES = {
    1048,
    1062,
    1146,
    1242,
    1264,
    1265,
    1292,
    1305,
    1366,
    1406,
    1411,
    1452,
    1644,
    1690,
    3141,
    3819,
    6138,
}
"""Error numbers for the values of a statement, not for its text."""


def schema_of(path: Path) -> str:
    found = re.match(r"-- schema: (\w+)", path.read_text(encoding="utf-8"))
    assert found, path
    return found[1]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a package for the valid queries of each file of the corpus."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in FILES:
        schema_name = schema_of(path)
        config = Config(CORPUS, schema=(f"schemas/{schema_name}.sql",))
        project = Project.open(config)
        models = project.models
        file = project.check(QueryText(path.name, path.stem, path.read_text(encoding="utf-8")))
        queries = {query.function: query for query in file.compiled}
        text = module_text(path.name, list(queries.values()), config, models)
        package = folder / f"corpus_{path.stem}"
        package.mkdir()
        files = format_files({**package_files(models.text(schema_name)), "query.py": text}, None)
        for name, content in files.items():
            (package / name).write_text(content, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def test_what_is_emitted_for_the_corpus_passes_both_type_checkers(packages: Path) -> None:
    for done in (mypy(packages, packages / ".mypy_cache", "."), pyright(packages)):
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def corpus_urls(mysql_url: str) -> Iterator[Callable[[str], str]]:
    """Returns the URL of a database with the tables and rows of a schema. Creates it at the first call."""
    client = Client(mysql_url)
    client.close()
    if client.is_mariadb:
        pytest.skip("the corpus is written for MySQL")
    made: dict[str, str] = {}
    open_databases: list[AbstractContextManager[str]] = []

    def url_of(schema: str) -> str:
        if schema not in made:
            database = scratch_database(mysql_url)
            made[schema] = database.__enter__()
            open_databases.append(database)
            load(made[schema], schema)
        return made[schema]

    yield url_of
    for database in open_databases:
        database.__exit__(None, None, None)


def load(url: str, schema: str) -> None:
    client = Client(url)
    for name in (f"{schema}.sql", f"{schema}.rows.sql"):
        for statement in (CORPUS / "schemas" / name).read_text(encoding="utf-8").split(";\n"):
            if re.sub(r"--[^\n]*", "", statement).strip():
                try:
                    client.query(statement)
                except ServerError as error:
                    raise AssertionError(f"{name}: {statement}") from error
    client.close()


@pytest.mark.parametrize("statements", [0, 200], ids=["text", "binary"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_what_a_query_returns_is_of_the_type_it_promises(
    corpus_urls: Callable[[str], str], packages: Path, path: Path, statements: int
) -> None:
    module = importlib.import_module(f"corpus_{path.stem}.query")
    async with connection_to(corpus_urls(schema_of(path)), statements) as connection:
        for function in functions_of(module):
            await connection.begin()
            try:
                result, promised = await call(function, connection)
            except asyncmy.errors.MySQLError as error:
                if error.args[0] not in REFUSED_VALUES:
                    raise
            else:
                assert not list(misfits(result, promised)), function.__name__
            await connection.rollback()


def functions_of(module: ModuleType) -> list[Any]:
    return [
        value
        for value in vars(module).values()
        if getattr(value, "__module__", "") == module.__name__
        and (inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value))
    ]


async def call(function: Any, connection: Any) -> tuple[Any, Any]:
    hints = typing.get_type_hints(function)
    promised = hints.pop("return")
    del hints["conn"]
    given = {name: None if name == "after" else some_value(hint) for name, hint in hints.items()}
    if inspect.isasyncgenfunction(function):
        async with aclosing(function(connection, **given)) as rows:
            return [row async for row in rows], types.GenericAlias(list, typing.get_args(promised)[0])
    return await function(connection, **given), promised


def misfits(value: Any, hint: Any, place: str = "result") -> Iterator[str]:
    """Yield the places where a value is not what its annotation says."""
    arguments = typing.get_args(hint)
    source_column: Any = typing.get_origin(hint)
    found: Any = value
    if hint is typing.Any:
        return
    if source_column in (typing.Union, types.UnionType):
        if all(any(misfits(value, arm)) for arm in arguments):
            yield f"{place}: {value!r} is no {hint}"
    elif type(value) is not (types.NoneType if hint is None else source_column or hint):
        yield f"{place}: {value!r} is no {hint}"
    elif source_column is list or (source_column is tuple and arguments[-1] is Ellipsis):
        for index, each in enumerate(found):
            yield from misfits(each, arguments[0], f"{place}[{index}]")
    elif source_column is tuple and len(found) == len(arguments):
        for index, (each, part) in enumerate(zip(found, arguments, strict=True)):
            yield from misfits(each, part, f"{place}[{index}]")
    elif source_column is tuple:
        yield f"{place}: {value!r} is no {hint}"
    elif isinstance(value, msgspec.Struct):
        for name, each in typing.get_type_hints(hint).items():
            yield from misfits(getattr(value, name), each, f"{place}.{name}")
    elif isinstance(value, datetime) and value.tzinfo is not UTC:
        yield f"{place}: {value!r} is not in UTC"


def test_a_misfit_is_found() -> None:
    assert list(misfits([1, "a"], list[int])) == ["result[1]: 'a' is no <class 'int'>"]
    assert list(misfits(None, int | None)) == []
    assert any(misfits(True, int | None))  # noqa: FBT003 - the wrong value
    assert any(misfits((1, 2.0), tuple[int, int]))
