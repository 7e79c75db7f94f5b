"""Relations and scopes: the possible meanings of a name in a query.

A relation is a table, view, derived table or common table under its name in one FROM. A scope is one SELECT (or
UPDATE, DELETE, INSERT) with the relations of its FROM, its select aliases, and the facts about its rows.
"""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.values import ColumnId, ConstantFolding, OuterJoinId, OutputColumn
from tools.sqlgen.catalog import Table
from tools.sqlgen.syntax.ast import Expr, NamedWindow, Query
from tools.sqlgen.types.json_shape import JsonShape
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import UNKNOWN, SqlType
from tools.sqlgen.types.typed_expr import TypedExpr

if TYPE_CHECKING:
    from tools.sqlgen.analysis.place import Place


class RelationColumn(Struct, frozen=True, gc=False):
    """A column of a relation, before the outer joins of the query around it."""

    name: str
    type: SqlType
    nullable: bool
    source_column: SourceColumn | None = None
    json: JsonShape | None = None
    nullability_sources: frozenset[OuterJoinId] = frozenset()
    """Outer joins inside a derived table that may leave the column NULL."""
    hidden: bool = False
    """INVISIBLE: not part of `*`."""
    folding: ConstantFolding = "no"


class Relation:
    """A table, view, derived table or common table under its name in FROM."""

    __slots__ = (
        "candidate_keys",
        "columns",
        "execution_keys",
        "first",
        "functional_dependencies",
        "id",
        "keeps_names",
        "max_one",
        "min_one",
        "name",
        "outer",
        "read_only",
        "reads",
        "schema",
        "scope",
        "table",
        "unknown_schema",
    )  # fmt: skip

    def __init__(self, ident: int, name: str, columns: Sequence[RelationColumn]) -> None:
        self.id = ident
        self.name = name
        self.schema: str | None = None
        self.columns = list(columns)
        self.first: dict[str, int] = {}
        """Index of a column by folded name; of several columns, the first."""
        for index, column in enumerate(columns):
            self.first.setdefault(column.name.lower(), index)
        self.table: Table | None = None
        """The base table or view; None for a relation that the query builds."""
        self.scope: Scope | None = None
        self.outer: list[OuterJoinId] = []
        """The outer joins that may null-extend the relation."""
        self.reads: frozenset[ColumnId] = frozenset()
        """The columns to its left that a LATERAL derived table or a JSON_TABLE reads: it has other rows for each."""
        self.candidate_keys: list[frozenset[int]] = []
        """Sets of columns that hold no combination twice (NULLs aside)."""
        self.execution_keys: tuple[frozenset[int], ...] = ()
        """Further candidate keys, which the values of one execution make; see QueryResult."""
        self.functional_dependencies: list[tuple[frozenset[int], frozenset[int]]] = []
        """Columns -> columns that those determine."""
        self.max_one = False
        self.min_one = False
        self.unknown_schema = False
        """True if the columns are not known: any name is a column, of unknown type."""
        self.keeps_names = False
        """True if the server names a result column as this relation does, in the relation's case.

        It does so for a relation that it merges into the outer query, and for its own system tables.
        """
        self.read_only = True
        """False for a base table, which INSERT, UPDATE and DELETE can change."""

    def find(self, name: str) -> int | None:
        """Return the index of the column of that name; a relation of unknown schema has any."""
        index = self.first.get(name.lower())
        if index is None and self.unknown_schema:
            index = self.first[name.lower()] = len(self.columns)
            self.columns.append(RelationColumn(name, UNKNOWN, nullable=True))
        return index


class ScopeColumn(Struct, frozen=True, gc=False):
    """One column that FROM offers, in the order of `*`."""

    name: str
    """Folded."""
    relation: Relation
    index: int
    hidden: bool = False
    """An INVISIBLE column: it can be named, and is not part of `*`."""


