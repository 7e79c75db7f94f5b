"""The syntax tree of MySQL statements, as the parser builds it and every later pass reads it.

Every node carries `start` and `end`, offsets into the text of its file, so that a diagnostic can
point at it and the emitter can cut the author's own SQL. Nodes are immutable and hold no results:
a pass that learns something about a node keeps it in a table of its own.

Names are stored as written, without backticks; whoever compares them folds their case.
"""

from typing import Literal, TypeAlias

from msgspec import Struct


class Node(Struct, frozen=True, gc=False):
    start: int
    """Offset of the first character in the file's text."""
    end: int
    """Offset after the last character."""


class DataType(Node, frozen=True, gc=False):
    """A type as written, its name folded to MySQL's canonical upper-case one.

    INTEGER -> INT, BOOL and BOOLEAN -> TINYINT(1), NUMERIC/DEC/FIXED -> DECIMAL, REAL and DOUBLE PRECISION
    -> DOUBLE, CHARACTER VARYING -> VARCHAR, SERIAL -> BIGINT UNSIGNED; NCHAR/NVARCHAR -> CHAR/VARCHAR.
    In CAST, SIGNED [INTEGER] -> BIGINT and UNSIGNED [INTEGER] -> BIGINT UNSIGNED.
    """

    name: str
    args: tuple[int, ...] = ()
    """Length, or precision and scale, or fractional seconds."""
    unsigned: bool = False
    values: tuple[str, ...] = ()
    """The members of an ENUM or SET."""
    charset: str | None = None
    collation: str | None = None
    binary_attribute: bool = False
    array: bool = False
    """CAST(... AS type ARRAY)."""


# --- expressions ----------------------------------------------------------------------------


class Expr(Node, frozen=True, gc=False):
    pass


class NullLiteral(Expr, frozen=True, gc=False):
    pass


class BoolLiteral(Expr, frozen=True, gc=False):
    value: bool


class IntLiteral(Expr, frozen=True, gc=False):
    value: int


class DecimalLiteral(Expr, frozen=True, gc=False):
    text: str
    """As written: `1.50`, `.5`."""


class FloatLiteral(Expr, frozen=True, gc=False):
    text: str
    """With an exponent: `1e3`."""


class StringLiteral(Expr, frozen=True, gc=False):
    value: str
    charset: str | None = None
    """An introducer (`_utf8mb4'..'`, `_binary'..'`), or `N'..'`'s utf8mb3."""


class BytesLiteral(Expr, frozen=True, gc=False):
    """X'4D', 0x4D, b'01', 0b01."""

    value: bytes
    kind: Literal["hex", "bit"]
    charset: str | None = None


class TemporalLiteral(Expr, frozen=True, gc=False):
    """DATE '...', TIME '...', TIMESTAMP '...'."""

    kind: Literal["DATE", "TIME", "TIMESTAMP"]
    value: str


class ColumnRef(Expr, frozen=True, gc=False):
    column: str
    table: str | None = None
    schema: str | None = None


class Star(Expr, frozen=True, gc=False):
    """`*`, `t.*`, `db.t.*` as a select item; `*` as COUNT's argument."""

    table: str | None = None
    schema: str | None = None


class UserVariable(Expr, frozen=True, gc=False):
    name: str


class SystemVariable(Expr, frozen=True, gc=False):
    name: str
    scope: str | None = None


class Assign(Expr, frozen=True, gc=False):
    """@x := value."""

    target: UserVariable
    value: Expr


class Param(Expr, frozen=True, gc=False):
    """A value from the caller."""

    kind: Literal["positional", "arg", "narg", "slice"]
    """`?`; `:name` or sqlc.arg(name); sqlc.narg(name); sqlc.slice(name)."""
    name: str | None = None
    """None for `?`."""


class Unary(Expr, frozen=True, gc=False):
    op: Literal["-", "+", "~", "!", "NOT", "BINARY"]
    operand: Expr


class Binary(Expr, frozen=True, gc=False):
    """A left-associative chain nests on the left. `&&` is stored as AND, `!=` as <>, `%` as MOD.

    `||` is stored as OR (MySQL's default sql_mode, without PIPES_AS_CONCAT). In `->` and `->>` the right
    side is a StringLiteral.
    """

    op: Literal[
        "OR", "XOR", "AND",
        "=", "<=>", "<>", "<", "<=", ">", ">=", "SOUNDS LIKE",
        "|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "MOD", "^",
        "->", "->>",
    ]  # fmt: skip
    left: Expr
    right: Expr


