"""The filter of SELECT, UPDATE and DELETE: the facts that WHERE proves of the rows that remain."""

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import equalities_in
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.predicates import when_true
from tools.sqlgen.analysis.query_block import Filtered, FromScope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import Expr
from tools.sqlgen.types.sql_type import BOOL


def filtered(ctx: Context, rows: FromScope, where: Expr | None) -> Filtered:
    """Analyse WHERE; returns the rows for which it is true, all of them if it is None."""
    if where is None:
        return Filtered(rows.block, rows.namespace, rows.facts, rows.equalities, rows.min_one)
    place = rows.place("where")
    ctx.evaluate(place, where, Expected(BOOL, weak=True))
    require_one_column(ctx, where)
    return Filtered(
        rows.block,
        rows.namespace,
        rows.facts | closure(ctx, place, when_true(ctx, place, where)),
        rows.equalities + equalities_in(ctx, rows.namespace, where, None),
    )
