"""An analysed query: the contract between the analysis and the emitter."""

from typing import Literal

from msgspec import Struct

from tools.sqlgen.types.json_shape import JsonShape
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import SqlType


class EmbedGroup(Struct, frozen=True):
    """The columns of one sqlc.embed(table)."""

    table: str
    """The alias of the table in the query, or else its name. It names the field."""
    source: SourceColumn
    """Schema and table of the Struct; its column is empty."""
    nullable: bool
    """True if an outer join may not match: the field is then None as a whole."""
    nullability_source: int | None = None
    """Index of a result column that is NOT NULL in the table, so that NULL means that the outer join did not match.

    None if the table has no such column (then: all columns NULL).
    """


class ResultColumn(Struct, frozen=True):
    name: str
    type: SqlType
    nullable: bool
    start: int
    end: int
    """End of its select item."""
    source_column: SourceColumn | None = None
    json: "JsonShape | None" = None
    embed: int | None = None
    """Index into AnalysedQuery.embeds."""


class Parameter(Struct, frozen=True):
    """One value given by the caller: a name, or one `?`."""

    name: str | None
    type: SqlType
    nullable: bool
    """None is allowed: sqlc.narg, or an assignment to a nullable column."""
    uses: tuple[tuple[int, int], ...]
    """Spans of the macros or placeholders in the file's text, in order."""
    is_slice: bool = False
    optional: bool = False
    """Used only in sqlc.optional: msgspec.UNSET leaves its conditions out."""
    is_flag: bool = False
    """The second argument of sqlc.optional: decides about the text, and is never sent."""
    source_column: SourceColumn | None = None
    """The column it is compared with or assigned to."""
    suggested_name: str | None = None
    """For `?`: the column that it is compared with or assigned to, `limit`, `offset`."""


Cardinality = Literal["none", "one", "zero_or_one", "many"]
"""Rows: no result set; exactly one; at most one; any number."""


class OrderColumn(Struct, frozen=True):
    """A column that orders and cursors go by, as the query's tables have it."""

    name: str
    type: SqlType
    nullable: bool
    source_column: SourceColumn | None = None
    result: int | None = None
    """Index of the result column with its value, from which the cursor is made; None if there is none."""


class AnalysedQuery(Struct, frozen=True):
    kind: Literal["select", "insert", "replace", "update", "delete", "truncate", "call", "set"]
    columns: tuple[ResultColumn, ...]
    parameters: tuple[Parameter, ...]
    """In order of first appearance."""
    cardinality: Cardinality
    embeds: tuple[EmbedGroup, ...] = ()
    whole_table: SourceColumn | None = None
    """The table whose columns, complete and in order, are the result: its Struct is the row (column empty)."""
    tables_read: tuple[str, ...] = ()
    tables_written: tuple[str, ...] = ()
    order_columns: tuple[OrderColumn, ...] = ()
    """Each column of the query's `-- order:` annotations once, in order of first appearance."""
