"""Derived tables, and the relation that the result of a query becomes in FROM."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import columns_read, is_mergeable
from tools.sqlgen.analysis.from_part import Part, single
from tools.sqlgen.analysis.place import place_in
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import (
    Namespace,
    Relation,
    RelationColumn,
    Scope,
)
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.syntax.ast import (
    Derived,
    Node,
)
from tools.sqlgen.types.sql_type import NULL, NULL_TEXT


def derived_table(ctx: Context, scope: Scope, ref: Derived, lateral: Namespace) -> Part:
    if ref.alias is None:
        ctx.report("a derived table needs an alias", ref, "write (SELECT ...) AS name")
    if ref.lateral:
        result = ctx.analyse_query(ctx, ref.query, place_in(scope, "from", lateral))
    else:
        result = ctx.analyse_query(ctx, ref.query, scope.parent, within=scope)
    if ref.columns and result.valid and len(ref.columns) != len(result.columns):
        ctx.report(f"{len(ref.columns)} column names for a query of {len(result.columns)} columns", ref)
    report_duplicates(ctx, result, ref.columns, ref)
    relation = relation_of(ctx, result, ref.alias or "", ref.columns)
    if ref.lateral:
        relation.reads = columns_read(ctx, ref.query, lateral.relations)
    relation.keeps_names = is_mergeable(ref.query)
    return single(ctx, scope, relation, ref)


def relation_of(ctx: Context, result: QueryResult, name: str, columns: tuple[str, ...]) -> Relation:
    """Convert a query's result to a relation; `columns` are other names for its columns."""
    ident = ctx.new_id()
    outputs = result.columns
    names = columns if len(columns) == len(outputs) else tuple(column.name for column in outputs)
    relation = Relation(
        ident, name, [_column_of(ident, each, as_) for each, as_ in zip(outputs, names, strict=True)]
    )
    relation.candidate_keys = list(result.candidate_keys)
    relation.execution_keys = result.execution_keys
    relation.functional_dependencies = list(result.functional_dependencies)
    relation.max_one, relation.min_one = result.max_one, result.min_one
    relation.unknown_schema = not result.valid
    return relation


def _column_of(ident: int, column: OutputColumn, name: str) -> RelationColumn:
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
