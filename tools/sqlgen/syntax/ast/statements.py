"""Statements that change data, and the union of the statements that a query file can hold."""

from typing import TypeAlias

from tools.sqlgen.syntax.ast.expressions import ColumnRef, Expr, OrderItem
from tools.sqlgen.syntax.ast.node import Node
from tools.sqlgen.syntax.ast.queries import Limit, Query, SelectItem, With
from tools.sqlgen.syntax.ast.tables import TableName, TableRef


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
    returning: tuple[SelectItem, ...] = ()


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
    returning: tuple[SelectItem, ...] = ()


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
    """A statement that a schema may contain but that is not parsed, and that is no query; `verb` is its first word."""

    verb: str


QueryStatement: TypeAlias = (
    Query | Insert | Update | Delete | Truncate | CallProcedure | SetVariables | OtherStatement
)
