"""The consequences of facts: further facts, and the columns that they prove to be not NULL."""

from collections.abc import Iterable

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.facts import Fact, Facts, Grouped, Matched, NotNull
from tools.sqlgen.analysis.place import Place, proven
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.values import ColumnId, OuterJoinId


def closure(ctx: Context, place: Place, facts: Iterable[Fact]) -> Facts:
    """Return the facts and their consequences for the relations in reach of the place.

    A column that is not NULL proves that its outer joins matched, and those prove their ON conditions.
    """
    result: Facts = set()
    waiting = list(facts)
    while waiting:
        fact = waiting.pop()
        if fact in result:
            continue
        result.add(fact)
        waiting.extend(_consequences(ctx, place, fact))
    return result


def _consequences(ctx: Context, place: Place, fact: Fact) -> list[Fact]:
    match fact:
        case Matched(outer_join=outer_join):
            return [fact for each in place.outer_joins() if each.id == outer_join for fact in each.facts]
        case NotNull(key=ColumnId() as column):
            relation = ctx.info.relations[column.relation]
            return [Matched(outer_join) for outer_join in nullability_sources(place, relation, column.index)]
        case _:
            return []


def is_nullable(place: Place, relation: Relation, index: int) -> bool:
    """True if a column can be NULL where an expression at `place` reads it."""
    column_id = ColumnId(relation.id, index)
    column = relation.columns[index]
    if not column.volatile and proven(NotNull(column_id), place):
        return False
    owner = next((each for each in place.chain() if each.namespace.has(relation)), None)
    if owner is not None and owner.may_lack_rows and not proven(Grouped(column_id), place):
        return True
    return column.nullable or bool(unmatched(place, relation, index))


def unmatched(place: Place, relation: Relation, index: int) -> frozenset[OuterJoinId]:
    """Return the outer joins that may have null-extended the column."""
    outer_joins = nullability_sources(place, relation, index)
    return frozenset(outer_join for outer_join in outer_joins if not proven(Matched(outer_join), place))


def nullability_sources(place: Place, relation: Relation, index: int) -> list[OuterJoinId]:
    """Return the outer joins that make the column NULL in a row without a match: around the relation, and inside it."""
    around = [each.id for each in place.outer_joins() if relation.id in each.relations]
    return [*around, *relation.columns[index].nullability_sources]
