"""Predicates: the facts that a condition proves about the rows for which it is true.

WHERE a + 1 > 0 AND (b = 1 OR b LIKE 'x%')  ->  a and b are not NULL
FROM t LEFT JOIN u ON ... WHERE u.x > 1     ->  the join matched: u's NOT NULL columns are not NULL
"""

from collections.abc import Iterable

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import expression_key, reads_volatile
from tools.sqlgen.analysis.facts import Fact, Facts, Grouped, NonEmpty, NonZero, NotNull
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.functions.literal_numbers import literal_int, nonzero_literal
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.ast import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Collate,
    ColumnRef,
    ConvertCharset,
    Exists,
    Expr,
    In,
    Interval,
    IsTest,
    Like,
    NullLiteral,
    Param,
    Quantified,
    Query,
    Regexp,
    Row,
    Select,
    Unary,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.sql_type import family

_STRICT_OPERATORS = frozenset(
    ("|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "MOD", "^", "XOR", "=", "<>", "<", "<=", ">", ">=",
     "SOUNDS LIKE")
)  # fmt: skip
_COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))


def when_true(ctx: Context, place: Place, expr: Expr) -> Facts:  # noqa: C901 - one case a kind of condition
    """Facts that hold if `expr` is true."""
    match expr:
        case Binary(op="AND"):
            return when_true(ctx, place, expr.left) | when_true(ctx, place, expr.right)
        case Binary(op="OR"):
            # With their consequences: both sides may prove in different ways that an outer join matched.
            return closure(ctx, place, when_true(ctx, place, expr.left)) & closure(
                ctx, place, when_true(ctx, place, expr.right)
            )
        case Unary(op="NOT" | "!"):
            return when_false(ctx, place, expr.operand)
        case IsTest():
            return _when_test(ctx, place, expr, holds=True)
        case Binary(op="<=>"):
            return _when_null_safe_equal(ctx, place, expr)
        case Binary(op="=") if _grouping_test(ctx, expr, 0):
            return _grouping_test(ctx, expr, 0)
        case Binary() if expr.op in _COMPARISONS:
            return _when_comparison_true(ctx, place, expr)
        case In():
            return _when_in(ctx, place, expr)
        case Between(negated=False):
            return (
                not_null(ctx, place, expr.operand)
                | not_null(ctx, place, expr.low)
                | not_null(ctx, place, expr.high)
            )
        case Exists():
            return _when_exists(ctx, expr.query)
        case Quantified(quantifier="ANY"):
            return not_null(ctx, place, expr.left, of_rows=True)
        case _:
            return not_null(ctx, place, expr) | _nonzero(ctx, expr)


def when_false(ctx: Context, place: Place, expr: Expr) -> Facts:
    """Facts that hold if `expr` is false and not NULL."""
    match expr:
        case Binary(op="AND"):
            return when_false(ctx, place, expr.left) & when_false(ctx, place, expr.right)
        case Binary(op="OR"):
            return when_false(ctx, place, expr.left) | when_false(ctx, place, expr.right)
        case Unary(op="NOT" | "!"):
            return when_true(ctx, place, expr.operand)
        case IsTest():
            return _when_test(ctx, place, expr, holds=False)
        case Binary(op="=") if _grouping_test(ctx, expr, 1):
            return _grouping_test(ctx, expr, 1)
        case Binary(op="="):
            return not_null(ctx, place, expr) | _nonzero_side(ctx, expr, "<>")
        case In(negated=True):
            return _when_in(ctx, place, In(expr.start, expr.end, expr.operand, expr.items))
        case Call(args=(operand,)) if _is_built_in(expr, "ISNULL"):
            return not_null(ctx, place, operand)
        case Call(args=(operand,)) if _is_built_in(expr, "GROUPING"):
            return {Grouped(expression_key(ctx, operand))}
        case _:
            return not_null(ctx, place, expr)


def when_not_true(ctx: Context, place: Place, expr: Expr) -> Facts:
    """Facts that hold if `expr` is false or NULL: after a WHEN that did not apply, in the ELSE of an IF."""
    match expr:
        case Binary(op="OR"):
            return when_not_true(ctx, place, expr.left) | when_not_true(ctx, place, expr.right)
        case Binary(op="AND"):
            return when_not_true(ctx, place, expr.left) & when_not_true(ctx, place, expr.right)
        case _:
            return set() if _can_be_null(ctx, expr) else when_false(ctx, place, expr)


