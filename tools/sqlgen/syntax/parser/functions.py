"""Function calls: the plain ones, and those with a grammar of their own."""

from collections.abc import Callable

from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import (
    Call,
    Cast,
    ConvertCharset,
    DefaultValue,
    Exists,
    Expr,
    InsertedValue,
    Match,
    Row,
    Star,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.dates import DateFunctionParser
from tools.sqlgen.syntax.parser.keywords import AGGREGATES
from tools.sqlgen.syntax.parser.windows import BIT_EXPR


class FunctionParser(DateFunctionParser):
    """Reads calls. In every rule the name is taken already; `name` is its token."""

    def call(self, name: Token, schema: str | None = None, start: int | None = None) -> Expr:
        """What follows a function's name, from its '('."""
        begin = name.start if start is None else start
        word = self.unquoted(name).upper()
        special = _SPECIAL.get(word) if schema is None and name.kind == lexer.WORD else None
        if special is not None:
            return special(self, name)
        self.expect("(")
        distinct = word in AGGREGATES and self.distinct()
        args = () if self.token.word == ")" else self._arguments()
        if word in AGGREGATES and word != "JSON_OBJECTAGG" and len(args) != 1:
            self.fail(f"{word} takes one argument, not {len(args)}", name)
        order_by = self.order_items() if word in AGGREGATES and self.accept_words("ORDER", "BY") else ()
        self.expect(")")
        return self.finish(begin, name, args, schema=schema, distinct=distinct, order_by=order_by)

    def _arguments(self) -> tuple[Expr, ...]:
        if self.token.word == "*":
            self.unexpected("an argument", "only COUNT takes a *")
        return self.expressions()

    # --- calls with a grammar of their own ------------------------------------------------------

    def count_call(self, name: Token) -> Expr:
        self.expect("(")
        if self.token.word == "*":
            star = self.advance()
            args: tuple[Expr, ...] = (Star(star.start, star.end),)
            distinct = False
        else:
            distinct = self.distinct()
            args = self.expressions()
            if len(args) > 1 and not distinct:
                self.fail("COUNT takes one argument", name, "write COUNT(DISTINCT a, b)")
        self.expect(")")
        return self.finish(name.start, name, args, distinct=distinct)

    def group_concat_call(self, name: Token) -> Expr:
        self.expect("(")
        distinct = self.distinct()
        args = self.expressions()
        order_by = self.order_items() if self.accept_words("ORDER", "BY") else ()
        separator = self.separator()
        if self.accept("LIMIT"):
            self.integer("a number of rows")
            if self.accept_any(",", "OFFSET"):
                self.integer("a number of rows")
        self.expect(")")
        return self.finish(name.start, name, args, distinct=distinct, order_by=order_by, separator=separator)

    def cast_call(self, name: Token) -> Expr:
        self.expect("(")
        operand = self.expression()
        at_time_zone = self.accept_words("AT", "TIME", "ZONE")
        if at_time_zone:
            self.accept("INTERVAL")
            self.string()
        self.expect("AS")
        data_type = self.cast_type()
        self.expect(")")
        return Cast(name.start, self.previous_end, operand, data_type, at_time_zone)

    def convert_call(self, name: Token) -> Expr:
        self.expect("(")
        operand = self.expression()
        if self.accept("USING"):
            charset = self.charset_name()
            self.expect(")")
            return ConvertCharset(name.start, self.previous_end, operand, charset)
        self.expect(",")
        data_type = self.cast_type()
        self.expect(")")
        return Cast(name.start, self.previous_end, operand, data_type)

    def trim_call(self, name: Token) -> Expr:
        self.expect("(")
        side = self.accept_any("BOTH", "LEADING", "TRAILING")
        args: tuple[Expr, ...]
        if side and self.accept("FROM"):
            args = (self.expression(),)
        else:
            first = self.expression()
            if side and self.token.word != "FROM":
                self.unexpected("'FROM'")
            args = (self.expression(), first) if self.accept("FROM") else (first,)
        self.expect(")")
        return self.finish(name.start, name, args)

    def substring_call(self, name: Token) -> Expr:
        self.expect("(")
        args = [self.expression()]
        separators = ("FROM", "FOR") if self.token.word == "FROM" else (",", ",")
        self.expect(separators[0])
        args.append(self.expression())
        if self.accept(separators[1]):
            args.append(self.expression())
        self.expect(")")
        return self.finish(name.start, name, tuple(args))

    def position_call(self, name: Token) -> Expr:
        self.expect("(")
        needle = self.expression(BIT_EXPR)
        self.expect("IN")
        haystack = self.expression()
        self.expect(")")
        return Call(name.start, self.previous_end, "LOCATE", (needle, haystack), name_end=name.end)

    def char_call(self, name: Token) -> Expr:
        self.expect("(")
        args = self.expressions()
        if self.accept("USING"):
            self.charset_name()
        self.expect(")")
        return self.finish(name.start, name, args)

    def weight_string_call(self, name: Token) -> Expr:
        self.expect("(")
        operand = self.expression()
        if self.accept("AS"):
            if self.accept_any("CHAR", "BINARY") is None:
                self.unexpected("CHAR or BINARY")
            self.expect("(")
            self.integer("a length")
            self.expect(")")
        self.expect(")")
        return self.finish(name.start, name, (operand,))

    def json_value_call(self, name: Token) -> Expr:
        """JSON_VALUE(doc, path RETURNING type ON EMPTY ON ERROR); RETURNING makes it a Cast."""
        self.expect("(")
        args = [self.expression()]
        self.expect(",")
        args.append(self.expression())
        returning = self.cast_type() if self.accept("RETURNING") else None
        while self.token.word != ")":
            self.on_clause()
        self.expect(")")
        call = self.finish(name.start, name, tuple(args))
        return call if returning is None else Cast(call.start, call.end, call, returning)

    def on_clause(self) -> tuple[str, str]:
        """NULL | ERROR | DEFAULT value ON EMPTY | ERROR: the event, and what happens then."""
        action = self.accept_any("NULL", "ERROR")
        if action is None:
            self.expect("DEFAULT")
            start = self.token.start
            self.expression(BIT_EXPR)
            action = self.text[start : self.previous_end]
        self.expect("ON")
        event = self.accept_any("EMPTY", "ERROR")
        if event is None:
            self.unexpected("EMPTY or ERROR")
        return event, action

    def exists_call(self, name: Token) -> Expr:
        query = self.bracketed_query()
        return Exists(name.start, self.previous_end, query)

    def row_call(self, name: Token) -> Expr:
        items = self.parenthesised(self.expression)
        if len(items) == 1:
            self.unexpected("a row of at least two values, ROW(a, b)")
        return Row(name.start, self.previous_end, items)

    def values_call(self, name: Token) -> Expr:
        """VALUES(column) in ON DUPLICATE KEY UPDATE."""
        self.expect("(")
        column = self.column_ref()
        self.expect(")")
        return InsertedValue(name.start, self.previous_end, column)

    def default_call(self, name: Token) -> Expr:
        self.expect("(")
        column = self.column_ref()
        self.expect(")")
        return DefaultValue(name.start, self.previous_end, column)

    def match_call(self, name: Token) -> Expr:
        """MATCH (columns) AGAINST (value modifier)"""
        in_parentheses = self.accept("(")
        columns = self.comma_list(self.column_ref)
        if in_parentheses:
            self.expect(")")
        self.expect("AGAINST", "(")
        against = self.expression(BIT_EXPR)
        modifier = self._match_modifier()
        self.expect(")")
        return Match(name.start, self.previous_end, columns, against, modifier)

    def _match_modifier(self) -> str | None:
        for words in _MATCH_MODIFIERS:
            if self.accept_words(*words):
                return " ".join(words)
        return None


_MATCH_MODIFIERS = (
    ("IN", "NATURAL", "LANGUAGE", "MODE", "WITH", "QUERY", "EXPANSION"),
    ("IN", "NATURAL", "LANGUAGE", "MODE"),
    ("IN", "BOOLEAN", "MODE"),
    ("WITH", "QUERY", "EXPANSION"),
)

_SPECIAL: dict[str, Callable[[FunctionParser, Token], Expr]] = {
    "COUNT": FunctionParser.count_call,
    "GROUP_CONCAT": FunctionParser.group_concat_call,
    "CAST": FunctionParser.cast_call,
    "CONVERT": FunctionParser.convert_call,
    "EXTRACT": FunctionParser.extract_call,
    "TIMESTAMPADD": FunctionParser.timestamp_arithmetic_call,
    "TIMESTAMPDIFF": FunctionParser.timestamp_arithmetic_call,
    "GET_FORMAT": FunctionParser.get_format_call,
    "DATE_ADD": FunctionParser.date_arithmetic_call,
    "DATE_SUB": FunctionParser.date_arithmetic_call,
    "ADDDATE": FunctionParser.date_arithmetic_call,
    "SUBDATE": FunctionParser.date_arithmetic_call,
    "TRIM": FunctionParser.trim_call,
    "SUBSTRING": FunctionParser.substring_call,
    "SUBSTR": FunctionParser.substring_call,
    "MID": FunctionParser.substring_call,
    "POSITION": FunctionParser.position_call,
    "CHAR": FunctionParser.char_call,
    "WEIGHT_STRING": FunctionParser.weight_string_call,
    "JSON_VALUE": FunctionParser.json_value_call,
    "EXISTS": FunctionParser.exists_call,
    "ROW": FunctionParser.row_call,
    "VALUES": FunctionParser.values_call,
    "VALUE": FunctionParser.values_call,
    "DEFAULT": FunctionParser.default_call,
    "MATCH": FunctionParser.match_call,
}
