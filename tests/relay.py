"""A relay between the service and a store, which can freeze: it accepts connections and bytes, and passes on nothing.

To its clients it is then as a server whose process is stopped.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from tests.listener import connected, listening


class Relay:
    """Passes bytes between its clients and the server at `host` and `port`."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.port = 0
        self.accepted = 0  # connections since the start

    def freeze(self) -> None:
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on the bytes of one connection, until one side has closed it."""
        self.accepted += 1
        await self._flowing.wait()
        async with connected(*self._server) as there:
            pumps = [
                asyncio.create_task(self._pump(*ends)) for ends in ((reader, there[1]), (there[0], writer))
            ]
            try:
                await asyncio.gather(*pumps)
            finally:
                for pump in pumps:
                    pump.cancel()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def relay_to(url: str, *, port: int = 0) -> AsyncGenerator[tuple[Relay, str], None]:
    """Run a relay in front of the server of `url`. Yields it, and the URL that leads through it."""
    parts = urlsplit(url)
    relay = Relay(parts.hostname or "", parts.port or 0)
    async with listening(relay.serve, port=port) as relay.port:
        login = parts.netloc.rpartition("@")[0]
        place = f"127.0.0.1:{relay.port}"
        yield relay, urlunsplit(parts._replace(netloc=f"{login}@{place}" if login else place))
