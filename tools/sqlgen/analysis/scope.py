"""The possible meanings of a name in a query: relations and their columns, select items, common tables.

A relation is a table, view, derived table or common table under its name in one FROM. A namespace has the relations
that one clause can name.
"""

from collections.abc import Hashable

import msgspec
from msgspec import Struct

from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.values import ColumnId, ConstantFolding, OuterJoinId
from tools.sqlgen.catalog import Table
from tools.sqlgen.syntax.ast import CommonTable, Expr, Join
from tools.sqlgen.types.json_shape import JsonShape
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import UNKNOWN, SqlType
from tools.sqlgen.types.typed_expr import TypedExpr


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
    collation: str | None = None
    """Of a text: its name, or None if it is not known."""
    volatile: bool = False
    """True if it can have another value each time that the query reads it.

    The server substitutes the expression, such as RAND(), of a merged derived table, common table or view.
    """


class Relation(Struct, frozen=True, eq=False):
    """A table, view, derived table or common table under its name in FROM. Relations compare by identity."""

    id: int
    name: str
    columns: list[RelationColumn]
    """All of them; of a relation of unknown schema those that the query has named so far."""
    schema: str | None = None
    table: Table | None = None
    """The base table or view; None for a relation that the query builds."""
    reads: frozenset[ColumnId] = frozenset()
    """The columns to its left that a LATERAL derived table or a JSON_TABLE reads: it has other rows for each."""
    candidate_keys: tuple[frozenset[int], ...] = ()
    """Sets of columns that hold no combination twice (NULLs aside)."""
    execution_keys: tuple[frozenset[int], ...] = ()
    """Further candidate keys, which the values of one execution make; see QueryResult."""
    functional_dependencies: tuple[tuple[frozenset[int], frozenset[int]], ...] = ()
    """Columns -> columns that those determine."""
    max_one: bool = False
    min_one: bool = False
    unknown_schema: bool = False
    """True if the columns are not known: any name is a column, of unknown type."""
    keeps_names: bool = False
    """True if the server names a result column as this relation does, in the relation's case.

    It does so for a relation that it merges into the outer query, and for its own system tables.
    """
    first: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    """Index of a column by folded name; of several columns, the first."""

    def __post_init__(self) -> None:
        for index, column in enumerate(self.columns):
            self.first.setdefault(column.name.lower(), index)

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


class OuterJoin(Struct, frozen=True, gc=False):
    """An outer join of FROM: the relations that it may null-extend, and what its match depends on and proves."""

    id: OuterJoinId
    node: Join
    relations: frozenset[int]
    """The ids of the relations that are NULL in a row without a match."""
    facts: frozenset[Fact]
    """Facts that hold if it matched."""
    deciding: frozenset[ColumnId] | None
    """The columns of the other side that decide if it matches; None if also chance does: RAND()."""


class Namespace(Struct, frozen=True, eq=False, gc=False):
    """The relations in reach of a clause, their columns in order, and the outer joins between them."""

    relations: tuple[Relation, ...] = ()
    columns: tuple[ScopeColumn, ...] = ()
    outer_joins: tuple[OuterJoin, ...] = ()
    """From the inside out."""
    by_name: dict[str, list[ScopeColumn]] = msgspec.field(default_factory=dict[str, list[ScopeColumn]])
    """The columns by folded name."""

    def __post_init__(self) -> None:
        if not self.by_name:
            for column in self.columns:
                self.by_name.setdefault(column.name, []).append(column)

    @property
    def ids(self) -> frozenset[int]:
        """The ids of its relations."""
        return frozenset(relation.id for relation in self.relations)

    def has(self, relation: Relation) -> bool:
        return any(each.id == relation.id for each in self.relations)

    def plus(self, other: "Namespace") -> "Namespace":
        if not self.relations:
            return other
        return Namespace(
            self.relations + other.relations,
            self.columns + other.columns,
            self.outer_joins + other.outer_joins,
        )

    def outer_joins_of(self, relation: int) -> list[OuterJoin]:
        """Return the outer joins that may null-extend the relation of that id, from the inside out."""
        return [each for each in self.outer_joins if relation in each.relations]


class Item(Struct, frozen=True, gc=False):
    """One select item that a later clause, or a subquery of the list, can name."""

    name: str
    """Folded."""
    expr: Expr
    value: TypedExpr
    source: tuple[Relation, int] | None = None
    aggregated: bool = False
    windowed: bool = False


class CommonTableScope(Struct, frozen=True, gc=False):
    """A common table of a WITH, linked to those defined before it."""

    node: CommonTable
    parent: "CommonTableScope | None"
    result: QueryResult
    """In the recursive arms of the table itself: the columns known so far."""
    recursive: bool = False
    """True in those arms."""


class Equality(Struct, frozen=True, gc=False):
    """`left = right` among the conjuncts of WHERE or ON, or a pair of USING columns."""

    left: "Side"
    right: "Side"
    restricted: frozenset[int] | None
    """The relations whose rows it restricts (the null-extended side of its outer join); None for all."""


class Side(Struct, frozen=True, gc=False):
    column: ColumnId | None
    """Set if the side is a column of the namespace without an operation."""
    depends: frozenset[ColumnId]
    """The columns of the namespace that the expression reads; empty if it is constant during one execution."""
    key: Hashable | None
    """Its expression key."""
    type: SqlType
    collation: str | None = None
    """Of a text: see collations.py."""
    foreseeable: bool = True
    """False if the value is constant only during one execution: a parameter, a subquery."""
    deterministic: bool = True
    """False if the value can differ for equal rows: RAND()."""
