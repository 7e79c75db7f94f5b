"""The application: what it is made of, and what is open while it runs."""

import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import msgspec
import structlog
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from product_dashboard.cache import Cache
from product_dashboard.categories.controller import CategoryController
from product_dashboard.customers.controller import CustomerController
from product_dashboard.dashboard.controller import DashboardController
from product_dashboard.database import Database
from product_dashboard.envelope import BASE_PATH, on_app_error, on_framework_error, on_unexpected_error
from product_dashboard.errors import AppError
from product_dashboard.health.controller import HealthController, get_metrics
from product_dashboard.ledger import MySQLLedger
from product_dashboard.observability.requests import RequestObserver
from product_dashboard.openapi.controller import SwaggerController
from product_dashboard.openapi.document import build_document
from product_dashboard.orders.controller import OrderController
from product_dashboard.products.controller import ProductController
from product_dashboard.resources import Resources
from product_dashboard.settings import DatabaseSettings, Settings
from product_dashboard.startup import wait_for_database, wait_for_redis

log = structlog.stdlib.get_logger()


RESOURCES = (CategoryController, ProductController, CustomerController, OrderController, DashboardController)


def create_app(settings: Settings) -> Litestar:
    """The whole service as an ASGI application. Its lifespan opens and closes what it works with."""
    state = State()
    app = Litestar(
        route_handlers=[
            Router(BASE_PATH, route_handlers=RESOURCES),
            HealthController,
            get_metrics,
            SwaggerController,
        ],
        dependencies={"resources": Provide(_resources_of(state), sync_to_thread=False)},
        exception_handlers={
            AppError: on_app_error,
            HTTPException: on_framework_error,
            Exception: on_unexpected_error,
        },
        lifespan=[_running(settings, state)],
        request_max_body_size=settings.http.max_body_bytes,
        openapi_config=None,
        logging_config=None,
        state=state,
    )
    app.state["openapi"] = msgspec.json.encode(build_document(app))
    observer = RequestObserver(app.asgi_handler, log_requests=settings.log.requests)
    app.state["observer"] = observer
    app.asgi_handler = observer
    return app


def _resources_of(state: State) -> Callable[[], Resources]:
    def resources() -> Resources:
        opened: Resources = state["resources"]
        return opened

    return resources


def _running(settings: Settings, state: State) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_: Litestar) -> AsyncGenerator[None, None]:
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            resources = await _open_resources(settings, stack)
            state["resources"] = resources
            log.info("service.started", pid=os.getpid(), database=resources.database.address)
            yield
        observer: RequestObserver = state["observer"]
        log.info(
            "service.stopped",
            pid=os.getpid(),
            uptime_s=round(time.monotonic() - began, 1),
            requests=observer.answered,
            cut_off=observer.cut_off,
        )

    return running


async def _open_resources(settings: Settings, stack: AsyncExitStack) -> Resources:
    """Open what the service works with; `stack` closes it, in the opposite order."""
    database = Database(settings.database)
    stack.push_async_callback(database.close)
    await wait_for_database(database, settings.startup_timeout_s)
    ledger_database = Database(_for_ledger(settings.database))
    stack.push_async_callback(ledger_database.close)
    await wait_for_database(ledger_database, settings.startup_timeout_s)
    cache = await stack.enter_async_context(
        Cache.open(settings.redis.url.reveal(), ledger=MySQLLedger(ledger_database))
    )
    await wait_for_redis(cache, settings.startup_timeout_s)
    return Resources(settings, database, cache)


def _for_ledger(settings: DatabaseSettings) -> DatabaseSettings:
    """Two connections for the cache alone, which would rather do without an answer than wait for one."""
    return msgspec.structs.replace(
        settings,
        pool_size=2,
        pool_queue=1000,
        acquire_timeout_s=1.0,
        query_timeout_s=1.0,
        transaction_timeout_s=1.0,
    )
