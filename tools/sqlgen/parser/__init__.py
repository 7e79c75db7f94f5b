"""SQL text -> syntax tree (syntax.py).

>>> parse_query("SELECT 1").body.items[0].expr.value
1
"""

from collections.abc import Iterator

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.parser.changes import ChangeParser
from tools.sqlgen.syntax import QueryStatement, SchemaStatement

__all__ = ["parse_query", "parse_schema"]


def parse_query(text: str, start: int = 0, end: int | None = None) -> QueryStatement:
    """The one statement in text[start:end], with or without its `;`; offsets are into `text`.

    Raises SqlError where the text is not one statement of the dialect.
    """
    parser = ChangeParser(text, start, end)
    statement = parser.statement()
    parser.end_of_statement()
    return statement


def parse_schema(text: str, start: int = 0, end: int | None = None) -> Iterator["SchemaStatement | SqlError"]:
    """The statements in text[start:end], one by one; a wrong one is yielded as its SqlError.

    What cannot change a type (INSERT, triggers, procedures, GRANT, ...) comes as OtherStatement, unparsed.
    """
    raise NotImplementedError((text, start, end))
