"""What stands between operators: names, constants, calls, parentheses, CASE."""

from collections.abc import Callable
from typing import Literal

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Assign,
    Binary,
    BoolLiteral,
    Call,
    Case,
    Expr,
    NullLiteral,
    Query,
    Row,
    StringLiteral,
    Subquery,
    SystemVariable,
    Unary,
    UserVariable,
    When,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.calls import column_of_parts
from tools.sqlgen.syntax.parser.functions import FunctionParser
from tools.sqlgen.syntax.parser.keywords import RESERVED
from tools.sqlgen.syntax.parser.windows import SIMPLE_EXPR, SUM_OPERAND

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


class PrimaryParser(FunctionParser):
    """Reads operands."""

    def primary(self) -> Expr:
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
        right = self.expression(SUM_OPERAND)
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


_Rule = Callable[[PrimaryParser], Expr]
_BY_WORD: dict[str, _Rule] = {
    **dict.fromkeys(_WITHOUT_PARENTHESES, PrimaryParser.current_expr),
    "NULL": PrimaryParser.null_expr,
    "TRUE": PrimaryParser.bool_expr,
    "FALSE": PrimaryParser.bool_expr,
    "CASE": PrimaryParser.case_expr,
    "BINARY": PrimaryParser.binary_expr,
    "INTERVAL": PrimaryParser.interval_first_expr,
    "NOT": PrimaryParser.not_here_expr,
    "MATCH": PrimaryParser.match_against_expr,
}
_BY_KIND: dict[int, _Rule] = {
    lexer.QUOTED: PrimaryParser.path_expr,
    lexer.INT: PrimaryParser.int_literal,
    lexer.DECIMAL: PrimaryParser.decimal_literal,
    lexer.FLOAT: PrimaryParser.float_literal,
    lexer.STRING: PrimaryParser.string_expr,
    lexer.HEX: PrimaryParser.bytes_expr,
    lexer.BIT: PrimaryParser.bytes_expr,
    lexer.PARAM: PrimaryParser.positional,
    lexer.NAMED: PrimaryParser.named,
    lexer.USER_VARIABLE: PrimaryParser.variable_expr,
    lexer.SYSTEM_VARIABLE: PrimaryParser.system_variable_expr,
}
_BY_OPERATOR: dict[str, _Rule] = {
    "(": PrimaryParser.parenthesis_expr,
    "-": PrimaryParser.sign_expr,
    "+": PrimaryParser.sign_expr,
    "~": PrimaryParser.sign_expr,
    "!": PrimaryParser.sign_expr,
    "{": PrimaryParser.braces_expr,
}
