"""DELETE of one table and of several tables."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.dml.clauses import analyse_order, block_with, note_written, returned
from tools.sqlgen.analysis.dml.targets import check_changeable, check_not_read
from tools.sqlgen.analysis.filter import filtered
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.names import find_relation
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import (
    Delete,
    TableName,
)


def analyse_delete(ctx: Context, delete: Delete) -> QueryResult:
    """Analyse a DELETE; returns the rows of MariaDB's RETURNING."""
    source = analyse_from(ctx, block_with(ctx, delete, delete.with_), delete.table)
    for target in delete.targets or _own_targets(delete):
        relation = find_relation(source.place("from"), target.alias or target.name, target.schema)
        if relation is None:
            names = [each.name for each in source.namespace.relations]
            hint = (
                did_you_mean(target.name, names)
                or "its rows are found in the tables of FROM or USING: name it there too"
            )
            ctx.report(f"unknown table '{target.name}' in DELETE", target, hint)
            continue
        note_written(ctx, relation)
        check_changeable(ctx, relation, target, deletes=True)
        if relation.table is not None and not relation.table.is_view:
            check_not_read(ctx, relation.table, delete.where)
    rows = filtered(ctx, source, delete.where)
    analyse_order(ctx, rows, delete.order_by, delete.limit)
    known = FuncDeps(rows, at_prepare=False)
    constant = known.closure(())
    one = all(known.is_single(relation, constant) for relation in rows.namespace.relations)
    return returned(ctx, rows, delete.returning, min_one=False, max_one=one)


def _own_targets(delete: Delete) -> tuple[TableName, ...]:
    return (delete.table,) if isinstance(delete.table, TableName) else ()
