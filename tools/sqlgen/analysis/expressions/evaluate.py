"""Types an expression and computes its nullability in one walk; parameters get their types on the way.

evaluate(ctx, place, parse("COALESCE(t.a, ?) + 1"))  ->  TypedExpr(BIGINT, nullable=False)
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key
from tools.sqlgen.analysis.expressions.bits import as_sent
from tools.sqlgen.analysis.expressions.calls import evaluate_call
from tools.sqlgen.analysis.expressions.conditions import (
    evaluate_between,
    evaluate_exists,
    evaluate_in,
    evaluate_is_test,
    evaluate_like,
    evaluate_member_of,
    evaluate_quantified,
    evaluate_regexp,
)
from tools.sqlgen.analysis.expressions.conversions import (
    evaluate_cast,
    evaluate_collate,
    evaluate_convert_charset,
)
from tools.sqlgen.analysis.expressions.literals import (
    evaluate_assign,
    evaluate_bool,
    evaluate_bytes,
    evaluate_decimal,
    evaluate_float,
    evaluate_int,
    evaluate_null,
    evaluate_param,
    evaluate_string,
    evaluate_system_variable,
    evaluate_temporal,
    evaluate_unit,
    evaluate_user_variable,
)
from tools.sqlgen.analysis.expressions.operators import evaluate_binary, evaluate_interval, evaluate_unary
from tools.sqlgen.analysis.expressions.references import evaluate_column, evaluate_embed, evaluate_star
from tools.sqlgen.analysis.expressions.special_forms import (
    evaluate_after,
    evaluate_case,
    evaluate_default,
    evaluate_inserted_value,
    evaluate_match,
    evaluate_optional,
    evaluate_order_by,
    evaluate_row,
    evaluate_subquery,
)
from tools.sqlgen.analysis.facts import Grouped, NotNull
from tools.sqlgen.analysis.place import Place, has_facts, proven
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    CONSTANTS,
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
from tools.sqlgen.types.typed_expr import TypedExpr


def evaluate(ctx: Context, place: Place, expr: Expr, expected: Expected | None = None) -> TypedExpr:
    """Return the typed expression for `expr`; `expected` is the type that its place gives to a parameter."""
    value = _EVALUATORS[type(expr)](ctx, place, expr, expected)
    if not isinstance(expr, _NEVER_PROVEN):
        value = as_sent(ctx, expr, _as_proven(ctx, place, expr, value))
    ctx.info.typed[expr] = value
    return value


def _as_proven(ctx: Context, place: Place, expr: Expr, value: TypedExpr) -> TypedExpr:
    """Apply the facts about the expression as a whole to its nullability."""
    if value.nullable:
        if (
            has_facts(place)
            and (found := expression_key(ctx, expr)) is not None
            and proven(NotNull(found), place)
        ):
            return msgspec.structs.replace(value, nullable=False)
    elif any(
        each.grouping.rollup and each.after_grouping and expression_key(ctx, expr) in each.grouping.keys
        for each in place.chain()
    ):
        # In a total, MySQL takes NULL for the expression, also in a subquery that it replaces by its only item.
        found = expression_key(ctx, expr)
        sure = proven(NotNull(found), place) or proven(Grouped(found), place)
        return msgspec.structs.replace(value, nullable=not sure)
    return value


_NEVER_PROVEN = (ColumnRef, *CONSTANTS)
"""The nodes that no fact about an expression as a whole concerns."""

_EVALUATORS: dict[type, Callable[[Context, Place, Any, Expected | None], TypedExpr]] = {
    NullLiteral: evaluate_null,
    BoolLiteral: evaluate_bool,
    IntLiteral: evaluate_int,
    DecimalLiteral: evaluate_decimal,
    FloatLiteral: evaluate_float,
    StringLiteral: evaluate_string,
    BytesLiteral: evaluate_bytes,
    TemporalLiteral: evaluate_temporal,
    ColumnRef: evaluate_column,
    Star: evaluate_star,
    Param: evaluate_param,
    UserVariable: evaluate_user_variable,
    SystemVariable: evaluate_system_variable,
    Assign: evaluate_assign,
    Unary: evaluate_unary,
    Binary: evaluate_binary,
    Interval: evaluate_interval,
    IsTest: evaluate_is_test,
    Like: evaluate_like,
    Regexp: evaluate_regexp,
    Between: evaluate_between,
    In: evaluate_in,
    MemberOf: evaluate_member_of,
    Exists: evaluate_exists,
    Quantified: evaluate_quantified,
    Subquery: evaluate_subquery,
    Row: evaluate_row,
    Case: evaluate_case,
    Cast: evaluate_cast,
    ConvertCharset: evaluate_convert_charset,
    Collate: evaluate_collate,
    Call: evaluate_call,
    Match: evaluate_match,
    DefaultValue: evaluate_default,
    InsertedValue: evaluate_inserted_value,
    Optional: evaluate_optional,
    AfterMacro: evaluate_after,
    OrderByMacro: evaluate_order_by,
    Embed: evaluate_embed,
    Unit: evaluate_unit,
}
