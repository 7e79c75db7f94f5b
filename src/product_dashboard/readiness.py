"""The readiness of the service: the states of its stores, and of the database's schema."""

import asyncio
from typing import Final, Literal

import structlog
from msgspec import Struct

from product_dashboard import deadline
from product_dashboard.cache import Cache, CacheState
from product_dashboard.database import Database
from product_dashboard.database.schema import SchemaVersion, schema_version
from product_dashboard.errors import DatabaseUnavailable, QueryTimeout, Unavailable

log = structlog.stdlib.get_logger()

LIMIT_S: Final = 1.5


class StoreStates(Struct, frozen=True):
    """`schema` is null if the database does not answer. `primary` is the server that takes writes if DATABASE_URL names
    several servers and one of them does, else null. `secondaries` are the servers that answer lists and reports beside
    it; null if DATABASE_READS is not secondary.

    `cache`: "down" means that Redis does not answer, "bypassed" that it does, and is not used. In both, reads go to the
    database.
    """

    database: Literal["up", "down"]
    primary: str | None
    secondaries: list[str] | None
    schema: SchemaVersion | None
    cache: CacheState


class Readiness:
    """Looks at the stores, at most LIMIT_S long, and once for all who ask during a look."""

    def __init__(self, database: Database, cache: Cache) -> None:
        self._database = database
        self._cache = cache
        self._looking: asyncio.Task[StoreStates] | None = None

    async def look(self) -> StoreStates:
        """Return the states of the stores now. Raises nothing if a store is down."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="readiness", context=deadline.detached())
        return await asyncio.shield(self._looking)

    async def _look(self) -> StoreStates:
        schema, _ = await asyncio.gather(self._schema(), self._cache.ping())
        return StoreStates(
            database="up" if schema else "down",
            primary=self._database.primary,
            secondaries=self._database.secondaries,
            schema=schema,
            cache=self._cache.state,
        )

    async def _schema(self) -> SchemaVersion | None:
        try:
            async with deadline.limit(LIMIT_S, QueryTimeout):
                return schema_version(await self._applied())
        except Unavailable as error:
            log.warning("readiness.database", reason=str(error.__cause__ or error))
            return None

    async def _applied(self) -> set[str]:
        try:
            return await self._database.applied_migrations()
        except DatabaseUnavailable:
            # The idle connection may have been lost long ago. This attempt opens a new one, within the same limit.
            return await self._database.applied_migrations()
