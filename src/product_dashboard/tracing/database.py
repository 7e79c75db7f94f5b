"""Spans of transactions, and of queries by their names."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

from opentelemetry.semconv.attributes.db_attributes import (
    DB_NAMESPACE,
    DB_OPERATION_BATCH_SIZE,
    DB_OPERATION_NAME,
    DB_QUERY_SUMMARY,
    DB_SYSTEM_NAME,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.trace import Span, SpanKind

from product_dashboard.database import Database
from product_dashboard.database.commit import Commit
from product_dashboard.database.driver import Answer, MySQLConnection, Statement
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.database.query_names import CursorProxy, running_query, with_name
from product_dashboard.settings import DatabaseSettings
from product_dashboard.tracing.spans import Attributes, inner_span

_UNNAMED: Final = "statement"
_LONGEST_SUMMARY: Final = 255


class TracedDatabase(Database):
    """A database whose transactions, queries and COMMITs have spans."""

    def __init__(self, settings: DatabaseSettings) -> None:
        super().__init__(settings)
        self._server: Attributes = {
            DB_NAMESPACE: settings.database,
            SERVER_ADDRESS: settings.host,
            SERVER_PORT: settings.port,
        }
        text = with_name if settings.query_comments else _as_it_is
        self._cursor_class = partial(TracedCursor, server=self._server, text=text)
        self._statement = partial(_statement_of_running_query, text)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[MySQLConnection, None]:
        """See Database. The wait for a connection has a span of its own."""
        async with AsyncExitStack() as lent:
            with inner_span("connection"):
                conn = await lent.enter_async_context(super().connection())
            yield conn

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[TransactionConnection, None]:
        """See Database. The wait for a connection is in the span."""
        with inner_span("transaction"):
            async with super().transaction() as conn:
                yield conn

    def _transaction_connection(self, conn: MySQLConnection) -> TransactionConnection:
        return _TracedTransactionConnection(conn, self._statement, self._server)

    def _commit(self) -> Commit:
        return _TracedCommit(self._server)


class TracedCursor(CursorProxy):
    """A cursor whose statements have spans."""

    def __init__(
        self, connection: Any, *, server: Attributes, text: Callable[[str], str], **options: Any
    ) -> None:
        super().__init__(connection, **options)
        self._connection = connection
        self._server = server
        self._text = text

    async def execute(self, query: str, args: tuple[Any, ...] | None = None) -> object:
        with _query_span(self._connection, self._server, [running_query() or _UNNAMED]):
            return await super().execute(self._text(query), args)


class _TracedTransactionConnection(TransactionConnection):
    """The connection of a transaction. Statements that are sent in one write have one span."""

    def __init__(
        self, conn: MySQLConnection, statement: Callable[..., Statement], server: Attributes
    ) -> None:
        super().__init__(conn, statement)
        self._server = server

    async def send(self, *statements: Statement) -> Answer | None:
        names = [each.name or _UNNAMED for each in (*self._waiting, *statements)]
        if not names:
            return None
        with _query_span(self._conn, self._server, names):
            return await super().send(*statements)


class _TracedCommit(Commit):
    def __init__(self, server: Attributes) -> None:
        super().__init__()
        self._server = server

    async def run(self, conn: MySQLConnection) -> None:
        attributes = {**self._server, DB_SYSTEM_NAME: _system(conn), DB_OPERATION_NAME: "COMMIT"}
        with inner_span("COMMIT", kind=SpanKind.CLIENT, attributes=attributes):
            await super().run(conn)


def _query_span(
    conn: MySQLConnection, server: Attributes, names: Sequence[str]
) -> AbstractContextManager[Span]:
    """Make a span for statements that are sent together, named for their queries."""
    summary = "; ".join(dict.fromkeys(names))[:_LONGEST_SUMMARY]
    attributes: dict[str, str | int] = {
        **server,
        DB_SYSTEM_NAME: _system(conn),
        DB_QUERY_SUMMARY: summary,
    }
    if len(names) > 1:
        attributes[DB_OPERATION_BATCH_SIZE] = len(names)
    return inner_span(summary, kind=SpanKind.CLIENT, attributes=attributes)


def _system(conn: MySQLConnection) -> str:
    return "mariadb" if "mariadb" in conn.get_server_info().lower() else "mysql"


def _as_it_is(query: str) -> str:
    return query


def _statement_of_running_query(text: Callable[[str], str], query: str, args: tuple[Any, ...]) -> Statement:
    return Statement(text(query), args, running_query())
