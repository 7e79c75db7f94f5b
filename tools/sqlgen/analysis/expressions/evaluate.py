"""Type and nullability of every expression, in one walk; parameters get their types on the way.

evaluate(ctx, scope, parse("COALESCE(t.a, ?) + 1"))  ->  Value(BIGINT, nullable=False)
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.assignments import require_default
from tools.sqlgen.analysis.expression_key import column_references, expression_key
from tools.sqlgen.analysis.expressions.calls import evaluate_call
from tools.sqlgen.analysis.expressions.coercion import evaluate_branches, evaluate_coerced
from tools.sqlgen.analysis.expressions.dates import shift_date
from tools.sqlgen.analysis.expressions.fulltext import check_fulltext
from tools.sqlgen.analysis.expressions.rows import compare_rows, is_row, require_one_column
from tools.sqlgen.analysis.json_shapes import common_shape, json_of_column
from tools.sqlgen.analysis.names import look_up
from tools.sqlgen.analysis.predicates import Facts, closure, is_nullable, when_not_true, when_true
from tools.sqlgen.analysis.scope import Grouped, Item, NonZero, NotNull, Scope
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.functions.rules import nonzero_literal
from tools.sqlgen.functions.system_variables import variable_type
from tools.sqlgen.syntax.ast import (
    AfterMacro,
    Assign,
    Between,
    Binary,
    BoolLiteral,
    BytesLiteral,
    Call,
    Case,
    Cast,
    Collate,
    ColumnRef,
    ConvertCharset,
    DecimalLiteral,
    DefaultValue,
    Embed,
    Exists,
    Expr,
    FloatLiteral,
    In,
    InsertedValue,
    Interval,
    IntLiteral,
    IsTest,
    Like,
    Match,
    MemberOf,
    NullLiteral,
    Optional,
    OrderByMacro,
    Param,
    Quantified,
    Query,
    Regexp,
    Row,
    Star,
    StringLiteral,
    Subquery,
    SystemVariable,
    TemporalLiteral,
    Unary,
    Unit,
    UserVariable,
)
from tools.sqlgen.types.arithmetic import arithmetic, bit_operation, negation, operand_family
from tools.sqlgen.types.declared import cast_type
from tools.sqlgen.types.json_shape import JsonAny
from tools.sqlgen.types.sql_type import (
    BIGINT,
    BOOL,
    DATE,
    DECIMAL,
    DOUBLE,
    JSON,
    LONGBLOB,
    LONGTEXT,
    NULL,
    UBIGINT,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    SqlType,
    decimal,
    family,
    temporal,
)
from tools.sqlgen.types.typed_expr import TypedExpr

_UNKNOWN_EXPR = TypedExpr(UNKNOWN, nullable=True)
_MAX_SIGNED = 2**63 - 1
_MAX_UNSIGNED = 2**64 - 1


def evaluate(ctx: Context, scope: Scope, expr: Expr, expected: Expected | None = None) -> TypedExpr:
    """Return the typed expression for `expr`; `expected` is the type that its place gives to a parameter."""
    evaluator = _EVALUATORS.get(type(expr))
    if evaluator is None:
        ctx.report("this cannot stand here", expr)
        return _UNKNOWN_EXPR
    value = evaluator(ctx, scope, expr, expected)
    if not isinstance(expr, (ColumnRef, *_LITERALS)):
        value = _as_proven(ctx, scope, expr, value)
    ctx.info.typed[expr] = value
    return value


def _as_proven(ctx: Context, scope: Scope, expr: Expr, value: TypedExpr) -> TypedExpr:
    """Apply the facts about the expression as a whole to its nullability."""
    if value.nullable:
        if (
            ctx.has_facts(scope)
            and (found := expression_key(ctx, expr)) is not None
            and ctx.proven(NotNull(found), scope)
        ):
            return msgspec.structs.replace(value, nullable=False)
    elif scope.rollup and scope.after_grouping and (found := expression_key(ctx, expr)) in scope.group_keys:
        sure = ctx.proven(NotNull(found), scope) or ctx.proven(Grouped(found), scope)
        return msgspec.structs.replace(value, nullable=not sure)
    return value


# --- literals, names, parameters --------------------------------------------------------------------


def _null(_ctx: Context, _scope: Scope, _expr: NullLiteral, _want: Expected | None) -> TypedExpr:
    return TypedExpr(NULL, nullable=True)


def _bool(_ctx: Context, _scope: Scope, _expr: BoolLiteral, _want: Expected | None) -> TypedExpr:
    return TypedExpr(BOOL, nullable=False)


def _int(_ctx: Context, _scope: Scope, expr: IntLiteral, _want: Expected | None) -> TypedExpr:
    digits = len(str(abs(expr.value)))
    if expr.value > _MAX_UNSIGNED:
        return TypedExpr(decimal(digits, 0), nullable=False)
    return TypedExpr(SqlType("BIGINT", unsigned=expr.value > _MAX_SIGNED, precision=digits), nullable=False)


def _decimal(_ctx: Context, _scope: Scope, expr: DecimalLiteral, _want: Expected | None) -> TypedExpr:
    whole, _, places = expr.text.partition(".")
    return TypedExpr(decimal(max(len(whole.lstrip("0")), 0) + len(places), len(places)), nullable=False)


def _float(_ctx: Context, _scope: Scope, _expr: FloatLiteral, _want: Expected | None) -> TypedExpr:
    return TypedExpr(DOUBLE, nullable=False)


def _string(_ctx: Context, _scope: Scope, expr: StringLiteral, _want: Expected | None) -> TypedExpr:
    if expr.charset is not None and expr.charset.lower() == "binary":
        return TypedExpr(SqlType("VARBINARY", length=len(expr.value), charset="binary"), nullable=False)
    return TypedExpr(SqlType("VARCHAR", length=len(expr.value) or None), nullable=False)


def _bytes(_ctx: Context, _scope: Scope, expr: BytesLiteral, _want: Expected | None) -> TypedExpr:
    if expr.charset is not None and expr.charset.lower() != "binary":
        return TypedExpr(SqlType("VARCHAR", length=len(expr.value) or None), nullable=False)
    return TypedExpr(SqlType("VARBINARY", length=len(expr.value) or None, charset="binary"), nullable=False)


def _temporal(ctx: Context, _scope: Scope, expr: TemporalLiteral, _want: Expected | None) -> TypedExpr:
    if not any(char.isdigit() for char in expr.value):
        ctx.report(f"'{expr.value}' is no {expr.kind}", expr)
    scale = len(expr.value.partition(".")[2])
    types = {"DATE": DATE, "TIME": temporal("TIME", scale), "TIMESTAMP": temporal("DATETIME", scale)}
    return TypedExpr(types[expr.kind], nullable=False)


def _column(ctx: Context, scope: Scope, expr: ColumnRef, _want: Expected | None) -> TypedExpr:
    found = ctx.info.synthetic.get(expr) or look_up(ctx, scope, expr, top=expr is ctx.top)
    if found is None:
        return _UNKNOWN_EXPR
    if isinstance(found, Item):
        return _item(ctx, scope, expr, found)
    relation, index = found
    column = relation.columns[index]
    nullable = is_nullable(ctx, scope, relation, index)
    shape = column.json if column.json is not None else json_of_column(column)
    return TypedExpr(column.type, nullable, column.origin, shape)


def _item(ctx: Context, scope: Scope, expr: ColumnRef, item: Item) -> TypedExpr:
    """A select item named in HAVING or ORDER BY, or in a subquery of the select list."""
    if scope.in_aggregate and item.aggregated:
        ctx.report(f"'{expr.column}' is an aggregate already, and aggregates do not nest", expr)
    if item.windowed and scope.clause == "having":
        ctx.report(
            f"'{expr.column}' is the result of a window function, which HAVING cannot see",
            expr,
            "put the query into a derived table and filter outside of it",
        )
    found = expression_key(ctx, item.expr) if item.value.nullable else None
    nullable = item.value.nullable and not (found is not None and ctx.proven(NotNull(found), scope))
    return msgspec.structs.replace(item.value, nullable=nullable)


def _star(ctx: Context, _scope: Scope, expr: Star, _want: Expected | None) -> TypedExpr:
    ctx.report("'*' can only be a select item of its own, or COUNT's argument", expr)
    return _UNKNOWN_EXPR


def _param(ctx: Context, _scope: Scope, expr: Param, expected: Expected | None) -> TypedExpr:
    if expr.kind == "slice" and expr not in ctx.info.slices:
        ctx.report(
            "sqlc.slice can only stand in an IN list or in FIELD", expr, "write: column IN (sqlc.slice(name))"
        )
    known = ctx.parameters.use(expr, expected)
    nullable = expr.kind == "narg"
    if known is None:
        return TypedExpr(VARCHAR, nullable, untyped=True)
    return TypedExpr(known, nullable)


def _user_variable(_ctx: Context, _scope: Scope, _expr: UserVariable, _want: Expected | None) -> TypedExpr:
    return TypedExpr(LONGBLOB, nullable=True)


def _system_variable(_ctx: Context, _scope: Scope, expr: SystemVariable, _want: Expected | None) -> TypedExpr:
    sql_type = variable_type(expr.name)
    return TypedExpr(sql_type, nullable=sql_type == VARCHAR)


def _assign(ctx: Context, scope: Scope, expr: Assign, expected: Expected | None) -> TypedExpr:
    value = evaluate(ctx, scope, expr.value, expected)
    if family(value.type) in {"date", "datetime", "time", "enum", "set"}:
        return TypedExpr(VARCHAR, value.nullable)
    return TypedExpr(value.type, value.nullable)


# --- operators --------------------------------------------------------------------------------------


def _unary(ctx: Context, scope: Scope, expr: Unary, expected: Expected | None) -> TypedExpr:
    if expr.op in {"NOT", "!"}:
        operand = evaluate(ctx, scope, expr.operand, Expected(BOOL))
        return TypedExpr(BOOL, operand.nullable)
    if expr.op == "BINARY":
        operand = evaluate(ctx, scope, expr.operand, expected or Expected(VARCHAR))
        return TypedExpr(VARBINARY, operand.nullable)
    if expr.op == "~":
        operand = evaluate(ctx, scope, expr.operand, Expected(UBIGINT))
        return TypedExpr(VARBINARY if family(operand.type) == "bytes" else UBIGINT, operand.nullable)
    operand = evaluate(
        ctx, scope, expr.operand, _signed(expected) if expected else Expected(DOUBLE, weak=True)
    )
    require_one_column(ctx, expr.operand)
    if expr.op == "+":
        return operand
    return TypedExpr(_negated(expr.operand, operand.type), operand.nullable, untyped=operand.untyped)


def _signed(expected: Expected) -> Expected:
    if expected.type.unsigned or expected.type.is_bool:
        return msgspec.structs.replace(expected, type=BIGINT, origin=None)
    return expected


def _negated(expr: Expr, operand: SqlType) -> SqlType:
    if isinstance(expr, IntLiteral):
        return SqlType("BIGINT", precision=operand.precision)
    return negation(operand)


_BOOLEAN = frozenset(("AND", "OR", "XOR"))
_COMPARISON = frozenset(("=", "<=>", "<>", "<", "<=", ">", ">=", "SOUNDS LIKE"))
_BITS = frozenset(("|", "&", "<<", ">>", "^"))


def _binary(ctx: Context, scope: Scope, expr: Binary, expected: Expected | None) -> TypedExpr:
    if expr.op in _BOOLEAN:
        return _boolean(ctx, scope, expr)
    if expr.op in _COMPARISON:
        return _comparison(ctx, scope, expr)
    if expr.op in {"->", "->>"}:
        return _json_path(ctx, scope, expr)
    if isinstance(expr.right, Interval) or isinstance(expr.left, Interval):
        return _interval_arithmetic(ctx, scope, expr, expected)
    if expr.op in _BITS:
        return _bits(ctx, scope, expr)
    left, right = _numbers(ctx, scope, expr)
    nullable = left.nullable or right.nullable
    if expr.op in {"/", "DIV", "MOD"} and not nullable:
        # DIV makes a DECIMAL of a DOUBLE, and may round it to zero.
        rounds = expr.op == "DIV" and family(right.type) not in {"int", "decimal", "year", "bit"}
        nullable = rounds or not _is_nonzero(ctx, scope, expr.right)
    left_type, right_type = _as_number(expr.left, left.type), _as_number(expr.right, right.type)
    return TypedExpr(arithmetic(expr.op, left_type, right_type), nullable)


def _is_nonzero(ctx: Context, scope: Scope, expr: Expr) -> bool:
    if nonzero_literal(expr):
        return True
    found = expression_key(ctx, expr)
    return found is not None and ctx.proven(NonZero(found), scope)


def _as_number(expr: Expr, sql_type: SqlType) -> SqlType:
    return SqlType("BIGINT", unsigned=True) if isinstance(expr, BytesLiteral) else sql_type


def _numbers(ctx: Context, scope: Scope, expr: Binary) -> tuple[TypedExpr, TypedExpr]:
    """Both operands of an arithmetic operator; a parameter gets a number like the other's."""
    first, second = (expr.left, expr.right)
    if isinstance(first, Param) and not isinstance(second, Param):
        right = evaluate(ctx, scope, second)
        return evaluate(ctx, scope, first, _expected_number(expr, second, right)), right
    if isinstance(first, Param):
        fallback = Expected(DOUBLE, weak=True)
        return evaluate(ctx, scope, first, fallback), evaluate(ctx, scope, second, fallback)
    left = evaluate(ctx, scope, first)
    right = evaluate(ctx, scope, second, _expected_number(expr, first, left))
    for side in (first, second):
        require_one_column(ctx, side)
    return left, right


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


