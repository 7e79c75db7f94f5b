"""Expressions as comparable values, and walks over them.

Two expressions with one key give the same value for the same row: `LOWER(t.a)` and `lower(a)`.
"""

from collections.abc import Hashable, Iterable
from typing import cast

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.scope import Item, Namespace, Relation
from tools.sqlgen.analysis.values import ColumnId, ConstantFolding
from tools.sqlgen.functions.table import AGGREGATES, FUNCTIONS
from tools.sqlgen.syntax.ast import (
    CONSTANTS,
    Assign,
    Call,
    ColumnRef,
    Exists,
    Expr,
    IsTest,
    Node,
    Param,
    Quantified,
    Query,
    Select,
    Subquery,
    UserVariable,
)
from tools.sqlgen.syntax.visitor import node_fields, walk


def expression_key(ctx: Context, node: Node) -> Hashable | None:
    """Return a value that is equal for equal expressions, or None if none is equal: RAND(), a subquery."""
    match node:
        case ColumnRef():
            return _column_key(ctx, node)
        case Param(name=None):
            return node  # each `?` is a value of its own; nodes compare by identity
        case Query() | UserVariable():
            return None
        case Call() if not _is_repeatable(node):
            return None
        case _:
            return _composite_key(ctx, node)


def _column_key(ctx: Context, ref: ColumnRef) -> Hashable | None:
    found = ctx.info.bindings.get(ref)
    if isinstance(found, Item):
        return expression_key(ctx, found.expr)
    return ColumnId(found[0].id, found[1]) if found else None


def _is_repeatable(call: Call) -> bool:
    """True if two such calls with equal arguments give equal values for the same row."""
    rule = FUNCTIONS.get(call.name.upper())
    return rule is not None and rule.deterministic and call.schema is None


def _composite_key(ctx: Context, node: Node) -> Hashable | None:
    if isinstance(node, Call):
        node = msgspec.structs.replace(node, name=node.name.upper())
    parts = (type(node).__name__, *(_part(ctx, getattr(node, name)) for name in node_fields(node)))
    return None if _NOTHING in parts else parts


_NOTHING = object()


def _part(ctx: Context, value: object) -> Hashable:
    if isinstance(value, Node):
        found = expression_key(ctx, value)
        return _NOTHING if found is None else found
    if isinstance(value, tuple):
        parts = tuple(_part(ctx, each) for each in cast("tuple[object, ...]", value))
        return _NOTHING if _NOTHING in parts else parts
    return value


def column_references(ctx: Context, node: Node, names: Namespace) -> list[tuple[ColumnRef, Relation, int]]:
    """Return every reference below `node`, also in subqueries, to a column of the namespace."""
    own = names.ids
    found: list[tuple[ColumnRef, Relation, int]] = []
    for each in walk(node):
        if isinstance(each, ColumnRef):
            resolved = ctx.info.bindings.get(each)
            if isinstance(resolved, Item):
                found.extend(column_references(ctx, resolved.expr, names))
            elif resolved is not None and resolved[0].id in own:
                found.append((each, resolved[0], resolved[1]))
    return found


def columns_read(ctx: Context, node: Node, relations: Iterable[Relation]) -> frozenset[ColumnId]:
    """Return the columns of these relations that are read below `node` in FROM, also in subqueries."""
    ids = {relation.id for relation in relations}
    found = (ctx.info.bindings.get(each) for each in walk(node) if isinstance(each, ColumnRef))
    return frozenset(
        ColumnId(each[0].id, each[1]) for each in found if isinstance(each, tuple) and each[0].id in ids
    )


def is_deterministic(node: Node) -> bool:
    """True if everything below `node` has one value for one row of each table: no RAND(), no @x, no window."""
    return not any(
        isinstance(each, UserVariable)
        or (isinstance(each, Call) and (_is_windowed(each) or not _is_repeatable(each)))
        for each in walk(node)
    )


def reads_volatile(ctx: Context, node: Node) -> bool:
    """True if a column below `node` may have another value each time that it is read."""
    found = (ctx.column_of(each) for each in walk(node) if isinstance(each, ColumnRef))
    return any(each is not None and each[0].columns[each[1]].volatile for each in found)


def is_aggregate(node: Node) -> bool:
    """True for a call of an aggregate function that is not a window function call."""
    return (
        isinstance(node, Call)
        and node.over is None
        and node.schema is None
        and node.name.upper() in AGGREGATES
    )


def contains_aggregate(node: Node | None) -> bool:
    """True if an aggregate of this query block is below `node`."""
    return node is not None and any(is_aggregate(each) for each in walk(node, into_queries=False))


def constant_folding(ctx: Context, expr: Expr) -> ConstantFolding:
    """Return how the server may fold the expression into a constant before it reads a row.

    Everything without columns counts as constant, also RAND() and @x: this is safe. So do DATE '...', TIME '...' and
    TIMESTAMP '...', and a test for NULL, which is false for a value that the server knows to be NOT NULL.
    """
    if isinstance(expr, ColumnRef):
        found = ctx.column_of(expr)
        return found[0].columns[found[1]].folding if found is not None and found[0].keeps_names else "no"
    if isinstance(expr, CONSTANTS):
        return "literal"
    tests = [node for node in walk(expr) if _is_null_test(node)]
    tested = {each for test in tests for each in walk(test)}
    references = (node for node in walk(expr) if isinstance(node, ColumnRef) and node not in tested)
    return "no" if any(constant_folding(ctx, each) == "no" for each in references) else "computed"


def _is_null_test(node: Node) -> bool:
    if isinstance(node, Call):
        return node.name.upper() == "ISNULL" and node.schema is None
    return isinstance(node, IsTest) and node.test in {"NULL", "UNKNOWN"}


def is_mergeable(query: Query) -> bool:
    """True if the server merges a derived table, common table or view into the query that reads it."""
    body = query.body
    if not isinstance(body, Select) or query.limit is not None or body.from_ is None:
        return False
    if body.distinct or body.group_by or body.having is not None:
        return False
    return not any(
        isinstance(node, (Subquery, Exists, Quantified, Assign)) or is_aggregate(node) or _is_windowed(node)
        for item in body.items
        for node in walk(item)
    )


def _is_windowed(node: Node) -> bool:
    return isinstance(node, Call) and node.over is not None


def contains_window(node: Node) -> bool:
    """True if a window function of this query block is below `node`."""
    return any(_is_windowed(each) for each in walk(node, into_queries=False))
