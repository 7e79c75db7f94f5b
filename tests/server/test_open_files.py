"""MAX_CONNECTIONS and the limit of open files."""

import asyncio
from collections import Counter

import pytest

from tests.server.conftest import Service, Start
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.any_server


async def outcomes(service: Service, count: int) -> Counter[str]:
    """Open connections one after another and keep them; count those that are held, refused with 503, or reset."""
    found: Counter[str] = Counter()
    writers: list[asyncio.StreamWriter] = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writers.append(writer)
        writer.write(b"GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n")
        try:
            async with asyncio.timeout(PATIENCE_S):
                status = (await reader.readuntil(b"\r\n")).split()[1]
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            found["lost"] += 1
        else:
            found[status.decode()] += 1
    for writer in writers:
        writer.close()
    return found


async def test_more_connections_than_open_files_are_told_and_lowered(start: Start) -> None:
    service = await (await start(shell="ulimit -n 300", MAX_CONNECTIONS="5000")).listening()
    lowered = await service.logged("startup.fewer_connections")
    assert lowered["level"] == "warning"
    assert lowered["reason"] == "MAX_CONNECTIONS=5000 needs 5104 open files; `ulimit -n` allows 300"
    assert await outcomes(service, 350) == {
        "200": lowered["max_connections"],
        "503": 350 - lowered["max_connections"],
    }


async def test_the_soft_limit_is_raised_where_the_hard_one_allows(start: Start) -> None:
    service = await (await start(shell="ulimit -Sn 200", MAX_CONNECTIONS="600")).listening()
    assert await outcomes(service, 400) == {"200": 400}
    assert "startup.fewer_connections" not in [line["event"] for line in service.lines]
