"""The start of the service: it waits for its stores, logs that it waits, and gives up in time."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import structlog

from product_dashboard.cache import Cache, CacheOptions
from product_dashboard.database import Database
from product_dashboard.database.schema import schema_version
from product_dashboard.database.server_errors import is_permanent
from product_dashboard.epoch_store import MySQLEpochStore
from product_dashboard.errors import DatabaseUnavailable, Unavailable
from product_dashboard.readiness import Readiness
from product_dashboard.resources import Resources
from product_dashboard.settings import DatabaseSettings, Settings
from product_dashboard.web.representation import ENCODER

log = structlog.stdlib.get_logger()

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
PATIENCE_WITH_REDIS_S = 5.0


class StartupError(Exception):
    """The service cannot start. The message is one sentence for the operator."""


@asynccontextmanager
async def open_resources(
    settings: Settings, *, database_class: type[Database] = Database, cache_class: type[Cache] = Cache
) -> AsyncGenerator[Resources, None]:
    """Open the stores, wait for them, and close them in the opposite order at the end.

    Raises `StartupError` if MySQL does not come up within the time that the settings allow.
    """
    async with AsyncExitStack() as stack:
        database = database_class(_for_requests(settings))
        stack.push_async_callback(database.close)
        await wait_for_database(database, settings.startup_timeout_s)
        await warn_of_schema(database)
        epoch_database = database_class(_for_epoch_store(settings.database), database.watch)
        stack.push_async_callback(epoch_database.close)
        await wait_for_database(epoch_database, settings.startup_timeout_s)
        cache = await stack.enter_async_context(
            cache_class.open(
                settings.redis.url.reveal(),
                epoch_store=MySQLEpochStore(epoch_database),
                encoder=ENCODER,
                options=_cache_options(settings),
            )
        )
        await wait_for_redis(cache, settings.startup_timeout_s)
        yield Resources(database, cache, Readiness(database, cache))


def _for_requests(settings: Settings) -> DatabaseSettings:
    """Return settings in which no query may take longer than a request."""
    query_timeout_s = min(settings.database.query_timeout_s, settings.request_timeout_s)
    return msgspec.structs.replace(settings.database, query_timeout_s=query_timeout_s)


def _cache_options(settings: Settings) -> CacheOptions:
    """Return options with which nothing waits longer for Redis than a request may take."""
    timeout_s = min(settings.redis.timeout_s, settings.request_timeout_s)
    return CacheOptions(timeout=timeout_s, reads=settings.redis.cache_reads)


def _for_epoch_store(settings: DatabaseSettings) -> DatabaseSettings:
    """Return settings for the connections of the cache, which continues without an answer rather than wait for one."""
    return msgspec.structs.replace(
        settings,
        reads="primary",
        pool_size=2,
        pool_queue=1000,
        acquire_timeout_s=1.0,
        query_timeout_s=1.0,
    )


async def wait_for_database(database: Database, timeout_s: float) -> None:
    """Open the database's connections, again and again with growing pauses.

    Raises `StartupError` after `timeout_s`, and at once if the server refuses the account or the database.
    """
    reason = ""
    async for _ in _attempts(timeout_s):
        try:
            await database.open()
        except DatabaseUnavailable as error:
            reason = str(error.__cause__ or error) or type(error.__cause__).__name__
            if is_permanent(error):
                raise StartupError(
                    f"MySQL at {database.address} refuses the connection: {reason} (see DATABASE_URL)"
                ) from error
            log.warning("startup.waiting", store="MySQL", address=database.address, reason=reason)
        else:
            return
    raise StartupError(
        f"MySQL at {database.address} could not be reached within {timeout_s:g} s: {reason} "
        "(see DATABASE_URL and STARTUP_TIMEOUT)"
    )


async def warn_of_schema(database: Database) -> None:
    """Log a warning if the database lacks migrations. The service starts: they may be applied while it runs."""
    try:
        schema = schema_version(await database.applied_migrations())
    except Unavailable as error:
        log.warning("startup.schema_unknown", reason=str(error.__cause__ or error))
        return
    if schema.missing:
        log.warning(
            "startup.schema_outdated",
            version=schema.version,
            expected=schema.expected,
            hint="run `python -m product_dashboard.migrate up`; until then requests are answered with 503",
        )


async def wait_for_redis(cache: Cache, timeout_s: float) -> None:
    """Wait a moment for Redis. Without Redis the service starts too, and reads from the database."""
    said = False
    async for _ in _attempts(min(timeout_s, PATIENCE_WITH_REDIS_S)):
        if await cache.ping():
            return
        if cache.state == "down":
            log.warning("startup.waiting", store="Redis")
        elif not said:
            # Usual after a restart of Redis: other processes may believe its old content for 2 seconds.
            said = True
            log.info("startup.waiting", store="the cache", reason="no epoch is open on this Redis yet")
    log.warning(
        "startup.degraded", reason="Redis does not answer: every read goes to the database until it does"
    )


async def _attempts(timeout_s: float) -> AsyncGenerator[None, None]:
    """Yield at once, and after growing pauses until `timeout_s` have passed."""
    deadline = time.monotonic() + timeout_s
    pause = FIRST_PAUSE_S
    yield
    while time.monotonic() + pause <= deadline:
        await asyncio.sleep(pause)
        yield
        pause = min(pause * 2, LONGEST_PAUSE_S)
