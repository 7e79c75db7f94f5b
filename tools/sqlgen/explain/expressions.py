"""Reasons for expressions, one rule for each kind: operators, CASE, functions, aggregates, subqueries."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tools.sqlgen.analysis.consequences import closure
from tools.sqlgen.analysis.expressions.windows import frame_may_be_empty
from tools.sqlgen.analysis.facts import Facts, NonEmpty
from tools.sqlgen.analysis.place import Place
from tools.sqlgen.analysis.predicates import when_not_true, when_true
from tools.sqlgen.explain.reason import Reason, agreeing
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.ast import (
    LITERALS,
    AfterMacro,
    Assign,
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Collate,
    ConvertCharset,
    Exists,
    Expr,
    In,
    Interval,
    IsTest,
    Like,
    Match,
    Node,
    NullLiteral,
    Optional,
    Param,
    Regexp,
    Star,
    Subquery,
    TemporalLiteral,
    Unary,
    Unit,
    UserVariable,
)
from tools.sqlgen.syntax.visitor import children

if TYPE_CHECKING:
    from tools.sqlgen.explain.nullability import Nullability

_WRITTEN = (*LITERALS, TemporalLiteral, Unit)
_TESTS = (IsTest, Exists, AfterMacro)
_DIVISIONS = frozenset(("/", "DIV", "MOD"))
_FIRST_NOT_NULL = frozenset(("COALESCE", "IFNULL", "NVL"))


class ExpressionReasons:
    """The rules. Each returns the reason from the operands; `Nullability` compares it with the analysis."""

    def __init__(self, nullability: "Nullability") -> None:
        self._nullability = nullability
        self._source = nullability.source
        self._ctx = nullability.ctx
        self._rules: dict[type, Callable[[Place, Any], Reason]] = {
            Param: self._param,
            Binary: self._binary,
            Cast: self._cast,
            ConvertCharset: self._cast,
            Case: self._case,
            Call: self._call,
            Subquery: self._subquery,
            UserVariable: self._variable,
        }

    def reason(self, place: Place, expr: Expr) -> Reason:
        if isinstance(expr, NullLiteral):
            return Reason(nullable=True, text="the literal NULL")
        if isinstance(expr, _WRITTEN):
            return Reason(nullable=False, text=f"{self._source.shown(expr)} is a literal")
        if isinstance(expr, Match):
            return Reason(nullable=False, text=f"{self._source.shown(expr)} is a number, never NULL")
        if isinstance(expr, _TESTS):
            return Reason(
                nullable=False, text=f"the test {self._source.shown(expr)} is true or false, never NULL"
            )
        rule = self._rules.get(type(expr))
        return rule(place, expr) if rule else self._strict(place, expr, _operands(expr))

    # --- operators ---

    def _strict(self, place: Place, expr: Expr, operands: Iterable[Expr], extra: str = "") -> Reason:
        """NULL if an operand is; `extra` says why it can be NULL if no operand is."""
        reasons = [self._nullability.of_expr(place, operand) for operand in operands]
        nullable = agreeing(nullable=True, reasons=reasons)
        shown = self._source.shown(expr)
        if nullable:
            return Reason(nullable=True, text=f"{shown} is NULL if an operand is", causes=nullable)
        value = self._ctx.info.typed.get(expr)
        if value is not None and value.nullable:
            return Reason(nullable=True, text=extra or f"{shown} can be NULL although no operand is")
        return Reason(
            nullable=False,
            text=f"no operand of {shown} can be NULL",
            causes=agreeing(nullable=False, reasons=reasons),
        )

    def _binary(self, place: Place, expr: Binary) -> Reason:
        shown = self._source.shown(expr)
        if expr.op == "<=>":
            return Reason(nullable=False, text=f"the test {shown} is true or false, never NULL")
        if expr.op in {"->", "->>"}:
            return Reason(nullable=True, text=f"{shown} is NULL if the document has no such path")
        extra = f"{shown} is NULL if the divisor is zero" if expr.op in _DIVISIONS else ""
        return self._strict(place, expr, (expr.left, expr.right), extra)

    def _cast(self, place: Place, expr: Cast | ConvertCharset) -> Reason:
        target = expr.type.name if isinstance(expr, Cast) else expr.charset
        extra = f"{self._source.shown(expr)} is NULL for a value that is no {target}"
        return self._strict(place, expr, (expr.operand,), extra)

    def _param(self, _place: Place, expr: Param) -> Reason:
        shown = self._source.shown(expr)
        if expr.kind == "narg":
            return Reason(nullable=True, text=f"{shown} takes None")
        return Reason(nullable=False, text=f"the parameter {shown} does not take None")

    def _variable(self, _place: Place, expr: UserVariable) -> Reason:
        return Reason(nullable=True, text=f"{self._source.shown(expr)} may not be set")

    # --- branches ---

    def _case(self, place: Place, expr: Case) -> Reason:
        """The branches of a CASE, each with the facts of its condition, as the analysis evaluates them."""
        not_before: Facts = set()
        branches: list[tuple[Expr, Facts]] = []
        for when in expr.whens:
            if expr.operand is None:
                branches.append(
                    (
                        when.result,
                        closure(self._ctx, place, not_before | when_true(self._ctx, place, when.condition)),
                    )
                )
                not_before |= when_not_true(self._ctx, place, when.condition)
            else:
                same = Binary(when.start, when.end, "=", expr.operand, when.condition)
                branches.append((when.result, closure(self._ctx, place, when_true(self._ctx, place, same))))
        if expr.otherwise is not None:
            branches.append((expr.otherwise, closure(self._ctx, place, not_before)))
        return self._branches(place, expr, branches, "CASE", complete=expr.otherwise is not None)

    def _if(self, place: Place, call: Call) -> Reason:
        condition, then, otherwise = call.args
        branches = [
            (then, closure(self._ctx, place, when_true(self._ctx, place, condition))),
            (otherwise, closure(self._ctx, place, when_not_true(self._ctx, place, condition))),
        ]
        return self._branches(place, call, branches, "IF", complete=True)

    def _branches(
        self, place: Place, expr: Expr, branches: Sequence[tuple[Expr, Facts]], name: str, *, complete: bool
    ) -> Reason:
        reasons: list[Reason] = []
        for branch, facts in branches:
            reasons.append(self._nullability.of_expr(place.assuming(facts), branch))
        where = f"{name} at {self._source.line(expr)}"
        if nullable := agreeing(nullable=True, reasons=reasons):
            return Reason(nullable=True, text=f"a branch of {where} may be NULL", causes=nullable)
        if not complete:
            return Reason(nullable=True, text=f"{where} has no ELSE")
        return Reason(nullable=False, text=f"no branch of {where} can be NULL", causes=tuple(reasons))

    # --- functions ---

    def _call(self, place: Place, call: Call) -> Reason:
        name = call.name.upper()
        rule = FUNCTIONS.get(name) if call.schema is None else None
        if rule is None:
            return Reason(nullable=True, text=f"the function {call.name} may return NULL")
        if call.over is not None:
            return self._window(place, call)
        if rule.kind == "aggregate":
            return self._aggregate(place, call)
        if name == "IF":
            return self._if(place, call)
        if name in _FIRST_NOT_NULL:
            return self._first_not_null(place, call)
        value = self._ctx.info.typed.get(call)
        if value is not None and not value.nullable and rule.strict == ():
            return Reason(nullable=False, text=f"{name} is never NULL")
        if name == "MOD":
            return self._strict(
                place, call, call.args, f"{self._source.shown(call)} is NULL if the divisor is zero"
            )
        return self._strict_call(place, call, rule.strict)

    def _strict_call(self, place: Place, call: Call, strict: tuple[int, ...] | None) -> Reason:
        name, value = call.name.upper(), self._ctx.info.typed.get(call)
        strict_args = [arg for at, arg in enumerate(call.args) if strict is None or at in strict]
        reasons = [self._nullability.of_expr(place, arg) for arg in _values(call.args)]
        nullable = value is not None and value.nullable
        of_strict = [self._nullability.of_expr(place, arg) for arg in _values(strict_args)]
        if nullable and (causes := agreeing(nullable=True, reasons=of_strict)):
            return Reason(nullable=True, text=f"{name} is NULL if an argument is", causes=causes)
        if nullable:
            causes = agreeing(nullable=True, reasons=reasons) if strict is not None else ()
            return Reason(
                nullable=True, text=f"{name} can be NULL although its arguments are not", causes=causes
            )
        return Reason(
            nullable=False,
            text=f"{name} is not NULL for these arguments",
            causes=agreeing(nullable=False, reasons=reasons),
        )

    def _first_not_null(self, place: Place, call: Call) -> Reason:
        reasons = [self._nullability.of_expr(place, arg) for arg in call.args]
        name = call.name.upper()
        if sure := agreeing(nullable=False, reasons=reasons):
            return Reason(nullable=False, text=f"{name} has an argument that is never NULL", causes=sure[:1])
        return Reason(nullable=True, text=f"every argument of {name} may be NULL", causes=tuple(reasons))

    # --- aggregates, windows, subqueries ---

    def _arguments(self, place: Place, call: Call) -> list[Reason]:
        """The arguments of an aggregate: they are evaluated for each row, without the facts of a branch."""
        inside = place.inside_aggregate()
        return [self._nullability.of_expr(inside, arg) for arg in _values(call.args)]

    def _aggregate(self, place: Place, call: Call) -> Reason:
        name, value = call.name.upper(), self._ctx.info.typed.get(call)
        owner = _place_of(self._ctx.info.owners.get(call), place)
        reasons = self._arguments(place, call)
        if value is None or not value.nullable:
            if FUNCTIONS[name].strict == () or name == "COUNT":
                return Reason(nullable=False, text=f"{name} is never NULL")
            has_rows = NonEmpty(owner.block.node)
            if proof := self._nullability.proof(owner, has_rows, "that a group has rows"):
                return Reason(nullable=False, text=f"{name} reads at least one row", causes=(proof,))
            return Reason(
                nullable=False,
                text=f"every group has a row, and the argument of {name} is never NULL in one",
                causes=agreeing(nullable=False, reasons=reasons),
            )
        if owner.grouping.implicit:
            text = f"{name} of no rows is NULL, and without GROUP BY there is a result for no rows"
            return Reason(nullable=True, text=text, causes=agreeing(nullable=True, reasons=reasons))
        if nullable := agreeing(nullable=True, reasons=reasons):
            return Reason(nullable=True, text=f"{name} is NULL if all its values are", causes=nullable)
        if owner.grouping.rollup:
            return Reason(
                nullable=True, text=f"{name} of no rows is NULL, and WITH ROLLUP has totals of no rows"
            )
        return Reason(nullable=True, text=f"{name} can be NULL although its argument is not")

    def _window(self, place: Place, call: Call) -> Reason:
        name, value = call.name.upper(), self._ctx.info.typed.get(call)
        reasons = [self._nullability.of_expr(place, arg) for arg in _values(call.args)]
        shown = self._source.shown(call)
        if value is None or not value.nullable:
            return Reason(nullable=False, text=f"{shown} has a value for every row")
        if frame_may_be_empty(place, call.over):
            return Reason(nullable=True, text=f"the frame of {shown} may have no rows")
        if name in {"LAG", "LEAD", "NTH_VALUE"}:
            return Reason(
                nullable=True,
                text=f"{name} is NULL beyond the rows of the window",
                causes=agreeing(nullable=True, reasons=reasons),
            )
        return Reason(
            nullable=True,
            text=f"{shown} may have only NULL values",
            causes=agreeing(nullable=True, reasons=reasons),
        )

    def _subquery(self, _place: Place, expr: Subquery) -> Reason:
        result = self._ctx.info.subqueries.get(expr)
        where = f"the subquery at {self._source.line(expr)}"
        value = self._ctx.info.typed.get(expr)
        if result is None or value is None:
            return Reason(nullable=True, text=f"{where} could not be analysed")
        inner = self._nullability.of_query(expr.query, 0)
        if not value.nullable:
            causes = agreeing(nullable=False, reasons=[inner])
            return Reason(nullable=False, text=f"{where} always returns a row", causes=causes)
        if not result.min_one:
            causes = agreeing(nullable=True, reasons=[inner])
            return Reason(nullable=True, text=f"{where} may return no row", causes=causes)
        if result.columns[0].nullable:
            causes = agreeing(nullable=True, reasons=[inner])
            return Reason(nullable=True, text=f"the value of {where} may be NULL", causes=causes)
        return Reason(nullable=True, text=f"{where} reads rows of a group that may have none")


def _place_of(block: Node | None, place: Place) -> Place:
    """The place in a query block around `place`; that itself for None."""
    return next((each for each in place.chain() if each.block.node is block), place)


def _values(args: Iterable[Expr]) -> list[Expr]:
    return [arg for arg in args if not isinstance(arg, Star | Unit | Interval)]


def _operands(expr: Expr) -> list[Expr]:
    """The operands of an operator whose NULL makes its result NULL."""
    match expr:
        case Unary() | Collate():
            return [expr.operand]
        case Like() | Regexp():
            return [expr.operand, expr.pattern]
        case Between():
            return [expr.operand, expr.low, expr.high]
        case In() if isinstance(expr.items, tuple):
            return [expr.operand, *expr.items]
        case In():
            return [expr.operand]
        case Optional():
            return [expr.condition]
        case Assign():
            return [expr.value]
        case _:
            return [child for child in children(expr) if isinstance(child, Expr)]