def _bits(ctx: Context, scope: Scope, expr: Binary) -> TypedExpr:
    left = evaluate(ctx, scope, expr.left, Expected(BIGINT))
    right = evaluate(ctx, scope, expr.right, Expected(BIGINT))
    if expr.op in {"<<", ">>"}:
        result = (
            VARBINARY if family(left.type) == "bytes" and not isinstance(expr.left, BytesLiteral) else UBIGINT
        )
    elif isinstance(expr.left, BytesLiteral) and isinstance(expr.right, BytesLiteral):
        result = UBIGINT
    else:
        result = bit_operation(left.type, right.type)
    return TypedExpr(result, left.nullable or right.nullable)


def _boolean(ctx: Context, scope: Scope, expr: Binary) -> TypedExpr:
    left = evaluate(ctx, scope, expr.left, Expected(BOOL, weak=True))
    right = evaluate(ctx, scope, expr.right, Expected(BOOL, weak=True))
    for side in (expr.left, expr.right):
        require_one_column(ctx, side)
    return TypedExpr(BOOL, left.nullable or right.nullable)


def _comparison(ctx: Context, scope: Scope, expr: Binary) -> TypedExpr:
    if is_row(expr.left) or is_row(expr.right):
        nullable = compare_rows(ctx, scope, expr.left, expr.right)
        return TypedExpr(BOOL, nullable and expr.op != "<=>")
    values = evaluate_coerced(ctx, scope, (expr.left, expr.right))
    for side in (expr.left, expr.right):
        require_one_column(ctx, side)
    return TypedExpr(BOOL, expr.op != "<=>" and any(value.nullable for value in values))


