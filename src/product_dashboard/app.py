"""The application: what it is made of, and what is open while it runs."""

import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import structlog
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp

from product_dashboard.categories.controller import CategoryController
from product_dashboard.customers.controller import CustomerController
from product_dashboard.dashboard.controller import DashboardController
from product_dashboard.envelope import (
    BASE_PATH,
    allow_header,
    on_app_error,
    on_framework_error,
    on_unexpected_error,
)
from product_dashboard.errors import AppError
from product_dashboard.health.controller import HealthController, get_metrics
from product_dashboard.observability.cache_figures import publishing
from product_dashboard.observability.requests import RequestObserver
from product_dashboard.openapi.controller import SwaggerController
from product_dashboard.openapi.document import build_document
from product_dashboard.orders.controller import OrderController
from product_dashboard.products.controller import ProductController
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings
from product_dashboard.startup import open_resources

log = structlog.stdlib.get_logger()


RESOURCES = (CategoryController, ProductController, CustomerController, OrderController, DashboardController)


def create_app(settings: Settings) -> Litestar:
    """The whole service as an ASGI application. Its lifespan opens and closes what it works with."""
    service = _Service(settings)
    app = Litestar(
        route_handlers=[
            Router(BASE_PATH, route_handlers=RESOURCES),
            HealthController,
            get_metrics,
            SwaggerController,
        ],
        dependencies={"resources": Provide(service.opened, sync_to_thread=False)},
        exception_handlers={
            AppError: on_app_error,
            HTTPException: on_framework_error,
            Exception: on_unexpected_error,
        },
        lifespan=[service.running],
        request_max_body_size=settings.http.max_body_bytes,
        openapi_config=None,
        logging_config=None,
    )
    app.state["openapi"] = msgspec.json.encode(build_document(app))
    app.asgi_handler = service.observe(app)
    return app


class _Service:
    """What belongs to one application from its start to its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._resources: Resources | None = None
        self._observer: RequestObserver | None = None

    def opened(self) -> Resources:
        if self._resources is None:
            raise RuntimeError("a request before the application has started: run its lifespan first")
        return self._resources

    def observe(self, app: Litestar) -> ASGIApp:
        self._observer = RequestObserver(
            app.asgi_handler, log_requests=self._settings.log.requests, allow=_allowed_methods(app)
        )
        return self._observer

    @asynccontextmanager
    async def running(self, app: Litestar) -> AsyncGenerator[None, None]:
        began = time.monotonic()
        async with (
            open_resources(self._settings) as resources,
            publishing(resources.cache.metrics),
        ):
            self._resources = app.state["resources"] = resources
            log.info("service.started", pid=os.getpid(), database=resources.database.address)
            yield
        log.info(
            "service.stopped",
            pid=os.getpid(),
            uptime_s=round(time.monotonic() - began, 1),
            requests=self._observer.answered if self._observer else 0,
            cut_off=self._observer.cut_off if self._observer else 0,
        )


def _allowed_methods(app: Litestar) -> dict[str, str]:
    """The `Allow` of each path template."""
    return {
        route.path_format: allow_header(map(str, route.methods))
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }
