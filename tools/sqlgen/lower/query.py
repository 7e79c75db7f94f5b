"""Lowers one query with its command."""

from msgspec import Struct

from tools.sqlgen.input.query_files import QuerySource
from tools.sqlgen.ir.names import snake_case
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.statement import lower_statement
from tools.sqlgen.lower.template import AfterCursor, OrderBy, Template, flat_parts
from tools.sqlgen.syntax import ast


class CompiledQuery(Struct, frozen=True):
    """A query without errors: the input of the emitter and of the verifier."""

    source: QuerySource
    analysed: AnalysedQuery
    template: Template
    row_part: tuple[int, int] | None = None
    """For :copyfrom: template[start:end] is the parenthesis with the values of one row."""

    @property
    def function(self) -> str:
        """The name of the generated function."""
        return snake_case(self.source.name)

    @property
    def has_orders(self) -> bool:
        return any(isinstance(part, OrderBy | AfterCursor) for part in flat_parts(self.template))

    @property
    def has_cursor(self) -> bool:
        return any(isinstance(part, AfterCursor) for part in flat_parts(self.template))


def lower_query(
    text: str, source: QuerySource, statement: ast.QueryStatement, analysed: AnalysedQuery
) -> CompiledQuery:
    """Lower a query. `text` is the text of its file. Raises SqlError as lower_statement does."""
    start, end = source.sql_start, source.sql_end
    if source.command != ":copyfrom" or not isinstance(statement, ast.Insert) or not statement.values_end:
        return CompiledQuery(source, analysed, lower_statement(text, start, end, statement, analysed))
    spans = (
        (start, statement.values_start),
        (statement.values_start, statement.values_end),
        (statement.values_end, end),
    )
    head, row, tail = (lower_statement(text, *span, statement, analysed) for span in spans)
    return CompiledQuery(source, analysed, (*head, *row, *tail), (len(head), len(head) + len(row)))
