"""The entry points of the analysis: `analyse`, and `view_columns` for the catalog."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.statements import StatementKind, analyse_statement
from tools.sqlgen.analysis.expressions.evaluate import evaluate
from tools.sqlgen.analysis.from_clause import report_duplicates
from tools.sqlgen.analysis.named_orders import order_columns
from tools.sqlgen.analysis.query import analyse_query
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Scope
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.query_files import NamedOrder
from tools.sqlgen.ir.query import AnalysedQuery, Cardinality, ResultColumn
from tools.sqlgen.syntax.ast import Query, QueryStatement


def analyse(
    statement: QueryStatement,
    catalog: Catalog,
    text: str,
    *,
    orders: Sequence[NamedOrder] = (),
) -> tuple[AnalysedQuery | None, list[SqlError]]:
    """Analyse one statement; returns the query, or None if a finding is an error, and the findings.

    `text` is the text of the file that the statement's offsets point into. Findings may be warnings only.
    """
    ctx = Context(catalog, text, analyse_query, evaluate, _resolve_view, orders)
    kind, result = analyse_statement(ctx, statement)
    by_orders = order_columns(ctx, result)
    parameters, contradictions = ctx.parameters.results()
    findings = sorted((*ctx.findings, *contradictions), key=lambda each: (each.start, each.end))
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    query = AnalysedQuery(
        kind=kind,
        columns=tuple(_result_column(column) for column in result.columns),
        parameters=parameters,
        cardinality=_cardinality(kind, result),
        embeds=result.embeds,
        whole_table=result.whole_table,
        tables_read=tuple(ctx.tables_read),
        tables_written=tuple(ctx.tables_written),
        order_columns=by_orders,
    )
    return query, findings


def _cardinality(kind: StatementKind, result: QueryResult) -> Cardinality:
    if kind != "select" or (not result.columns and not result.valid):
        return "none"
    if result.max_one:
        return "one" if result.min_one else "zero_or_one"
    return "many"


def _result_column(column: OutputColumn) -> ResultColumn:
    return ResultColumn(
        column.name,
        column.type,
        column.nullable,
        column.start,
        column.end,
        column.origin,
        column.json,
        column.embed,
    )


# --- views --------------------------------------------------------------------------------------------

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
    result = _resolve_view(query, catalog, text, schema)
    if columns and len(columns) != len(result.columns):
        raise SqlError(
            f"{len(columns)} column names for a query of {len(result.columns)} columns",
            query.start,
            query.end,
        )
    names = columns or tuple(column.name for column in result.columns)
    ctx = Context(catalog, text, analyse_query, evaluate, _resolve_view)
    report_duplicates(ctx, result, tuple(columns), query)
    if ctx.findings:
        raise ctx.findings[0]
    return tuple(
        _result_column(_renamed(column, name)) for column, name in zip(result.columns, names, strict=True)
    )


def _renamed(column: OutputColumn, name: str) -> OutputColumn:
    return OutputColumn(
        name, column.type, column.nullable, column.start, column.end, column.origin, column.json
    )


def _resolve_view(query: Query, catalog: Catalog, text: str, schema: str | None) -> QueryResult:
    known = _views.setdefault(catalog, {})
    found = known.get(query)
    if found is not None:
        return found
    ctx = Context(catalog, text, analyse_query, evaluate, _resolve_view)
    outside = Scope(None, None, schema)
    result = analyse_query(ctx, query, None, within=outside)
    for finding in sorted(ctx.findings, key=lambda each: each.start):
        if finding.severity == "error":
            raise finding
    known[query] = result
    return result
