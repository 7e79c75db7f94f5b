"""DELETE of one table and of several tables."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.dml.clauses import analyse_filter, note_written, returned, scope_with
from tools.sqlgen.analysis.dml.targets import check_changeable, check_not_read
from tools.sqlgen.analysis.equalities import equalities_in
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.place import place_in
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Delete,
    TableName,
)


def analyse_delete(ctx: Context, delete: Delete) -> QueryResult:
    """Analyse a DELETE; returns the rows of MariaDB's RETURNING."""
    scope = scope_with(ctx, delete.with_)
    analyse_from(ctx, scope, delete.table)
    for target in delete.targets or _own_targets(delete):
        relation = find_relation(place_in(scope, "from"), target.alias or target.name, target.schema)
        if relation is None:
            names = [each.name for each in scope.namespace.relations]
            ctx.report(f"unknown table '{target.name}' in DELETE", target, did_you_mean(target.name, names))
            continue
        note_written(ctx, relation)
        check_changeable(ctx, relation, target, deletes=True)
        if relation.table is not None and not relation.table.is_view:
            check_not_read(ctx, relation.table, delete.where)
    analyse_filter(ctx, scope, delete.where, delete.order_by, delete.limit)
    if delete.where is not None:
        scope.equalities.extend(equalities_in(ctx, scope.namespace, delete.where, None))
    known = FuncDeps(scope, at_prepare=False)
    constant = known.closure(())
    one = all(known.is_single(relation, constant) for relation in scope.namespace.relations)
    return returned(ctx, scope, delete.returning, min_one=False, max_one=one)


def _own_targets(delete: Delete) -> tuple[TableName, ...]:
    return (delete.table,) if isinstance(delete.table, TableName) else ()
