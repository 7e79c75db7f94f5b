"""The analysis of one query in a notation short enough for tables: `id int, name string null`."""

from functools import cache
from pathlib import Path

from tools.sqlgen.analysis import analyse, bind_view, view_columns
from tools.sqlgen.analysis.place import Environment
from tools.sqlgen.analysis.statement import new_context
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.input.migrations import load_schema_files
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.ast import Query
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.types.sql_type import type_class

SCHEMA = Path(__file__).with_name("schema.sql")


@cache
def catalog(path: Path = SCHEMA) -> Catalog:
    errors: list[Diagnostic] = []
    found = build_catalog(
        load_schema_files([path]), errors.append, view_columns=view_columns, bind_view=bind_view
    )
    assert errors == []
    return found


def analysed(sql: str) -> AnalysedQuery:
    query, findings = analyse(parse_query(sql), catalog(), sql)
    assert [finding.message for finding in findings if finding.severity == "error"] == []
    assert query is not None
    return query


def refused(sql: str) -> list[SqlError]:
    query, findings = analyse(parse_query(sql), catalog(), sql)
    assert query is None
    return findings


def columns(sql: str) -> str:
    return ", ".join(
        f"{column.name} {type_class(column.type)}{' null' if column.nullable else ''}"
        for column in analysed(sql).columns
    )


def nulls(sql: str) -> str:
    """One letter a column: N where it can be NULL, `-` where it cannot."""
    return "".join("N" if column.nullable else "-" for column in analysed(sql).columns)


def rows(sql: str) -> str:
    """Nullability and number of rows: `-N zero_or_one`."""
    return f"{nulls(sql)} {analysed(sql).cardinality}"


def sources(sql: str) -> str:
    """The source column of each result column: `orders.status, -`."""
    found = [column.source_column for column in analysed(sql).columns]
    return ", ".join(f"{each.table}.{each.column}" if each is not None else "-" for each in found)


def messages(sql: str) -> list[str]:
    """The messages of the errors of a query that is refused."""
    return [finding.message for finding in refused(sql) if finding.severity == "error"]


def exact_types(sql: str) -> str:
    return ", ".join(_exact(column.type) for column in analysed(sql).columns)


def _exact(sql_type: object) -> str:
    name = str(getattr(sql_type, "name", ""))
    if name == "DECIMAL":
        name += f"({getattr(sql_type, 'precision', None)},{getattr(sql_type, 'scale', None)})"
    elif name in {"TIME", "DATETIME", "TIMESTAMP"} and getattr(sql_type, "scale", None):
        name += f"({getattr(sql_type, 'scale', None)})"
    return name + (" UNSIGNED" if getattr(sql_type, "unsigned", False) else "")


def parameters(sql: str) -> str:
    return ", ".join(
        f"{each.name or each.suggested_name or '?'} {type_class(each.type)}"
        f"{' null' if each.nullable else ''}{' slice' if each.is_slice else ''}{' optional' if each.optional else ''}"
        for each in analysed(sql).parameters
    )


def keys(sql: str) -> str:
    """The candidate keys of a query's result: `id, order_id+line`; an empty key is written `()`."""
    return ", ".join(_result(sql)[0])


def dependencies(sql: str) -> str:
    """The functional dependencies of a query's result: `id -> *` for one that determines every column."""
    return ", ".join(_result(sql)[1])


def _result(sql: str) -> tuple[list[str], list[str]]:
    ctx = new_context(catalog(), sql)
    query = parse_query(sql)
    assert isinstance(query, Query)
    result = ctx.analyse_query(ctx, query, Environment())
    assert [finding.message for finding in ctx.findings if finding.severity == "error"] == []
    names = [column.name for column in result.columns]

    def joined(indexes: frozenset[int]) -> str:
        return "+".join(names[index] for index in sorted(indexes)) or "()"

    found = [
        f"{joined(key)} -> {'*' if len(values) == len(names) else joined(values)}"
        for key, values in result.functional_dependencies
    ]
    return [joined(key) for key in result.candidate_keys], found
