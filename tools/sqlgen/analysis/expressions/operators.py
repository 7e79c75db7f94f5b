"""Unary and binary operators, and intervals."""

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.expressions.coercion import evaluate_coerced
from tools.sqlgen.analysis.expressions.dates import shift_date
from tools.sqlgen.analysis.expressions.operand_checks import (
    check_dates,
    refuse_objects,
    require_one_column,
    require_vectors,
    warn_of_members,
)
from tools.sqlgen.analysis.expressions.rows import compare_rows, is_row
from tools.sqlgen.analysis.facts import NonZero
from tools.sqlgen.analysis.place import Place, proven
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.literal_numbers import nonzero_literal
from tools.sqlgen.syntax.ast import (
    Binary,
    BytesLiteral,
    ColumnRef,
    Expr,
    Interval,
    IntLiteral,
    Param,
    StringLiteral,
    Unary,
)
from tools.sqlgen.types.arithmetic import (
    arithmetic,
    bit_operation,
    negation,
    number_in_mariadb,
    operand_family,
)
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.sql_type import (
    BIGINT,
    BOOL,
    DECIMAL,
    DOUBLE,
    JSON,
    LONGTEXT,
    UBIGINT,
    VARBINARY,
    VARCHAR,
    SqlType,
    decimal,
    family,
)
from tools.sqlgen.types.typed_expr import UNKNOWN_EXPR, TypedExpr


def evaluate_unary(ctx: Context, place: Place, expr: Unary, expected: Expected | None) -> TypedExpr:
    if expr.op in {"NOT", "!"}:
        operand = ctx.evaluate(place, expr.operand, Expected(BOOL))
        require_one_column(ctx, expr.operand)
        return TypedExpr(BOOL, operand.nullable)
    if expr.op == "BINARY":
        operand = ctx.evaluate(place, expr.operand, expected or Expected(VARCHAR))
        require_one_column(ctx, expr.operand)
        return TypedExpr(VARBINARY, operand.nullable)
    if expr.op == "~":
        operand = ctx.evaluate(place, expr.operand, Expected(UBIGINT))
        require_one_column(ctx, expr.operand)
        refuse_objects(ctx, "~", (expr.operand,), (operand,))
        return TypedExpr(_bits_of(ctx, operand.type), operand.nullable)
    operand = ctx.evaluate(
        place, expr.operand, _signed(expected) if expected else Expected(DOUBLE, weak=True)
    )
    require_one_column(ctx, expr.operand)
    if expr.op == "+":
        return operand
    refuse_objects(ctx, "-", (expr.operand,), (operand,))
    return TypedExpr(
        _negated(expr.operand, _as_number(ctx, expr.operand, operand.type)),
        operand.nullable,
        untyped=operand.untyped,
    )


def _signed(expected: Expected) -> Expected:
    if expected.type.unsigned or expected.type.is_bool:
        return msgspec.structs.replace(expected, type=BIGINT, source_column=None)
    return expected


def _negated(expr: Expr, operand: SqlType) -> SqlType:
    if isinstance(expr, IntLiteral):
        if expr.value > _LEAST_SIGNED:
            return decimal(operand.precision or 0, 0)
        return SqlType("BIGINT", precision=operand.precision)
    return negation(operand)


_LEAST_SIGNED = 2**63


_BOOLEAN = frozenset(("AND", "OR", "XOR"))


_COMPARISON = frozenset(("=", "<=>", "<>", "<", "<=", ">", ">=", "SOUNDS LIKE"))


_BITS = frozenset(("|", "&", "<<", ">>", "^"))


def evaluate_binary(ctx: Context, place: Place, expr: Binary, expected: Expected | None) -> TypedExpr:
    if expr.op in _BOOLEAN:
        return _boolean(ctx, place, expr)
    if expr.op in _COMPARISON:
        return _comparison(ctx, place, expr)
    if expr.op in {"->", "->>"}:
        return _json_path(ctx, place, expr)
    if isinstance(expr.right, Interval) or isinstance(expr.left, Interval):
        return _interval_arithmetic(ctx, place, expr, expected)
    if expr.op in _BITS:
        return _bits(ctx, place, expr)
    left, right = _numbers(ctx, place, expr)
    for side in (expr.left, expr.right):
        require_one_column(ctx, side)
    refuse_objects(ctx, expr.op, (expr.left, expr.right), (left, right))
    nullable = left.nullable or right.nullable
    if expr.op in {"/", "DIV", "MOD"} and not nullable:
        # DIV makes a DECIMAL of a DOUBLE, and may round it to zero.
        rounds = expr.op == "DIV" and family(right.type) not in {"int", "decimal", "year", "bit"}
        nullable = rounds or not _is_nonzero(ctx, place, expr.right)
    left_type, right_type = _as_number(ctx, expr.left, left.type), _as_number(ctx, expr.right, right.type)
    return TypedExpr(arithmetic(expr.op, left_type, right_type), nullable)


def _is_nonzero(ctx: Context, place: Place, expr: Expr) -> bool:
    if nonzero_literal(expr):
        return True
    found = expression_key(ctx, expr)
    return found is not None and proven(NonZero(found), place)


def _as_number(ctx: Context, expr: Expr, sql_type: SqlType) -> SqlType:
    if isinstance(expr, BytesLiteral):
        return UBIGINT
    return number_in_mariadb(sql_type) if ctx.catalog.server == "mariadb" else sql_type


