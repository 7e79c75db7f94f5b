"""What stands around an aggregate: ORDER BY items, windows and their frames."""

from abc import abstractmethod

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Expr,
    FrameBound,
    Interval,
    NamedWindow,
    OrderItem,
    Query,
    WindowFrame,
    WindowSpec,
)
from tools.sqlgen.syntax.parser.datatypes import TypeParser

BIT_EXPR = 8
"""The floor of an expression without comparisons and logical operators."""
SUM_OPERAND = 12
"""The floor of the right side of + and -."""
SIMPLE_EXPR = 14
"""The floor of an expression without binary operators."""


class WindowParser(TypeParser):
    """Reads OVER and ORDER BY; says which rules the parsers above it provide."""

    @abstractmethod
    def expression(self, floor: int = 0) -> Expr:
        """An expression of operators that bind at least as tightly as `floor`."""

    @abstractmethod
    def bracketed_query(self) -> Query:
        """( query )"""

    @abstractmethod
    def interval(self) -> Interval:
        """INTERVAL value unit"""

    def expressions(self) -> tuple[Expr, ...]:
        return self.comma_list(self.expression)

    def order_items(self) -> tuple[OrderItem, ...]:
        """What follows ORDER BY."""
        return self.comma_list(self.order_item)

    def order_item(self) -> OrderItem:
        start = self.token.start
        expr = self.expression()
        descending = self.accept_any("ASC", "DESC") == "DESC"
        return OrderItem(start, self.previous_end, expr, descending)

    def over_clause(self) -> WindowSpec | str:
        """What follows OVER."""
        if self.token.word == "(":
            return self.window_spec()
        return self.name("a window")

    def named_windows(self) -> tuple[NamedWindow, ...]:
        """What follows WINDOW."""
        return self.comma_list(self._named_window)

    def _named_window(self) -> NamedWindow:
        start = self.token.start
        name = self.name("a window name")
        self.expect("AS")
        spec = self.window_spec()
        return NamedWindow(start, self.previous_end, name, spec)

    def window_spec(self) -> WindowSpec:
        start = self.token.start
        self.expect("(")
        base = None
        if self.at_name() and self.token.word not in {"ROWS", "RANGE", "GROUPS"}:
            base = self.name()
        partition_by = self.expressions() if self.accept_words("PARTITION", "BY") else ()
        order_by = self.order_items() if self.accept_words("ORDER", "BY") else ()
        frame = self._frame()
        self.expect(")")
        return WindowSpec(start, self.previous_end, base, partition_by, order_by, frame)

    def _frame(self) -> WindowFrame | None:
        start = self.token.start
        unit = self.accept_any("ROWS", "RANGE")
        if unit is None:
            return None
        if self.accept("BETWEEN"):
            lower = self._bound()
            self.expect("AND")
            upper = self._bound()
        else:
            lower, upper = self._bound(), None
        return WindowFrame(start, self.previous_end, "ROWS" if unit == "ROWS" else "RANGE", lower, upper)

    def _bound(self) -> FrameBound:
        start = self.token.start
        if self.accept("UNBOUNDED"):
            if self.accept("PRECEDING"):
                return FrameBound(start, self.previous_end, "UNBOUNDED PRECEDING")
            self.expect("FOLLOWING")
            return FrameBound(start, self.previous_end, "UNBOUNDED FOLLOWING")
        if self.accept_words("CURRENT", "ROW"):
            return FrameBound(start, self.previous_end, "CURRENT ROW")
        value = self.interval() if self.token.word == "INTERVAL" else self.expression(BIT_EXPR)
        if self.accept("PRECEDING"):
            return FrameBound(start, self.previous_end, "PRECEDING", value)
        self.expect("FOLLOWING")
        return FrameBound(start, self.previous_end, "FOLLOWING", value)

    def separator(self) -> str | None:
        """GROUP_CONCAT's SEPARATOR 'text'."""
        if not self.accept("SEPARATOR"):
            return None
        if self.token.kind not in {lexer.STRING, lexer.HEX, lexer.BIT}:
            self.unexpected("the separator, a string")
        if self.token.kind == lexer.STRING:
            return self.string()
        return self.bytes_literal().value.decode("latin-1")
