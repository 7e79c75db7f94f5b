"""The servers of tests close their connections."""

import asyncio
import gc
import socket
import warnings

import pytest

from tests.listener import listening


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)


@pytest.mark.parametrize("turns", range(6))
async def test_a_connection_is_closed_however_late_it_came(turns: int) -> None:
    with warnings.catch_warnings(record=True) as caught, socket.socket() as client:
        warnings.simplefilter("always")
        async with listening(echo) as port:
            client.connect(("127.0.0.1", port))
            for _ in range(turns):
                await asyncio.sleep(0)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


async def test_a_handler_that_fails_fails_the_test() -> None:
    called = asyncio.Event()

    async def fail(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        called.set()
        raise LookupError

    async def connect() -> None:
        with socket.socket() as client:
            async with listening(fail) as port:
                client.connect(("127.0.0.1", port))
                await called.wait()

    with pytest.raises(LookupError):
        await connect()
