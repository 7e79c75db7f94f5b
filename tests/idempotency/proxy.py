"""A TCP proxy between the service and its database, which sees each statement and can cut the connection at it.

It reads the text protocol only, so the service must run with DB_STATEMENT_CACHE=0.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Self
from urllib.parse import urlsplit

from tests.listener import connected, listening

COM_QUERY = b"\x03"
# In the background the cache looks at its epoch, and at the identity of both stores, and a task for missing trigrams.
BACKGROUND = ("cache_epoch AS e", "information_schema", "AS has_unindexed_products")


class Statement(str):
    """The text of a statement. `is_pipelined`: it was sent before the statement in front of it was answered."""

    __slots__ = ("is_pipelined",)
    is_pipelined: bool

    def __new__(cls, text: str, *, is_pipelined: bool) -> Self:
        made = super().__new__(cls, text)
        made.is_pipelined = is_pipelined
        return made


class Session:
    """One connection of the service. `statements` are those of its transaction, until the next one begins."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.statements: list[str] = []
        self.before_answer: Action | None = None
        self.is_answered = True
        self.is_cut = False

    def cut(self) -> None:
        """End both connections at once. The server rolls back as soon as it notices."""
        self.is_cut = True
        self.client.transport.abort()
        self.server.transport.abort()

    def has_written(self, table: str) -> bool:
        """Return True if the open transaction has inserted into a table."""
        return any(statement.startswith(f"INSERT INTO {table} ") for statement in self.statements)


Action = Callable[[Session, bytes], Awaitable[None]]
"""Is called in place of forwarding, with the packet of the statement, or the answer to it."""

When = Callable[[Session, str], bool]


class Proxy:
    """`before` and `after` set a fault at the next statement that fulfils a condition.

    If the service has sent several statements at once, `after` means after the answer to the first of them.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 3306
        self.url = url
        self.statements: list[Statement] = []
        self.sessions: set[Session] = set()
        self.refuses = False
        self.choose: Callable[[Session, str], tuple[Action | None, Action | None]] = self._chosen
        self._faults: list[tuple[When, Action, bool]] = []
        self.fired = asyncio.Event()

    def statements_of_requests(self) -> list[Statement]:
        """Return the statements without those that the service sends in the background."""
        return [each for each in self.statements if not any(part in each for part in BACKGROUND)]

    def before(self, when: When, action: Action) -> None:
        """Call `action` instead of sending the statement to the server."""
        self._faults.append((when, action, True))

    def after(self, when: When, action: Action) -> None:
        """Send the statement; call `action` with the server's answer instead of sending the answer to the client."""
        self._faults.append((when, action, False))

    def _chosen(self, session: Session, statement: str) -> tuple[Action | None, Action | None]:
        for fault in self._faults:
            when, action, is_before = fault
            if when(session, statement):
                self._faults.remove(fault)
                self.fired.set()
                return (action, None) if is_before else (None, action)
        return None, None

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        async with connected(self._host, self._port) as (server_reader, server_writer):
            session = Session(writer, server_writer)
            self.sessions.add(session)
            try:
                with suppress(OSError, asyncio.IncompleteReadError):
                    await asyncio.gather(self._up(session, reader), self._down(session, server_reader))
            finally:
                self.sessions.discard(session)
                session.cut()

    async def _up(self, session: Session, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError):
            while not session.is_cut:
                header = await reader.readexactly(4)
                packet = header + await reader.readexactly(int.from_bytes(header[:3], "little"))
                if header[3] == 0 and packet[4:5] == COM_QUERY:
                    before, after = self._note(session, packet[5:].decode(errors="replace"))
                    session.before_answer = after or session.before_answer
                    if before is not None:
                        await before(session, packet)
                        continue
                session.server.write(packet)
        session.server.close()

    def _note(self, session: Session, text: str) -> tuple[Action | None, Action | None]:
        statement = Statement(text, is_pipelined=not session.is_answered)
        session.is_answered = False
        if session.statements[-1:] in (["COMMIT"], ["ROLLBACK"]):
            session.statements = []
        session.statements.append(statement)
        self.statements.append(statement)
        return self.choose(session, statement)

    async def _down(self, session: Session, reader: asyncio.StreamReader) -> None:
        while not session.is_cut and (data := await reader.read(65536)):
            session.is_answered = True
            action, session.before_answer = session.before_answer, None
            if action is not None:
                await action(session, data)
            else:
                session.client.write(data)
        session.client.close()


@asynccontextmanager
async def proxied(database_url: str) -> AsyncGenerator[Proxy, None]:
    """A proxy in front of the database of a URL; `proxy.url` leads through it."""
    proxy = Proxy(database_url)
    async with listening(proxy.relay) as port:
        host = database_url.rpartition("@")[2].partition("/")[0]
        proxy.url = database_url.replace(host, f"127.0.0.1:{port}")
        yield proxy


# -- conditions


def commit_of(table: str) -> When:
    """The COMMIT of a transaction that has inserted into a table."""
    return lambda session, statement: statement == "COMMIT" and session.has_written(table)


def statement_of(start: str) -> When:
    return lambda _, statement: statement.startswith(start)


# -- actions


async def cut(session: Session, _: bytes) -> None:
    session.cut()


async def swallow(session: Session, _: bytes) -> None:
    """Say nothing to either side; the transaction stays open until the service closes its connection."""


def hold(until: Callable[[], Awaitable[object]], *, then_forward: bool) -> Action:
    """Close the connection to the service. Keep that to the server, with its open transaction, for the time of a wait.

    After it, send the statement to the server, or only close.
    """

    async def action(session: Session, packet: bytes) -> None:
        session.client.transport.abort()
        await until()
        if then_forward:
            session.server.write(packet)
            await session.server.drain()
            await asyncio.sleep(0.2)
        session.cut()

    return action


def _packet(payload: bytes, number: int) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


def refuse(number: int) -> Action:
    """Let the server roll back, and answer with an error of this number."""
    body = b"\xff" + number.to_bytes(2, "little") + b"#HY000" + b"refused by the test"

    async def answer(session: Session, _: bytes) -> None:
        session.client.write(_packet(body, 1))

    async def action(session: Session, _: bytes) -> None:
        session.before_answer = answer
        session.server.write(_packet(COM_QUERY + b"ROLLBACK", 0))

    return action