class IsTest(Expr, frozen=True, gc=False):
    operand: Expr
    test: Literal["NULL", "TRUE", "FALSE", "UNKNOWN"]
    negated: bool = False


class Like(Expr, frozen=True, gc=False):
    operand: Expr
    pattern: Expr
    escape: Expr | None = None
    negated: bool = False


class Regexp(Expr, frozen=True, gc=False):
    """REGEXP and RLIKE."""

    operand: Expr
    pattern: Expr
    negated: bool = False


class Between(Expr, frozen=True, gc=False):
    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False


class In(Expr, frozen=True, gc=False):
    operand: Expr
    items: "tuple[Expr, ...] | Query"
    negated: bool = False


class MemberOf(Expr, frozen=True, gc=False):
    value: Expr
    array: Expr


class Exists(Expr, frozen=True, gc=False):
    query: "Query"


class Quantified(Expr, frozen=True, gc=False):
    """left op ANY|ALL (query); SOME is stored as ANY."""

    op: Literal["=", "<>", "<", "<=", ">", ">="]
    left: Expr
    quantifier: Literal["ANY", "ALL"]
    query: "Query"


class Subquery(Expr, frozen=True, gc=False):
    """A query as a value, scalar or row."""

    query: "Query"


class Row(Expr, frozen=True, gc=False):
    """(a, b) and ROW(a, b), two or more items."""

    items: tuple[Expr, ...]


class When(Node, frozen=True, gc=False):
    condition: Expr
    result: Expr


class Case(Expr, frozen=True, gc=False):
    operand: Expr | None
    whens: tuple[When, ...]
    otherwise: Expr | None


class Cast(Expr, frozen=True, gc=False):
    """CAST(x AS type) and CONVERT(x, type)."""

    operand: Expr
    type: DataType
    at_time_zone: bool = False


class ConvertCharset(Expr, frozen=True, gc=False):
    """CONVERT(x USING charset)."""

    operand: Expr
    charset: str


class Collate(Expr, frozen=True, gc=False):
    operand: Expr
    collation: str


class Interval(Expr, frozen=True, gc=False):
    """INTERVAL value unit, an operand of + and - and an argument of DATE_ADD and its like."""

    value: Expr
    unit: str


class Unit(Expr, frozen=True, gc=False):
    """A bare unit: the first argument of TIMESTAMPDIFF, TIMESTAMPADD and EXTRACT(unit FROM x)."""

    name: str


class OrderItem(Node, frozen=True, gc=False):
    expr: Expr
    descending: bool = False


class FrameBound(Node, frozen=True, gc=False):
    kind: Literal["UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"]
    value: Expr | None = None


class WindowFrame(Node, frozen=True, gc=False):
    unit: Literal["ROWS", "RANGE"]
    lower: FrameBound
    upper: FrameBound | None = None


class WindowSpec(Node, frozen=True, gc=False):
    base: str | None = None
    """A named window this one refines."""
    partition_by: tuple[Expr, ...] = ()
    order_by: tuple[OrderItem, ...] = ()
    frame: WindowFrame | None = None


class Call(Expr, frozen=True, gc=False):
    """A function call, its name as written (fold to upper case to look it up).

    Special forms are stored as plain calls: TRIM(BOTH x FROM y) -> TRIM(y, x); SUBSTRING(x FROM a FOR b) ->
    SUBSTRING(x, a, b); POSITION(a IN b) -> LOCATE(a, b); EXTRACT(unit FROM x) -> EXTRACT(Unit, x); the
    functions without parentheses (CURRENT_TIMESTAMP, CURRENT_DATE, UTC_DATE, ...) have no arguments;
    CHAR(1 USING utf8mb4) keeps the arguments; WEIGHT_STRING(x AS CHAR(3)) keeps x; GET_FORMAT(DATE, 'x') ->
    GET_FORMAT(Unit, 'x').
    """

    name: str
    args: tuple[Expr, ...] = ()
    schema: str | None = None
    distinct: bool = False
    order_by: tuple[OrderItem, ...] = ()
    separator: str | None = None
    """GROUP_CONCAT's."""
    over: WindowSpec | str | None = None
    """OVER (...) or OVER name; None when it is not a window function call."""
    from_last: bool = False
    ignore_nulls: bool = False
    name_end: int = 0
    """Offset after the name, so that a diagnostic about the name underlines the name alone."""


