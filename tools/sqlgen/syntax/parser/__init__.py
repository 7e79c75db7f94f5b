"""SQL text -> syntax tree (syntax.py).

>>> parse_query("SELECT 1").body.items[0].expr.value
1
"""

from collections.abc import Iterator

from tools.sqlgen.diagnostics import SqlError, nearest
from tools.sqlgen.syntax.ast import OtherStatement, QueryStatement, SchemaStatement
from tools.sqlgen.syntax.lexer import tokenize
from tools.sqlgen.syntax.parser import (
    expressions,  # noqa: F401 # pyright: ignore[reportUnusedImport] - loaded first: expressions and queries use each other
)
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.schema import (
    PASSED_OVER,
    RUNNERS,
    VERBS,
    parse_runner,
    parse_schema_statement,
)
from tools.sqlgen.syntax.parser.statements import parse_statement
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.syntax.splitter import statement_spans

_HEAD = 200
"""The number of characters in which the first word of a statement is expected, without comments before it."""

__all__ = ["parse_query", "parse_schema"]


def parse_query(
    text: str, start: int = 0, end: int | None = None, *, server: Server | None = None
) -> QueryStatement:
    """Parse the one statement in text[start:end], with or without its `;`; offsets are into `text`.

    Raises SqlError if the text is not one statement of the server's language; None accepts that of every server.
    """
    parser = Parser(text, start, end, server)
    statement = parse_statement(parser)
    parser.end_of_statement()
    return statement


def parse_schema(text: str, start: int = 0, end: int | None = None) -> Iterator["SchemaStatement | SqlError"]:
    """Yield the statements in text[start:end]; a wrong statement is yielded as its SqlError.

    Statements that cannot change a type (INSERT, triggers, procedures, GRANT, ...) become OtherStatement, unparsed.
    """
    stop = len(text) if end is None else end
    for first, last in statement_spans(text, start, stop):
        try:
            yield _schema_statement(text, first, last)
        except SqlError as error:
            yield error


def _schema_statement(text: str, start: int, end: int) -> "SchemaStatement":
    first = tokenize(text, start, min(end, start + _HEAD))[0]
    if first.word not in VERBS and first.word not in PASSED_OVER:
        near = nearest(first.word, VERBS)
        hint = f"did you mean {near}?" if near else None
        raise SqlError(f"unknown statement '{text[first.start : first.end]}'", first.start, first.end, hint)
    if first.word in RUNNERS:
        return parse_runner(Parser(text, start, end))
    if first.word not in VERBS:
        # Dumps hold megabytes of INSERT: a look at the first word spares the rest.
        return OtherStatement(start, end, first.word)
    parser = Parser(text, start, end)
    statement = parse_schema_statement(parser)
    parser.end_of_statement()
    return statement
