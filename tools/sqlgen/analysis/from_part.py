"""The analysed form of one table reference in FROM."""

from msgspec import Struct

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.scope import Equality, Namespace, Relation, ScopeColumn
from tools.sqlgen.syntax.ast import Node


class Part(Struct, frozen=True, gc=False):
    """One table reference, joined or not, once it is analysed."""

    namespace: Namespace
    facts: frozenset[Fact] = frozenset()
    """Facts of each of its rows."""
    equalities: tuple[Equality, ...] = ()
    min_one: bool = False


def single(ctx: Context, relation: Relation, node: Node) -> Part:
    """A FROM of one relation."""
    ctx.info.relations[relation.id] = relation
    ctx.info.table_nodes[relation.id] = node
    columns = tuple(
        ScopeColumn(column.name.lower(), relation, index)
        for index, column in enumerate(relation.columns)
        if not column.hidden
    )
    hidden = tuple(
        ScopeColumn(column.name.lower(), relation, index, hidden=True)
        for index, column in enumerate(relation.columns)
        if column.hidden
    )
    return Part(Namespace((relation,), columns + hidden), min_one=relation.min_one)
