"""The columns and keys of tables and views as relations, computed once for each catalog."""

from weakref import WeakKeyDictionary

from msgspec import Struct

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.scope import RelationColumn
from tools.sqlgen.catalog import Catalog, Column, Table
from tools.sqlgen.syntax.ast import ColumnRef, Expr
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import family


class TableShape(Struct, gc=False):
    table: Table
    columns: tuple[RelationColumn, ...]
    candidate_keys: tuple[frozenset[int], ...]
    functional_dependencies: tuple[tuple[frozenset[int], frozenset[int]], ...]
    max_one: bool
    min_one: bool
    has_nullability_sources: bool

    def columns_of(self, ident: int) -> tuple[RelationColumn, ...]:
        """The columns for one mention of the table: outer joins inside a view are each mention's own."""
        if not self.has_nullability_sources:
            return self.columns
        return tuple(
            RelationColumn(
                each.name,
                each.type,
                each.nullable,
                each.source_column,
                each.json,
                frozenset((ident, nullability_source) for nullability_source in each.nullability_sources),
                each.hidden,
                each.folding,
            )
            for each in self.columns
        )


_shapes: WeakKeyDictionary[Catalog, dict[Table, TableShape]] = WeakKeyDictionary()


def table_shape(ctx: Context, table: Table) -> TableShape:
    """The shape of a table or view. Raises SqlError for a view that is not valid."""
    shapes = _shapes.setdefault(ctx.catalog, {})
    found = shapes.get(table)
    if found is None:
        found = _view_shape(ctx, table) if table.is_view else _table_shape(table)
        shapes[table] = found
    return found


def _table_shape(table: Table) -> TableShape:
    position = {column.name.lower(): index for index, column in enumerate(table.columns)}
    columns = tuple(_column(table, column) for column in table.columns)
    candidate_keys: list[frozenset[int]] = []
    functional_dependencies: list[tuple[frozenset[int], frozenset[int]]] = []
    everything = frozenset(range(len(columns)))
    for key in table.unique_keys:
        found = frozenset(position[name.lower()] for name in key.columns if name.lower() in position)
        if not found or len(found) != len(key.columns):
            continue
        candidate_keys.append(found)
        if not any(columns[index].nullable for index in found):
            functional_dependencies.append((found, everything))
    for index, column in enumerate(table.columns):
        if column.generated is not None:
            sources = _column_names(column.generated)
            if sources <= set(position):
                functional_dependencies.append(
                    (frozenset(position[name] for name in sources), frozenset((index,)))
                )
    return TableShape(
        table,
        columns,
        tuple(candidate_keys),
        tuple(functional_dependencies),
        max_one=False,
        min_one=False,
        has_nullability_sources=False,
    )


def _column_names(expr: Expr) -> set[str]:
    return {each.column.lower() for each in walk(expr) if isinstance(each, ColumnRef)}


def _column(table: Table, column: Column) -> RelationColumn:
    source_column = column.source_column or SourceColumn(table.schema, table.name, column.name)
    shape = JsonAny(column.nullable, source_column) if family(column.type) == "json" else None
    return RelationColumn(
        column.name,
        column.type,
        column.nullable,
        source_column,
        column.json or shape,
        hidden=column.invisible,
    )


def _view_shape(ctx: Context, table: Table) -> TableShape:
    """Compute a view's shape from its query, so that its keys and outer joins are known to the queries that read it."""
    view = table.view
    columns = table.columns  # raises SqlError for a view that is wrong or refers to itself
    assert view is not None
    result = ctx.resolve_view(view.query, ctx.catalog, view.text, table.schema)
    shaped = tuple(
        RelationColumn(
            column.name,
            each.type,
            each.nullable and not each.nullability_sources,
            each.source_column,
            each.json,
            each.nullability_sources,
            folding=each.folding,
        )
        for column, each in zip(columns, result.columns, strict=True)
    )
    return TableShape(
        table,
        shaped,
        result.candidate_keys,
        result.functional_dependencies,
        result.max_one,
        result.min_one,
        has_nullability_sources=any(each.nullability_sources for each in shaped),
    )
