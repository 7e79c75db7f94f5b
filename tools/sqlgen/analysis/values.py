"""Expected types, which the analysis of an expression passes down, and columns of results."""

from typing import Literal, TypeAlias

from msgspec import Struct

from tools.sqlgen.types.json_shape import JsonShape
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import SqlType

ConstantFolding: TypeAlias = Literal["no", "literal", "computed"]
"""`literal` for a bare literal or parameter, `computed` for an expression of constants only."""
OuterJoinId: TypeAlias = tuple[object, ...]
"""An outer join: of this query, or of one inside a derived table."""


class Expected(Struct, frozen=True, gc=False):
    """The type that a place gives to a parameter."""

    type: SqlType
    source_column: SourceColumn | None = None
    name: str | None = None
    """A suggested name for a `?` at this place."""
    assigned: bool | None = None
    """None: not an assignment. True: assigned to something that may be NULL; False: to something NOT NULL."""
    weak: bool = False
    """A convention, given up for any other use of the same name."""


class ColumnId(Struct, frozen=True, gc=False):
    """A column of a relation."""

    relation: int
    """The relation's id."""
    index: int


class OutputColumn(Struct, frozen=True, gc=False):
    """One column of a query's result, for an outer query, a view or the caller."""

    name: str
    type: SqlType
    nullable: bool
    start: int
    end: int
    source_column: SourceColumn | None = None
    json: JsonShape | None = None
    embed: int | None = None
    nullability_sources: frozenset[OuterJoinId] = frozenset()
    """Outer joins inside the query that make the column NULL if they do not match; if `nullable` is False, they are the
    only cause of NULL.
    """
    source: ColumnId | None = None
    """Relation and index of the column that it is an unchanged copy of, inside the query."""
    folding: ConstantFolding = "no"
    collation: str | None = None
    """Of a text: see collations.py."""
    volatile: bool = False
    """True if it can have another value each time that it is computed from one row: RAND()."""
