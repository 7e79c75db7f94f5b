"""The columns of views, and of tables made by CREATE TABLE ... SELECT."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.evaluate import evaluate
from tools.sqlgen.analysis.from_clause import report_duplicates
from tools.sqlgen.analysis.query import analyse_query
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Scope
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import ResultColumn
from tools.sqlgen.syntax.ast import Query


def result_column(column: OutputColumn) -> ResultColumn:
    return ResultColumn(
        column.name,
        column.type,
        column.nullable,
        column.start,
        column.end,
        column.source_column,
        column.json,
        column.embed,
    )


_views: WeakKeyDictionary[Catalog, dict[Query, QueryResult]] = WeakKeyDictionary()
"""Results of the views' queries, by catalog."""


def view_columns(
    query: Query,
    catalog: Catalog,
    text: str,
    *,
    schema: str | None = None,
    columns: Sequence[str] = (),
) -> tuple[ResultColumn, ...]:
    """Return the columns of a view, or of a table made by CREATE TABLE ... SELECT.

    `schema` is the database of unqualified names; `columns` is the view's own column list. Raises SqlError with
    the first finding.
    """
    result = resolve_view(query, catalog, text, schema)
    if columns and len(columns) != len(result.columns):
        raise SqlError(
            f"{len(columns)} column names for a query of {len(result.columns)} columns",
            query.start,
            query.end,
        )
    names = columns or tuple(column.name for column in result.columns)
    ctx = Context(catalog, text, analyse_query, evaluate, resolve_view)
    report_duplicates(ctx, result, tuple(columns), query)
    if ctx.findings:
        raise ctx.findings[0]
    return tuple(
        result_column(_renamed(column, name)) for column, name in zip(result.columns, names, strict=True)
    )


def _renamed(column: OutputColumn, name: str) -> OutputColumn:
    return OutputColumn(
        name, column.type, column.nullable, column.start, column.end, column.source_column, column.json
    )


def resolve_view(query: Query, catalog: Catalog, text: str, schema: str | None) -> QueryResult:
    known = _views.setdefault(catalog, {})
    found = known.get(query)
    if found is not None:
        return found
    ctx = Context(catalog, text, analyse_query, evaluate, resolve_view)
    outside = Scope(None, None, schema)
    result = analyse_query(ctx, query, None, within=outside)
    for finding in sorted(ctx.findings, key=lambda each: each.start):
        if finding.severity == "error":
            raise finding
    known[query] = result
    return result
