"""Parts of all function calls: DISTINCT, OVER, arguments that are columns."""

from tools.sqlgen.syntax.ast import Call, ColumnRef, Expr, OrderItem, WindowSpec
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.keywords import AGGREGATES, WINDOW_FUNCTIONS
from tools.sqlgen.syntax.parser.windows import parse_over_clause


def accept_distinct(p: Parser) -> bool:
    distinct = p.accept("DISTINCT")
    p.accept("ALL")
    return distinct


def finish_call(
    p: Parser,
    start: int,
    name: Token,
    args: tuple[Expr, ...],
    *,
    schema: str | None = None,
    distinct: bool = False,
    order_by: tuple[OrderItem, ...] = (),
    separator: str | None = None,
) -> Call:
    """Return the call with the optional parts after its ')': FROM LAST, IGNORE NULLS, OVER."""
    raw = p.unquoted(name)
    word = raw.upper()
    from_last = ignore_nulls = False
    if word in WINDOW_FUNCTIONS:
        from_last = _from_last(p)
        ignore_nulls = p.accept_words("IGNORE", "NULLS")
        p.accept_words("RESPECT", "NULLS")
    over: WindowSpec | str | None = None
    if p.token.word == "OVER" and (schema is not None or word in WINDOW_FUNCTIONS | AGGREGATES):
        p.advance()
        over = parse_over_clause(p)
    elif p.token.word == "OVER":
        p.fail(f"'{raw}' is not a window function", hint="OVER follows aggregate and window functions")
    elif word in WINDOW_FUNCTIONS and schema is None:
        p.fail(f"{word}() needs an OVER clause", name, "write OVER (ORDER BY ...) behind it")
    return Call(
        start, p.previous_end, raw, args, schema, distinct, order_by, separator, over, from_last,
        ignore_nulls, name.end,
    )  # fmt: skip


def _from_last(p: Parser) -> bool:
    if p.token.word != "FROM" or p.peek().word not in {"FIRST", "LAST"}:
        return False
    p.advance()
    return p.advance().word == "LAST"


def parse_column_ref(p: Parser) -> ColumnRef:
    """Parse a reference: column, table.column or schema.table.column."""
    start = p.token.start
    parts = [p.name("a column name")]
    while len(parts) < 3 and p.accept("."):  # noqa: PLR2004 - schema, table, column
        parts.append(p.name_after_dot())
    return column_of_parts(start, p.previous_end, parts)


def column_of_parts(start: int, end: int, parts: list[str]) -> ColumnRef:
    """The reference that one to three dotted names are."""
    schema, table, column = [None, None, *parts][-3:]
    return ColumnRef(start, end, column or "", table, schema)
