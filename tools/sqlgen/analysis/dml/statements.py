"""Statements as wholes: SELECT, INSERT, REPLACE, UPDATE, DELETE, TRUNCATE, CALL, SET."""

from collections.abc import Sequence
from typing import Literal

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.assignments import assign
from tools.sqlgen.analysis.dml.insert import analyse_insert
from tools.sqlgen.analysis.dml.targets import check_changeable, check_not_read
from tools.sqlgen.analysis.from_clause import analyse_from, base_table
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.predicates import closure, when_true
from tools.sqlgen.analysis.query import define_common_tables, visit_limit
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Relation, Scope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    CallProcedure,
    Delete,
    Expr,
    Insert,
    Limit,
    OrderItem,
    OtherStatement,
    Query,
    QueryStatement,
    SetVariables,
    TableName,
    Truncate,
    Update,
    With,
)
from tools.sqlgen.types.sql_type import BOOL

_NOTHING = QueryResult(())
StatementKind = Literal["select", "insert", "replace", "update", "delete", "truncate", "call", "set"]


def analyse_statement(ctx: Context, statement: QueryStatement) -> tuple[StatementKind, QueryResult]:
    """The kind of a statement, and the rows that it returns."""
    match statement:
        case Query():
            return "select", ctx.analyse_query(ctx, statement, None)
        case Insert():
            analyse_insert(ctx, statement)
            return ("replace" if statement.replace else "insert"), _NOTHING
        case Update():
            _update(ctx, statement)
            return "update", _NOTHING
        case Delete():
            _delete(ctx, statement)
            return "delete", _NOTHING
        case Truncate():
            relation = base_table(ctx, Scope(None, None, None), statement.table)
            _written(ctx, relation)
            return "truncate", _NOTHING
        case CallProcedure():
            _values(ctx, statement.args)
            return "call", _NOTHING
        case SetVariables():
            _values(ctx, statement.values)
            return "set", _NOTHING
        case OtherStatement():
            ctx.report(f"{statement.verb} is not a statement that a query file can hold", statement)
            return "set", _NOTHING


def _values(ctx: Context, values: Sequence[Expr]) -> None:
    scope = Scope(None, None, None)
    analyse_from(ctx, scope, None)
    scope.clause = "values"
    for value in values:
        ctx.evaluate(scope, value)


def _scope(ctx: Context, with_: With | None) -> Scope:
    scope = Scope(None, None, None)
    if with_ is not None:
        define_common_tables(ctx, scope, with_)
    return scope


def _written(ctx: Context, relation: Relation) -> None:
    if relation.table is not None:
        ctx.note_written(relation.table)


def _update(ctx: Context, update: Update) -> None:
    scope = _scope(ctx, update.with_)
    analyse_from(ctx, scope, update.table)
    scope.clause = "values"
    for assignment in update.assignments:
        assign(ctx, scope, assignment, strict=not update.ignore, clause="SET")
    _filter(ctx, scope, update.where, update.order_by, update.limit)
    for relation in _assigned(ctx, update):
        _written(ctx, relation)
        if relation.table is not None and not relation.table.is_view:
            check_not_read(ctx, relation.table, update.where, *(each.value for each in update.assignments))


def _assigned(ctx: Context, update: Update) -> list[Relation]:
    """The relations that an UPDATE changes, once each; findings for those that cannot be changed."""
    relations: dict[int, Relation] = {}
    for assignment in update.assignments:
        found = ctx.column_of(assignment.column)
        if found is not None and found[0].id not in relations:
            relations[found[0].id] = found[0]
            check_changeable(ctx, found[0], assignment.column)
    return list(relations.values())


def _delete(ctx: Context, delete: Delete) -> None:
    scope = _scope(ctx, delete.with_)
    analyse_from(ctx, scope, delete.table)
    for target in delete.targets or _own_targets(delete):
        relation = find_relation(scope, target.alias or target.name, target.schema)
        if relation is None:
            names = [each.name for each in scope.namespace.relations]
            ctx.report(f"unknown table '{target.name}' in DELETE", target, did_you_mean(target.name, names))
            continue
        _written(ctx, relation)
        check_changeable(ctx, relation, target, deletes=True)
        if relation.table is not None and not relation.table.is_view:
            check_not_read(ctx, relation.table, delete.where)
    _filter(ctx, scope, delete.where, delete.order_by, delete.limit)


def _own_targets(delete: Delete) -> tuple[TableName, ...]:
    return (delete.table,) if isinstance(delete.table, TableName) else ()


def _filter(
    ctx: Context, scope: Scope, where: Expr | None, order_by: Sequence[OrderItem], limit: Limit | None
) -> None:
    if where is not None:
        scope.clause = "where"
        ctx.evaluate(scope, where, Expected(BOOL, weak=True))
        scope.row_facts |= closure(ctx, when_true(ctx, where))
    scope.clause = "order"
    for item in order_by:
        ctx.evaluate(scope, item.expr)
    if limit is not None:
        visit_limit(ctx, limit)
