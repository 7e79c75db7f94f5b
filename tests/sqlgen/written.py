"""A schema and a query as texts, for tests of one rule."""

from pathlib import Path
from typing import Any

from tools.sqlgen.driver.compile import CheckedQuery
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.migrations import SchemaFile, upward_sections
from tools.sqlgen.input.query_files import read_queries
from tools.sqlgen.types.sql_type import type_class


def project_of(schema: str, **settings: Any) -> Project:
    return Project(Config(Path(), **settings), [SchemaFile("schema.sql", schema, upward_sections(schema))])


def schema_findings(schema: str, **settings: Any) -> list[str]:
    """`error: message` or `warning: message` of each finding about a schema."""
    found = project_of(schema, **settings).schema.diagnostics
    return [f"{each.severity}: {each.message}" for each in found]


def column_names(schema: str, table: str) -> list[str]:
    found = project_of(schema).catalog.table(table)
    assert found is not None
    return [column.name for column in found.columns]


def checked(schema: str, sql: str, command: str = ":many", header: str = "", **settings: Any) -> CheckedQuery:
    text = f"-- name: tried {command}\n{header}{sql};\n"
    return project_of(schema, **settings).check_query(text, read_queries(text)[0])


def findings(schema: str, sql: str, command: str = ":many", header: str = "", **settings: Any) -> list[str]:
    """`error: message | hint` or `warning: message | hint` of each finding about a query."""
    errors = checked(schema, sql, command, header, **settings).errors
    return [f"{each.severity}: {each.message} | {each.hint}" for each in errors]


def columns(schema: str, sql: str, **settings: Any) -> str:
    """`id int, name string null`; the query has no error."""
    found = checked(schema, sql, **settings)
    assert not [each.message for each in found.errors if each.severity == "error"]
    assert found.analysed is not None
    return ", ".join(
        f"{column.name} {type_class(column.type)}{' null' if column.nullable else ''}"
        for column in found.analysed.columns
    )


def parameters(schema: str, sql: str, command: str = ":exec") -> str:
    found = checked(schema, sql, command)
    assert not [each.message for each in found.errors if each.severity == "error"]
    assert found.analysed is not None
    return ", ".join(
        f"{each.name or each.suggested_name} {type_class(each.type)}{' null' if each.nullable else ''}"
        for each in found.analysed.parameters
    )