def _json_path(ctx: Context, scope: Scope, expr: Binary) -> TypedExpr:
    evaluate(ctx, scope, expr.left, Expected(JSON))
    evaluate(ctx, scope, expr.right, Expected(VARCHAR))
    if expr.op == "->":
        return TypedExpr(JSON, nullable=True, json=JsonAny(nullable=True))
    return TypedExpr(LONGTEXT, nullable=True)


def _interval_arithmetic(ctx: Context, scope: Scope, expr: Binary, expected: Expected | None) -> TypedExpr:
    base, interval = (expr.left, expr.right) if isinstance(expr.right, Interval) else (expr.right, expr.left)
    if not isinstance(interval, Interval) or isinstance(base, Interval) or expr.op not in {"+", "-"}:
        ctx.report("an INTERVAL can only be added to a date, or taken from one", expr)
        return _UNKNOWN_EXPR
    return shift_date(ctx, scope, base, interval, expected)


def _interval(ctx: Context, scope: Scope, expr: Interval, _want: Expected | None) -> TypedExpr:
    compound = "_" in expr.unit
    return evaluate(ctx, scope, expr.value, Expected(VARCHAR if compound else BIGINT, name="interval"))


# --- predicates -------------------------------------------------------------------------------------


def _is_test(ctx: Context, scope: Scope, expr: IsTest, _want: Expected | None) -> TypedExpr:
    expected = None if expr.test == "NULL" else Expected(BOOL, weak=True)
    evaluate(ctx, scope, expr.operand, expected)
    require_one_column(ctx, expr.operand)
    return TypedExpr(BOOL, nullable=False)


