"""An analysed statement together with what explanations look up in it: parents, joins, conditions, places."""

from collections.abc import Iterator

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import conjuncts
from tools.sqlgen.analysis.query_block import Projected
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.statement import analyse_in, new_context
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError, position
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.reason import snippet
from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax.ast import (
    CommonTable,
    Delete,
    Expr,
    Join,
    Node,
    Query,
    QueryStatement,
    Select,
    TableName,
    TableRef,
    Update,
)
from tools.sqlgen.syntax.visitor import walk, walk_with_parents


class AnalysedSource:
    """One statement, its text, and the results of its analysis."""

    def __init__(
        self,
        statement: QueryStatement,
        catalog: Catalog,
        text: str,
        places: SchemaPlaces,
        *,
        orders: tuple[NamedOrder, ...] = (),
        path: str | None = None,
        line_offset: int = 0,
    ) -> None:
        """`path` is named in the places of a view; `line_offset` is added to lines if `text` is a part of a file."""
        self.statement = statement
        self.text = text
        self.places = places
        self.path = path
        self.ctx: Context = new_context(catalog, text, orders)
        self.line_offset = line_offset
        self.query: AnalysedQuery | None
        self.findings: list[SqlError]
        self.query, self.findings = analyse_in(self.ctx, statement)
        self.parents: dict[Node, Node | None] = dict(walk_with_parents(statement))
        self._relations = {node: ident for ident, node in self.ctx.info.table_nodes.items()}

    # --- text ---

    def shown(self, node: Node) -> str:
        return snippet(self.text, node.start, node.end)

    def line(self, node: Node) -> str:
        """`line 5`, or the place in the schema file of a view."""
        number = position(self.text, node.start)[0] + self.line_offset
        return f"{self.path}:{number}" if self.path else f"line {number}"

    # --- the tree ---

    def select_at(self, offset: int) -> Projected | None:
        """The analysis of the innermost SELECT around an offset."""
        around = [
            (select.end - select.start, projected)
            for select, projected in self.ctx.info.selects.items()
            if select.start <= offset <= select.end
        ]
        return min(around, key=lambda each: each[0])[1] if around else None

    def common_table(self, name: TableName) -> CommonTable | None:
        """Return the common table that a name in FROM means; None for any other table."""
        node: Node | None = name if name.schema is None else None
        while node is not None:
            if isinstance(node, Query | Update | Delete) and node.with_ is not None:
                for table in node.with_.tables:
                    if table.name.lower() == name.name.lower():
                        return table
            node = self.parents.get(node)
        return None

    def relation_of(self, node: Node) -> Relation | None:
        ident = self._relations.get(node)
        return None if ident is None else self.ctx.info.relations.get(ident)

    # --- conditions ---

    @staticmethod
    def conditions(block: Node) -> Iterator[tuple[str, Expr]]:
        """Each condition that every row of a SELECT meets, with the name of its clause; none for other blocks."""
        if not isinstance(block, Select):
            return
        select = block
        for clause, condition in (("WHERE", select.where), ("HAVING", select.having)):
            if condition is not None:
                yield from ((clause, each) for each in conjuncts(condition))
        yield from (("ON", each) for join in inner_joins(select.from_) for each in _on(join))

    @staticmethod
    def all_conditions(select: Select) -> Iterator[Expr]:
        """The conditions of WHERE and of every ON, also those of outer joins."""
        yield from conjuncts(select.where) if select.where is not None else ()
        for node in walk(select.from_, into_queries=False) if select.from_ is not None else ():
            if isinstance(node, Join):
                yield from _on(node)


def _on(join: Join) -> Iterator[Expr]:
    return conjuncts(join.on) if join.on is not None else iter(())


def inner_joins(ref: TableRef | None) -> Iterator[Join]:
    """The joins of a FROM whose condition every row meets."""
    if not isinstance(ref, Join):
        return
    if ref.kind not in {"LEFT", "RIGHT"}:
        yield ref
        yield from inner_joins(ref.left)
        yield from inner_joins(ref.right)
    else:
        yield from inner_joins(ref.left if ref.kind == "LEFT" else ref.right)
