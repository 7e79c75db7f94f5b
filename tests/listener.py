"""TCP servers and connections of tests, whose sockets are all closed when their block ends.

A server of asyncio leaves its connections to its handlers, and forgets the one that it accepts while it is closed. An
open socket is left then, and the ResourceWarning about it fails the test that runs when it is collected.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(
    handler: Handler, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[int, None]:
    """Call `handler` for each connection to a port of 127.0.0.1; the number of the port.

    A connection is closed when its handler returns, and at the end of the block at the latest. A ConnectionError or
    SSLError of a handler means that the client has gone. Any other exception is raised at the end of the block.
    """
    connections = _Connections(handler)
    server = await asyncio.start_server(connections.accept, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await _accept_no_more(server)
        server.close()
        await connections.close()
        await server.wait_closed()


@asynccontextmanager
async def connected(
    host: str, port: int
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
    """Connect to a server, and abort the connection when the block ends."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        await _abort(writer)


async def _accept_no_more(server: asyncio.Server) -> None:
    """Ignore new connections, and wait for those that were accepted in this turn of the loop.

    Server.close() would forget these: their transports fail to register with a closed server, and are not closed.
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener.fileno())
    await asyncio.sleep(0)


class _Connections:
    """The connections of a server, each with the task of its handler."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: list[tuple[asyncio.StreamWriter, asyncio.Task[None]]] = []
        self._is_closing = False

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closing:  # the kernel had accepted it before the end
            writer.transport.abort()
            return
        self._open.append((writer, asyncio.create_task(self._serve(reader, writer))))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            await self._handler(reader, writer)
        writer.close()

    async def close(self) -> None:
        self._is_closing = True
        for _, task in self._open:
            task.cancel()
        ends = await asyncio.gather(*(task for _, task in self._open), return_exceptions=True)
        # A task that is cancelled before its first step runs no code of its own: the connections are aborted here.
        for writer, _ in self._open:
            await _abort(writer)
        for end in ends:
            if isinstance(end, Exception):
                raise end


async def _abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection without sending what is buffered, and wait until its socket is closed."""
    writer.transport.abort()
    with suppress(OSError):  # the connection was lost before
        await writer.wait_closed()