def _like(ctx: Context, scope: Scope, expr: Like, _want: Expected | None) -> TypedExpr:
    operand, pattern = _text_peers(ctx, scope, expr.operand, expr.pattern)
    nullable = operand.nullable or pattern.nullable
    if expr.escape is not None:
        evaluate(ctx, scope, expr.escape, Expected(VARCHAR, name="escape"))
    return TypedExpr(BOOL, nullable)


def _regexp(ctx: Context, scope: Scope, expr: Regexp, _want: Expected | None) -> TypedExpr:
    operand, pattern = _text_peers(ctx, scope, expr.operand, expr.pattern)
    return TypedExpr(BOOL, operand.nullable or pattern.nullable)


def _text_peers(ctx: Context, scope: Scope, operand: Expr, pattern: Expr) -> tuple[TypedExpr, TypedExpr]:
    left = evaluate(ctx, scope, operand, Expected(VARCHAR))
    name = operand.column if isinstance(operand, ColumnRef) else None
    origin = left.origin if family(left.type) == "string" else None
    is_bytes = family(left.type) == "bytes"
    right = evaluate(ctx, scope, pattern, Expected(VARBINARY if is_bytes else VARCHAR, origin, name))
    for side in (operand, pattern):
        require_one_column(ctx, side)
    return left, right


