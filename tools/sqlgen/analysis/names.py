"""Name resolution: the column or select item that a reference means in its clause, by MySQL's rules.

A name is looked up in the query block's own tables, then in the outer blocks, from the inside out. HAVING and
ORDER BY also see select items, and so does a subquery in the select list.
"""

import re

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.scope import Item, Namespace, Relation, ScopeColumn
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import ColumnRef

Found = tuple[Relation, int] | Item


def look_up(ctx: Context, place: Place, ref: ColumnRef) -> Found | None:
    """Resolve a reference, record it in `ctx.info.bindings`, and return it; None after a finding."""
    found = _search(ctx, place, ref)
    if found is None:
        _report_unknown(ctx, place, ref)
    meaning = found if not isinstance(found, Ambiguous) else None
    ctx.info.bindings[ref] = meaning
    return meaning


class Ambiguous:
    """The result for a name that means several columns; the finding is reported already."""


_AMBIGUOUS = Ambiguous()


def _search(ctx: Context, place: Place, ref: ColumnRef) -> Found | Ambiguous | None:
    found = _in_own_block(ctx, place, ref)
    outer = place.outer
    while found is None and outer is not None:
        found = _in_outer_block(ctx, outer, ref)
        outer = outer.outer
    return found


def _in_own_block(ctx: Context, place: Place, ref: ColumnRef) -> Found | Ambiguous | None:
    if place.clause == "having" and not place.in_aggregate:
        return _in_having(ctx, place, ref)
    if place.whole_item and ref.table is None:
        item = _item(ctx, place, ref)
        if isinstance(item, Ambiguous) or (item and (place.clause == "order" or _is_several(place, ref))):
            return item
    found = in_tables(ctx, place, ref)
    if found is None and place.clause in {"order", "group"} and ref.table is None:
        return _item(ctx, place, ref)
    return found


def _is_several(place: Place, ref: ColumnRef) -> bool:
    """True if several tables have a column of that name: a select item then decides between them."""
    return len(place.namespace.by_name.get(ref.column.lower(), ())) > 1


def _in_outer_block(ctx: Context, place: Place, ref: ColumnRef) -> Found | Ambiguous | None:
    found = in_tables(ctx, place, ref)
    if found is None and place.clause in {"select", "having", "order"} and ref.table is None:
        return _item(ctx, place, ref)
    return found


def _in_having(ctx: Context, place: Place, ref: ColumnRef) -> Found | Ambiguous | None:
    """Grouped columns, then select items; MySQL also lets columns pass that the select list names."""
    item = _item(ctx, place, ref) if ref.table is None else None
    if isinstance(item, Ambiguous):
        return item
    column = in_tables(ctx, place, ref, quiet=True)
    if isinstance(column, tuple) and ColumnId(column[0].id, column[1]) in place.grouping.keys:
        return column
    if item is not None:
        return item
    if isinstance(column, tuple):
        selected = any(item.source == column for item in place.items)
        return column if selected or (not place.items and not place.grouping.grouped) else None
    return column


def _item(ctx: Context, place: Place, ref: ColumnRef) -> Item | Ambiguous | None:
    """The select item of that name, as the server searches: the first expression, unless two columns are before it."""
    name = ref.column.lower()
    column: Item | None = None
    for item in place.items:
        if item.name != name:
            continue
        if item.source is None:
            return item
        if column is not None and item.source != column.source:
            ctx.report(
                f"column '{ref.column}' in {place.clause_name} is ambiguous",
                ref,
                "the select list has several columns of that name; change an alias",
            )
            return _AMBIGUOUS
        column = item
    return column


def in_tables(ctx: Context, place: Place, ref: ColumnRef, *, quiet: bool = False) -> Found | Ambiguous | None:
    """The column of the place's own relations that a reference means."""
    if ref.table is not None:
        return _in_relation(place, ref)
    columns = place.namespace.by_name.get(ref.column.lower(), ())
    if len(columns) == 1:
        return columns[0].relation, columns[0].index
    if len(columns) > 1:
        if not quiet:
            _report_ambiguous(ctx, place, ref, list(columns))
        return _AMBIGUOUS
    for relation in place.namespace.relations:
        if relation.unknown_schema and (index := relation.find(ref.column)) is not None:
            return relation, index
    return None


