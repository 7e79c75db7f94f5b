"""The select list: result columns, stars and embeds."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from tools.sqlgen.analysis.collations import collation_of
from tools.sqlgen.analysis.column_names import NOT_IN_FRONT, name_of
from tools.sqlgen.analysis.consequences import unmatched
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import (
    constant_folding,
    contains_aggregate,
    contains_window,
    is_deterministic,
    reads_volatile,
)
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.facts import Fact, Matched
from tools.sqlgen.analysis.names import matching_relations
from tools.sqlgen.analysis.place import Grouping, Place, place_in, proven
from tools.sqlgen.analysis.query_block import Filtered, Projected
from tools.sqlgen.analysis.scope import Item, Namespace, Relation
from tools.sqlgen.analysis.values import ColumnId, Expected, OuterJoinId, OutputColumn
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.ir.query import EmbedGroup
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    Embed,
    Expr,
    SelectItem,
    Star,
)
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.typed_expr import TypedExpr


class _Selected(Struct, frozen=True, gc=False):
    """The columns of one select item."""

    columns: tuple[OutputColumn, ...] = ()
    items: tuple[Item, ...] = ()
    embeds: tuple[EmbedGroup, ...] = ()
    complete: bool = True
    """False if the columns of a star or an embed are unknown."""


def project(
    ctx: Context,
    rows: Filtered,
    grouping: Grouping,
    select_items: Iterable[SelectItem],
    expected_columns: Sequence[Expected | None] = (),
    *,
    having_facts: frozenset[Fact] = frozenset(),
) -> Projected:
    """Analyse a select list; `expected_columns` are the expected types of its columns."""
    place = place_in(rows.block, "select", rows.namespace, rows.facts, grouping, having_facts=having_facts)
    columns: list[OutputColumn] = []
    items: list[Item] = []
    embeds: list[EmbedGroup] = []
    complete = True
    for select_item in select_items:
        expected = expected_columns[len(columns)] if len(columns) < len(expected_columns) else None
        to_the_left = msgspec.structs.replace(place, items=tuple(items))
        found = _select_item(ctx, to_the_left, select_item, expected)
        if found.embeds:
            columns_of_embed = [msgspec.structs.replace(each, embed=len(embeds)) for each in found.columns]
            embeds.extend(_moved(each, len(columns)) for each in found.embeds)
            columns.extend(columns_of_embed)
        else:
            columns.extend(found.columns)
        items.extend(found.items)
        complete = complete and found.complete
    return Projected(rows, grouping, having_facts, tuple(columns), tuple(items), tuple(embeds), complete)


def _select_item(ctx: Context, place: Place, item: SelectItem, expected: Expected | None) -> _Selected:
    match item.expr:
        case Star():
            return _star(ctx, place, item.expr)
        case Embed():
            return _embed(ctx, place, item.expr)
        case _:
            return _expression(ctx, place, item, expected)


# --- expressions --------------------------------------------------------------------------------------


def _expression(ctx: Context, place: Place, item: SelectItem, expected: Expected | None) -> _Selected:
    value = ctx.evaluate(place, item.expr, expected)
    require_one_column(ctx, item.expr)
    name = item.alias.lstrip(NOT_IN_FRONT) if item.alias is not None else name_of(ctx, item)
    found = ctx.column_of(item.expr) if isinstance(item.expr, ColumnRef) else None
    output = _output(ctx, place, item.expr, name, value, found)
    named = Item(
        name.lower(),
        item.expr,
        value,
        source=found,
        aggregated=contains_aggregate(item.expr),
        windowed=contains_window(item.expr),
    )
    return _Selected((msgspec.structs.replace(output, start=item.start, end=item.end),), (named,))


def _output(
    ctx: Context, place: Place, expr: Expr, name: str, value: TypedExpr, found: tuple[Relation, int] | None
) -> OutputColumn:
    """Return the result column of an expression; `found` is the column of FROM that it names, if it is a name."""
    return msgspec.structs.replace(
        output_of(expr, name, value),
        nullability_sources=_only_causes(place, value, found),
        source=ColumnId(found[0].id, found[1]) if found is not None else None,
        folding=constant_folding(ctx, expr),
        collation=collation_of(ctx, expr),
        volatile=not is_deterministic(expr) or reads_volatile(ctx, expr),
    )


def _only_causes(
    place: Place, value: TypedExpr, found: tuple[Relation, int] | None
) -> frozenset[OuterJoinId]:
    """Return the outer joins without a match if nothing else makes the column NULL; else none."""
    if found is None or not value.nullable or found[0].columns[found[1]].nullable:
        return frozenset()
    if not place.namespace.has(found[0]) or place.grouping.may_lack_rows:
        return frozenset()
    return unmatched(place, *found)


# --- stars and embeds ---------------------------------------------------------------------------------


def columns_of(names: Namespace, node: Star | Embed) -> list[tuple[Relation, int]] | None:
    """Return the columns that a star or an embed represents; None if they are not known."""
    if node.table is None:
        if not names.relations or any(each.unknown_schema for each in names.relations):
            return None
        return [(each.relation, each.index) for each in names.columns if not each.hidden]
    found = matching_relations(names, node.table, node.schema if isinstance(node, Star) else None)
    return _visible(found[0]) if found and not found[0].unknown_schema else None


def _star(ctx: Context, place: Place, star: Star) -> _Selected:
    if star.table is not None:
        _relation(ctx, place, star, star.table, "the select list", star.schema)
    elif not place.namespace.relations:
        ctx.report("'*' without a table to select from", star)
    columns = columns_of(place.namespace, star)
    return _expanded(ctx, place, star, columns or (), complete=columns is not None)


def _embed(ctx: Context, place: Place, embed: Embed) -> _Selected:
    relation = _relation(ctx, place, embed, embed.table, "sqlc.embed")
    if relation is None:
        return _expanded(ctx, place, embed, (), complete=False)
    if relation.table is None and not relation.unknown_schema:
        ctx.report(
            f"sqlc.embed('{embed.table}') needs a table or view, not a derived table",
            embed,
            "select the columns instead",
        )
    found = _expanded(ctx, place, embed, _visible(relation), complete=True)
    return msgspec.structs.replace(found, embeds=(_group(place, embed, relation),))


def _relation(
    ctx: Context, place: Place, node: Star | Embed, name: str, where: str, schema: str | None = None
) -> Relation | None:
    """Return the relation of that name in FROM; None after a finding."""
    found = matching_relations(place.namespace, name, schema)
    if not found:
        names = [relation.name for relation in place.namespace.relations]
        ctx.report(f"unknown table '{name}' in {where}", node, did_you_mean(name, names))
        return None
    return found[0]


def _visible(relation: Relation) -> list[tuple[Relation, int]]:
    return [(relation, index) for index, column in enumerate(relation.columns) if not column.hidden]


def _expanded(
    ctx: Context,
    place: Place,
    node: Star | Embed,
    columns: Sequence[tuple[Relation, int]],
    *,
    complete: bool,
) -> _Selected:
    """Analyse the columns that a star or an embed represents."""
    refs = [
        ColumnRef(node.start, node.end, relation.columns[index].name, relation.name)
        for relation, index in columns
    ]
    ctx.info.expanded[node] = refs
    outputs: list[OutputColumn] = []
    items: list[Item] = []
    for ref, found in zip(refs, columns, strict=True):
        ctx.info.bindings[ref] = found
        value = ctx.evaluate_column(place, *found)
        outputs.append(_output(ctx, place, ref, ref.column, value, found))
        items.append(Item(ref.column.lower(), ref, value, source=found))
    return _Selected(tuple(outputs), tuple(items), complete=complete)


def _group(place: Place, embed: Embed, relation: Relation) -> EmbedGroup:
    """Return the group of an embed whose columns are the first of the result."""
    table = relation.table
    source = SourceColumn(table.schema, table.name, "") if table else SourceColumn(None, relation.name, "")
    outer_joins = place.namespace.outer_joins_of(relation.id)
    unmatched_joins = any(not proven(Matched(each.id), place) for each in outer_joins)
    nullable = unmatched_joins or place.grouping.may_lack_rows
    visible = [column for column in relation.columns if not column.hidden]
    sure = [
        index
        for index, column in enumerate(visible)
        if not column.nullable and not column.nullability_sources
    ]
    return EmbedGroup(embed.table, source, nullable, sure[0] if sure and nullable else None)


def _moved(group: EmbedGroup, first: int) -> EmbedGroup:
    """Return the group for columns that begin at the index `first` of the result."""
    if group.nullability_source is None:
        return group
    return msgspec.structs.replace(group, nullability_source=group.nullability_source + first)


# --- the result ---------------------------------------------------------------------------------------


def whole_table(ctx: Context, projected: Projected) -> SourceColumn | None:
    """Return the table if the result is exactly its visible columns: all, in order, same names and nullability.

    A column that the query narrows to NOT NULL makes the row one of the query's own.
    """
    columns = projected.columns
    sources = [column.source for column in columns if column.source is not None]
    if projected.embeds or len(sources) != len(columns) or len({each.relation for each in sources}) != 1:
        return None
    relation = ctx.info.relations[sources[0].relation]
    if relation.table is None or [each.index for each in sources] != [
        index for _, index in _visible(relation)
    ]:
        return None
    for output, source in zip(columns, sources, strict=True):
        column = relation.columns[source.index]
        nullable = column.nullable or bool(column.nullability_sources)
        if output.nullable != nullable or output.name.lower() != column.name.lower():
            return None
    return SourceColumn(relation.table.schema, relation.table.name, "")


def output_of(expr: Expr, name: str, value: TypedExpr) -> OutputColumn:
    """A value as a result column."""
    sql_type = value.type
    if value.source_column is None and sql_type.precision is not None and sql_type.name != "DECIMAL":
        sql_type = msgspec.structs.replace(sql_type, precision=None)
    return OutputColumn(name, sql_type, value.nullable, expr.start, expr.end, value.source_column, value.json)
