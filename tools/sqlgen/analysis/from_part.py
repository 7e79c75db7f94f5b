"""The analysed form of one table reference in FROM."""

from msgspec import Struct

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.facts import Facts
from tools.sqlgen.analysis.scope import Namespace, Relation, Scope, ScopeColumn
from tools.sqlgen.syntax.ast import Node


class Part(Struct, gc=False):
    """One table reference, joined or not, once it is analysed."""

    namespace: Namespace
    facts: Facts
    """Facts of each of its rows."""
    min_one: bool = False


def single(ctx: Context, scope: Scope, relation: Relation, node: Node) -> Part:
    """A FROM of one relation."""
    relation.scope = scope
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
    return Part(Namespace((relation,), columns + hidden), set(), min_one=relation.min_one)
