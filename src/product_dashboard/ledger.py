"""The cache's ledger in MySQL: wiring between the cache, which knows no SQL, and the generated queries."""

from generated import cache as queries
from product_dashboard.cache import LedgerState
from product_dashboard.database import Database
from product_dashboard.driver import MySQLConnection
from product_dashboard.errors import Busy


class MySQLLedger:
    """Satisfies `cache.Ledger`. Its pool is its own, so that a busy one cannot hold up cached answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> LedgerState:
        async with self._database.connection() as conn:
            row = await queries.read_cache_epoch(conn)
        if row is None:
            raise LookupError("the table cache_epoch is empty: a migration puts its one row there")
        return LedgerState(epoch=row.epoch, server=row.server, closed=bool(row.closed))

    async def close(self, epoch: str) -> None:
        async with self._database.connection() as conn:
            await queries.close_cache_epoch(conn, epoch=epoch)

    async def open(self, *, expected: str, epoch: str, server: str) -> bool:
        try:
            async with self._database.transaction() as conn:
                await queries.bar_cache_epoch(conn)
                opened = await queries.open_cache_epoch(conn, expected=expected, epoch=epoch, server=server)
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

    async def hold(self, conn: MySQLConnection) -> LedgerState:
        row = await queries.hold_cache_epoch(conn)
        if row is None:
            raise LookupError("the table cache_epoch is empty: a migration puts its one row there")
        return LedgerState(epoch=row.epoch, server=row.server, closed=False)
