"""Targets of UPDATE, DELETE and INSERT: which relations they may change, and which they may not read."""

from collections.abc import Iterator

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_aggregate, contains_window
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.catalog import Table
from tools.sqlgen.syntax.ast import (
    ColumnRef,
    CommonTable,
    Derived,
    Join,
    Node,
    Query,
    Select,
    Star,
    TableName,
    TableRef,
)
from tools.sqlgen.syntax.visitor import children


def check_changeable(
    ctx: Context, relation: Relation, node: Node, *, deletes: bool = False, inserts: bool = False
) -> None:
    """Report a relation that cannot be changed: a derived table, or a view that is not updatable."""
    if relation.unknown_schema:
        return
    if relation.table is None:
        ctx.report(f"'{relation.name}' is a query's result, and cannot be changed", node)
    elif relation.table.view is not None and not _is_plain(relation.table, deletes=deletes, inserts=inserts):
        ctx.report(
            f"view '{relation.table.name}' cannot be changed: its rows are not those of one table",
            node,
            "change the table itself",
        )


def _is_plain(table: Table, *, deletes: bool, inserts: bool) -> bool:
    """True if the view is updatable (MySQL manual, "Updatable and Insertable Views")."""
    body = table.view.query.body if table.view is not None else None
    if not isinstance(body, Select) or body.distinct or body.group_by or body.having:
        return False
    if any(contains_aggregate(item.expr) or contains_window(item.expr) for item in body.items):
        return False
    if inserts and not all(isinstance(item.expr, (ColumnRef, Star)) for item in body.items):
        return False
    joined = isinstance(body.from_, Join)
    outer = isinstance(body.from_, Join) and body.from_.kind in {"LEFT", "RIGHT"}
    return (
        body.from_ is not None
        and not isinstance(body.from_, Derived)
        and not outer
        and not (deletes and joined)
    )


def check_not_read(ctx: Context, table: Table, *nodes: Node | None) -> None:
    """Report a subquery that reads the table being changed: MySQL allows this only in a derived table."""
    for node in nodes:
        for found in _direct_reads(node) if node is not None else ():
            same = found.name.lower() == table.name.lower()
            if same and (found.schema is None or (table.schema or "").lower() == found.schema.lower()):
                ctx.report(
                    f"a subquery reads '{table.name}' while the statement changes it",
                    found,
                    "read it through a derived table: FROM (SELECT ...) AS name",
                )
                return


def _direct_reads(node: Node) -> Iterator[TableName]:
    """The tables that subqueries below `node` read, not counting those inside derived and common tables."""
    if isinstance(node, Query) and isinstance(node.body, Select) and node.body.from_ is not None:
        local = {table.name.lower() for table in node.with_.tables} if node.with_ is not None else set[str]()
        for table in _tables(node.body.from_):
            if table.schema is not None or table.name.lower() not in local:
                yield table
    for child in children(node):
        if not isinstance(child, (Derived, CommonTable)):
            yield from _direct_reads(child)


def _tables(ref: TableRef) -> Iterator[TableName]:
    if isinstance(ref, TableName):
        yield ref
    elif isinstance(ref, Join):
        yield from _tables(ref.left)
        yield from _tables(ref.right)
