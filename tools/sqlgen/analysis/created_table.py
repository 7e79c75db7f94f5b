"""CREATE TABLE ... SELECT: the columns that the server declares NOT NULL.

It does not declare what cannot be NULL, but what its own rules for each operator say: `a + 1` is NOT NULL, `a DIV 2`
and CONCAT('a', 'b') are not. MySQL and MariaDB have different rules.
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import contains_window
from tools.sqlgen.analysis.scope import Namespace
from tools.sqlgen.syntax.ast import (
    LITERALS,
    Between,
    Binary,
    Call,
    Case,
    Cast,
    ColumnRef,
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
_EXACT = frozenset(("BIGINT", "DECIMAL"))
_NUMBERS = _EXACT | {"DOUBLE", "FLOAT"}
_ALWAYS = frozenset(
    ("COERCIBILITY", "CONNECTION_ID", "COUNT", "BIT_AND", "BIT_OR", "BIT_XOR", "CUME_DIST", "CURDATE", "CURRENT_DATE",
     "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURTIME", "DENSE_RANK", "FOUND_ROWS", "ISNULL", "LAST_INSERT_ID",
     "LOCALTIME", "LOCALTIMESTAMP", "NOW", "NTILE", "PERCENT_RANK", "PI", "RANK", "ROW_COUNT", "ROW_NUMBER", "SYSDATE",
     "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "UUID_SHORT", "VERSION")
)  # fmt: skip
_OF_ARGUMENTS = frozenset(
    ("ABS", "ANY_VALUE", "ASCII", "BIT_COUNT", "CEIL", "CEILING", "CHARACTER_LENGTH", "CHAR_LENGTH", "CRC32", "FIELD",
     "FIND_IN_SET", "FLOOR", "GREATEST", "INSTR", "INTERVAL", "IS_IPV4", "LEAST", "LENGTH", "LOCATE", "OCTET_LENGTH",
     "ORD", "RAND", "REGEXP_LIKE", "ROUND", "SIGN", "SLEEP", "STRCMP", "TRUNCATE", "UNIX_TIMESTAMP")
)  # fmt: skip
_NULLABLE_IN_MARIADB = frozenset(("CEIL", "CEILING", "FLOOR", "ROUND", "TRUNCATE", "UNIX_TIMESTAMP"))
"""Functions that MariaDB declares as nullable, always or for a date."""


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
            names, exprs = ctx.info.selects[body].namespace, _expressions(ctx, body)
            # MariaDB makes a temporary table for windows, and declares by other rules what it reads from there.
            windows = ctx.catalog.server == "mariadb" and any(contains_window(expr) for expr in exprs)
            if len(exprs) != width or body.rollup or windows:
                return [False] * width
            return [_is_declared(ctx, names, expr) for expr in exprs]
        case _:
            return [False] * width


def _expressions(ctx: Context, select: Select) -> Sequence[Expr]:
    found: list[Expr] = []
    for item in select.items:
        found.extend(ctx.info.expanded[item.expr] if isinstance(item.expr, Star) else (item.expr,))
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
            results = (*(when.result for when in expr.whens), otherwise)
            return _all(ctx, names, results) and _all(ctx, names, _conditions(ctx, expr))
        case _:
            return isinstance(expr, LITERALS) or _all(ctx, names, _operands(ctx, expr))


def _conditions(ctx: Context, case: Case) -> Sequence[Expr]:
    """Return the parts of a CASE that are not its results, and must be NOT NULL too: only MariaDB asks for it."""
    if ctx.catalog.server != "mariadb":
        return ()
    operand = (case.operand,) if case.operand is not None else ()
    return (*operand, *(when.condition for when in case.whens))


def _operands(ctx: Context, expr: Expr) -> Sequence[Expr] | None:
    """Return the operands that must be NOT NULL; None for an operator whose result is always declared as nullable."""
    is_mariadb = ctx.catalog.server == "mariadb"
    match expr:
        case Binary():
            return (expr.left, expr.right) if expr.op in _OPERATORS else None
        case Unary():
            return (expr.operand,) if expr.op != "BINARY" else None
        case Cast():
            return (expr.operand,) if expr.type.name in (_EXACT if is_mariadb else _NUMBERS) else None
        case In():
            return None if isinstance(expr.items, Query) else (expr.operand, *expr.items)
        case Between():
            return expr.operand, expr.low, expr.high
        case Like():
            return expr.operand, expr.pattern
        case Regexp():
            return None if is_mariadb else (expr.operand, expr.pattern)
        case _:
            return None


def _all(ctx: Context, names: Namespace, exprs: Sequence[Expr] | None) -> bool:
    return exprs is not None and all(_is_declared(ctx, names, expr) for expr in exprs)


def _is_declared_column(ctx: Context, names: Namespace, ref: ColumnRef) -> bool:
    """True for a column of a base table that is NOT NULL there, and not of an outer join's inner side.

    A column of a derived table or view is left as nullable: it may be MIN(a), which the server declares so.
    """
    found = ctx.column_of(ref)
    if found is None:
        return False
    relation, index = found
    of_table = relation.table is not None and not relation.table.is_view
    return of_table and not relation.columns[index].nullable and not names.outer_joins_of(relation.id)


def _is_declared_call(ctx: Context, names: Namespace, call: Call) -> bool:
    name = call.name.upper()
    is_mariadb = ctx.catalog.server == "mariadb"
    if name in {"COALESCE", "IFNULL"}:
        return any(_is_declared(ctx, names, arg) for arg in call.args)
    if name == "IF":
        return _all(ctx, names, call.args if is_mariadb else call.args[1:])
    if is_mariadb and name in _NULLABLE_IN_MARIADB:
        return False
    return name in _ALWAYS or (name in _OF_ARGUMENTS and _all(ctx, names, call.args))
