"""The macros of this compiler: `sqlc.embed`, `sqlc.optional`, `sqlc.order_by`, `sqlc.after`."""

from tools.sqlgen.syntax.ast.expressions import Expr, Param


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

    Represents the order that the caller chose among the query's `-- order:` annotations, its columns
    qualified by the alias.
    """

    alias: str | None = None


class AfterMacro(Expr, frozen=True, gc=False):
    """sqlc.after() or sqlc.after(alias) as a conjunct: the rows after the caller's cursor, if given."""

    alias: str | None = None
