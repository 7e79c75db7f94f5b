"""A relay between the service and a store, which can freeze: it accepts connections and bytes, and passes on nothing.

To its clients it is then as a server whose process is stopped.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes between its clients and the server at `host` and `port`."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        self.accepted = 0  # connections since the start

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.create_task(self._connect(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def close(self) -> None:
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._flowing.wait()
            there = await asyncio.open_connection(*self._server)
            try:
                await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))
            finally:
                there[1].transport.abort()
        finally:
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def relay_to(url: str) -> AsyncGenerator[tuple[Relay, str], None]:
    """Run a relay in front of the server of `url`. Yields it, and the URL that leads through it."""
    parts = urlsplit(url)
    relay = Relay(parts.hostname or "", parts.port or 0)
    async with await asyncio.start_server(relay.serve, "127.0.0.1", 0) as listener:
        relay.port = listener.sockets[0].getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        place = f"127.0.0.1:{relay.port}"
        try:
            yield relay, urlunsplit(parts._replace(netloc=f"{login}@{place}" if login else place))
        finally:
            await relay.close()
