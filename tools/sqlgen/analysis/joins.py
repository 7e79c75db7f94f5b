"""Joins: the columns of both sides, the facts that the join proves, and the side that may be null-extended."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import pair_columns
from tools.sqlgen.analysis.expression_key import columns_read, is_deterministic
from tools.sqlgen.analysis.facts import Facts, NotNull
from tools.sqlgen.analysis.from_part import Part
from tools.sqlgen.analysis.scope import (
    Namespace,
    Scope,
    ScopeColumn,
)
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Binary,
    BoolLiteral,
    Expr,
    IntLiteral,
    Join,
)


def joined(
    ctx: Context, scope: Scope, ref: Join, left: Part, right: Part, names: Namespace, facts: Facts
) -> Part:
    """Combine both sides of a join: the facts about its rows, and the relations that may be null-extended."""
    conditional = ref.on is not None or bool(ref.using) or ref.natural
    if ref.kind not in {"LEFT", "RIGHT"}:
        return Part(
            names, left.facts | right.facts | facts, left.min_one and right.min_one and not conditional
        )
    kept, null_side = (left, right) if ref.kind == "LEFT" else (right, left)
    if null_side.min_one and is_always_true(ref.on):
        return Part(names, left.facts | right.facts, kept.min_one)
    outer_join = (ctx.new_id(),)
    ctx.info.on_facts[outer_join] = null_side.facts | facts
    scope.outer_joins[outer_join] = _deciding_columns(ctx, ref, kept, facts)
    for relation in null_side.namespace.relations:
        relation.outer.append(outer_join)
    return Part(names, set(kept.facts), kept.min_one)


def _deciding_columns(ctx: Context, ref: Join, kept: Part, facts: Facts) -> frozenset[ColumnId] | None:
    """Return the columns of the side that is kept whose values decide if a row of it has a match; None if others do."""
    null_side = ref.right if ref.kind == "LEFT" else ref.left
    nodes = [node for node in (ref.on, null_side) if node is not None]
    if not all(is_deterministic(node) for node in nodes):
        return None
    ids = {relation.id for relation in kept.namespace.relations}
    found = {
        fact.key for fact in facts
        if isinstance(fact, NotNull) and isinstance(fact.key, ColumnId) and fact.key.relation in ids
    }  # fmt: skip
    return frozenset(found).union(*(columns_read(ctx, node, kept.namespace.relations) for node in nodes))


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
    ctx: Context, scope: Scope, ref: Join, left: Part, right: Part, restricted: frozenset[int] | None
) -> tuple[Namespace, Facts]:
    """The columns of a join in the order of `*`; those of USING and NATURAL once, and first."""
    if not ref.using and not ref.natural:
        return left.namespace.plus(right.namespace), set()
    wanted = {name.lower(): name for name in ref.using}
    if ref.natural:
        offered = {column.name for column in right.namespace.columns if not column.hidden}
        wanted = {
            each.name: each.name
            for each in left.namespace.columns
            if each.name in offered and not each.hidden
        }
        ctx.info.natural_joins[ref] = tuple(wanted)
    merged: dict[str, ScopeColumn] = {}
    facts: Facts = set()
    for folded, name in wanted.items():
        one = _using_column(ctx, ref, left, folded, name)
        other = _using_column(ctx, ref, right, folded, name)
        if one is None or other is None:
            continue
        kept = other if ref.kind == "RIGHT" else one
        merged[folded] = ScopeColumn(folded, kept.relation, kept.index)
        facts |= {NotNull(ColumnId(each.relation.id, each.index)) for each in (one, other)}
        pair_columns(scope, one, other, restricted)
    first, second = (right, left) if ref.kind == "RIGHT" else (left, right)
    columns = [merged[column.name] for column in first.namespace.columns if column.name in merged]
    for part in (first, second):
        columns.extend(column for column in part.namespace.columns if column.name not in merged)
    return Namespace(left.namespace.relations + right.namespace.relations, tuple(columns)), facts


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
