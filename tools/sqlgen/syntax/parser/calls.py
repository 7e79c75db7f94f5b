"""What all function calls share: DISTINCT, OVER, the arguments that are columns."""

from tools.sqlgen.syntax.ast import Call, ColumnRef, Expr, OrderItem, WindowSpec
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.keywords import AGGREGATES, WINDOW_FUNCTIONS
from tools.sqlgen.syntax.parser.macros import MacroParser


class CallParser(MacroParser):
    """Reads the parts of a call."""

    def distinct(self) -> bool:
        distinct = self.accept("DISTINCT")
        self.accept("ALL")
        return distinct

    def finish(
        self,
        start: int,
        name: Token,
        args: tuple[Expr, ...],
        *,
        schema: str | None = None,
        distinct: bool = False,
        order_by: tuple[OrderItem, ...] = (),
        separator: str | None = None,
    ) -> Call:
        """The call with what may follow its ')': FROM LAST, IGNORE NULLS, OVER."""
        raw = self.unquoted(name)
        word = raw.upper()
        from_last = ignore_nulls = False
        if word in WINDOW_FUNCTIONS:
            from_last = self._from_last()
            ignore_nulls = self.accept_words("IGNORE", "NULLS")
            self.accept_words("RESPECT", "NULLS")
        over: WindowSpec | str | None = None
        if self.token.word == "OVER" and (schema is not None or word in WINDOW_FUNCTIONS | AGGREGATES):
            self.advance()
            over = self.over_clause()
        elif self.token.word == "OVER":
            self.fail(f"'{raw}' is not a window function", hint="OVER follows aggregate and window functions")
        elif word in WINDOW_FUNCTIONS and schema is None:
            self.fail(f"{word}() needs an OVER clause", name, "write OVER (ORDER BY ...) behind it")
        return Call(
            start, self.previous_end, raw, args, schema, distinct, order_by, separator, over, from_last,
            ignore_nulls, name.end,
        )  # fmt: skip

    def _from_last(self) -> bool:
        if self.token.word != "FROM" or self.peek().word not in {"FIRST", "LAST"}:
            return False
        self.advance()
        return self.advance().word == "LAST"

    def column_ref(self) -> ColumnRef:
        """column, table.column or schema.table.column, and nothing else."""
        start = self.token.start
        parts = [self.name("a column name")]
        while len(parts) < 3 and self.accept("."):  # noqa: PLR2004 - schema, table, column
            parts.append(self.name_after_dot())
        return column_of_parts(start, self.previous_end, parts)


def column_of_parts(start: int, end: int, parts: list[str]) -> ColumnRef:
    """The reference that one to three dotted names are."""
    schema, table, column = [None, None, *parts][-3:]
    return ColumnRef(start, end, column or "", table, schema)
