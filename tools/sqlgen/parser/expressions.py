"""Expressions: operators by precedence climbing, and what stands between them.

MySQL's grammar has levels that a table of powers alone does not say: the result of a predicate (LIKE,
IN, BETWEEN, ...) cannot be an operand of an arithmetic operator. Hence a ceiling beside the floor: what
was just built can only be the left operand of operators up to it.
"""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen import lexer
from tools.sqlgen.lexer import Token
from tools.sqlgen.parser.functions import FunctionParser, column_of_parts
from tools.sqlgen.parser.keywords import RESERVED
from tools.sqlgen.parser.windows import BIT_EXPR, SIMPLE_EXPR
from tools.sqlgen.syntax import (
    Assign,
    Between,
    Binary,
    BoolLiteral,
    Call,
    Case,
    Collate,
    Expr,
    In,
    IsTest,
    Like,
    MemberOf,
    NullLiteral,
    Quantified,
    Query,
    Regexp,
    Row,
    StringLiteral,
    Subquery,
    SystemVariable,
    Unary,
    UserVariable,
    When,
)

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
_WITHOUT_PARENTHESES = frozenset(
    {
        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP",
        "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP",
    }
)  # fmt: skip
_RESERVED_FUNCTIONS = frozenset(
    {
        "CHAR", "CONVERT", "DATABASE", "DEFAULT", "EXISTS", "IF", "INSERT", "INTERVAL", "LEFT", "MOD",
        "REPEAT", "REPLACE", "RIGHT", "SCHEMA", "VALUES",
    }
)  # fmt: skip
_QUERY_GOES_ON = frozenset({")", "UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "FOR", "LOCK"})
_LITERAL = frozenset({lexer.STRING, lexer.HEX, lexer.BIT})
_Unary = Literal["-", "+", "~", "!"]


class ExpressionParser(FunctionParser):
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
            left = self._primary()
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

    def _primary(self) -> Expr:
        token = self.token
        if token.kind == lexer.WORD:
            rule = _BY_WORD.get(token.word)
            return rule(self) if rule is not None else self.path_expr()
        by_kind = _BY_KIND.get(token.kind)
        if by_kind is not None:
            return by_kind(self)
        operator = _BY_OPERATOR.get(token.word)
        if operator is not None:
            return operator(self)
        self.unexpected("an expression")

    def path_expr(self) -> Expr:
        """A column, a function call, or a macro: whatever begins with a name."""
        token = self.token
        following = self.peek()
        if token.word == "SQLC" and self.at_macro():
            return self.macro()
        if token.word in RESERVED and not (
            (token.word in _RESERVED_FUNCTIONS and following.word == "(") or self.before_dot()
        ):
            self.unexpected("an expression", _reserved_hint(token))
        if following.kind in _LITERAL or token.word in {"NEXT", "PREVIOUS"}:
            literal = self._worded_literal(token)
            if literal is not None:
                return literal
        self.advance()
        if following.word == "(":
            return self.call(token)
        if following.word != ".":
            return self._arrows(column_of_parts(token.start, token.end, [self.unquoted(token)]), token.start)
        return self._dotted(token)

    def _dotted(self, first: Token) -> Expr:
        parts = [self.unquoted(first)]
        while len(parts) < 3 and self.accept("."):  # noqa: PLR2004 - schema, table, column
            last = self.token
            parts.append(self.name_after_dot())
            if self.token.word == "(" and len(parts) == 2:  # noqa: PLR2004 - schema, function
                return self.call(last, parts[0], first.start)
        column = column_of_parts(first.start, self.previous_end, parts)
        return self._arrows(column, first.start)

    def _arrows(self, column: Expr, start: int) -> Expr:
        word = self.token.word
        if word not in {"->", "->>"}:
            return column
        self.advance()
        if self.token.kind != lexer.STRING:
            self.unexpected(f"a JSON path as a string after {word}", f"write column{word}'$.key'")
        token = self.token
        path = StringLiteral(token.start, token.end, self.string())
        return Binary(start, self.previous_end, "->" if word == "->" else "->>", column, path)

    def _worded_literal(self, token: Token) -> Expr | None:
        """DATE '...', _utf8mb4'...', NEXT VALUE FOR sequence."""
        if token.word in {"DATE", "TIME", "TIMESTAMP"} and self.peek().kind == lexer.STRING:
            return self.temporal_literal()
        if token.word.startswith("_"):
            return self.introduced_literal()
        if self.peek(1).word == "VALUE" and self.peek(2).word == "FOR":
            for _ in range(3):
                self.advance()
            self.qualified_name("a sequence")
            name = "NEXTVAL" if token.word == "NEXT" else "LASTVAL"
            return Call(token.start, self.previous_end, name, name_end=token.end)
        return None

    def parenthesis_expr(self) -> Expr:
        """(query), (expression) or (row, of, values)"""
        start = self.token.start
        if self.at_query(self.index):
            query = self.bracketed_query()
            return Subquery(start, self.previous_end, query)
        self.advance()
        expr = self.expression()
        if self.token.word != ",":
            self.expect(")")
            return expr
        items = [expr]
        while self.accept(","):
            items.append(self.expression())
        self.expect(")")
        return Row(start, self.previous_end, tuple(items))

    def at_query(self, index: int) -> bool:
        """Whether the '(' at that token opens a query, rather than an expression or a join.

        `((SELECT 1) UNION (SELECT 2))` is a query, `((SELECT 1) + 1)` is not: what follows the inner
        parenthesis tells.
        """
        if index + 1 >= len(self.tokens) or self.tokens[index].word != "(":
            return False
        inner = self.tokens[index + 1].word
        if inner == "VALUES":
            return self.tokens[index + 2].word == "ROW"
        if inner != "(":
            return inner in {"SELECT", "WITH", "TABLE"}
        if not self.at_query(index + 1):
            return False
        following = self.closing(index + 1) + 1
        return following < len(self.tokens) and self.tokens[following].word in _QUERY_GOES_ON

    def bracketed_query(self) -> Query:
        self.expect("(")
        query = self.query()
        self.expect(")")
        return query

    def query(self) -> Query:
        """A query expression; the parser of queries provides it."""
        raise NotImplementedError

    def sign_expr(self) -> Expr:
        token = self.advance()
        operand = self.expression(SIMPLE_EXPR)
        op: _Unary = "-" if token.word == "-" else "+" if token.word == "+" else "~"
        return Unary(token.start, self.previous_end, "!" if token.word == "!" else op, operand)

    def binary_expr(self) -> Expr:
        token = self.advance()
        operand = self.expression(SIMPLE_EXPR)
        return Unary(token.start, self.previous_end, "BINARY", operand)

    def braces_expr(self) -> Expr:
        """{d '2024-01-01'}, {fn NOW()}"""
        start = self.advance().start
        literal = self.odbc_literal(start)
        if literal is not None:
            return literal
        self.name("d, t, ts or fn")
        expr = self.expression()
        self.expect("}")
        return expr

    def match_against_expr(self) -> Expr:
        """MATCH, which also does without parentheses around its columns."""
        return self.call(self.advance())

    def case_expr(self) -> Expr:
        start = self.advance().start
        operand = None if self.token.word == "WHEN" else self.expression()
        whens: list[When] = []
        while self.token.word == "WHEN":
            begin = self.advance().start
            condition = self.expression()
            self.expect("THEN")
            result = self.expression()
            whens.append(When(begin, self.previous_end, condition, result))
        if not whens:
            self.unexpected("WHEN")
        otherwise = self.expression() if self.accept("ELSE") else None
        self.expect("END")
        return Case(start, self.previous_end, operand, tuple(whens), otherwise)

    def interval_first_expr(self) -> Expr:
        """INTERVAL 1 DAY + x, or the function INTERVAL(n, a, b)."""
        if self.at_interval_function():
            return self.call(self.advance())
        left = self.interval()
        if self.token.word != "+":
            self.unexpected("'+' after an interval", "an INTERVAL is only an operand of + and -")
        self.advance()
        right = self.expression(_PLAIN["+"][0] + 1)
        return Binary(left.start, self.previous_end, "+", left, right)

    def current_expr(self) -> Expr:
        """CURRENT_TIMESTAMP and its like, with or without parentheses."""
        token = self.advance()
        args: tuple[Expr, ...] = ()
        if self.accept("("):
            if self.token.kind == lexer.INT:
                args = (self.int_literal(),)
            self.expect(")")
        return Call(token.start, self.previous_end, self.raw(token), args, name_end=token.end)

    def null_expr(self) -> Expr:
        token = self.advance()
        return NullLiteral(token.start, token.end)

    def bool_expr(self) -> Expr:
        token = self.advance()
        return BoolLiteral(token.start, token.end, token.word == "TRUE")

    def user_variable(self) -> UserVariable:
        token = self.advance()
        raw = self.raw(token)[1:]
        name = raw[1:-1] if raw[:1] in {"'", '"', "`"} else raw
        return UserVariable(token.start, token.end, name)

    def variable_expr(self) -> Expr:
        variable = self.user_variable()
        if not self.accept(":="):
            return variable
        value = self.expression()
        return Assign(variable.start, self.previous_end, variable, value)

    def system_variable_expr(self) -> Expr:
        token = self.advance()
        scope, dot, name = self.raw(token)[2:].replace("`", "").partition(".")
        if not dot:
            return SystemVariable(token.start, token.end, scope)
        return SystemVariable(token.start, token.end, name, scope.upper())

    def not_here_expr(self) -> Expr:
        self.unexpected("an expression", "NOT binds less tightly here: put it and its operand in parentheses")

    def string_expr(self) -> Expr:
        return self.string_literal()

    def bytes_expr(self) -> Expr:
        return self.bytes_literal()


def _reserved_hint(token: Token) -> str:
    return f"{token.word} is a reserved word; as a name it needs backticks"


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
_Rule = Callable[[ExpressionParser], Expr]
_BY_WORD: dict[str, _Rule] = {
    **dict.fromkeys(_WITHOUT_PARENTHESES, ExpressionParser.current_expr),
    "NULL": ExpressionParser.null_expr,
    "TRUE": ExpressionParser.bool_expr,
    "FALSE": ExpressionParser.bool_expr,
    "CASE": ExpressionParser.case_expr,
    "BINARY": ExpressionParser.binary_expr,
    "INTERVAL": ExpressionParser.interval_first_expr,
    "NOT": ExpressionParser.not_here_expr,
    "MATCH": ExpressionParser.match_against_expr,
}
_BY_KIND: dict[int, _Rule] = {
    lexer.QUOTED: ExpressionParser.path_expr,
    lexer.INT: ExpressionParser.int_literal,
    lexer.DECIMAL: ExpressionParser.decimal_literal,
    lexer.FLOAT: ExpressionParser.float_literal,
    lexer.STRING: ExpressionParser.string_expr,
    lexer.HEX: ExpressionParser.bytes_expr,
    lexer.BIT: ExpressionParser.bytes_expr,
    lexer.PARAM: ExpressionParser.positional,
    lexer.NAMED: ExpressionParser.named,
    lexer.USER_VARIABLE: ExpressionParser.variable_expr,
    lexer.SYSTEM_VARIABLE: ExpressionParser.system_variable_expr,
}
_BY_OPERATOR: dict[str, _Rule] = {
    "(": ExpressionParser.parenthesis_expr,
    "-": ExpressionParser.sign_expr,
    "+": ExpressionParser.sign_expr,
    "~": ExpressionParser.sign_expr,
    "!": ExpressionParser.sign_expr,
    "{": ExpressionParser.braces_expr,
}
