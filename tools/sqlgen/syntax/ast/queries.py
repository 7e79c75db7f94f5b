"""Queries: SELECT, set operations, VALUES, TABLE, WITH."""

from typing import Literal, TypeAlias

from tools.sqlgen.syntax.ast.expressions import Expr, OrderItem, UserVariable, WindowSpec
from tools.sqlgen.syntax.ast.node import Node
from tools.sqlgen.syntax.ast.tables import TableName, TableRef


class SelectItem(Node, frozen=True, gc=False):
    expr: Expr
    alias: str | None = None


class NamedWindow(Node, frozen=True, gc=False):
    name: str
    spec: WindowSpec


class Select(Node, frozen=True, gc=False):
    """One SELECT without the clauses of the whole query: WITH, ORDER BY, LIMIT, locking."""

    items: tuple[SelectItem, ...]
    distinct: bool = False
    from_: TableRef | None = None
    where: Expr | None = None
    group_by: tuple[Expr, ...] = ()
    rollup: bool = False
    """WITH ROLLUP, CUBE, GROUPING SETS: rows with NULL for some of the groups."""
    grand_total: bool = True
    """False if the grouping sets do not contain the empty one: then there is no row without rows to group."""
    having: Expr | None = None
    windows: tuple[NamedWindow, ...] = ()
    qualify: Expr | None = None
    into: tuple[UserVariable, ...] = ()
    """Of INTO after the select list."""
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
    into: tuple[UserVariable, ...] = ()
    """Of INTO at the end."""

    @property
    def variables(self) -> tuple[UserVariable, ...]:
        """The variables of INTO, which takes the rows of the whole query from both of its places."""
        return self.into or into_of(self.body)


def into_of(body: "QueryBody") -> tuple[UserVariable, ...]:
    """Return the variables of INTO after the select list of the last arm that is not in parentheses."""
    while isinstance(body, SetOperation):
        body = body.right
    return body.into if isinstance(body, Select) else ()


QueryBody: TypeAlias = Select | SetOperation | ValuesRows | TableStatement | Query
