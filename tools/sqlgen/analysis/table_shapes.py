"""The columns and keys of tables and views as relations, computed once for each catalog."""

from weakref import WeakKeyDictionary

import msgspec
from msgspec import Struct

from tools.sqlgen.analysis.collations import BINARY
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import is_mergeable
from tools.sqlgen.analysis.scope import RelationColumn
from tools.sqlgen.catalog import Catalog, Column, Table
from tools.sqlgen.syntax.ast import ColumnRef, Expr
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import family


class TableShape(Struct, gc=False):
    table: Table
    columns: tuple[RelationColumn, ...]
    candidate_keys: tuple[frozenset[int], ...]
    execution_keys: tuple[frozenset[int], ...]
    functional_dependencies: tuple[tuple[frozenset[int], frozenset[int]], ...]
    max_one: bool
    min_one: bool

    def columns_of(self, ident: int) -> tuple[RelationColumn, ...]:
        """The columns for one mention of the table: outer joins inside a view are each mention's own."""
        return tuple(_mentioned(each, ident) if each.nullability_sources else each for each in self.columns)


def _mentioned(column: RelationColumn, ident: int) -> RelationColumn:
    sources = frozenset((ident, nullability_source) for nullability_source in column.nullability_sources)
    return msgspec.structs.replace(column, nullability_sources=sources)


_shapes: WeakKeyDictionary[Catalog, dict[Table, TableShape]] = WeakKeyDictionary()


def table_shape(ctx: Context, table: Table) -> TableShape:
    """The shape of a table or view. Raises SqlError for a view that is not valid."""
    shapes = _shapes.setdefault(ctx.catalog, {})
    found = shapes.get(table)
    if found is None:
        found = _view_shape(ctx, table) if table.is_view else _table_shape(table)
        shapes[table] = found
    return found


_MERGES = frozenset(("MERGE", "MRG_MYISAM"))
"""Storage engines that read several tables as one: a key is unique in each of those alone."""


def _table_shape(table: Table) -> TableShape:
    position = {column.name.lower(): index for index, column in enumerate(table.columns)}
    columns = tuple(_column(table, column) for column in table.columns)
    candidate_keys = tuple(
        frozenset(position[name.lower()] for name in key.columns)
        for key in (() if table.engine in _MERGES else table.unique_keys)
    )
    everything = frozenset(range(len(columns)))
    functional_dependencies = [
        (key, everything) for key in candidate_keys if not any(columns[index].nullable for index in key)
    ]
    for index, column in enumerate(table.columns):
        if column.generated is not None:
            sources = _column_names(column.generated)
            # A name that is no column is an error of the schema, which is reported.
            known = frozenset(position[name] for name in sources if name in position)
            functional_dependencies.append((known, frozenset((index,))))
    return TableShape(
        table,
        columns,
        candidate_keys,
        (),
        tuple(functional_dependencies),
        max_one=False,
        min_one=False,
    )


def _column_names(expr: Expr) -> set[str]:
    return {each.column.lower() for each in walk(expr) if isinstance(each, ColumnRef)}


def _column(table: Table, column: Column) -> RelationColumn:
    source_column = SourceColumn(table.schema, table.name, column.name)
    return RelationColumn(
        column.name,
        column.type,
        column.nullable,
        source_column,
        hidden=column.invisible,
        collation=BINARY if family(column.type) == "bytes" else column.collation,
    )


def _view_shape(ctx: Context, table: Table) -> TableShape:
    """Compute a view's shape from its query, so that its keys and outer joins are known to the queries that read it."""
    view = table.view
    columns = table.columns  # raises SqlError for a view that is wrong or refers to itself
    assert view is not None
    result = ctx.resolve_view(view.query, ctx.catalog, view.text, table.schema)
    merged = is_mergeable(view.query)
    shaped = tuple(
        RelationColumn(
            column.name,
            each.type,
            each.nullable and not each.nullability_sources,
            each.source_column,
            each.json,
            each.nullability_sources,
            folding=each.folding,
            collation=each.collation or None,
            volatile=merged and each.volatile,
        )
        for column, each in zip(columns, result.columns, strict=True)
    )
    return TableShape(
        table,
        shaped,
        result.candidate_keys,
        result.execution_keys,
        result.functional_dependencies,
        result.max_one,
        result.min_one,
    )