def _when_not_false(ctx: Context, place: Place, expr: Expr) -> Facts:
    return set() if _can_be_null(ctx, expr) else when_true(ctx, place, expr)


def _can_be_null(ctx: Context, expr: Expr) -> bool:
    value = ctx.info.typed.get(expr)
    return value is None or value.nullable


def _is_built_in(call: Call, name: str) -> bool:
    return call.name.upper() == name and call.schema is None


def not_null(ctx: Context, place: Place, expr: Expr, *, of_rows: bool = False) -> Facts:
    """Facts that hold if `expr` is not NULL: for the expression and for each operand that it is strict in.

    `of_rows` is true for an operand that is compared with the rows of a subquery.
    """
    facts: Facts = set()
    found = None if _is_replaced(ctx, place, expr, of_rows=of_rows) else expression_key(ctx, expr)
    if found is not None:
        facts.add(NotNull(found))
    for operand in _strict_operands(expr):
        facts |= not_null(ctx, place, operand, of_rows=of_rows)
    branches = [_when_chosen(ctx, place, condition, result) for condition, result in _branches(expr)]
    if branches:
        facts |= set[Fact].intersection(*branches)
    return facts


def _branches(expr: Expr) -> list[tuple[Expr | None, Expr]]:
    """The branches of CASE and IF that can give a value, each with its condition; None for ELSE."""
    found: list[tuple[Expr | None, Expr]] = []
    match expr:
        case Case(operand=None):
            found = [(when.condition, when.result) for when in expr.whens]
            found += [(None, expr.otherwise)] if expr.otherwise is not None else []
        case Call(args=(condition, then, otherwise)) if _is_built_in(expr, "IF"):
            found = [(condition, then), (None, otherwise)]
        case _:
            pass
    return [(condition, result) for condition, result in found if not isinstance(result, NullLiteral)]


def _when_chosen(ctx: Context, place: Place, condition: Expr | None, result: Expr) -> Facts:
    """Facts that hold if a branch was chosen and gave a value."""
    proof = when_true(ctx, place, condition) if condition is not None else set[Fact]()
    return closure(ctx, place, proof | not_null(ctx, place, result))


def _is_replaced(ctx: Context, place: Place, expr: Expr, *, of_rows: bool) -> bool:
    """True if the server may decide a condition on `expr` with other values than those of the row in the result.

    It substitutes the constant columns of a merged derived table, common table or view into the conditions on them.
    `1 + 1 IS NOT NULL` is then true although an outer join did not match and the column is NULL. Bare literals are
    substituted only for a comparison with a subquery. It computes a volatile column again each time that it is read.
    """
    folded = {"computed", "literal"} if of_rows else {"computed"}
    for node in walk(expr):
        found = ctx.column_of(node) if isinstance(node, ColumnRef) else None
        if found is None:
            continue
        relation, column = found[0], found[0].columns[found[1]]
        if column.volatile:
            return True
        if relation.keeps_names and column.folding in folded and place.null_extends(relation):
            return True
    return False


def _strict_operands(expr: Expr) -> Iterable[Expr]:
    """Return the operands whose NULL makes `expr` NULL."""
    match expr:
        case Binary(op="->" | "->>"):
            return (expr.left,)
        case Binary() if expr.op in _STRICT_OPERATORS:
            return (expr.left, expr.right)
        case Unary() | Cast() | Collate() | ConvertCharset():
            return (expr.operand,)
        case Interval():
            return (expr.value,)
        case Like() | Regexp():
            return (expr.operand, expr.pattern)
        case Between():
            return (expr.operand,)
        case In(items=Query()):
            return ()
        case In():
            return () if _may_be_empty(expr) else (expr.operand,)
        case Call():
            return _strict_arguments(expr)
        case _:
            return ()


def _strict_arguments(call: Call) -> Iterable[Expr]:
    rule = FUNCTIONS.get(call.name.upper())
    if rule is None or rule.kind != "scalar" or call.schema is not None:
        return ()
    if rule.strict is None:
        return call.args
    return tuple(arg for index, arg in enumerate(call.args) if index in rule.strict)


