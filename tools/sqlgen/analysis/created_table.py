"""CREATE TABLE ... SELECT: the columns that the server declares NOT NULL.

It does not declare what cannot be NULL, but what its own rules for each operator say: `a + 1` is NOT NULL, `a DIV 2`
and CONCAT('a', 'b') are not.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.scope import Namespace
from tools.sqlgen.syntax.ast import (
    LITERALS,
    Between,
    Binary,
    Call,
    Case,
    Cast,
    ColumnRef,
    Embed,
    Exists,
    Expr,
    In,
    IsTest,
    Like,
    NullLiteral,
    Query,
    QueryBody,
    Regexp,
    Select,
    SetOperation,
    Star,
    TemporalLiteral,
    Unary,
)

_OPERATORS = frozenset(
    ("+", "-", "*", "|", "&", "<<", ">>", "^", "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "XOR")
)
_NUMBERS = frozenset(("BIGINT", "DECIMAL", "DOUBLE", "FLOAT"))
_ALWAYS = frozenset(
    ("COERCIBILITY", "CONNECTION_ID", "COUNT", "BIT_AND", "BIT_OR", "BIT_XOR", "CUME_DIST", "CURDATE", "CURRENT_DATE",
     "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURTIME", "DENSE_RANK", "FOUND_ROWS", "ISNULL", "LAST_INSERT_ID",
     "LOCALTIME", "LOCALTIMESTAMP", "NOW", "NTILE", "PERCENT_RANK", "PI", "RAND", "RANK", "ROW_COUNT", "ROW_NUMBER",
     "SLEEP", "SYSDATE", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "UUID_SHORT", "VERSION")
)  # fmt: skip
_OF_ARGUMENTS = frozenset(
    ("ABS", "ANY_VALUE", "ASCII", "BIT_COUNT", "CEIL", "CEILING", "CHARACTER_LENGTH", "CHAR_LENGTH", "CRC32", "FIELD",
     "FIND_IN_SET", "FLOOR", "GREATEST", "INSTR", "INTERVAL", "IS_IPV4", "LEAST", "LENGTH", "LOCATE", "OCTET_LENGTH",
     "ORD", "REGEXP_LIKE", "ROUND", "SIGN", "STRCMP", "TRUNCATE", "UNIX_TIMESTAMP")
)  # fmt: skip


def declared_not_null(ctx: Context, body: QueryBody, width: int) -> list[bool]:
    """Return for each of the `width` result columns of an analysed query if the server declares it NOT NULL."""
    match body:
        case Query():
            return declared_not_null(ctx, body.body, width)
        case SetOperation():
            left = declared_not_null(ctx, body.left, width)
            right = declared_not_null(ctx, body.right, width)
            return [one and other for one, other in zip(left, right, strict=True)]
        case Select():
            names = ctx.info.selects[body].namespace
            flags = [_is_declared(ctx, names, expr) for expr in _expressions(ctx, body)]
            return flags if len(flags) == width and not body.rollup else [False] * width
        case _:
            return [False] * width


def _expressions(ctx: Context, select: Select) -> Sequence[Expr]:
    found: list[Expr] = []
    for item in select.items:
        found.extend(ctx.info.expanded[item.expr] if isinstance(item.expr, (Star, Embed)) else (item.expr,))
    return found


def _is_declared(ctx: Context, names: Namespace, expr: Expr) -> bool:
    match expr:
        case ColumnRef():
            return _is_declared_column(ctx, names, expr)
        case IsTest() | Exists() | Binary(op="<=>") | TemporalLiteral():
            return True
        case NullLiteral():
            return False
        case Call():
            return _is_declared_call(ctx, names, expr)
        case Case(otherwise=Expr() as otherwise):
            return _all(ctx, names, (*(when.result for when in expr.whens), otherwise))
        case _:
            return isinstance(expr, LITERALS) or _all(ctx, names, _operands(expr))


def _operands(expr: Expr) -> Sequence[Expr] | None:
    """The operands that all must be NOT NULL; None for an operator whose result is always declared as nullable."""
    match expr:
        case Binary():
            return (expr.left, expr.right) if expr.op in _OPERATORS else None
        case Unary():
            return (expr.operand,) if expr.op != "BINARY" else None
        case Cast():
            return (expr.operand,) if expr.type.name in _NUMBERS else None
        case In():
            return (expr.operand,) if isinstance(expr.items, Query) else (expr.operand, *expr.items)
        case Between():
            return expr.operand, expr.low, expr.high
        case Like() | Regexp():
            return expr.operand, expr.pattern
        case _:
            return None


def _all(ctx: Context, names: Namespace, exprs: Sequence[Expr] | None) -> bool:
    return exprs is not None and all(_is_declared(ctx, names, expr) for expr in exprs)


def _is_declared_column(ctx: Context, names: Namespace, ref: ColumnRef) -> bool:
    """True for a column of a table that is NOT NULL there, and not of an outer join's inner side."""
    found = ctx.column_of(ref)
    if found is None:
        return False
    relation, index = found
    column = relation.columns[index]
    outside = names.outer_joins_of(relation.id) or column.nullability_sources
    return column.source_column is not None and not column.nullable and not outside


def _is_declared_call(ctx: Context, names: Namespace, call: Call) -> bool:
    name = call.name.upper()
    if name in {"COALESCE", "IFNULL"}:
        return any(_is_declared(ctx, names, arg) for arg in call.args)
    if name == "IF":
        return _all(ctx, names, call.args[1:])
    return name in _ALWAYS or (name in _OF_ARGUMENTS and call.over is None and _all(ctx, names, call.args))
