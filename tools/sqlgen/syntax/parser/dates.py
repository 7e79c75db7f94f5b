"""Calls with a unit of time in them."""

from tools.sqlgen.syntax.ast import Expr, Interval, Unit
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.calls import CallParser
from tools.sqlgen.syntax.parser.keywords import UNITS

_TSI = "SQL_TSI_"


class DateFunctionParser(CallParser):
    """Reads INTERVAL, EXTRACT, DATE_ADD and their like; the name, whose token is `name`, is taken already."""

    def extract_call(self, name: Token) -> Expr:
        self.expect("(")
        unit = self.unit()
        self.expect("FROM")
        operand = self.expression()
        self.expect(")")
        return self.finish(name.start, name, (unit, operand))

    def timestamp_arithmetic_call(self, name: Token) -> Expr:
        self.expect("(")
        unit = self.unit()
        self.expect(",")
        first = self.expression()
        self.expect(",")
        second = self.expression()
        self.expect(")")
        return self.finish(name.start, name, (unit, first, second))

    def get_format_call(self, name: Token) -> Expr:
        self.expect("(")
        token = self.token
        if self.accept_any("DATE", "TIME", "DATETIME", "TIMESTAMP") is None:
            self.unexpected("DATE, TIME or DATETIME")
        self.expect(",")
        style = self.expression()
        self.expect(")")
        return self.finish(name.start, name, (Unit(token.start, token.end, token.word), style))

    def unit(self) -> Unit:
        token = self.token
        return Unit(token.start, token.end, self.unit_name())

    def unit_name(self) -> str:
        word = self.token.word.removeprefix(_TSI)
        if word not in UNITS:
            self.unexpected("a unit such as DAY or HOUR")
        self.advance()
        return word

    def date_arithmetic_call(self, name: Token) -> Expr:
        """DATE_ADD(x, INTERVAL n unit); ADDDATE and SUBDATE also take a number of days."""
        self.expect("(")
        operand = self.expression()
        self.expect(",")
        second: Expr
        if self.token.word == "INTERVAL" and not self.at_interval_function():
            second = self.interval()
        elif name.word in {"ADDDATE", "SUBDATE"}:
            second = self.expression()
        else:
            self.unexpected("INTERVAL", f"write {name.word}(x, INTERVAL 1 DAY)")
        self.expect(")")
        return self.finish(name.start, name, (operand, second))

    def at_interval_function(self) -> bool:
        """Whether INTERVAL(a, b, ...) is next, and not an interval whose value is in parentheses."""
        if self.peek().word != "(":
            return False
        depth = 0
        for token in self.tokens[self.index + 1 :]:
            if token.word == "(":
                depth += 1
            elif token.word == ")":
                depth -= 1
            elif token.word == "," and depth == 1:
                return True
            if depth == 0:
                break
        return False

    def interval(self) -> Interval:
        start = self.token.start
        self.expect("INTERVAL")
        value = self.expression()
        unit = self.unit_name()
        return Interval(start, self.previous_end, value, unit)
