"""INSERT and REPLACE, and the assignments and RETURNING that UPDATE and DELETE share with them."""

from tools.sqlgen.syntax.ast import (
    Assignment,
    ColumnRef,
    Expr,
    Insert,
    Query,
    SelectItem,
    TableName,
)
from tools.sqlgen.syntax.lexer import Token
from tools.sqlgen.syntax.parser.calls import parse_column_ref
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.queries import (
    at_query,
    parse_query_expression,
    parse_value_or_default,
)
from tools.sqlgen.syntax.parser.selects import parse_select_items
from tools.sqlgen.syntax.parser.tables import (
    parse_partition_clause,
)
from tools.sqlgen.syntax.server import MARIADB_HINT

_QUERY_WORDS = frozenset({"SELECT", "(", "VALUES", "TABLE", "WITH"})


def parse_insert(p: Parser) -> Insert:
    verb = p.advance()
    p.accept_any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY")
    ignore = p.accept("IGNORE")
    p.accept("INTO")
    table = _changed_table(p)
    columns = _insert_columns(p)
    rows: tuple[tuple[Expr, ...], ...] = ()
    assignments: tuple[Assignment, ...] = ()
    query: Query | None = None
    span = (0, 0)
    if p.token.word in {"VALUES", "VALUE"} and p.peek().word != "ROW":
        rows, span = _insert_rows(p)
    elif columns is None and p.accept("SET"):
        assignments = p.comma_list(parse_assignment)
    elif p.token.word in _QUERY_WORDS:
        query = parse_query_expression(p)
    else:
        p.unexpected("VALUES, SET or SELECT")
    if p.token.word == "AS" and query is not None:
        p.fail(
            "a row alias after a query",
            hint="write VALUES (...), (...) AS name, or name the columns of the query",
        )
    row_alias, row_columns = _row_alias(p) if p.token.word == "AS" else (None, ())
    on_duplicate = _on_duplicate(p, verb)
    returning = parse_returning(p)
    return Insert(
        verb.start, p.previous_end, table, verb.word == "REPLACE", ignore, columns, rows, assignments,
        query, row_alias, row_columns, on_duplicate, *span, returning=returning,
    )  # fmt: skip


def _changed_table(p: Parser) -> TableName:
    start = p.token.start
    schema, name = p.qualified_name()
    partitions = parse_partition_clause(p)
    return TableName(start, p.previous_end, name, schema, partitions=partitions)


def _insert_columns(p: Parser) -> tuple[ColumnRef, ...] | None:
    if p.token.word != "(" or at_query(p, p.index):
        return None
    if p.peek().word == ")":
        p.advance()
        p.advance()
        return ()
    return p.parenthesised(parse_column_ref)


def _insert_rows(p: Parser) -> tuple[tuple[tuple[Expr, ...], ...], tuple[int, int]]:
    """The rows, and the span of the row when there is just one."""
    p.advance()
    start = p.token.start
    rows = p.comma_list(_insert_row)
    return rows, (start, p.previous_end) if len(rows) == 1 else (0, 0)


def _insert_row(p: Parser) -> tuple[Expr, ...]:
    p.expect("(")
    if p.accept(")"):
        return ()
    items = p.comma_list(parse_value_or_default)
    p.expect(")")
    return items


def _row_alias(p: Parser) -> tuple[str, tuple[str, ...]]:
    p.advance()
    alias = p.name("an alias of the new row")
    return alias, p.names() if p.token.word == "(" else ()


def _on_duplicate(p: Parser, verb: Token) -> tuple[Assignment, ...]:
    token = p.token
    if not p.accept_words("ON", "DUPLICATE", "KEY", "UPDATE"):
        if token.word == "ON" and p.peek().word == "CONFLICT":
            p.fail("ON CONFLICT is not MySQL", hint="write ON DUPLICATE KEY UPDATE column = ...")
        return ()
    if verb.word == "REPLACE":
        p.fail("REPLACE takes no ON DUPLICATE KEY UPDATE", token, "write INSERT instead of REPLACE")
    return p.comma_list(parse_assignment)


def parse_returning(p: Parser) -> tuple[SelectItem, ...]:
    """Parse MariaDB's RETURNING of INSERT, REPLACE and DELETE of one table."""
    if p.token.word != "RETURNING":
        return ()
    hint = "use :execlastid for the new id, or read the rows with a SELECT"
    p.only_mariadb("RETURNING", hint=f"{hint}; {MARIADB_HINT}")
    p.advance()
    return parse_select_items(p)


def parse_assignment(p: Parser) -> Assignment:
    start = p.token.start
    column = parse_column_ref(p)
    if p.accept_any("=", ":=") is None:
        p.unexpected("'='")
    value = parse_value_or_default(p)
    return Assignment(start, p.previous_end, column, value)
