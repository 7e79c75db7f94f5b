"""The syntax node at an offset, and the table or column that a name in a query means."""

from msgspec import Struct

from tools.sqlgen.analysis.scope import Item, Relation
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.syntax.ast import ColumnRef, CommonTable, Expr, Insert, Node, SelectItem, Star, TableName
from tools.sqlgen.types.source_column import SourceColumn


class Name(Struct, frozen=True):
    """A table or a column of the schema. `column` is None for a table."""

    table: str
    column: str | None = None

    def is_same(self, other: "Name") -> bool:
        one = (self.table.lower(), (self.column or "").lower())
        return one == (other.table.lower(), (other.column or "").lower())


class Mention(Struct, frozen=True):
    """A name in the text of a query."""

    name: Name
    start: int
    end: int


def node_at(source: AnalysedSource, offset: int) -> Node | None:
    """The smallest node around an offset; at equal size the inner one."""
    around = [node for node in source.parents if node.start <= offset <= node.end]
    return min(reversed(around), key=lambda node: node.end - node.start) if around else None


def expression_at(source: AnalysedSource, offset: int) -> Expr | None:
    """The smallest expression with a type around an offset; that of a select item also on its alias."""
    node: Node | None = node_at(source, offset)
    while node is not None:
        if isinstance(node, SelectItem):
            return node.expr
        if isinstance(node, Expr) and (node in source.ctx.info.typed or isinstance(node, ColumnRef)):
            return node
        node = source.parents.get(node)
    return None


def mentions(source: AnalysedSource) -> list[Mention]:
    """Every table and column of the schema that a statement names, in no order."""
    found: list[Mention] = []
    for node in source.parents:
        if isinstance(node, TableName):
            relation = source.relation_of(node)
            if relation is not None and relation.table is not None:
                found.append(Mention(Name(relation.table.name), *_span(source, node, node.name)))
        elif isinstance(node, ColumnRef) and (source_column := source_column_of(source, node)) is not None:
            found.append(Mention(Name(source_column.table, source_column.column), *column_span(source, node)))
    return found


def mention_at(source: AnalysedSource, offset: int) -> Mention | None:
    return next((each for each in mentions(source) if each.start <= offset <= each.end), None)


def qualifier_at(source: AnalysedSource, offset: int) -> Relation | None:
    """The relation that the `p` of `p.name` and of `p.*` means, if the offset is on it."""
    node = node_at(source, offset)
    if not isinstance(node, ColumnRef | Star) or node.table is None or offset > node.start + len(node.table):
        return None
    if isinstance(node, ColumnRef):
        found = source.ctx.column_of(node)
        return found[0] if found is not None else None
    select = source.select_at(offset)
    relations = select.namespace.relations if select is not None else ()
    return next((each for each in relations if each.name.lower() == node.table.lower()), None)


def source_column_of(source: AnalysedSource, ref: ColumnRef) -> SourceColumn | None:
    """The column of the schema that a reference means, directly or as a copy through a subquery."""
    bound = source.ctx.info.bindings.get(ref)
    if isinstance(bound, Item):
        return bound.value.source_column if bound.source is not None else None
    if bound is not None:
        return bound[0].columns[bound[1]].source_column
    parent = source.parents.get(ref)
    insert = parent if isinstance(parent, Insert) else source.parents.get(parent) if parent else None
    if isinstance(insert, Insert) and (relation := source.relation_of(insert.table)) is not None:
        index = relation.find(ref.column)
        return relation.columns[index].source_column if index is not None else None
    return None


def column_span(source: AnalysedSource, ref: ColumnRef) -> tuple[int, int]:
    """The span of the column's own name, without the table's."""
    at = source.text.rfind(ref.column, ref.start, ref.end)
    return (at, at + len(ref.column)) if at >= 0 else (ref.start, ref.end)


def definition_in_query(source: AnalysedSource, offset: int) -> tuple[int, int] | None:
    """The span in the query that defines a name: a common table, a select item, an alias in FROM."""
    node = node_at(source, offset)
    relation = qualifier_at(source, offset)
    if relation is not None:
        place = source.ctx.info.table_nodes.get(relation.id)
        return (place.start, place.end) if place is not None else None
    if isinstance(node, TableName):
        common: CommonTable | None = source.common_table(node)
        return (common.start, common.end) if common is not None else None
    bound = source.ctx.info.bindings.get(node) if isinstance(node, ColumnRef) else None
    if isinstance(bound, Item):
        return bound.expr.start, bound.expr.end
    return None


def _span(source: AnalysedSource, node: Node, name: str) -> tuple[int, int]:
    at = source.text.lower().find(name.lower(), node.start, node.end)
    return (at, at + len(name)) if at >= 0 else (node.start, node.end)