def _between(ctx: Context, scope: Scope, expr: Between, _want: Expected | None) -> TypedExpr:
    sides = (expr.operand, expr.low, expr.high)
    values = evaluate_coerced(ctx, scope, sides)
    for side in sides:
        require_one_column(ctx, side)
    return TypedExpr(BOOL, any(value.nullable for value in values))


def _in(ctx: Context, scope: Scope, expr: In, _want: Expected | None) -> TypedExpr:
    if isinstance(expr.items, Query):
        subquery = Subquery(expr.items.start, expr.items.end, expr.items)
        nullable = compare_rows(ctx, scope, expr.operand, subquery, rows=True)
        return TypedExpr(BOOL, nullable)
    if is_row(expr.operand) or any(is_row(item) for item in expr.items):
        nullable = False
        for item in expr.items:
            nullable |= compare_rows(ctx, scope, expr.operand, item)
        return TypedExpr(BOOL, nullable)
    ctx.info.slices.update(item for item in expr.items if isinstance(item, Param))
    values = evaluate_coerced(ctx, scope, (expr.operand, *expr.items))
    return TypedExpr(BOOL, any(value.nullable for value in values))


def _member_of(ctx: Context, scope: Scope, expr: MemberOf, _want: Expected | None) -> TypedExpr:
    value = evaluate(ctx, scope, expr.value, Expected(VARCHAR))
    array = evaluate(ctx, scope, expr.array, Expected(JSON))
    return TypedExpr(BOOL, value.nullable or array.nullable)


def _exists(ctx: Context, scope: Scope, expr: Exists, _want: Expected | None) -> TypedExpr:
    ctx.analyse_query(ctx, expr.query, scope)
    return TypedExpr(BOOL, nullable=False)


def _quantified(ctx: Context, scope: Scope, expr: Quantified, _want: Expected | None) -> TypedExpr:
    subquery = Subquery(expr.query.start, expr.query.end, expr.query)
    return TypedExpr(BOOL, compare_rows(ctx, scope, expr.left, subquery, rows=True))


def _subquery(ctx: Context, scope: Scope, expr: Subquery, expected: Expected | None) -> TypedExpr:
    result = ctx.analyse_query(ctx, expr.query, scope, (expected,))
    if not result.columns:
        return _UNKNOWN_EXPR
    column = result.columns[0]
    nullable = column.nullable or not result.min_one or _reads_empty_group(ctx, scope, expr)
    shape = common_shape([column.json], nullable=nullable) if column.json is not None else None
    ctx.info.subqueries[expr] = result
    return TypedExpr(column.type, nullable, column.origin, shape)


