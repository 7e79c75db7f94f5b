"""The epoch row in MySQL or MariaDB: wiring between the cache, which knows no SQL, and the generated queries."""

import hashlib

from generated import cache as queries
from product_dashboard.cache import EpochState
from product_dashboard.database import Database
from product_dashboard.database.driver import MySQLConnection, is_mariadb
from product_dashboard.database.pipeline import TransactionConnection
from product_dashboard.errors import Busy, DatabaseUnavailable

# A server that took over, a server that was restored from a backup, and a copy in another schema differ in one of them.
# MariaDB has no server_uuid; there, servers that replicate from each other have different ids. A dump that was loaded
# into the same schema has created the table again.
_SERVER_OF_MYSQL = "@@server_uuid"
_SERVER_OF_MARIADB = "CONCAT_WS('/', @@hostname, @@port, @@server_id)"
_IDENTIFY = """\
SELECT {server}, DATABASE(), create_time, CAST(@@global.read_only AS CHAR)
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name = 'cache_epoch'"""

_EMPTY = "the table cache_epoch is empty: a migration puts its one row there"


class MySQLEpochStore:
    """Satisfies `cache.EpochStore`. It has a pool of its own, so that a busy pool cannot hold up cached answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> EpochState:
        async with self._database.connection() as conn:
            row = await queries.read_cache_epoch(conn)
            origin = await identify(conn)
        if row is None:
            raise LookupError(_EMPTY)
        elsewhere = row.server != "" and row.origin != origin
        return EpochState(epoch=row.epoch, server=row.server, closed=bool(row.closed) or elsewhere)

    async def close(self, epoch: str) -> None:
        async with self._database.connection() as conn:
            await queries.close_cache_epoch(conn, epoch=epoch)

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        try:
            async with self._database.transaction() as conn:
                await queries.bar_cache_epoch(conn)
                origin = await identify(conn)
                opened = await queries.open_cache_epoch(
                    conn, expected=expected, epoch=epoch, server=server, origin=origin
                )
                if opened:
                    await queries.forget_closed_cache_epochs(conn, epoch=epoch)
                return bool(opened)
        except Busy:
            return False

    async def barrier(self) -> bool:
        try:
            async with self._database.transaction() as conn:
                await queries.bar_cache_epoch(conn)
        except Busy:
            return False
        return True

    async def hold(self, conn: TransactionConnection) -> EpochState:
        row = await queries.hold_cache_epoch(conn)
        if row is None:
            raise LookupError(_EMPTY)
        return EpochState(epoch=row.epoch, server=row.server, closed=False)


async def identify(conn: MySQLConnection | TransactionConnection) -> str:
    """Return 40 characters that are others in any other database, in a copy, and after a restore.

    Raises DatabaseUnavailable on a server that is read only: it may be the primary of yesterday.
    """
    mariadb = is_mariadb(conn.get_server_info())
    async with conn.cursor() as cursor:
        await cursor.execute(_IDENTIFY.format(server=_SERVER_OF_MARIADB if mariadb else _SERVER_OF_MYSQL))
        row = await cursor.fetchone()
    if row is None:
        raise LookupError("the table cache_epoch does not exist: migrate up")
    *identity, read_only = row
    if str(read_only).upper() not in {"0", "OFF"}:
        raise DatabaseUnavailable
    return hashlib.blake2b(repr(identity).encode(), digest_size=20).hexdigest()
