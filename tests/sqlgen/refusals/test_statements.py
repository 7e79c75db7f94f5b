"""Statements that MySQL 9 accepts (+) and refuses (-) at PREPARE, and DDL likewise: the compiler does the same."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sqlgen.corpus.oracle import is_reference
from tests.sqlgen.written import project_of, schema_findings
from tools.bench.sql.corpus import statements
from tools.sqlgen.analysis import analyse
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.driver.project import Project
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError

FOLDER = Path(__file__).parent


def marked(name: str) -> list[tuple[bool, str]]:
    """Each line of a file: if the server accepts it, and the statement."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [(line.startswith("+ "), line[2:]) for line in lines]


STATEMENTS = marked("statements.txt")
DDL = marked("ddl.txt")
SCHEMA = (FOLDER / "schema.sql").read_text(encoding="utf-8")
DDL_SCHEMA = (FOLDER / "ddl_schema.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> Project:
    return project_of(SCHEMA)


def compiles(project: Project, sql: str) -> bool:
    try:
        query, _ = analyse(parse_query(sql, server="mysql"), project.catalog, sql)
    except SqlError:
        return False
    return query is not None


@pytest.mark.parametrize(("accepted", "sql"), STATEMENTS)
def test_a_statement_is_accepted_as_the_server_does(*, project: Project, accepted: bool, sql: str) -> None:
    assert compiles(project, sql) == accepted


@pytest.mark.parametrize(("accepted", "sql"), DDL)
def test_a_statement_of_a_schema_is_accepted_as_the_server_does(*, accepted: bool, sql: str) -> None:
    found = schema_findings(f"{DDL_SCHEMA}{sql};")
    assert (not [each for each in found if each.startswith("error")]) == accepted, found


@pytest.fixture
def reference(mysql_url: str) -> Iterator[Client]:
    client = Client(mysql_url)
    if not is_reference(client):
        pytest.skip("the marks are those of MySQL 9")
    with scratch_database(client):
        yield client
    client.close()


def accepts(run: Callable[[str], object], *parts: str) -> bool:
    try:
        for part in parts:
            run(part)
    except ServerError:
        return False
    return True


def test_the_marks_of_the_statements_are_those_of_the_server(reference: Client) -> None:
    for statement in statements(SCHEMA):
        reference.query(statement)
    wrong = [sql for accepted, sql in STATEMENTS if accepts(reference.prepare, sql) != accepted]
    assert wrong == []
