"""Joins: the columns of both sides, the facts that the join proves, and the side that may be null-extended."""

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import equality_of_columns
from tools.sqlgen.analysis.expression_key import columns_read, is_deterministic, is_mergeable
from tools.sqlgen.analysis.facts import Fact, NotNull
from tools.sqlgen.analysis.from_part import Part
from tools.sqlgen.analysis.scope import Equality, Namespace, OuterJoin, ScopeColumn
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Binary,
    BoolLiteral,
    Derived,
    Expr,
    IntLiteral,
    Join,
    Node,
)


def joined(ctx: Context, ref: Join, left: Part, right: Part, both: Part) -> Part:
    """Combine both sides of a join; `both` has its columns, and what its condition proves of the rows that match."""
    equalities = left.equalities + right.equalities + both.equalities
    if ref.kind not in {"LEFT", "RIGHT"}:
        conditional = ref.on is not None or bool(ref.using) or ref.natural
        min_one = left.min_one and right.min_one and not conditional
        return Part(both.namespace, left.facts | right.facts | both.facts, equalities, min_one)
    kept, null_side = (left, right) if ref.kind == "LEFT" else (right, left)
    if null_side.min_one and is_always_true(ref.on):
        return Part(both.namespace, left.facts | right.facts, equalities, kept.min_one)
    outer_join = OuterJoin(
        (ctx.new_id(),),
        ref,
        null_side.namespace.ids,
        null_side.facts | both.facts,
        _deciding_columns(ctx, ref, kept, both.facts),
    )
    namespace = msgspec.structs.replace(both.namespace, outer_joins=(*both.namespace.outer_joins, outer_join))
    return Part(namespace, kept.facts, equalities, kept.min_one)


def _deciding_columns(
    ctx: Context, ref: Join, kept: Part, facts: frozenset[Fact]
) -> frozenset[ColumnId] | None:
    """Return the columns of the side that is kept whose values decide if a row of it has a match; None if others do."""
    null_side = ref.right if ref.kind == "LEFT" else ref.left
    nodes = [node for node in (ref.on, null_side) if node is not None]
    if not all(_is_same_for_all_rows(node) for node in nodes):
        return None
    ids = kept.namespace.ids
    found = {
        fact.key for fact in facts
        if isinstance(fact, NotNull) and isinstance(fact.key, ColumnId) and fact.key.relation in ids
    }  # fmt: skip
    return frozenset(found).union(*(columns_read(ctx, node, kept.namespace.relations) for node in nodes))


def _is_same_for_all_rows(node: Node) -> bool:
    """True if nothing below the node is chosen again for each row of the other side: no RAND(), no @x.

    A derived table that is not merged is computed once, with its window functions.
    """
    match node:
        case Derived(lateral=False) if not is_mergeable(node.query):
            return True
        case Join():
            sides = (node.left, node.right, node.on)
            return all(_is_same_for_all_rows(each) for each in sides if each is not None)
        case _:
            return is_deterministic(node)


def is_always_true(on: Expr | None) -> bool:
    """True for ON TRUE, ON 1, ON 1 = 1: such a join always matches if the table has rows. False for USING."""
    match on:
        case BoolLiteral():
            return on.value
        case Binary(op="=", left=IntLiteral() as one, right=IntLiteral() as other):
            return one.value == other.value
        case _:
            return isinstance(on, IntLiteral) and on.value != 0


def common_columns(
    ctx: Context, ref: Join, left: Part, right: Part, restricted: frozenset[int] | None
) -> Part:
    """Join the columns in the order of `*`: those of USING and NATURAL once, and first. Their values are equal."""
    both = left.namespace.plus(right.namespace)
    if not ref.using and not ref.natural:
        return Part(both)
    merged: dict[str, ScopeColumn] = {}
    facts: set[Fact] = set()
    equalities: list[Equality] = []
    for folded, name in _wanted(ctx, ref, left, right).items():
        one = _using_column(ctx, ref, left, folded, name)
        other = _using_column(ctx, ref, right, folded, name)
        if one is None or other is None:
            continue
        kept = other if ref.kind == "RIGHT" else one
        merged[folded] = ScopeColumn(folded, kept.relation, kept.index)
        facts |= {NotNull(ColumnId(each.relation.id, each.index)) for each in (one, other)}
        equalities.append(equality_of_columns(one, other, restricted))
    first, second = (right, left) if ref.kind == "RIGHT" else (left, right)
    columns = [merged[column.name] for column in first.namespace.columns if column.name in merged]
    for part in (first, second):
        columns.extend(column for column in part.namespace.columns if column.name not in merged)
    namespace = Namespace(both.relations, tuple(columns), both.outer_joins)
    return Part(namespace, frozenset(facts), tuple(equalities))


def _wanted(ctx: Context, ref: Join, left: Part, right: Part) -> dict[str, str]:
    """Return the names of the common columns, by folded name."""
    if not ref.natural:
        return {name.lower(): name for name in ref.using}
    offered = {column.name for column in right.namespace.columns if not column.hidden}
    names = [each.name for each in left.namespace.columns if each.name in offered and not each.hidden]
    wanted = {name: name for name in names}
    ctx.info.natural_joins[ref] = tuple(wanted)
    return wanted


def _using_column(ctx: Context, ref: Join, part: Part, folded: str, name: str) -> ScopeColumn | None:
    found = [column for column in part.namespace.columns if column.name == folded]
    if len(found) == 1:
        return found[0]
    if found:
        tables = ", ".join(f"'{each.relation.name}'" for each in found)
        ctx.report(f"column '{name}' in USING is ambiguous", ref, f"it is a column of {tables}")
        return None
    unknown = next((relation for relation in part.namespace.relations if relation.unknown_schema), None)
    if unknown is not None and (index := unknown.find(name)) is not None:
        return ScopeColumn(folded, unknown, index)
    candidates = [column.name for relation in part.namespace.relations for column in relation.columns]
    tables = ", ".join(f"'{relation.name}'" for relation in part.namespace.relations)
    ctx.report(
        f"unknown column '{name}' in USING: {tables} has none of that name",
        ref,
        did_you_mean(name, candidates),
    )
    return None