class Match(Expr, frozen=True, gc=False):
    """MATCH (columns) AGAINST (expr modifier)."""

    columns: tuple[ColumnRef, ...]
    against: Expr
    modifier: str | None = None


class DefaultValue(Expr, frozen=True, gc=False):
    """DEFAULT and DEFAULT(column)."""

    column: ColumnRef | None = None


class InsertedValue(Expr, frozen=True, gc=False):
    """VALUES(column) in ON DUPLICATE KEY UPDATE."""

    column: ColumnRef


# --- this compiler's macros --------------------------------------------------------------------


class Embed(Expr, frozen=True, gc=False):
    """sqlc.embed(table) as a select item: the table's columns as one nested Struct."""

    table: str


class Optional(Expr, frozen=True, gc=False):
    """sqlc.optional(condition [, flag]): a conjunct that is left out unless its parameters are given.

    With a flag (a Param), the condition is there when the flag is true, and needs no parameter of its own.
    """

    condition: Expr
    flag: Param | None = None


class OrderByMacro(Expr, frozen=True, gc=False):
    """sqlc.order_by() or sqlc.order_by(alias) as the only item of an ORDER BY.

    Stands for the order that the caller chose among the query's `-- order:` annotations, its columns
    qualified by the alias.
    """

    alias: str | None = None


class AfterMacro(Expr, frozen=True, gc=False):
    """sqlc.after() or sqlc.after(alias) as a conjunct: the rows after the caller's cursor, if given."""

    alias: str | None = None


# --- tables in FROM ----------------------------------------------------------------------------


class TableRef(Node, frozen=True, gc=False):
    pass


class TableName(TableRef, frozen=True, gc=False):
    name: str
    schema: str | None = None
    alias: str | None = None
    index_hints: tuple[str, ...] = ()
    """The index names that USE, FORCE and IGNORE INDEX mention."""


class Derived(TableRef, frozen=True, gc=False):
    query: "Query"
    alias: str | None = None
    """None is an error of the author's, reported by the analysis."""
    columns: tuple[str, ...] = ()
    lateral: bool = False


class JsonTableColumn(Node, frozen=True, gc=False):
    name: str
    kind: Literal["ORDINALITY", "PATH", "EXISTS", "NESTED"]
    type: DataType | None = None
    path: str | None = None
    columns: "tuple[JsonTableColumn, ...]" = ()
    """Of NESTED PATH."""
    on_empty: str | None = None
    """NULL, ERROR, or DEFAULT's text; None when absent (which means NULL)."""
    on_error: str | None = None


class JsonTable(TableRef, frozen=True, gc=False):
    document: Expr
    path: str
    columns: tuple[JsonTableColumn, ...]
    alias: str | None = None


class Join(TableRef, frozen=True, gc=False):
    """A comma is a CROSS join. `kind` INNER without `on` and `using` is legal in MySQL and means CROSS."""

    kind: Literal["INNER", "LEFT", "RIGHT", "CROSS"]
    left: TableRef
    right: TableRef
    on: Expr | None = None
    using: tuple[str, ...] = ()
    natural: bool = False
    straight: bool = False


# --- queries -----------------------------------------------------------------------------------


class SelectItem(Node, frozen=True, gc=False):
    expr: Expr
    alias: str | None = None


class NamedWindow(Node, frozen=True, gc=False):
    name: str
    spec: WindowSpec


class Select(Node, frozen=True, gc=False):
    """One SELECT without what belongs to the whole query: WITH, ORDER BY, LIMIT, locking."""

    items: tuple[SelectItem, ...]
    distinct: bool = False
    from_: TableRef | None = None
    where: Expr | None = None
    group_by: tuple[Expr, ...] = ()
    rollup: bool = False
    having: Expr | None = None
    windows: tuple[NamedWindow, ...] = ()
    into: tuple[UserVariable, ...] = ()
    options: tuple[str, ...] = ()
    """SQL_CALC_FOUND_ROWS, STRAIGHT_JOIN, ..."""


class ValuesRows(Node, frozen=True, gc=False):
    """VALUES ROW(1, 2), ROW(3, 4)."""

    rows: tuple[tuple[Expr, ...], ...]


class TableStatement(Node, frozen=True, gc=False):
    """TABLE t."""

    table: TableName


