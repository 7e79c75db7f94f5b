"""Numbers that the text of a query states: 5, -5."""

from tools.sqlgen.syntax.ast import Expr, IntLiteral, Unary


def literal_int(expr: Expr) -> int | None:
    """The value of an integer literal, also of a negative one."""
    if isinstance(expr, IntLiteral):
        return expr.value
    if isinstance(expr, Unary) and expr.op == "-" and isinstance(expr.operand, IntLiteral):
        return -expr.operand.value
    return None


def nonzero_literal(expr: Expr) -> bool:
    """True for a numeric literal other than zero."""
    text = getattr(expr, "text", None)
    if isinstance(text, str):
        return float(text) != 0
    if isinstance(expr, Unary) and expr.op in {"-", "+"}:
        return nonzero_literal(expr.operand)
    return isinstance(expr, IntLiteral) and expr.value != 0
