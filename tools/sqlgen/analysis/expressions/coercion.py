"""Expressions of one type together: the sides of a comparison, the branches of a CASE, COALESCE's arguments.

A parameter among them gets the type of the others: `price > ?`, `COALESCE(?, name)`, `? IN (a, b)`.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column, require_vectors
from tools.sqlgen.analysis.facts import Facts
from tools.sqlgen.analysis.json_shapes import common_shape
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.result_types import types_in_mariadb
from tools.sqlgen.syntax.ast import (
    LITERALS,
    Call,
    ColumnRef,
    Expr,
    NullLiteral,
    Param,
    Unary,
)
from tools.sqlgen.types.common_type import common_type, common_type_in_mariadb, may_lose_values
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import JSON, NULL, VARCHAR, family
from tools.sqlgen.types.typed_expr import TypedExpr

_TRANSPARENT = frozenset(("COALESCE", "IFNULL", "NULLIF", "GREATEST", "LEAST"))


def is_untyped(expr: Expr) -> bool:
    """True if an expression has no type except the one that its place gives it."""
    if isinstance(expr, Param):
        return True
    if isinstance(expr, Unary):
        return expr.op in {"-", "+"} and is_untyped(expr.operand)
    if isinstance(expr, Call) and expr.name.upper() in _TRANSPARENT:
        return all(is_untyped(arg) or isinstance(arg, NullLiteral) for arg in expr.args)
    return False


def evaluate_coerced(
    ctx: Context,
    place: Place,
    exprs: Sequence[Expr],
    expected: Expected | None = None,
    *,
    assumptions: Sequence[Facts] = (),
) -> list[TypedExpr]:
    """Analyse expressions that are compared with each other or that have one common type.

    `expected` is for parameters if no other expression determines their type; `assumptions` are the facts that
    each expression may rely on.
    """
    values: list[TypedExpr | None] = [None] * len(exprs)
    for index, expr in enumerate(exprs):
        if not is_untyped(expr):
            values[index] = _evaluate(ctx, place, expr, expected, assumptions, index)
    best = _best_expected(exprs, values, expected)
    for index, expr in enumerate(exprs):
        if values[index] is None:
            values[index] = _evaluate(ctx, place, expr, best, assumptions, index)
    return [value for value in values if value is not None]


def _evaluate(
    ctx: Context,
    place: Place,
    expr: Expr,
    expected: Expected | None,
    assumptions: Sequence[Facts],
    index: int,
) -> TypedExpr:
    at = place.assuming(assumptions[index]) if assumptions else place
    return ctx.evaluate(at, expr, expected)


def _best_expected(
    exprs: Sequence[Expr], values: Sequence[TypedExpr | None], expected: Expected | None
) -> Expected | None:
    """Expected type of the most specific value: a column, then an expression, then a literal."""
    if expected is not None and expected.assigned is not None:
        return expected
    best: tuple[int, Expected] | None = None
    for expr, value in zip(exprs, values, strict=True):
        if value is None or value.untyped or family(value.type) in {"null", "unknown"}:
            continue
        rank = 1 if isinstance(expr, LITERALS) else 3 if value.source_column is not None else 2
        if best is None or rank > best[0]:
            best = (rank, expected_beside(expr, value))
    if best is None:
        return expected
    if best[0] == 1 and expected is not None and not expected.weak:
        return expected
    return best[1]


def expected_beside(expr: Expr, value: TypedExpr) -> Expected:
    """Return the expected type of a parameter that is compared with `value` or shares its common type."""
    name = (
        expr.column
        if isinstance(expr, ColumnRef)
        else value.source_column.column
        if value.source_column
        else None
    )
    if family(value.type) == "json":
        # A JSON value is compared with text and numbers as such: what is sent must not be JSON again.
        return Expected(VARCHAR, None, name)
    return Expected(
        value.type,
        value.source_column,
        name,
        weak=isinstance(expr, LITERALS) and value.type.name == "VARCHAR",
    )


def common_source_column(values: Sequence[TypedExpr]) -> SourceColumn | None:
    """Return the source column of a value with a common type: the one that all values have, NULL aside.

    BINARY values of several columns keep the first one's: their bytes have the same meaning (a BINARY(16) key).
    """
    real = [value for value in values if family(value.type) != "null"]
    if not real or any(value.source_column is None for value in real):
        return None
    first = real[0]
    if all(value.source_column == first.source_column for value in real):
        return first.source_column
    alike = all(value.type == first.type for value in real)
    return first.source_column if alike and first.type.name == "BINARY" else None


def evaluate_branches(
    ctx: Context,
    place: Place,
    branches: Sequence[tuple[Expr, Facts]],
    expected: Expected | None,
    *,
    complete: bool,
    null_has_type: bool = True,
) -> TypedExpr:
    """Analyse alternative results, each with its own assumptions, and give them one type.

    `null_has_type` is false for IF, where MariaDB takes the type of the other result.
    """
    values = evaluate_coerced(
        ctx, place, [branch for branch, _ in branches], expected, assumptions=[facts for _, facts in branches]
    )
    for branch, _ in branches:
        require_one_column(ctx, branch)
    types = [value.type for value in values]
    require_vectors(ctx, "this expression", types, branches[0][0].start, branches[-1][0].end)
    nullable = not complete or any(value.nullable for value in values) or may_lose_values(types)
    merged = (
        common_type_in_mariadb(types_in_mariadb(values, [branch for branch, _ in branches]))
        if ctx.catalog.server == "mariadb" and (null_has_type or NULL not in types)
        else common_type(types)
    )
    shape = common_shape([value.json for value in values], nullable=nullable) if merged == JSON else None
    return TypedExpr(
        merged, nullable, common_source_column(values), shape, untyped=all(value.untyped for value in values)
    )
