"""Equalities in WHERE and ON, which restrict rows and determine columns."""

from collections.abc import Iterator

from tools.sqlgen.analysis.collations import collation_of
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import column_references, expression_key, is_deterministic
from tools.sqlgen.analysis.scope import Equality, Namespace, ScopeColumn, Side
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.syntax.ast import (
    Binary,
    Call,
    ColumnRef,
    Expr,
    In,
    Node,
    Param,
    Query,
    Row,
    SystemVariable,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import UNKNOWN


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts of an AND chain."""
    if isinstance(expr, Binary) and expr.op == "AND":
        yield from conjuncts(expr.left)
        yield from conjuncts(expr.right)
    else:
        yield expr


def equalities_in(
    ctx: Context, names: Namespace, condition: Expr, restricted: frozenset[int] | None
) -> tuple[Equality, ...]:
    """Return the equalities of a condition on the rows of `restricted`, of all relations for None."""
    return tuple(
        Equality(side_of(ctx, names, left), side_of(ctx, names, right), restricted)
        for conjunct in conjuncts(condition)
        for left, right in _equal_pairs(conjunct)
    )


def _equal_pairs(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    match expr:
        case Binary(op="=", left=Row() as left, right=Row() as right):
            yield from zip(left.items, right.items, strict=False)
        case Binary(op="="):
            yield expr.left, expr.right
        case In(negated=False, items=(item,)):
            if not (isinstance(item, Param) and item.kind == "slice"):
                yield expr.operand, item
        case _:
            return


def side_of(ctx: Context, names: Namespace, expr: Expr) -> Side:
    """One side of an equality, as far as keys and dependences need it."""
    found = ctx.column_of(expr) if isinstance(expr, ColumnRef) else None
    own = names.ids
    column = ColumnId(found[0].id, found[1]) if found is not None and found[0].id in own else None
    depends = frozenset(
        ColumnId(relation.id, index) for _, relation, index in column_references(ctx, expr, names)
    )
    value = ctx.info.typed.get(expr)
    foreseeable = not any(_is_known_late(each) for each in walk(expr))
    sql_type = value.type if value else UNKNOWN
    key = expression_key(ctx, expr)
    return Side(column, depends, key, sql_type, collation_of(ctx, expr), foreseeable, is_deterministic(expr))


_CLOCKS = frozenset(
    {
        "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURTIME", "LOCALTIME", "LOCALTIMESTAMP", "NOW", "UTC_TIME",
        "UTC_TIMESTAMP",
    }
)  # fmt: skip


def _is_known_late(node: Node) -> bool:
    """True if the server does not know the value when it prepares the query: a parameter, NOW(), USER()."""
    if isinstance(node, Call):
        return not node.args or node.name.upper() in _CLOCKS
    return isinstance(node, (Param, Query, SystemVariable))


def equality_of_columns(left: ScopeColumn, right: ScopeColumn, restricted: frozenset[int] | None) -> Equality:
    """Return the equality of two columns of USING or NATURAL."""
    sides = [
        Side(column, frozenset([column]), column, found.type, found.collation)
        for each in (left, right)
        for column in (ColumnId(each.relation.id, each.index),)
        for found in (each.relation.columns[each.index],)
    ]
    return Equality(sides[0], sides[1], restricted)