def _reads_empty_group(ctx: Context, scope: Scope, expr: Subquery) -> bool:
    """True if a subquery reads the rows of an aggregate query without GROUP BY; for no rows it is NULL."""
    return scope.implicit and scope.after_grouping and bool(column_references(ctx, expr, scope))


def _row(ctx: Context, scope: Scope, expr: Row, _want: Expected | None) -> TypedExpr:
    values = [evaluate(ctx, scope, item) for item in expr.items]
    return TypedExpr(UNKNOWN, any(value.nullable for value in values))


# --- branches ---------------------------------------------------------------------------------------


def _case(ctx: Context, scope: Scope, expr: Case, expected: Expected | None) -> TypedExpr:
    """CASE: each branch is analysed with the facts of its condition, and of the failure of those before."""
    not_before: Facts = set()
    conditions: list[Facts] = []
    if expr.operand is not None:
        evaluate_coerced(ctx, scope, (expr.operand, *(when.condition for when in expr.whens)))
    for when in expr.whens:
        if expr.operand is None:
            with ctx.assuming(closure(ctx, not_before)):
                evaluate(ctx, scope, when.condition, Expected(BOOL, weak=True))
            proof = when_true(ctx, when.condition)
            conditions.append(closure(ctx, not_before | proof))
            not_before |= when_not_true(ctx, when.condition)
        else:
            same = Binary(when.start, when.end, "=", expr.operand, when.condition)
            conditions.append(closure(ctx, when_true(ctx, same)))
    branches = [(when.result, facts) for when, facts in zip(expr.whens, conditions, strict=True)]
    if expr.otherwise is not None:
        branches.append((expr.otherwise, closure(ctx, not_before)))
    return evaluate_branches(ctx, scope, branches, expected, complete=expr.otherwise is not None)


# --- conversions ------------------------------------------------------------------------------------


_UNCHECKED_BYTES = frozenset({"bytes", "bit", "geometry", "vector"})
"""Families whose bytes may be no valid text: conversion to text then gives NULL."""


def _cast(ctx: Context, scope: Scope, expr: Cast, _want: Expected | None) -> TypedExpr:
    target = cast_type(expr.type)
    operand = evaluate(ctx, scope, expr.operand, Expected(target))
    require_one_column(ctx, expr.operand)
    if (
        expr.type.name in {"CHAR", "NCHAR"}
        and operand.type.name.endswith(("TEXT", "JSON"))
        and not target.length
    ):
        target = LONGTEXT
    is_json = family(target) == "json"
    nullable = operand.nullable or _may_fail(target, operand.type)
    return TypedExpr(target, nullable, json=JsonAny(nullable=nullable) if is_json else None)


def _may_fail(target: SqlType, source: SqlType) -> bool:
    """True if CAST gives NULL for some values of the source type."""
    match family(target):
        case "date" | "datetime":
            return family(source) not in {"date", "datetime", "time"}
        case "time":
            return family(source) not in {"datetime", "time", "date"}
        case "year":
            return family(source) != "year"
        case "string":
            return family(source) in _UNCHECKED_BYTES
        case "geometry" | "vector" | "unknown":
            return True
        case _:
            return False


def _convert_charset(
    ctx: Context, scope: Scope, expr: ConvertCharset, expected: Expected | None
) -> TypedExpr:
    operand = evaluate(ctx, scope, expr.operand, expected or Expected(VARCHAR))
    if expr.charset.lower() == "binary":
        return TypedExpr(VARBINARY, operand.nullable)
    may_fail = family(operand.type) in {*_UNCHECKED_BYTES, "unknown"}
    large = operand.type.name.endswith(("TEXT", "BLOB", "JSON"))
    return TypedExpr(LONGTEXT if large else VARCHAR, operand.nullable or may_fail)


