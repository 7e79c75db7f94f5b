"""Named sort orders: the columns of `-- order:` annotations, resolved where the macros are.

-- order: price_asc price ASC, id ASC
SELECT ... FROM products p ORDER BY sqlc.order_by(p)  ->  price and id, as columns of p
"""

from tools.sqlgen.analysis.consequences import is_nullable
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.input.annotations import OrderKey
from tools.sqlgen.ir.query import OrderColumn
from tools.sqlgen.syntax.ast import Node, Select


def order_columns(ctx: Context, result: QueryResult) -> tuple[OrderColumn, ...]:
    """Each column of the annotations once; findings for macros without orders and for unknown columns."""
    if not ctx.order_macros:
        return ()
    keys = _distinct_keys(ctx)
    if not keys:
        node = ctx.order_macros[0][0]
        ctx.report(
            "this macro needs an order", node, "write `-- order: name column ASC, ...` above the query"
        )
        return ()
    found: dict[str, OrderColumn] = {}
    for node, place, alias in ctx.order_macros:
        at = place_of_order(ctx, place)
        for key in keys:
            column = _resolve(ctx, node, at, alias, key, result)
            if column is not None:
                found.setdefault(key.column.lower(), column)
    return tuple(found[key.column.lower()] for key in keys if key.column.lower() in found)


def place_of_order(ctx: Context, place: Place) -> Place:
    """Return the place of ORDER BY in the block of a macro, where all of its facts and select items are known."""
    select = place.block.node
    found = ctx.info.selects.get(select) if isinstance(select, Select) else None
    return found.place("order") if found is not None else place


def _distinct_keys(ctx: Context) -> list[OrderKey]:
    keys: dict[str, OrderKey] = {}
    for order in ctx.orders:
        for key in order.keys:
            keys.setdefault(key.column.lower(), key)
    return list(keys.values())


def _resolve(
    ctx: Context, node: Node, place: Place, alias: str | None, key: OrderKey, result: QueryResult
) -> OrderColumn | None:
    found = ordered_column(ctx, node, place, alias, key)
    if found is None:
        return None
    relation, index = found
    column = relation.columns[index]
    nullable = is_nullable(place, relation, index)
    return OrderColumn(
        key.column,
        column.type,
        nullable,
        column.source_column,
        _result_index(key, column.source_column, result),
    )


def ordered_column(
    ctx: Context, node: Node, place: Place, alias: str | None, key: OrderKey
) -> tuple[Relation, int] | None:
    """Return the column that a key of an order means at a macro; None after a finding."""
    if alias is not None:
        relation = find_relation(place, alias)
        if relation is None:
            names = [each.name for each in place.namespace.relations]
            ctx.report(f"unknown table '{alias}' in the macro", node, did_you_mean(alias, names))
            return None
        index = relation.find(key.column)
        if index is not None:
            return relation, index
        names = [column.name for column in relation.columns]
        ctx.report_span(
            f"unknown column '{key.column}' in the order: '{alias}' has none of that name",
            key.start,
            key.end,
            did_you_mean(key.column, names),
        )
        return None
    columns = place.namespace.by_name.get(key.column.lower(), [])
    if len(columns) == 1:
        return columns[0].relation, columns[0].index
    item = next((each for each in place.items if each.name == key.column.lower()), None)
    if item is not None and item.source is not None:
        return item.source
    what = "unknown" if not columns else "ambiguous"
    names = [column.name for relation in place.namespace.relations for column in relation.columns]
    hint = (
        did_you_mean(key.column, names)
        if not columns
        else "name the table in the macro: sqlc.order_by(alias)"
    )
    ctx.report_span(f"{what} column '{key.column}' in the order", key.start, key.end, hint)
    return None


def _result_index(key: OrderKey, source_column: object, result: QueryResult) -> int | None:
    named = [
        index for index, column in enumerate(result.columns) if column.name.lower() == key.column.lower()
    ]
    same = [index for index in named if result.columns[index].source_column == source_column]
    return same[0] if same else None
