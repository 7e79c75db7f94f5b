"""Compares the result of this compiler with the expected result of a case of the corpus."""

import re
from collections.abc import Iterator, Sequence

from tools.bench.sql.corpus import Case, Expected, schema_files
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.query_files import read_queries
from tools.sqlgen.ir.query import AnalysedQuery, Parameter, ResultColumn
from tools.sqlgen.types.sql_type import TypeClass, type_class


def project_of(schema: str) -> Project:
    """The project of one of the corpus's schemas.

    Raises:
        ValueError: the compiler reports a diagnostic for the schema.

    """
    path = schema_files(schema)
    project = Project.open(Config(path.parent), schema=[path])
    if project.schema.diagnostics:
        first = project.schema.diagnostics[0]
        raise ValueError(
            f"{path.name}: {first.message} at {project.texts[first.path][first.start : first.end]!r}"
        )
    return project


def judge(case: Case, project: Project) -> list[str]:
    """List the differences between the compiler's result and the expected one; empty if there are none."""
    source = case.source
    checked = project.check_query(source, read_queries(source)[0])
    errors = [error for error in checked.errors if error.severity == "error"]
    if case.error is not None:
        return _refusal_faults(case.error, [error.message for error in errors])
    if errors or checked.analysed is None:
        return [f"refused: {error.message}" for error in errors] or ["no result"]
    return [
        *_column_faults(case.columns, checked.analysed.columns),
        *_parameter_faults(case.parameters, checked.analysed.parameters),
        *_rows_faults(case, checked.analysed),
    ]


def _refusal_faults(expected: str, messages: Sequence[str]) -> list[str]:
    if not messages:
        return ["accepted, though it is wrong"]
    if not any(re.search(expected, message, re.IGNORECASE) for message in messages):
        return [f"refused for another reason: expected {expected!r}, got {messages}"]
    return []


def _column_faults(expected: Sequence[Expected], columns: Sequence[ResultColumn]) -> Iterator[str]:
    if len(expected) != len(columns):
        yield f"{len(columns)} columns instead of {len(expected)}"
        return
    for want, column in zip(expected, columns, strict=True):
        if want.name != column.name:
            yield f"column '{column.name}' should be called '{want.name}'"
        yield from _value_faults(
            f"column '{want.name}'", want, type_class(column.type), nullable=column.nullable
        )


def _parameter_faults(expected: Sequence[Expected], parameters: Sequence[Parameter]) -> Iterator[str]:
    sent = [parameter for parameter in parameters if not parameter.is_flag]
    names = [parameter.name or "?" for parameter in sent]
    if [want.name for want in expected] != names:
        yield f"parameters {names} instead of {[want.name for want in expected]}"
        return
    for number, (want, parameter) in enumerate(zip(expected, sent, strict=True), 1):
        label = f"parameter {number} '{want.name}'"
        yield from _value_faults(label, want, type_class(parameter.type), nullable=parameter.nullable)


def _value_faults(label: str, want: Expected, kind: TypeClass, *, nullable: bool) -> Iterator[str]:
    if kind != want.type_class:
        yield f"{label} is {kind}, should be {want.type_class}"
    if nullable != want.nullable:
        unsound = "" if nullable else " (unsound)"
        said, should = ("nullable" if value else "not null" for value in (nullable, want.nullable))
        yield f"{label} is {said}, should be {should}{unsound}"


def _rows_faults(case: Case, analysed: AnalysedQuery) -> Iterator[str]:
    if case.rows is not None and analysed.cardinality != case.rows:
        yield f"rows: {analysed.cardinality}, should be {case.rows}"