def _collate(ctx: Context, scope: Scope, expr: Collate, expected: Expected | None) -> TypedExpr:
    operand = evaluate(ctx, scope, expr.operand, expected or Expected(VARCHAR))
    return operand if family(operand.type) == "string" else TypedExpr(VARCHAR, operand.nullable)


# --- special forms ----------------------------------------------------------------------------------


def _match(ctx: Context, scope: Scope, expr: Match, _want: Expected | None) -> TypedExpr:
    for column in expr.columns:
        evaluate(ctx, scope, column)
    check_fulltext(ctx, expr)
    evaluate(ctx, scope, expr.against, Expected(VARCHAR, name="query"))
    return TypedExpr(DOUBLE, nullable=False)


def _default(ctx: Context, scope: Scope, expr: DefaultValue, _want: Expected | None) -> TypedExpr:
    if expr.column is None:
        ctx.report("DEFAULT can only be a whole value of INSERT or UPDATE", expr)
        return _UNKNOWN_EXPR
    value = evaluate(ctx, scope, expr.column)
    if (found := ctx.column_of(expr.column)) is not None:
        require_default(ctx, found[0], found[1], expr)
    return TypedExpr(value.type, value.nullable)


def _inserted_value(ctx: Context, scope: Scope, expr: InsertedValue, _want: Expected | None) -> TypedExpr:
    value = evaluate(ctx, scope, expr.column)
    return TypedExpr(value.type, nullable=True, origin=value.origin)


def _optional(ctx: Context, scope: Scope, expr: Optional, _want: Expected | None) -> TypedExpr:
    if expr.flag is not None:
        ctx.parameters.use(expr.flag, Expected(BOOL), flag=True)
    ctx.parameters.optional_depth += 1
    try:
        value = evaluate(ctx, scope, expr.condition, Expected(BOOL, weak=True))
    finally:
        ctx.parameters.optional_depth -= 1
    return TypedExpr(BOOL, value.nullable)


def _after(ctx: Context, scope: Scope, expr: AfterMacro, _want: Expected | None) -> TypedExpr:
    ctx.order_macros.append((expr, scope, expr.alias))
    return TypedExpr(BOOL, nullable=False)


def _order_by(ctx: Context, scope: Scope, expr: OrderByMacro, _want: Expected | None) -> TypedExpr:
    ctx.order_macros.append((expr, scope, expr.alias))
    return TypedExpr(NULL, nullable=True)


def _embed(ctx: Context, _scope: Scope, expr: Embed, _want: Expected | None) -> TypedExpr:
    ctx.report("sqlc.embed can only be a select item of its own", expr)
    return _UNKNOWN_EXPR


def _unit(_ctx: Context, _scope: Scope, _expr: Unit, _want: Expected | None) -> TypedExpr:
    return TypedExpr(VARCHAR, nullable=False)


_LITERALS = (
    NullLiteral,
    BoolLiteral,
    IntLiteral,
    DecimalLiteral,
    FloatLiteral,
    StringLiteral,
    BytesLiteral,
    Param,
)

_EVALUATORS: dict[type, Callable[[Context, Scope, Any, Expected | None], TypedExpr]] = {
    NullLiteral: _null,
    BoolLiteral: _bool,
    IntLiteral: _int,
    DecimalLiteral: _decimal,
    FloatLiteral: _float,
    StringLiteral: _string,
    BytesLiteral: _bytes,
    TemporalLiteral: _temporal,
    ColumnRef: _column,
    Star: _star,
    Param: _param,
    UserVariable: _user_variable,
    SystemVariable: _system_variable,
    Assign: _assign,
    Unary: _unary,
    Binary: _binary,
    Interval: _interval,
    IsTest: _is_test,
    Like: _like,
    Regexp: _regexp,
    Between: _between,
    In: _in,
    MemberOf: _member_of,
    Exists: _exists,
    Quantified: _quantified,
    Subquery: _subquery,
    Row: _row,
    Case: _case,
    Cast: _cast,
    ConvertCharset: _convert_charset,
    Collate: _collate,
    Call: evaluate_call,
    Match: _match,
    DefaultValue: _default,
    InsertedValue: _inserted_value,
    Optional: _optional,
    AfterMacro: _after,
    OrderByMacro: _order_by,
    Embed: _embed,
    Unit: _unit,
}
