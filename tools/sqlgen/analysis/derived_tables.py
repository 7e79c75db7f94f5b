"""Derived tables, and the relation that the result of a query becomes in FROM."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import columns_read, is_mergeable
from tools.sqlgen.analysis.from_part import Part, single
from tools.sqlgen.analysis.place import Block, place_in
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import (
    Namespace,
    Relation,
    RelationColumn,
)
from tools.sqlgen.analysis.values import ColumnId, OutputColumn
from tools.sqlgen.syntax.ast import (
    Derived,
    Node,
    Query,
)
from tools.sqlgen.types.sql_type import NULL, NULL_TEXT


def derived_table(ctx: Context, block: Block, ref: Derived, lateral: Namespace) -> Part:
    if ref.alias is None:
        ctx.report("a derived table needs an alias", ref, "write (SELECT ...) AS name", at_parse=True)
    if ref.lateral:
        result = ctx.analyse_query(ctx, ref.query, place_in(block, "from", lateral).around_subquery())
    else:
        result = ctx.analyse_query(ctx, ref.query, block.environment)
    if ref.columns and result.valid and len(ref.columns) != len(result.columns):
        ctx.report(f"{len(ref.columns)} column names for a query of {len(result.columns)} columns", ref)
    report_duplicates(ctx, result, ref.columns, ref)
    reads = columns_read(ctx, ref.query, lateral.relations) if ref.lateral else frozenset[ColumnId]()
    relation = relation_of(ctx, result, ref.alias or "", ref.columns, query=ref.query, reads=reads)
    return single(ctx, relation, ref)


def relation_of(
    ctx: Context,
    result: QueryResult,
    name: str,
    columns: tuple[str, ...] = (),
    *,
    query: Query | None = None,
    reads: frozenset[ColumnId] = frozenset(),
) -> Relation:
    """Convert a result to a relation; `columns` are other names for its columns.

    `query` is None for a result that is no query expression of its own, `reads` the columns that a LATERAL one reads.
    """
    ident = ctx.new_id()
    outputs = result.columns
    merged = query is not None and is_mergeable(query)
    names = columns if len(columns) == len(outputs) else tuple(column.name for column in outputs)
    return Relation(
        ident,
        name,
        [_column_of(ident, each, as_, merged=merged) for each, as_ in zip(outputs, names, strict=True)],
        reads=reads,
        candidate_keys=result.candidate_keys,
        execution_keys=result.execution_keys,
        functional_dependencies=result.functional_dependencies,
        max_one=result.max_one,
        min_one=result.min_one,
        unknown_schema=not result.valid,
        keeps_names=merged,
    )


def _column_of(ident: int, column: OutputColumn, name: str, *, merged: bool) -> RelationColumn:
    nullability_sources = frozenset(
        (ident, nullability_source) for nullability_source in column.nullability_sources
    )
    sql_type = NULL_TEXT if column.type == NULL else column.type
    return RelationColumn(
        name,
        sql_type,
        column.nullable and not nullability_sources,
        column.source_column,
        column.json,
        nullability_sources,
        folding=column.folding,
        collation=column.collation or None,
        volatile=merged and column.volatile,
    )


def report_duplicates(ctx: Context, result: QueryResult, columns: tuple[str, ...], node: Node) -> None:
    """Report a column name that a derived table, common table or view has twice."""
    seen: set[str] = set()
    names = columns or tuple(column.name for column in result.columns)
    for index, name in enumerate(names):
        folded = name.lower()
        if folded in seen:
            column = result.columns[index] if index < len(result.columns) and not columns else None
            start, end = (column.start, column.end) if column else (node.start, node.end)
            ctx.report_span(f"duplicate column name '{name}'", start, end, "rename one with AS")
            return
        seen.add(folded)