class SetOperation(Node, frozen=True, gc=False):
    op: Literal["UNION", "INTERSECT", "EXCEPT"]
    all: bool
    left: "QueryBody"
    right: "QueryBody"


class CommonTable(Node, frozen=True, gc=False):
    name: str
    query: "Query"
    columns: tuple[str, ...] = ()


class With(Node, frozen=True, gc=False):
    tables: tuple[CommonTable, ...]
    recursive: bool = False


class Limit(Node, frozen=True, gc=False):
    count: Expr
    offset: Expr | None = None


class Lock(Node, frozen=True, gc=False):
    strength: Literal["UPDATE", "SHARE"]
    tables: tuple[str, ...] = ()
    wait: Literal["NOWAIT", "SKIP LOCKED"] | None = None


class Query(Node, frozen=True, gc=False):
    """A query expression. One in parentheses, with an ORDER BY of its own, is an arm of a SetOperation."""

    body: "QueryBody"
    with_: With | None = None
    order_by: tuple[OrderItem, ...] = ()
    limit: Limit | None = None
    locks: tuple[Lock, ...] = ()


QueryBody: TypeAlias = Select | SetOperation | ValuesRows | TableStatement | Query


# --- statements that change data -----------------------------------------------------------------


class Assignment(Node, frozen=True, gc=False):
    column: ColumnRef
    value: Expr


class Insert(Node, frozen=True, gc=False):
    """INSERT and REPLACE; exactly one of rows, assignments, query is given (rows may hold empty tuples)."""

    table: TableName
    replace: bool = False
    ignore: bool = False
    columns: tuple[ColumnRef, ...] | None = None
    """None when there is no column list."""
    rows: tuple[tuple[Expr, ...], ...] = ()
    assignments: tuple[Assignment, ...] = ()
    query: Query | None = None
    row_alias: str | None = None
    row_columns: tuple[str, ...] = ()
    on_duplicate: tuple[Assignment, ...] = ()
    values_start: int = 0
    """Offsets of the one row in parentheses after VALUES, for :copyfrom; 0 when there is none."""
    values_end: int = 0


class Update(Node, frozen=True, gc=False):
    table: TableRef
    assignments: tuple[Assignment, ...]
    where: Expr | None = None
    order_by: tuple[OrderItem, ...] = ()
    limit: Limit | None = None
    with_: With | None = None
    ignore: bool = False


class Delete(Node, frozen=True, gc=False):
    """targets is empty for the single-table form, where `table` is a TableName."""

    table: TableRef
    targets: tuple[TableName, ...] = ()
    where: Expr | None = None
    order_by: tuple[OrderItem, ...] = ()
    limit: Limit | None = None
    with_: With | None = None


class Truncate(Node, frozen=True, gc=False):
    table: TableName


class CallProcedure(Node, frozen=True, gc=False):
    name: str
    args: tuple[Expr, ...]
    schema: str | None = None


class SetVariables(Node, frozen=True, gc=False):
    """SET @x = ..., SET SESSION y = ...; values in order."""

    values: tuple[Expr, ...]


class OtherStatement(Node, frozen=True, gc=False):
    """A statement that is passed over in a schema and refused as a query (`verb` says which)."""

    verb: str


# --- schema ----------------------------------------------------------------------------------------


class ColumnDef(Node, frozen=True, gc=False):
    name: str
    type: DataType
    nullable: bool | None = None
    """False for NOT NULL, True for NULL, None where neither is written."""
    default: Expr | None = None
    on_update: Expr | None = None
    auto_increment: bool = False
    primary: bool = False
    unique: bool = False
    generated: Expr | None = None
    stored: bool = False
    invisible: bool = False
    comment: str | None = None
    checks: tuple[Expr, ...] = ()
    references: "ForeignKeyDef | None" = None
    """An inline REFERENCES: a foreign key of this column since MySQL 9."""


class KeyPart(Node, frozen=True, gc=False):
    column: str | None
    """None for a functional key part."""
    expr: Expr | None = None
    length: int | None = None
    descending: bool = False


class KeyDef(Node, frozen=True, gc=False):
    kind: Literal["PRIMARY", "UNIQUE", "INDEX", "FULLTEXT", "SPATIAL"]
    name: str | None
    parts: tuple[KeyPart, ...]


class ForeignKeyDef(Node, frozen=True, gc=False):
    name: str | None
    columns: tuple[str, ...]
    table: TableName
    parent_columns: tuple[str, ...]
    on_delete: str | None = None
    on_update: str | None = None


