"""UPDATE: its assignments, and the tables that it changes."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.assignments import assign
from tools.sqlgen.analysis.dml.clauses import analyse_order, block_with, note_written
from tools.sqlgen.analysis.dml.targets import check_changeable, check_not_read
from tools.sqlgen.analysis.filter import filtered
from tools.sqlgen.analysis.from_clause import analyse_from
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.syntax.ast import Update


def analyse_update(ctx: Context, update: Update) -> None:
    source = analyse_from(ctx, block_with(ctx, update, update.with_), update.table)
    place = source.place("set")
    for assignment in update.assignments:
        assign(ctx, place, assignment, strict=not update.ignore, clause="SET")
    analyse_order(ctx, filtered(ctx, source, update.where), update.order_by, update.limit)
    for relation in _assigned(ctx, update):
        note_written(ctx, relation)
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
