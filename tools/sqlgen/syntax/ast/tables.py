"""Table references in FROM, UPDATE and DELETE."""

from typing import TYPE_CHECKING, Literal

from tools.sqlgen.syntax.ast.expressions import Expr
from tools.sqlgen.syntax.ast.node import DataType, Node

if TYPE_CHECKING:
    from tools.sqlgen.syntax.ast.queries import Query


class TableRef(Node, frozen=True, gc=False):
    pass


class TableName(TableRef, frozen=True, gc=False):
    name: str
    schema: str | None = None
    alias: str | None = None
    index_hints: tuple[str, ...] = ()
    """The index names that USE, FORCE and IGNORE INDEX mention."""
    partitions: tuple[str, ...] = ()
    system_time: tuple[Expr, ...] = ()
    """The values of MariaDB's FOR SYSTEM_TIME and FOR PORTION OF."""
    history: bool = False
    """True for FOR SYSTEM_TIME over a range, which reads several versions of a row."""


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
