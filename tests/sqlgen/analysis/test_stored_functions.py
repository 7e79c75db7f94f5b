"""Functions that the schema itself defines: their types are known, and they may return NULL."""

from tools.sqlgen.analysis import analyse, bind_view, view_columns
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.parser import parse_query

SCHEMA = """
CREATE FUNCTION price_of(id INT UNSIGNED, day DATE) RETURNS DECIMAL(10, 2) READS SQL DATA RETURN 1.5;
CREATE FUNCTION loaded RETURNS INTEGER SONAME 'loaded.so';
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


def test_a_wrong_number_of_arguments_is_refused() -> None:
    _, problems = analysed("SELECT price_of(1) AS price")
    assert [problem.message for problem in problems] == ["price_of takes 2 arguments, not 1"]


def test_a_loadable_function_takes_what_it_likes() -> None:
    query, problems = analysed("SELECT loaded(1, 'a', ?) AS n")
    assert problems == []
    assert query is not None
    assert query.columns[0].type.name == "BIGINT"
