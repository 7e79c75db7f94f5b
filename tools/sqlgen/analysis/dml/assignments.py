"""`column = value` in UPDATE, INSERT ... SET and ON DUPLICATE KEY UPDATE; and one value of a VALUES row."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.catalog import Column
from tools.sqlgen.diagnostics import Severity
from tools.sqlgen.syntax.ast import Assignment, DefaultValue, Expr, NullLiteral


def assign(ctx: Context, place: Place, assignment: Assignment, *, strict: bool, clause: str) -> None:
    """Analyse one assignment of an UPDATE, INSERT ... SET or ON DUPLICATE KEY UPDATE."""
    ctx.evaluate(place, assignment.column)
    found = ctx.column_of(assignment.column)
    if found is None:
        if not isinstance(assignment.value, DefaultValue):
            ctx.evaluate(place, assignment.value)
        return
    assign_value(ctx, place, found[0], found[1], assignment.value, strict=strict, clause=clause)


def assign_value(
    ctx: Context, place: Place, relation: Relation, index: int, value: Expr, *, strict: bool, clause: str
) -> None:
    """Analyse a value assigned to a column; reports NULL for NOT NULL, and any value for a generated column."""
    column = relation.columns[index]
    base = _table_column(relation, index)
    is_default = isinstance(value, DefaultValue) and value.column is None
    if base is not None and base.generated is not None and not is_default:
        ctx.report(
            f"column '{column.name}' is generated, and cannot be given a value",
            value,
            "leave it out, or write DEFAULT",
        )
    if is_default:
        require_default(ctx, relation, index, value)
        return
    ctx.evaluate(
        place, value, Expected(column.type, column.source_column, column.name, assigned=column.nullable)
    )
    require_one_column(ctx, value)
    allowed = column.nullable or (base is not None and base.auto_increment and clause != "SET")
    if strict and base is not None and isinstance(value, NullLiteral) and not allowed:
        ctx.report(
            f"column '{column.name}' is NOT NULL, and cannot be NULL", value, _LAX_ONLY, severity="warning"
        )


_LAX_ONLY = "the server prepares this; only a trigger or a lax sql_mode makes it work"


def require_default(
    ctx: Context, relation: Relation, index: int, node: Expr, severity: Severity = "warning"
) -> None:
    """Report DEFAULT for a column that has none: the server prepares it as a value, not as DEFAULT(column)."""
    base = _table_column(relation, index)
    if base is not None and not base.nullable and not base.has_default:
        hint = _LAX_ONLY if severity == "warning" else None
        ctx.report(f"column '{base.name}' has no default", node, hint, severity)


def _table_column(relation: Relation, index: int) -> Column | None:
    table = relation.table
    if table is None or table.is_view or index >= len(table.columns):
        return None
    return table.columns[index]
