"""The connection of a transaction, and its pipeline: statements that do not wait for their answers.

    await orders.create_order(tx.conn.pipelined, ...)          # not sent yet
    await orders.create_order_items(tx.conn.pipelined, ...)    # not sent yet
    product = await orders.get_order(tx.conn, ...)             # all three are sent in one write, in this order

Statements of the pipeline are sent with the next statement outside of it, or before COMMIT. Three round trips become
one, and locked rows are locked for a shorter time. An error of a statement in the pipeline is raised where it is sent.
The server has executed the statements after it by then, and all of them are rolled back.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from generated.connection import Connection, Cursor
from product_dashboard.database.driver import Answer, MySQLConnection, Statement, execute_all


class TransactionConnection:
    """A connection in a transaction. Satisfies `generated.connection.Connection`."""

    def __init__(self, conn: MySQLConnection, statement: Callable[..., Statement] = Statement) -> None:
        """`statement` makes a statement of a text and its arguments."""
        self._conn = conn
        self._waiting: list[Statement] = []
        self.statement = statement

    @property
    def pipelined(self) -> Connection:
        """A connection for the statements of this transaction whose answer the caller does not need: `:exec`."""
        return _Pipeline(self._waiting, self.statement)

    def cursor(self, cursor: Any = None, /) -> AbstractAsyncContextManager[Any]:
        """Return a cursor whose statement is sent behind those that wait."""
        if not self._waiting:
            return self._conn.cursor(cursor)
        assert cursor is None, "only a default cursor sends the statements that wait"
        return _SendingCursor(self)

    def get_server_info(self) -> str:
        return self._conn.get_server_info()

    async def send(self, *statements: Statement) -> Answer | None:
        """Send the statements that wait, then these; return the last answer, None if there was nothing to send."""
        statements = (*self._waiting, *statements)
        self._waiting.clear()
        return await execute_all(self._conn, statements) if statements else None


class _Pipeline:
    """Takes statements, and sends none."""

    def __init__(self, waiting: list[Statement], statement: Callable[..., Statement]) -> None:
        self._waiting = waiting
        self._statement = statement

    def cursor(self, _: Any = None, /) -> AbstractAsyncContextManager[Cursor]:
        return _WaitingCursor(self._waiting, self._statement)


class _Cursor(AbstractAsyncContextManager[Cursor]):
    """A cursor for one statement, with the answer to it."""

    _answer: Answer | None = None

    @property
    def answer(self) -> Answer:
        if self._answer is None:
            raise RuntimeError("a statement of a pipeline has no answer: execute it on the connection itself")
        return self._answer

    @property
    def rowcount(self) -> int:
        return self.answer.rowcount

    @property
    def lastrowid(self) -> int:
        return self.answer.lastrowid

    @abstractmethod
    async def execute(self, query: str, args: tuple[Any, ...], /) -> None:
        """Take the statement, or send it and keep its answer."""

    async def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self.answer.rows), None)

    async def fetchmany(self, size: int, /) -> Sequence[tuple[Any, ...]]:
        return self.answer.rows[:size]

    async def fetchall(self) -> Sequence[tuple[Any, ...]]:
        return self.answer.rows

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        pass


class _WaitingCursor(_Cursor):
    def __init__(self, waiting: list[Statement], statement: Callable[..., Statement]) -> None:
        self._waiting = waiting
        self._statement = statement

    async def execute(self, query: str, args: tuple[Any, ...], /) -> None:
        self._waiting.append(self._statement(query, args))


class _SendingCursor(_Cursor):
    def __init__(self, conn: TransactionConnection) -> None:
        self._conn = conn

    async def execute(self, query: str, args: tuple[Any, ...], /) -> None:
        self._answer = await self._conn.send(self._conn.statement(query, args))