class Namespace:
    """The relations in reach of a clause, and their columns in order."""

    __slots__ = ("by_name", "columns", "relations")

    def __init__(self, relations: tuple[Relation, ...] = (), columns: tuple[ScopeColumn, ...] = ()) -> None:
        self.relations = relations
        self.columns = columns
        self.by_name: dict[str, list[ScopeColumn]] = {}
        for column in columns:
            self.by_name.setdefault(column.name, []).append(column)

    def plus(self, other: "Namespace") -> "Namespace":
        return Namespace(self.relations + other.relations, self.columns + other.columns)


class Item(Struct, frozen=True, gc=False):
    """One select item that a later clause, or a subquery of the list, can name."""

    name: str
    """Folded."""
    expr: Expr
    value: TypedExpr
    aliased: bool
    source: tuple[Relation, int] | None = None
    aggregated: bool = False
    windowed: bool = False


class CommonTableScope:
    """A common table of a WITH, linked to those defined before it."""

    __slots__ = ("columns", "name", "parent", "query", "recursive_columns", "result")

    def __init__(
        self, name: str, query: Query, columns: tuple[str, ...], parent: "CommonTableScope | None"
    ) -> None:
        self.name = name
        self.query = query
        self.columns = columns
        self.parent = parent
        self.result: object | None = None
        self.recursive_columns: list[OutputColumn] | None = None
        """The columns known so far, while the recursive arms are analysed."""


class Equality(Struct, frozen=True, gc=False):
    """`left = right` among the conjuncts of WHERE or ON, or a pair of USING columns."""

    left: "Side"
    right: "Side"
    restricted: frozenset[int] | None
    """The relations whose rows it restricts (the null-extended side of its outer join); None for all."""


class Side(Struct, frozen=True, gc=False):
    column: ColumnId | None
    """Set if the side is a column of this scope without an operation."""
    depends: frozenset[ColumnId]
    """The columns of this scope that the expression reads; empty if it is constant during one execution."""
    key: Hashable | None
    """Its expression key."""
    type: SqlType
    foreseeable: bool = True
    """False if the value is constant only during one execution: a parameter, a subquery."""
    deterministic: bool = True
    """False if the value can differ for equal rows: RAND()."""


class Scope:
    """One query block while it is analysed."""

    __slots__ = (
        "aliases",
        "common",
        "equalities",
        "group_exprs",
        "group_keys",
        "grouped",
        "having_facts",
        "id",
        "implicit",
        "items",
        "namespace",
        "outer_joins",
        "parent",
        "rollup",
        "row_facts",
        "schema",
        "windows",
    )  # fmt: skip

    def __init__(self, parent: "Place | None", common: CommonTableScope | None, schema: str | None) -> None:
        self.parent = parent
        """The place of the block in an outer one whose rows it can read; None if there is none."""
        self.id = id(self)
        """Unique while the scope exists, which is as long as the analysis of the statement."""
        self.common = common
        """The innermost common table in reach."""
        self.schema = schema
        """The database of unqualified table names; None for the catalog's current one."""
        self.namespace = Namespace()
        """The relations of FROM; empty while FROM is analysed."""
        self.items: list[Item] = []
        self.aliases: frozenset[str] = frozenset()
        """The aliases of the select list, folded, from the start."""
        self.windows: dict[str, NamedWindow] = {}
        self.row_facts: set[Fact] = set()
        """Facts of every row that WHERE and ON select."""
        self.having_facts: set[Fact] = set()
        """Of every row of the result."""
        self.grouped = False
        self.implicit = False
        """Aggregates without GROUP BY: one row, also of no rows at all."""
        self.rollup = False
        self.group_keys: set[Hashable] = set()
        self.group_exprs: list[Expr] = []
        """The expressions of GROUP BY; an alias or a position is replaced by its expression."""
        self.equalities: list[Equality] = []
        self.outer_joins: dict[OuterJoinId, frozenset[ColumnId] | None] = {}
        """The columns of the other side that decide if an outer join matches; None if also chance does: RAND()."""
