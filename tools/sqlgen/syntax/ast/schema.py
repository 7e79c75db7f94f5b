"""DDL statements, and the union of the statements that a schema file can hold."""

from typing import Literal, TypeAlias

from tools.sqlgen.syntax.ast.expressions import Expr
from tools.sqlgen.syntax.ast.node import DataType, Node
from tools.sqlgen.syntax.ast.queries import Query
from tools.sqlgen.syntax.ast.statements import CallProcedure, OtherStatement, QueryStatement
from tools.sqlgen.syntax.ast.tables import TableName


class ColumnDef(Node, frozen=True, gc=False):
    name: str
    type: DataType
    nullable: bool | None = None
    """False for NOT NULL, True for NULL, None if neither is written."""
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
    default_in_parentheses: bool = False


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
    partitioned: bool = False
    engine: str | None = None
    """In upper case."""
    mariadb: bool = False
    """True if it has system versioning or a period, which only MariaDB has."""
    hidden_period: bool = False
    """True for WITH SYSTEM VERSIONING without PERIOD FOR SYSTEM_TIME: it has the invisible row_start and row_end."""


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


class AlterVisibility(Node, frozen=True, gc=False):
    """ALTER COLUMN c SET VISIBLE | SET INVISIBLE."""

    column: str
    invisible: bool


class RenameTo(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class ConvertTo(Node, frozen=True, gc=False):
    """CONVERT TO CHARACTER SET."""

    charset: str
    collation: str | None = None


class DefaultCharset(Node, frozen=True, gc=False):
    """CHARACTER SET and COLLATE of later columns; existing columns keep theirs."""

    charset: str | None = None
    collation: str | None = None


class OtherAction(Node, frozen=True, gc=False):
    """ENGINE=..., ORDER BY, ENABLE KEYS, partitions: actions that change no type."""

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
    | AlterVisibility
    | RenameTo
    | ConvertTo
    | DefaultCharset
    | OtherAction
)


class AlterTable(Node, frozen=True, gc=False):
    table: TableName
    actions: tuple[AlterAction, ...]
    if_exists: bool = False
    """MariaDB's ALTER TABLE IF EXISTS."""


class CreateFunction(Node, frozen=True, gc=False):
    """The head of a stored function; its body is skipped. Of a loadable function only `returns` is known."""

    name: str
    returns: DataType
    schema: str | None = None
    parameters: tuple[DataType, ...] | None = None
    """None if they are not declared: a loadable function checks its arguments itself."""


class DropFunction(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class RoutineParameter(Node, frozen=True, gc=False):
    name: str
    type: DataType
    mode: Literal["IN", "OUT", "INOUT"] = "IN"


class CreateProcedure(Node, frozen=True, gc=False):
    """The head of a stored procedure. The body is text[body:end]: a CALL in a schema file may run its DDL."""

    name: str
    parameters: tuple[RoutineParameter, ...] | None
    """None if they cannot be read."""
    body: int
    schema: str | None = None


class DropProcedure(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class CreateSequence(Node, frozen=True, gc=False):
    name: str
    schema: str | None = None


class SetUserVariables(Node, frozen=True, gc=False):
    """SET @a = ..., @b = ...; a value is None if it cannot be read."""

    values: tuple[tuple[str, Expr | None], ...]


class PrepareText(Node, frozen=True, gc=False):
    """PREPARE name FROM 'text' | @variable; EXECUTE IMMEDIATE (MariaDB) has no name."""

    name: str | None
    source: Expr


class ExecutePrepared(Node, frozen=True, gc=False):
    name: str


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


SchemaStatement: TypeAlias = (
    CreateTable
    | CreateView
    | CreateFunction
    | DropFunction
    | CreateProcedure
    | DropProcedure
    | CreateSequence
    | CallProcedure
    | SetUserVariables
    | PrepareText
    | ExecutePrepared
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
