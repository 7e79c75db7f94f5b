"""Statements that MySQL 9 accepts (+) and refuses (-) at PREPARE: the compiler does the same."""

from functools import cache
from pathlib import Path

import pytest

from tests.sqlgen.written import project_of
from tools.sqlgen.analysis import analyse
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.driver.project import Project
from tools.sqlgen.syntax.parser import parse_query

FOLDER = Path(__file__).parent


def marked(name: str) -> list[tuple[bool, str]]:
    """Each line of a file: if the server accepts it, and the statement."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [(line.startswith("+ "), line[2:]) for line in lines]


STATEMENTS = marked("statements.txt")
SCHEMA = (FOLDER / "schema.sql").read_text(encoding="utf-8")


@cache
def project() -> Project:
    return project_of(SCHEMA)


def compiles(sql: str) -> bool:
    try:
        query, _ = analyse(parse_query(sql, server="mysql"), project().catalog, sql)
    except SqlError:
        return False
    return query is not None


@pytest.mark.parametrize(("accepted", "sql"), STATEMENTS)
def test_a_statement_is_accepted_as_the_server_does(*, accepted: bool, sql: str) -> None:
    assert compiles(sql) == accepted