class CheckDef(Node, frozen=True, gc=False):
    name: str | None
    condition: Expr
    enforced: bool = True


TableElement: TypeAlias = ColumnDef | KeyDef | ForeignKeyDef | CheckDef


class CreateTable(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None
    if_not_exists: bool = False
    temporary: bool = False
    elements: tuple[TableElement, ...] = ()
    like: TableName | None = None
    query: Query | None = None
    """CREATE TABLE ... AS SELECT."""
    comment: str | None = None
    charset: str | None = None
    collation: str | None = None
    or_replace: bool = False
    """MariaDB's CREATE OR REPLACE TABLE."""


class CreateView(Node, frozen=True, gc=False):
    name: str
    query: Query
    schema: str | None = None
    or_replace: bool = False
    if_not_exists: bool = False
    columns: tuple[str, ...] = ()


class AddColumn(Node, frozen=True, gc=False):
    column: ColumnDef
    first: bool = False
    after: str | None = None
    if_not_exists: bool = False


class ChangeColumn(Node, frozen=True, gc=False):
    """MODIFY (old is the column's own name) and CHANGE."""

    old: str
    column: ColumnDef
    first: bool = False
    after: str | None = None


class RenameColumn(Node, frozen=True, gc=False):
    old: str
    new: str


class DropColumn(Node, frozen=True, gc=False):
    name: str
    if_exists: bool = False


class AddConstraint(Node, frozen=True, gc=False):
    element: "KeyDef | ForeignKeyDef | CheckDef"


class DropKey(Node, frozen=True, gc=False):
    kind: Literal["PRIMARY", "INDEX", "FOREIGN", "CHECK", "CONSTRAINT"]
    name: str | None = None


class RenameKey(Node, frozen=True, gc=False):
    old: str
    new: str


class AlterDefault(Node, frozen=True, gc=False):
    """ALTER COLUMN c SET DEFAULT x | DROP DEFAULT (default None)."""

    column: str
    default: Expr | None


class RenameTo(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class ConvertTo(Node, frozen=True, gc=False):
    """CONVERT TO CHARACTER SET."""

    charset: str
    collation: str | None = None


class OtherAction(Node, frozen=True, gc=False):
    """ENGINE=..., ORDER BY, ENABLE KEYS, partitions: nothing that changes a type."""

    verb: str


AlterAction: TypeAlias = (
    AddColumn
    | ChangeColumn
    | RenameColumn
    | DropColumn
    | AddConstraint
    | DropKey
    | RenameKey
    | AlterDefault
    | RenameTo
    | ConvertTo
    | OtherAction
)


class AlterTable(Node, frozen=True, gc=False):
    table: TableName
    actions: tuple[AlterAction, ...]


class CreateFunction(Node, frozen=True, gc=False):
    """The head of a stored function; its body is passed over. Of a loadable one only `returns` is known."""

    name: str
    returns: DataType
    schema: str | None = None
    parameters: tuple[DataType, ...] | None = None
    """None where they are not declared: a loadable function takes what it likes."""


class DropFunction(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class DropTable(Node, frozen=True, gc=False):
    tables: tuple[TableName, ...]
    if_exists: bool = False


class DropView(Node, frozen=True, gc=False):
    views: tuple[TableName, ...]
    if_exists: bool = False


class RenameTable(Node, frozen=True, gc=False):
    renames: tuple[tuple[TableName, TableName], ...]


class CreateIndex(Node, frozen=True, gc=False):
    table: TableName
    key: KeyDef


class DropIndex(Node, frozen=True, gc=False):
    table: TableName
    name: str


class CreateDatabase(Node, frozen=True, gc=False):
    name: str


class DropDatabase(Node, frozen=True, gc=False):
    name: str


class UseDatabase(Node, frozen=True, gc=False):
    name: str


QueryStatement: TypeAlias = (
    Query | Insert | Update | Delete | Truncate | CallProcedure | SetVariables | OtherStatement
)
SchemaStatement: TypeAlias = (
    CreateTable
    | CreateView
    | CreateFunction
    | DropFunction
    | AlterTable
    | DropTable
    | DropView
    | RenameTable
    | CreateIndex
    | DropIndex
    | CreateDatabase
    | DropDatabase
    | UseDatabase
    | OtherStatement
)
Statement: TypeAlias = QueryStatement | SchemaStatement