def _numbers(ctx: Context, place: Place, expr: Binary) -> tuple[TypedExpr, TypedExpr]:
    """Both operands of an arithmetic operator; a parameter gets a number like the other's."""
    first, second = (expr.left, expr.right)
    if isinstance(first, Param) and not isinstance(second, Param):
        right = ctx.evaluate(place, second)
        return ctx.evaluate(place, first, _expected_number(expr, second, right)), right
    if isinstance(first, Param):
        fallback = Expected(DOUBLE, weak=True)
        return ctx.evaluate(place, first, fallback), ctx.evaluate(place, second, fallback)
    left = ctx.evaluate(place, first)
    return left, ctx.evaluate(place, second, _expected_number(expr, first, left))


def _expected_number(expr: Binary, other: Expr, value: TypedExpr) -> Expected:
    """A number of the kind that the other operand is; `stock - ?` suggests the column's name."""
    name = other.column if isinstance(other, ColumnRef) else None
    match operand_family(value.type):
        case "int":
            return Expected(BIGINT, name=name, weak=isinstance(other, IntLiteral))
        case "decimal":
            return Expected(BIGINT if family(value.type) in {"time", "datetime"} else DECIMAL, name=name)
        case _:
            return Expected(DOUBLE, name=name, weak=value.untyped or expr.op == "/")


def _bits(ctx: Context, place: Place, expr: Binary) -> TypedExpr:
    left = ctx.evaluate(place, expr.left, Expected(BIGINT))
    right = ctx.evaluate(place, expr.right, Expected(BIGINT))
    for side in (expr.left, expr.right):
        require_one_column(ctx, side)
    refuse_objects(ctx, expr.op, (expr.left, expr.right), (left, right))
    if expr.op in {"<<", ">>"}:
        result = UBIGINT if isinstance(expr.left, BytesLiteral) else _bits_of(ctx, left.type)
    elif isinstance(expr.left, BytesLiteral) and isinstance(expr.right, BytesLiteral):
        result = UBIGINT
    else:
        result = _bits_of(ctx, bit_operation(left.type, right.type))
    return TypedExpr(result, left.nullable or right.nullable)


def _bits_of(ctx: Context, operand: SqlType) -> SqlType:
    """The type of bits like those of the operand: MariaDB reads bytes as a number."""
    return VARBINARY if family(operand) == "bytes" and ctx.catalog.server != "mariadb" else UBIGINT


def _warn_of_pipes(ctx: Context, expr: Binary) -> None:
    """Warn of `'%' || :q`: texts are not concatenated with || in MySQL."""
    between = ctx.text[expr.left.end : expr.right.start]
    sides = (expr.left, expr.right)
    if expr.op == "OR" and "||" in between and any(isinstance(side, StringLiteral) for side in sides):
        ctx.report("|| is OR in MySQL, and does not join texts", expr, "write CONCAT(a, b)", "warning")


def _boolean(ctx: Context, place: Place, expr: Binary) -> TypedExpr:
    _warn_of_pipes(ctx, expr)
    left = ctx.evaluate(place, expr.left, Expected(BOOL, weak=True))
    right = ctx.evaluate(place, expr.right, Expected(BOOL, weak=True))
    for side in (expr.left, expr.right):
        require_one_column(ctx, side)
    return TypedExpr(BOOL, left.nullable or right.nullable)


def _comparison(ctx: Context, place: Place, expr: Binary) -> TypedExpr:
    if is_row(expr.left) or is_row(expr.right):
        nullable = compare_rows(ctx, place, expr.left, expr.right)
        return TypedExpr(BOOL, nullable and expr.op != "<=>")
    sides = (expr.left, expr.right)
    values = evaluate_coerced(ctx, place, sides)
    for side in sides:
        require_one_column(ctx, side)
    check_dates(ctx, sides, values)
    warn_of_members(ctx, sides, values)
    if expr.op == "<=>":
        for side in sides:
            ctx.parameters.note_test(side)
    if expr.op in {"<", "<=", ">", ">="}:
        refuse_objects(ctx, expr.op, sides, values)
    elif expr.op in {"=", "<=>"}:
        require_vectors(ctx, expr.op, [value.type for value in values], expr.start, expr.end)
    return TypedExpr(BOOL, expr.op != "<=>" and any(value.nullable for value in values))


def _json_path(ctx: Context, place: Place, expr: Binary) -> TypedExpr:
    ctx.evaluate(place, expr.left, Expected(JSON))
    ctx.evaluate(place, expr.right, Expected(VARCHAR))
    if expr.op == "->":
        return TypedExpr(JSON, nullable=True, json=JsonAny(nullable=True))
    return TypedExpr(LONGTEXT, nullable=True)


def _interval_arithmetic(ctx: Context, place: Place, expr: Binary, expected: Expected | None) -> TypedExpr:
    base, interval = (expr.left, expr.right) if isinstance(expr.right, Interval) else (expr.right, expr.left)
    if not isinstance(interval, Interval) or isinstance(base, Interval) or expr.op not in {"+", "-"}:
        ctx.report("an INTERVAL can only be added to a date, or taken from one", expr)
        return UNKNOWN_EXPR
    return shift_date(ctx, place, base, interval, expected)


def evaluate_interval(ctx: Context, place: Place, expr: Interval, _expected: Expected | None) -> TypedExpr:
    compound = "_" in expr.unit
    value = ctx.evaluate(place, expr.value, Expected(VARCHAR if compound else BIGINT, name="interval"))
    require_one_column(ctx, expr.value)
    return value