def _in_relation(place: Place, ref: ColumnRef) -> tuple[Relation, int] | None:
    for relation in matching_relations(place.namespace, ref.table or "", ref.schema):
        index = relation.find(ref.column)
        if index is not None:
            return relation, index
    return None


def matching_relations(names: Namespace, name: str, schema: str | None) -> list[Relation]:
    """Return the relations of a namespace that `schema.name` can mean."""
    folded = name.lower()
    found = [relation for relation in names.relations if relation.name.lower() == folded]
    if schema is not None:
        found = [
            relation
            for relation in found
            if relation.schema is not None and relation.schema.lower() == schema.lower()
        ]
    exact = [relation for relation in found if relation.name == name]
    return exact or found


def find_relation(place: Place, name: str, schema: str | None = None) -> Relation | None:
    """Return the relation of that name in reach of a place: in its block, or else in an outer one."""
    for each in place.chain():
        if found := matching_relations(each.namespace, name, schema):
            return found[0]
    return None


def _report_ambiguous(ctx: Context, place: Place, ref: ColumnRef, columns: list[ScopeColumn]) -> None:
    tables = ", ".join(f"'{each.relation.name}.{ref.column}'" for each in columns if each.relation.name)
    hint = f"it can be {tables}" if tables else "the result has several columns of that name; change an alias"
    ctx.report(f"column '{ref.column}' in {place.clause_name} is ambiguous", ref, hint)


def _report_unknown(ctx: Context, place: Place, ref: ColumnRef) -> None:
    where = place.clause_name
    if ref.table is None:
        _report_unknown_bare(ctx, place, ref, where)
        return
    relation = find_relation(place, ref.table, ref.schema)
    if relation is None:
        name = f"{ref.schema}.{ref.table}" if ref.schema else ref.table
        hint = None if ref.schema else _table_hint(place, ref)
        ctx.report(f"unknown table '{name}' in {where}", ref, hint)
        return
    if place.clause == "having" and relation.find(ref.column) is not None:
        _report_not_in_having(ctx, ref)
        return
    ctx.report(
        f"unknown column '{ref.table}.{ref.column}' in {where}",
        ref,
        did_you_mean(ref.column, (column.name for column in relation.columns)),
    )


def _report_unknown_bare(ctx: Context, place: Place, ref: ColumnRef, where: str) -> None:
    if place.clause == "having" and in_tables(ctx, place, ref, quiet=True) is not None:
        _report_not_in_having(ctx, ref)
        return
    name = ref.column.lower()
    if name in place.block.aliases and place.clause in {"where", "from", "select"}:
        hint = (
            f"'{ref.column}' is an alias of the select list, which {where} cannot see; repeat its expression"
        )
        ctx.report(f"unknown column '{ref.column}' in {where}", ref, hint)
        return
    if re.fullmatch(r"\$\d+", ref.column):
        ctx.report(
            f"unknown column '{ref.column}' in {where}",
            ref,
            "write a parameter as ? or :name, not as in PostgreSQL",
        )
        return
    candidates = [
        column.name
        for each in place.chain()
        for relation in each.namespace.relations
        for column in relation.columns
    ]
    candidates += [item.name for item in place.items if place.clause in {"having", "order", "group"}]
    ctx.report(f"unknown column '{ref.column}' in {where}", ref, did_you_mean(ref.column, candidates))


def _report_not_in_having(ctx: Context, ref: ColumnRef) -> None:
    ctx.report(
        f"column '{ref.column}' in HAVING is neither grouped by nor selected",
        ref,
        "move the condition to WHERE, or select the column",
    )


def _table_hint(place: Place, ref: ColumnRef) -> str | None:
    relations = [relation for each in place.chain() for relation in each.namespace.relations]
    for relation in relations:
        table = relation.table
        if table is not None and table.name.lower() == (ref.table or "").lower():
            return f"the table has the alias '{relation.name}' here"
    return did_you_mean(ref.table or "", (relation.name for relation in relations))
