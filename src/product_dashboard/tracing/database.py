"""Spans of transactions, and of queries by their names."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
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
from product_dashboard.database.driver import Answer, MySQLConnection, Statement, is_mariadb
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.database.primary import PrimaryWatch
from product_dashboard.database.query_names import CursorProxy, running_query, with_name
from product_dashboard.database.secondary import Secondaries
from product_dashboard.settings import DatabaseSettings
from product_dashboard.tracing.spans import inner_span

_UNNAMED: Final = "statement"
_LONGEST_SUMMARY: Final = 255


class TracedDatabase(Database):
    """A database whose transactions, queries and COMMITs have spans."""

    def __init__(self, settings: DatabaseSettings, watch: PrimaryWatch | None = None) -> None:
        super().__init__(settings, watch)
        text = with_name if settings.query_comments else _as_it_is
        self._cursor_class = partial(TracedCursor, database=settings.database, text=text)
        self._statement = partial(_statement_of_running_query, text)

    def connection(self) -> AbstractAsyncContextManager[MySQLConnection]:
        """See Database. The wait for a connection has a span of its own."""
        return _entered_in_span("connection", super().connection())

    def _secondary_connection(self, secondaries: Secondaries) -> AbstractAsyncContextManager[MySQLConnection]:
        return _entered_in_span("connection to a secondary", super()._secondary_connection(secondaries))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[TransactionConnection, None]:
        """See Database. The wait for a connection is in the span."""
        with inner_span("transaction"):
            async with super().transaction() as conn:
                yield conn

    def _transaction_connection(self, conn: MySQLConnection) -> TransactionConnection:
        return _TracedTransactionConnection(conn, self._statement, self._settings.database)

    def _commit(self) -> Commit:
        return _TracedCommit(self._settings.database)


@asynccontextmanager
async def _entered_in_span(
    name: str, loan: AbstractAsyncContextManager[MySQLConnection]
) -> AsyncGenerator[MySQLConnection, None]:
    """Lend what `loan` lends; the time that it takes to begin is a span of that name."""
    async with AsyncExitStack() as lent:
        with inner_span(name):
            conn = await lent.enter_async_context(loan)
        yield conn


class TracedCursor(CursorProxy):
    """A cursor whose statements have spans."""

    def __init__(self, connection: Any, *, database: str, text: Callable[[str], str], **options: Any) -> None:
        super().__init__(connection, **options)
        self._connection = connection
        self._database = database
        self._text = text

    async def execute(self, query: str, args: tuple[Any, ...] | None = None) -> object:
        with _query_span(self._connection, self._database, [running_query() or _UNNAMED]):
            return await super().execute(self._text(query), args)


class _TracedTransactionConnection(TransactionConnection):
    """The connection of a transaction. Statements that are sent in one write have one span."""

    def __init__(self, conn: MySQLConnection, statement: Callable[..., Statement], database: str) -> None:
        super().__init__(conn, statement)
        self._database = database

    async def send(self, *statements: Statement) -> Answer | None:
        names = [each.name or _UNNAMED for each in (*self._waiting, *statements)]
        if not names:
            return None
        with _query_span(self._conn, self._database, names):
            return await super().send(*statements)


class _TracedCommit(Commit):
    def __init__(self, database: str) -> None:
        super().__init__()
        self._database = database

    async def run(self, conn: MySQLConnection) -> None:
        attributes = {**_place(conn, self._database), DB_OPERATION_NAME: "COMMIT"}
        with inner_span("COMMIT", kind=SpanKind.CLIENT, attributes=attributes):
            await super().run(conn)


def _query_span(conn: MySQLConnection, database: str, names: Sequence[str]) -> AbstractContextManager[Span]:
    """Make a span for statements that are sent together, named for their queries."""
    summary = "; ".join(dict.fromkeys(names))[:_LONGEST_SUMMARY]
    attributes = {**_place(conn, database), DB_QUERY_SUMMARY: summary}
    if len(names) > 1:
        attributes[DB_OPERATION_BATCH_SIZE] = len(names)
    return inner_span(summary, kind=SpanKind.CLIENT, attributes=attributes)


def _place(conn: MySQLConnection, database: str) -> dict[str, str | int]:
    """Return the attributes that name the server of a connection, and the database on it."""
    return {
        DB_NAMESPACE: database,
        DB_SYSTEM_NAME: "mariadb" if is_mariadb(conn.get_server_info()) else "mysql",
        SERVER_ADDRESS: conn.server.host,
        SERVER_PORT: conn.server.port,
    }


def _as_it_is(query: str) -> str:
    return query


def _statement_of_running_query(text: Callable[[str], str], query: str, args: tuple[Any, ...]) -> Statement:
    return Statement(text(query), args, running_query())