def _when_test(ctx: Context, place: Place, expr: IsTest, *, holds: bool) -> Facts:
    positive = holds != expr.negated
    match expr.test:
        case "NULL" | "UNKNOWN":
            return set() if positive else not_null(ctx, place, expr.operand)
        case "TRUE":
            return (
                when_true(ctx, place, expr.operand) if positive else when_not_true(ctx, place, expr.operand)
            )
        case "FALSE":
            return (
                when_false(ctx, place, expr.operand)
                if positive
                else _when_not_false(ctx, place, expr.operand)
            )


def _grouping_test(ctx: Context, expr: Binary, number: int) -> Facts:
    """`GROUPING(x) = 0`: x has its own value here, and is not NULL for a total."""
    for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
        if isinstance(one, Call) and _is_built_in(one, "GROUPING") and len(one.args) == 1:
            return {Grouped(expression_key(ctx, one.args[0]))} if literal_int(other) == number else set()
    return set()


def _when_null_safe_equal(ctx: Context, place: Place, expr: Binary) -> Facts:
    facts: Facts = set()
    for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
        if not _can_be_null(ctx, other):
            facts |= not_null(ctx, place, one)
    return facts


def _when_comparison_true(ctx: Context, place: Place, expr: Binary) -> Facts:
    if isinstance(expr.left, Row) or isinstance(expr.right, Row):
        if expr.op != "=":
            return set()
        facts: Facts = set()
        for side in (expr.left, expr.right):
            for item in side.items if isinstance(side, Row) else ():
                facts |= not_null(ctx, place, item)
        return facts
    return (
        not_null(ctx, place, expr.left) | not_null(ctx, place, expr.right) | _nonzero_side(ctx, expr, expr.op)
    )


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _nonzero_side(ctx: Context, expr: Binary, op: str) -> Facts:
    """The side of a comparison that is not zero, because it is compared with a literal that excludes zero."""
    facts: Facts = set()
    for one, other, operator in (
        (expr.left, expr.right, op),
        (expr.right, expr.left, _MIRRORED.get(op, op)),
    ):
        if _excludes_zero(operator, other):
            facts |= _nonzero(ctx, one)
    return facts


def _excludes_zero(op: str, literal: Expr) -> bool:
    """True if a number n with `n op literal` is not zero."""
    bound = literal_int(literal)
    if op == "=":
        return nonzero_literal(literal)
    if bound is None:
        return False
    return (
        (op == "<>" and bound == 0)
        or (op == ">" and bound >= 0)
        or (op == ">=" and bound > 0)
        or (op == "<" and bound <= 0)
        or (op == "<=" and bound < 0)
    )


def _nonzero(ctx: Context, expr: Expr) -> Facts:
    """The number is not zero; COUNT that is not zero has rows to count.

    JSON is compared as JSON, in which a text differs from 0, but is divided by as the number 0.
    """
    value = ctx.info.typed.get(expr)
    is_number = value is not None and family(value.type) not in {"json", "unknown"}
    found = expression_key(ctx, expr) if is_number and not reads_volatile(ctx, expr) else None
    facts: Facts = set() if found is None else {NonZero(found)}
    if isinstance(expr, Call) and expr.name.upper() == "COUNT" and (owner := ctx.info.owners.get(expr)):
        facts.add(NonEmpty(owner))
    return facts


def _when_in(ctx: Context, place: Place, expr: In) -> Facts:
    if isinstance(expr.items, Query):
        if expr.negated:
            return set()
        facts = _when_exists(ctx, expr.items)
        operands = expr.operand.items if isinstance(expr.operand, Row) else (expr.operand,)
        for operand in operands:
            facts |= not_null(ctx, place, operand, of_rows=True)
        return facts
    if expr.negated and _may_be_empty(expr):
        return set()
    facts = not_null(ctx, place, expr.operand)
    if expr.negated:
        for item in expr.items:
            facts |= not_null(ctx, place, item)
    return facts


def _may_be_empty(expr: In) -> bool:
    """True for a list that is one slice: without values, NOT IN is true for NULL too."""
    match expr.items:
        case (Param(kind="slice"),):
            return True
        case _:
            return False


def _when_exists(ctx: Context, query: Query) -> Facts:
    """Facts of a subquery that returned a row: its WHERE holds for the outer columns too."""
    body = query.body
    if not isinstance(body, Select) or body.where is None or body.from_ is None or body.having is not None:
        return set()
    inside = ctx.info.selects[body]
    if inside.grouping.aggregates:
        return set()  # one group of no rows is a row too
    place = inside.rows.place("where")
    return closure(ctx, place, when_true(ctx, place, body.where))
