"""An error in place of the answer to COMMIT: may the transaction be committed, and is its connection used again?

The server is real. A relay lets it commit, and answers the client with the error that a member of a group would send.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from product_dashboard.database import Database
from product_dashboard.errors import AppError, DatabaseUnavailable, OutcomeUnknown
from product_dashboard.settings import load_database_settings
from tests.database.conftest import TABLES
from tests.listener import connected, listening

COMMIT = b"\x07\x00\x00\x00\x03COMMIT"


@asynccontextmanager
async def commits_answered_with(number: int, url: str) -> AsyncGenerator[Database]:
    """A database whose server commits, and whose client gets this error instead."""
    parts = urlsplit(url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with connected(parts.hostname or "", parts.port or 0) as (answers, requests):
            is_commit = False

            async def pass_answers() -> None:
                while data := await answers.read(65536):
                    writer.write(error_packet(number) if is_commit else data)

            passing = asyncio.create_task(pass_answers())
            try:
                while data := await reader.read(65536):
                    is_commit = data == COMMIT
                    requests.write(data)
            finally:
                passing.cancel()

    async with listening(serve) as port:
        place = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"
        through = urlunsplit(parts._replace(netloc=place, query="ssl-mode=DISABLED"))
        database = Database(load_database_settings({"DATABASE_URL": through, "DB_POOL_SIZE": "2"}))
        try:
            async with database.connection() as conn, conn.cursor() as cursor:
                for statement in TABLES:
                    await cursor.execute(statement)
            yield database
        finally:
            await database.close()


def error_packet(number: int) -> bytes:
    content = b"\xff" + number.to_bytes(2, "little") + b"#HY000" + b"an error of the test"
    return len(content).to_bytes(3, "little") + b"\x01" + content


async def connection_id(database: Database) -> int:
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute("SELECT CONNECTION_ID()")
        ((number,),) = await cursor.fetchall()
        raise Seen(int(number))


class Seen(AppError):
    """Ends a transaction without COMMIT."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


async def lent(database: Database) -> int:
    with pytest.raises(Seen) as seen:
        await connection_id(database)
    return seen.value.number


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        pytest.param(3100, OutcomeUnknown, id="a hook of the group failed"),
        pytest.param(3101, OutcomeUnknown, id="the group rolled it back, as the member left"),
        pytest.param(1180, OutcomeUnknown, id="an error during COMMIT"),
        pytest.param(1290, DatabaseUnavailable, id="the server is read only"),
    ],
)
async def test_an_error_at_commit_says_unknown_unless_nothing_can_be_committed(
    number: int, raised: type[Exception], fresh_database: str
) -> None:
    async with commits_answered_with(number, fresh_database) as database:
        before = await lent(database)
        assert await lent(database) == before
        with pytest.raises(raised):
            async with database.transaction() as conn, conn.cursor() as cursor:
                await cursor.execute("INSERT INTO parents VALUES (3, 'three')")
        async with database.connection() as reader, reader.cursor() as cursor:
            await cursor.execute("SELECT COUNT(*) FROM parents WHERE id = 3")
            assert await cursor.fetchone() == (1,), "the server has committed"
        if number != 1180:  # the others mean that this server is not the primary any more
            assert await lent(database) != before
