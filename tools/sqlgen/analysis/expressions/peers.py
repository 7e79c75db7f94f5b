"""Expressions of one type together: the sides of a comparison, the branches of a CASE, COALESCE's arguments.

A parameter among them gets the type of the others: `price > ?`, `COALESCE(?, name)`, `? IN (a, b)`.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.json_shapes import merge_json
from tools.sqlgen.analysis.predicates import Facts
from tools.sqlgen.analysis.scope import Scope
from tools.sqlgen.analysis.values import Want
from tools.sqlgen.syntax.ast import (
    BoolLiteral,
    BytesLiteral,
    Call,
    ColumnRef,
    DecimalLiteral,
    Expr,
    FloatLiteral,
    IntLiteral,
    NullLiteral,
    Param,
    StringLiteral,
    Unary,
)
from tools.sqlgen.types.common_type import merge
from tools.sqlgen.types.source_column import Origin
from tools.sqlgen.types.sql_type import JSON, VARCHAR, kind
from tools.sqlgen.types.typed_expr import Value

_LITERALS = (IntLiteral, StringLiteral, DecimalLiteral, FloatLiteral, BoolLiteral, NullLiteral, BytesLiteral)
_TRANSPARENT = frozenset(("COALESCE", "IFNULL", "NULLIF", "GREATEST", "LEAST"))


def is_open(expr: Expr) -> bool:
    """Whether an expression has no type but the one that its place gives it."""
    if isinstance(expr, Param):
        return True
    if isinstance(expr, Unary):
        return expr.op in {"-", "+"} and is_open(expr.operand)
    if isinstance(expr, Call) and expr.name.upper() in _TRANSPARENT:
        return all(is_open(arg) or isinstance(arg, NullLiteral) for arg in expr.args)
    return False


def evaluate_peers(
    ctx: Context,
    scope: Scope,
    exprs: Sequence[Expr],
    want: Want | None = None,
    *,
    assumptions: Sequence[Facts] = (),
) -> list[Value]:
    """The values of expressions that are compared with each other or merged into one.

    `want` is for parameters when no other expression says more; `assumptions` are what each may rely on.
    """
    values: list[Value | None] = [None] * len(exprs)
    for index, expr in enumerate(exprs):
        if not is_open(expr):
            values[index] = _evaluate(ctx, scope, expr, want, assumptions, index)
    best = _best_want(exprs, values, want)
    for index, expr in enumerate(exprs):
        if values[index] is None:
            values[index] = _evaluate(ctx, scope, expr, best, assumptions, index)
    return [value for value in values if value is not None]


def _evaluate(
    ctx: Context, scope: Scope, expr: Expr, want: Want | None, assumptions: Sequence[Facts], index: int
) -> Value:
    if not assumptions:
        return ctx.evaluate(scope, expr, want)
    with ctx.assuming(assumptions[index]):
        return ctx.evaluate(scope, expr, want)


def _best_want(exprs: Sequence[Expr], values: Sequence[Value | None], want: Want | None) -> Want | None:
    """What the most telling of the values says: a column before an expression, that before a literal."""
    if want is not None and want.assigned is not None:
        return want
    best: tuple[int, Want] | None = None
    for expr, value in zip(exprs, values, strict=True):
        if value is None or value.open or kind(value.type) in {"null", "unknown"}:
            continue
        rank = 1 if isinstance(expr, _LITERALS) else 3 if value.origin is not None else 2
        if best is None or rank > best[0]:
            best = (rank, want_of(expr, value))
    if best is None:
        return want
    if best[0] == 1 and want is not None and not want.weak:
        return want
    return best[1]


def want_of(expr: Expr, value: Value) -> Want:
    """What a parameter becomes that is compared or merged with `value`."""
    name = expr.column if isinstance(expr, ColumnRef) else value.origin.column if value.origin else None
    if kind(value.type) == "json":
        # A JSON value is compared with text and numbers as such: what is sent must not be JSON again.
        return Want(VARCHAR, None, name)
    return Want(
        value.type, value.origin, name, weak=isinstance(expr, _LITERALS) and value.type.name == "VARCHAR"
    )


def merged_origin(values: Sequence[Value]) -> Origin | None:
    """The column that a merged value is a copy of: when all are copies of one, or NULL; of several only
    where their bytes are all that there is to know (a BINARY(16) of either table).
    """
    real = [value for value in values if kind(value.type) != "null"]
    if not real or any(value.origin is None for value in real):
        return None
    first = real[0]
    if all(value.origin == first.origin for value in real):
        return first.origin
    alike = all(value.type == first.type for value in real)
    return first.origin if alike and first.type.name == "BINARY" else None


def merge_branches(
    ctx: Context, scope: Scope, branches: Sequence[tuple[Expr, Facts]], want: Want | None, *, complete: bool
) -> Value:
    """One of several results, each under its own assumptions."""
    values = evaluate_peers(
        ctx, scope, [branch for branch, _ in branches], want, assumptions=[facts for _, facts in branches]
    )
    nullable = not complete or any(value.nullable for value in values)
    merged = merge([value.type for value in values])
    shape = merge_json([value.json for value in values], nullable=nullable) if merged == JSON else None
    return Value(merged, nullable, merged_origin(values), shape, open=all(value.open for value in values))
