"""FROM: the relations of a query block, their columns in the order of `*`, and the facts that joins prove.

FROM a LEFT JOIN b USING (id)  ->  columns id (a's), then a's others, then b's others; b may be null-extended
"""

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.derived_tables import derived_table
from tools.sqlgen.analysis.equalities import equalities_in
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.from_part import Part
from tools.sqlgen.analysis.joins import common_columns, joined
from tools.sqlgen.analysis.json_table import json_table
from tools.sqlgen.analysis.named_tables import named_table
from tools.sqlgen.analysis.place import Block, place_in
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.query_block import FromScope
from tools.sqlgen.analysis.scope import (
    Namespace,
    Relation,
)
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    Derived,
    Expr,
    Join,
    JsonTable,
    TableName,
    TableRef,
)
from tools.sqlgen.types.sql_type import BOOL


def analyse_from(ctx: Context, block: Block, ref: TableRef | None) -> FromScope:
    """Analyse FROM; without one there is one row without columns."""
    if ref is None:
        return FromScope(block, Namespace(), min_one=True)
    part = _visit(ctx, block, ref, Namespace())
    _check_names(ctx, part.namespace, ref)
    facts = closure(ctx, place_in(block, "from", part.namespace), part.facts)
    return FromScope(block, part.namespace, frozenset(facts), part.equalities, part.min_one)


def _visit(ctx: Context, block: Block, ref: TableRef, lateral: Namespace) -> Part:
    """Analyse a table reference; `lateral` has the relations to its left, which LATERAL and JSON_TABLE can read."""
    match ref:
        case TableName():
            return named_table(ctx, block, ref)
        case Derived():
            return derived_table(ctx, block, ref, lateral)
        case JsonTable():
            return json_table(ctx, block, ref, lateral)
        case Join():
            return _join(ctx, block, ref, lateral)
        case _:
            raise AssertionError(ref)


def _check_names(ctx: Context, names: Namespace, ref: TableRef) -> None:
    seen: dict[tuple[str | None, str], Relation] = {}
    for relation in names.relations:
        schema = relation.schema.lower() if relation.schema else None
        key = (schema, relation.name.lower())
        if key in seen:
            node = ctx.info.table_nodes.get(relation.id, ref)
            ctx.report(
                f"table name '{relation.name}' is used twice in FROM", node, "give each its own alias with AS"
            )
        seen[key] = relation


def _join(ctx: Context, block: Block, ref: Join, lateral: Namespace) -> Part:
    left = _visit(ctx, block, ref.left, lateral)
    right = _visit(ctx, block, ref.right, lateral.plus(left.namespace))
    null_side = {"LEFT": right, "RIGHT": left}.get(ref.kind)
    restricted = null_side.namespace.ids if null_side is not None else None
    both = common_columns(ctx, ref, left, right, restricted)
    if ref.on is not None:
        both = _with_condition(ctx, block, ref.on, both, restricted)
    return joined(ctx, ref, left, right, both)


def _with_condition(
    ctx: Context, block: Block, on: Expr, both: Part, restricted: frozenset[int] | None
) -> Part:
    """Analyse ON, which names the columns of both sides; returns them with the facts of the rows that match."""
    place = place_in(block, "from", both.namespace)
    ctx.evaluate(place, on, Expected(BOOL, weak=True))
    require_one_column(ctx, on)
    return Part(
        both.namespace,
        both.facts | when_true(ctx, place, on),
        both.equalities + equalities_in(ctx, both.namespace, on, restricted),
    )
