"""Expressions: operators by precedence climbing, and what stands between them.

MySQL's grammar has levels that a table of powers alone does not say: the result of a predicate (LIKE,
IN, BETWEEN, ...) cannot be an operand of an arithmetic operator. Hence a ceiling beside the floor: what
was just built can only be the left operand of operators up to it.
"""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen.syntax.ast import (
    Between,
    Binary,
    Collate,
    Expr,
    In,
    IsTest,
    Like,
    MemberOf,
    Quantified,
    Regexp,
    Unary,
)
from tools.sqlgen.syntax.parser.primaries import PrimaryParser
from tools.sqlgen.syntax.parser.windows import BIT_EXPR, SIMPLE_EXPR

_AND = 3
_NOT = 4
_COMPARISON = 6
_PREDICATE = 7
_ANY_OPERATOR = 99
_COLLATE = 15

_Plain = Literal["OR", "XOR", "AND", "|", "&", "<<", ">>", "+", "-", "*", "/", "DIV", "MOD", "^"]
_PLAIN: dict[str, tuple[int, _Plain]] = {
    "OR": (1, "OR"), "||": (1, "OR"), "XOR": (2, "XOR"), "AND": (_AND, "AND"), "&&": (_AND, "AND"),
    "|": (8, "|"), "&": (9, "&"), "<<": (10, "<<"), ">>": (10, ">>"), "+": (11, "+"), "-": (11, "-"),
    "*": (12, "*"), "/": (12, "/"), "DIV": (12, "DIV"), "%": (12, "MOD"), "MOD": (12, "MOD"), "^": (13, "^"),
}  # fmt: skip
_Comparison = Literal["=", "<=>", "<>", "<", "<=", ">", ">="]
_COMPARISONS: dict[str, _Comparison] = {
    "=": "=", "<=>": "<=>", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_NEGATABLE = frozenset({"LIKE", "IN", "BETWEEN", "REGEXP", "RLIKE"})


class ExpressionParser(PrimaryParser):
    """Reads expressions. `start` of an operator includes the parentheses of its left operand."""

    def expression(self, floor: int = 0) -> Expr:
        start = self.token.start
        ceiling = _ANY_OPERATOR
        if self.token.word == "NOT" and floor <= _NOT:
            self.advance()
            operand = self.expression(_NOT)
            left: Expr = Unary(start, self.previous_end, "NOT", operand)
            ceiling = _AND
        else:
            left = self.primary()
        while True:
            entry = _INFIX.get(self.token.word)
            if entry is None:
                return left
            power, above, build = entry
            if not floor <= power <= ceiling:
                return left
            built = build(self, left, start)
            if built is None:
                return left
            left = built
            ceiling = _AND if isinstance(left, IsTest) and left.test != "NULL" else above

    # --- operators between two operands: None when the word is no operator here -----------------

    def plain_expr(self, left: Expr, start: int) -> Expr:
        power, op = _PLAIN[self.advance().word]
        right: Expr
        if op in {"+", "-"} and self.token.word == "INTERVAL" and not self.at_interval_function():
            right = self.interval()
        else:
            right = self.expression(power + 1)
        return Binary(start, self.previous_end, op, left, right)

    def comparison_expr(self, left: Expr, start: int) -> Expr:
        op = _COMPARISONS[self.advance().word]
        word = self.token.word
        if word in {"ANY", "SOME", "ALL"} and self.at_query(self.index + 1):
            if op == "<=>":
                self.fail(f"<=> cannot compare with {word} (query)")
            self.advance()
            query = self.bracketed_query()
            quantifier: Literal["ANY", "ALL"] = "ALL" if word == "ALL" else "ANY"
            return Quantified(start, self.previous_end, op, left, quantifier, query)
        right = self.expression(_COMPARISON + 1)
        return Binary(start, self.previous_end, op, left, right)

    def is_expr(self, left: Expr, start: int) -> Expr:
        self.advance()
        negated = self.accept("NOT")
        word = self.token.word
        if word not in {"NULL", "TRUE", "FALSE", "UNKNOWN"}:
            hint = "use <=> to compare with NULL in mind" if word == "DISTINCT" else None
            self.unexpected("NULL, TRUE, FALSE or UNKNOWN", hint)
        self.advance()
        test: Literal["NULL", "TRUE", "FALSE", "UNKNOWN"]
        test = "NULL" if word == "NULL" else "TRUE" if word == "TRUE" else "FALSE"
        return IsTest(start, self.previous_end, left, "UNKNOWN" if word == "UNKNOWN" else test, negated)

    def not_expr(self, left: Expr, start: int) -> Expr | None:
        word = self.peek().word
        if word not in _NEGATABLE:
            return None
        self.advance()
        return _PREDICATES[word](self, left, start, negated=True)

    def predicate_expr(self, left: Expr, start: int) -> Expr:
        return _PREDICATES[self.token.word](self, left, start, negated=False)

    def like_expr(self, left: Expr, start: int, *, negated: bool) -> Expr:
        self.advance()
        pattern = self.expression(SIMPLE_EXPR)
        escape = self.expression(SIMPLE_EXPR) if self.accept("ESCAPE") else None
        return Like(start, self.previous_end, left, pattern, escape, negated)

    def regexp_expr(self, left: Expr, start: int, *, negated: bool) -> Expr:
        self.advance()
        pattern = self.expression(BIT_EXPR)
        return Regexp(start, self.previous_end, left, pattern, negated)

    def between_expr(self, left: Expr, start: int, *, negated: bool) -> Expr:
        self.advance()
        low = self.expression(BIT_EXPR)
        self.expect("AND")
        high = self.expression(_PREDICATE)
        return Between(start, self.previous_end, left, low, high, negated)

    def in_expr(self, left: Expr, start: int, *, negated: bool) -> Expr:
        self.advance()
        if self.at_query(self.index):
            query = self.bracketed_query()
            return In(start, self.previous_end, left, query, negated)
        if self.token.word != "(":
            self.unexpected("'(' after IN", "write IN (sqlc.slice(name)) for a list of values")
        items = self.parenthesised(self.expression)
        return In(start, self.previous_end, left, items, negated)

    def sounds_expr(self, left: Expr, start: int) -> Expr | None:
        if self.peek().word != "LIKE":
            return None
        self.advance()
        self.advance()
        right = self.expression(BIT_EXPR)
        return Binary(start, self.previous_end, "SOUNDS LIKE", left, right)

    def member_expr(self, left: Expr, start: int) -> Expr | None:
        if self.peek().word not in {"OF", "("}:
            return None
        self.advance()
        self.accept("OF")
        self.expect("(")
        array = self.expression(SIMPLE_EXPR)
        self.expect(")")
        return MemberOf(start, self.previous_end, left, array)

    def collate_expr(self, left: Expr, start: int) -> Expr:
        self.advance()
        collation = self.charset_name()
        return Collate(start, self.previous_end, left, collation)

    # --- what stands between operators -----------------------------------------------------------


_Infix = Callable[[ExpressionParser, Expr, int], Expr | None]
_INFIX: dict[str, tuple[int, int, _Infix]] = {
    **{word: (power, power, ExpressionParser.plain_expr) for word, (power, _) in _PLAIN.items()},
    **dict.fromkeys(_COMPARISONS, (_COMPARISON, _COMPARISON, ExpressionParser.comparison_expr)),
    **dict.fromkeys(_NEGATABLE, (_PREDICATE, _COMPARISON, ExpressionParser.predicate_expr)),
    "IS": (_COMPARISON, _COMPARISON, ExpressionParser.is_expr),
    "NOT": (_PREDICATE, _COMPARISON, ExpressionParser.not_expr),
    "SOUNDS": (_PREDICATE, _COMPARISON, ExpressionParser.sounds_expr),
    "MEMBER": (_PREDICATE, _COMPARISON, ExpressionParser.member_expr),
    "COLLATE": (_COLLATE, _ANY_OPERATOR, ExpressionParser.collate_expr),
}
_PREDICATES: dict[str, Callable[..., Expr]] = {
    "LIKE": ExpressionParser.like_expr,
    "IN": ExpressionParser.in_expr,
    "BETWEEN": ExpressionParser.between_expr,
    "REGEXP": ExpressionParser.regexp_expr,
    "RLIKE": ExpressionParser.regexp_expr,
}
