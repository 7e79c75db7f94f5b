"""The columns of views, and of tables made by CREATE TABLE ... SELECT.

The server keeps a view with the columns that its tables have when it is created; `bind_view` does the same:

SELECT * FROM t NATURAL JOIN u  ->  SELECT t.id, t.a, u.b FROM t JOIN u USING (id)
"""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.created_table import declared_not_null
from tools.sqlgen.analysis.derived_tables import report_duplicates
from tools.sqlgen.analysis.expressions.evaluate import evaluate
from tools.sqlgen.analysis.place import Environment
from tools.sqlgen.analysis.query import analyse_query
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.unread_common_tables import findings_of
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import ResultColumn
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Join,
    Node,
    Query,
    Select,
    SelectItem,
    Star,
    TableName,
    TableStatement,
)
from tools.sqlgen.syntax.rewrite import rewritten


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
    as_table: bool = False,
) -> tuple[ResultColumn, ...]:
    """Return the columns of a view, or with `as_table` those of a table made by CREATE TABLE ... SELECT.

    `schema` is the database of unqualified names; `columns` is the view's own column list. Raises SqlError with
    the first finding.
    """
    if as_table:
        return _created_columns(query, catalog, text, schema)
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


def _created_columns(
    query: Query, catalog: Catalog, text: str, schema: str | None
) -> tuple[ResultColumn, ...]:
    ctx, result = _analysed(query, catalog, text, schema)
    ctx.findings.clear()
    report_duplicates(ctx, result, (), query)
    if ctx.findings:
        raise ctx.findings[0]
    declared = declared_not_null(ctx, query.body, len(result.columns))
    return tuple(
        msgspec.structs.replace(result_column(column), nullable=column.nullable or not not_null)
        for column, not_null in zip(result.columns, declared, strict=True)
    )


def bind_view(query: Query, catalog: Catalog, text: str, schema: str | None) -> Query:
    """Return the query with the columns that its stars and natural joins mean in this catalog.

    A reference without a table gets its table's name. Returns the query as it is if it is not valid in the catalog,
    as a dump may create a view before its tables, or if it reads a table of unknown columns.
    """
    query = rewritten(query, _without_table_statement)
    ctx = Context(catalog, text, analyse_query, evaluate, resolve_view)
    analyse_query(ctx, query, Environment(schema=schema))
    unknown = any(relation.unknown_schema for relation in ctx.info.relations.values())
    if unknown or any(finding.severity == "error" for finding in findings_of(ctx)):
        return query
    return rewritten(query, lambda node: _bound(ctx, node))


def _without_table_statement(node: Node) -> Sequence[Node] | None:
    """TABLE t  ->  SELECT * FROM t"""
    if not isinstance(node, TableStatement):
        return None
    star = SelectItem(node.start, node.end, Star(node.start, node.end))
    return (Select(node.start, node.end, (star,), from_=node.table),)


def _bound(ctx: Context, node: Node) -> Sequence[Node] | None:
    match node:
        case SelectItem(expr=Star() as star):
            refs = ctx.info.expanded[star]
            return [SelectItem(node.start, node.end, _with_schema(ctx, ref)) for ref in refs]
        case ColumnRef():
            return (_qualified(ctx, node),)
        case Join(natural=True):
            joined = msgspec.structs.replace(node, natural=False, using=ctx.info.natural_joins[node])
            return (rewritten(joined, lambda each: _bound(ctx, each)),)
        case _:
            return None


def _qualified(ctx: Context, ref: ColumnRef) -> ColumnRef:
    """Add the table to a reference of a single name; a select item stays as it is."""
    found = ctx.info.bindings.get(ref)
    if not isinstance(found, tuple) or ref.table is not None:
        return ref
    relation, index = found
    if not relation.name or relation.columns[index].name.lower() != ref.column.lower():
        return ref
    return _with_schema(ctx, ref)


def _with_schema(ctx: Context, ref: ColumnRef) -> ColumnRef:
    """Add the table, and the database if FROM names it."""
    found = ctx.info.bindings[ref]
    assert isinstance(found, tuple)
    node = ctx.info.table_nodes.get(found[0].id)
    schema = node.schema if isinstance(node, TableName) and node.alias is None else None
    return msgspec.structs.replace(ref, table=found[0].name, schema=schema)


def resolve_view(query: Query, catalog: Catalog, text: str, schema: str | None) -> QueryResult:
    known = _views.setdefault(catalog, {})
    found = known.get(query)
    if found is not None:
        return found
    _, known[query] = _analysed(query, catalog, text, schema)
    return known[query]


def _analysed(query: Query, catalog: Catalog, text: str, schema: str | None) -> tuple[Context, QueryResult]:
    """Analyse a query of the schema. Raises SqlError with the first error."""
    ctx = Context(catalog, text, analyse_query, evaluate, resolve_view)
    result = analyse_query(ctx, query, Environment(schema=schema))
    for finding in sorted(findings_of(ctx), key=lambda each: each.start):
        if finding.severity == "error":
            raise finding
    return ctx, result
