"""Results of the analysis of one statement, by syntax node."""

from tools.sqlgen.analysis.query_block import Projected
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Item, Relation
from tools.sqlgen.syntax.ast import (
    Call,
    ColumnRef,
    CommonTable,
    Embed,
    Expr,
    Join,
    Node,
    Select,
    Star,
    TableName,
)
from tools.sqlgen.types.typed_expr import TypedExpr


class Info:
    """Results of the analysis so far. Nodes compare by identity."""

    __slots__ = (
        "aggregating", "bindings", "common_reads", "common_tables", "expanded", "natural_joins", "owners",
        "relations", "selects", "slices", "subqueries", "synthetic", "table_nodes", "typed",
    )  # fmt: skip

    def __init__(self) -> None:
        self.bindings: dict[ColumnRef, tuple[Relation, int] | Item | None] = {}
        """The column or select item that each reference names; None for an unknown name."""
        self.common_tables: list[CommonTable] = []
        """The common tables, in the order of the text."""
        self.common_reads: dict[TableName, CommonTable] = {}
        """The common table that each table name in FROM means."""
        self.synthetic: dict[ColumnRef, tuple[Relation, int]] = {}
        """The columns of references that the analysis created."""
        self.expanded: dict[Star | Embed, list[ColumnRef]] = {}
        """The columns that each star and each embed represents."""
        self.natural_joins: dict[Join, tuple[str, ...]] = {}
        """The columns that each natural join compares."""
        self.typed: dict[Expr, TypedExpr] = {}
        """The typed expressions."""
        self.subqueries: dict[Expr, QueryResult] = {}
        """Results of subqueries in expressions."""
        self.selects: dict[Select, Projected] = {}
        """Each SELECT whose clauses are analysed."""
        self.owners: dict[Call, Node] = {}
        """The query block whose rows each aggregate reads."""
        self.aggregating: set[Node] = set()
        """The query blocks with an aggregate of their own, also one in a subquery."""
        self.slices: set[Expr] = set()
        """The members of IN lists and of FIELD, where a slice is allowed."""
        self.relations: dict[int, Relation] = {}
        """Every relation by its id."""
        self.table_nodes: dict[int, Node] = {}
        """The node of each relation in FROM, by the relation's id."""
