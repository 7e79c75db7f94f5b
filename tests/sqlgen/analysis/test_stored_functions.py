"""Functions that the schema itself defines: their types are known, and they may return NULL."""

import pytest

from tools.sqlgen.analysis import analyse, bind_view, view_columns
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.parser import parse_query

SCHEMA = """
CREATE FUNCTION price_of(id INT UNSIGNED, day DATE) RETURNS DECIMAL(10, 2) READS SQL DATA RETURN 1.5;
CREATE FUNCTION loaded RETURNS INTEGER SONAME 'loaded.so';
CREATE DATABASE stats;
CREATE TABLE stats.days (day DATE NOT NULL PRIMARY KEY);
"""


def analysed(sql: str) -> tuple[AnalysedQuery | None, list[SqlError]]:
    problems: list[Diagnostic] = []
    file = SchemaFile("schema.sql", SCHEMA, ((0, len(SCHEMA)),))
    catalog = build_catalog([file], problems.append, view_columns=view_columns, bind_view=bind_view)
    assert problems == []
    query, found = analyse(parse_query(sql), catalog, sql)
    return query, list(found)


def test_a_call_has_the_declared_type_and_its_parameters_theirs() -> None:
    query, problems = analysed("SELECT price_of(?, :day) AS price")
    assert problems == []
    assert query is not None
    assert [(column.type.name, column.nullable) for column in query.columns] == [("DECIMAL", True)]
    assert [parameter.type.name for parameter in query.parameters] == ["INT", "DATE"]


@pytest.mark.parametrize(("arguments", "count"), [("1", 1), ("1, CURDATE(), 2", 3)])
def test_a_wrong_number_of_arguments_is_refused(arguments: str, count: int) -> None:
    _, problems = analysed(f"SELECT price_of({arguments}) AS price")
    assert [problem.message for problem in problems] == [f"price_of takes 2 arguments, not {count}"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("nosuch(1)", "unknown function 'nosuch'"),
        ("stats.nosuch(1)", "unknown function 'stats.nosuch'"),
        ("d.nosuch(1)", "unknown function 'd.nosuch'"),
    ],
)
def test_a_function_that_a_known_database_does_not_have_is_refused(call: str, message: str) -> None:
    sql = f"SELECT {call} AS n FROM stats.days d"
    _, [problem] = analysed(sql)
    assert problem.message == message
    marked = "nosuch" if call.startswith("nosuch") else call
    assert sql[problem.start : problem.end] == marked


def test_a_function_of_another_database_may_exist() -> None:
    query, problems = analysed("SELECT elsewhere.nosuch(:x, 1) AS n")
    assert problems == []
    assert query is not None
    assert query.columns[0].nullable


def test_a_loadable_function_takes_what_it_likes() -> None:
    query, problems = analysed("SELECT loaded(1, 'a', ?) AS n")
    assert problems == []
    assert query is not None
    assert query.columns[0].type.name == "BIGINT"
