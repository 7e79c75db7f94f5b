"""What the compiler knows about a query once it is analysed: the contract between analysis and emitter."""

from typing import Literal, TypeAlias

from msgspec import Struct

TypeClass = Literal[
    "int", "float", "decimal", "string", "bytes", "bool", "date", "datetime", "time", "json", "bit",
    "geometry", "vector", "any",
]  # fmt: skip

Command = Literal[
    ":one", ":many", ":exec", ":execrows", ":execlastid", ":execresult", ":copyfrom", ":stream", ":batch",
]  # fmt: skip


class SqlType(Struct, frozen=True):
    """A MySQL type as the server would describe it, plus what only the schema knows about it."""

    name: str
    """Canonical upper-case name: BIGINT, DECIMAL, VARCHAR, DATETIME, ENUM, JSON, VECTOR, POINT, ...

    NULL for the type of a bare NULL; UNKNOWN where nothing is known (type class `any`).
    """
    unsigned: bool = False
    length: int | None = None
    """Characters, bytes or bits; the display width of TINYINT(1)."""
    precision: int | None = None
    scale: int | None = None
    """DECIMAL's, and the fractional seconds of TIME, DATETIME and TIMESTAMP."""
    values: tuple[str, ...] = ()
    """Members of ENUM and SET, in order."""
    charset: str | None = None
    """`binary` makes a string type bytes."""
    is_bool: bool = False
    """TINYINT(1), TRUE/FALSE, comparisons and logical operators."""


class Origin(Struct, frozen=True):
    """The table column that a value is an unchanged copy of: what overrides, enums and UUID columns go by."""

    schema: str | None
    table: str
    column: str


# --- the shape of a JSON value that the query itself builds ---------------------------------------


class JsonScalar(Struct, frozen=True):
    type: SqlType
    nullable: bool
    origin: Origin | None = None


class JsonField(Struct, frozen=True):
    name: str
    shape: "JsonShape"


class JsonObject(Struct, frozen=True):
    fields: tuple[JsonField, ...]
    nullable: bool = False


class JsonArray(Struct, frozen=True):
    """JSON_ARRAYAGG(...), or JSON_ARRAY(...) whose elements are all alike.

    `phantom` names the fields of the element object that are all null exactly when an outer join found
    nothing, so that the decoder can turn the one object of nulls into an empty array; empty when no such
    object can occur.
    """

    element: "JsonShape"
    nullable: bool = False
    phantom: tuple[str, ...] = ()


class JsonTuple(Struct, frozen=True):
    """JSON_ARRAY(a, b) with elements of different kinds."""

    elements: "tuple[JsonShape, ...]"
    nullable: bool = False


class JsonAny(Struct, frozen=True):
    """JSON of a shape that the query does not fix: a JSON column, JSON_EXTRACT."""

    nullable: bool = False
    origin: Origin | None = None


JsonShape: TypeAlias = JsonScalar | JsonObject | JsonArray | JsonTuple | JsonAny


# --- columns, parameters, queries --------------------------------------------------------------------


class EmbedGroup(Struct, frozen=True):
    """The columns of one sqlc.embed(table)."""

    table: str
    """The name that the query uses: the alias where there is one. It names the field."""
    source: Origin
    """Schema and table that the Struct is of; its column is empty."""
    nullable: bool
    """True where an outer join may find nothing: the field is then None as a whole."""
    witness: int | None = None
    """Index in the result of a column that is NOT NULL in the table, and so NULL only when nothing was found.

    None where the table has no such column (then: all columns NULL).
    """


class ResultColumn(Struct, frozen=True):
    name: str
    type: SqlType
    nullable: bool
    start: int
    end: int
    """The select item it comes from."""
    origin: Origin | None = None
    json: "JsonShape | None" = None
    embed: int | None = None
    """Index into AnalysedQuery.embeds."""


class Parameter(Struct, frozen=True):
    """One value that the caller gives: a name, or one `?`."""

    name: str | None
    type: SqlType
    nullable: bool
    """None is allowed: sqlc.narg, or an assignment to a nullable column."""
    uses: tuple[tuple[int, int], ...]
    """Spans of the macros or placeholders in the file's text, in order."""
    is_slice: bool = False
    optional: bool = False
    """Used in sqlc.optional alone: msgspec.UNSET leaves its conditions out."""
    is_flag: bool = False
    """The second argument of sqlc.optional: decides about the text, and is never sent."""
    origin: Origin | None = None
    """The column it is compared with or assigned to."""
    suggested_name: str | None = None
    """For `?`: the column that it is compared with or assigned to, `limit`, `offset`."""


Cardinality = Literal["none", "one", "zero_or_one", "many"]
"""Rows: no result set; exactly one; at most one; any number."""


class OrderKey(Struct, frozen=True):
    """One column of an order that a query allows."""

    column: str
    descending: bool = False
    start: int = 0
    """Where the annotation names it."""
    end: int = 0


class NamedOrder(Struct, frozen=True):
    """`-- order: price_asc price ASC, id ASC` above a query."""

    name: str
    keys: tuple[OrderKey, ...]


class OrderColumn(Struct, frozen=True):
    """A column that orders and cursors go by, as the query's tables have it."""

    name: str
    type: SqlType
    nullable: bool
    origin: Origin | None = None
    result: int | None = None
    """Index of the result column that carries it, so that a row gives its cursor; None when there is none."""


class AnalysedQuery(Struct, frozen=True):
    kind: Literal["select", "insert", "replace", "update", "delete", "truncate", "call", "set"]
    columns: tuple[ResultColumn, ...]
    parameters: tuple[Parameter, ...]
    """In order of first appearance."""
    cardinality: Cardinality
    embeds: tuple[EmbedGroup, ...] = ()
    whole_table: Origin | None = None
    """The table whose columns, all and in order, are the result: its Struct is the row (column empty)."""
    tables_read: tuple[str, ...] = ()
    tables_written: tuple[str, ...] = ()
    order_columns: tuple[OrderColumn, ...] = ()
    """Each column of the query's `-- order:` annotations once, in order of first appearance."""
