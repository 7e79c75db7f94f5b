"""The application: its parts, and the resources that are open while it runs."""

import os
import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from urllib.parse import quote, unquote_to_bytes

import structlog
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, ValidationException
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from product_dashboard.access.admission import AdmissionControl
from product_dashboard.access.key_file import WatchedKeys
from product_dashboard.access.middleware import guarded, watching
from product_dashboard.access.rate import Buckets
from product_dashboard.access.routes import declared_access
from product_dashboard.categories.controller import CategoryController
from product_dashboard.customers.controller import CustomerController
from product_dashboard.dashboard.controller import DashboardController
from product_dashboard.errors import AppError, NotFound
from product_dashboard.events.changes import watching as watching_changes
from product_dashboard.events.controller import EventController
from product_dashboard.events.listeners import Listeners
from product_dashboard.health.controller import HealthController, get_metrics
from product_dashboard.idempotency.expiry import removing_expired_answers
from product_dashboard.idempotency.header import read_key
from product_dashboard.observability.publishing import publishing
from product_dashboard.observability.requests import RequestObserver
from product_dashboard.openapi.document import complete
from product_dashboard.openapi.schemas import StructSchemas
from product_dashboard.openapi.swagger import get_document, openapi_config
from product_dashboard.orders.controller import OrderController
from product_dashboard.page.controller import page_routes
from product_dashboard.page.errors import refusal_for, with_documents
from product_dashboard.page.process import ProcessFigures
from product_dashboard.parts import Parts
from product_dashboard.products.controller import ProductController
from product_dashboard.products.indexing import indexing_names
from product_dashboard.products.price_counting import counting_prices
from product_dashboard.products.stock_controller import StockController
from product_dashboard.recipes.proxies import TrustedProxies
from product_dashboard.recipes.store import RecipeStore
from product_dashboard.resources import Resources
from product_dashboard.settings import Settings, load_settings
from product_dashboard.startup import StartupError, open_resources
from product_dashboard.summaries.repair import completing_reports, for_repairs
from product_dashboard.web.envelope import BASE_PATH
from product_dashboard.web.errors import (
    allow_header,
    error_reply,
    on_app_error,
    on_framework_error,
    on_invalid_path,
    on_unexpected_error,
)
from product_dashboard.web.request import ApiRequest, read_query

log = structlog.stdlib.get_logger()

RESOURCES = (
    CategoryController,
    ProductController,
    StockController,
    CustomerController,
    OrderController,
    DashboardController,
    EventController,
)
DIRECT_ANSWERS = "direct_answers"
"""In the state of the application: the DirectAnswers for the HTTP protocol, if there are recipes."""
LISTENERS = "listeners"
"""In the state of the application: the Listeners, whose streams end when the service begins to end."""
SAFE_IN_PATH = "/!$&'()*+,;=:@~"


def application() -> Litestar:
    """Make the application from the environment, for `litestar --app product_dashboard.app:application`."""
    return create_app(load_settings(os.environ))


def create_app(settings: Settings) -> Litestar:
    """Make the whole service, an ASGI application. Its lifespan opens and closes its resources."""
    service = _Service(settings)
    app = Litestar(
        route_handlers=[
            Router(BASE_PATH, route_handlers=RESOURCES),
            HealthController,
            get_metrics,
            get_document,
            *(page_routes() if settings.page else ()),
        ],
        dependencies={
            "listeners": Provide(lambda: service.listeners, sync_to_thread=False),
            "process": Provide(service.process_figures, sync_to_thread=False),
            "resources": Provide(service.opened, sync_to_thread=False),
            "params": Provide(read_query, sync_to_thread=False),
            "idempotent": Provide(read_key, sync_to_thread=False),
        },
        exception_handlers=service.parts.exception_handlers(
            {
                AppError: on_app_error,
                ValidationException: on_invalid_path,
                HTTPException: on_framework_error,
                Exception: on_unexpected_error,
            }
        ),
        lifespan=[service.running],
        request_max_body_size=settings.http.max_body_bytes,
        request_class=ApiRequest,
        plugins=[StructSchemas()],
        openapi_config=openapi_config(has_keys=settings.access.keys is not None),
        logging_config=None,
    )
    complete(app)
    app.state[LISTENERS] = service.listeners
    app.asgi_handler = service.observe(app)
    return app


class _Service:
    """The state of one application, from its start to its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.parts = _parts(settings)
        self._resources: Resources | None = None
        self.listeners = Listeners(settings.event_listeners)
        self._observer: RequestObserver | None = None
        self._store = RecipeStore()
        self._process: ProcessFigures | None = None
        self._keys = WatchedKeys(settings.access.keys) if settings.access.keys else None

    def opened(self) -> Resources:
        if self._resources is None:
            raise RuntimeError("a request before the application has started: run its lifespan first")
        return self._resources

    def process_figures(self) -> ProcessFigures:
        if self._process is None:
            settings, resources = self._settings, self.opened()
            self._process = ProcessFigures(
                resources.cache,
                self.listeners,
                resources.database,
                settings.database.connections,
                settings.http.workers,
            )
        return self._process

    def observe(self, app: Litestar) -> ASGIApp:
        admission = self._admission_control(app)
        self._observer = self.parts.observer(
            guarded(only_canonical_paths(app.asgi_handler), admission),
            timeout_s=self._settings.request_timeout_s,
            log_requests=self._settings.log.requests,
            allow=_allowed_methods(app),
        )
        if self._settings.recipes:
            proxies = self._settings.http.trusted_proxies
            find_client = TrustedProxies(proxies).find_client if proxies else None
            app.state[DIRECT_ANSWERS] = self.parts.direct_answers(
                self._store,
                admission,
                self._observer,
                find_client,
                shown_refusal=refusal_for if self._settings.page else None,
            )
        return with_documents(self._observer) if self._settings.page else self._observer

    def _admission_control(self, app: Litestar) -> AdmissionControl:
        access, keys = self._settings.access, self._keys
        workers = self._settings.http.workers
        return AdmissionControl(
            find_key=keys.find if keys else None,
            hosts=access.hosts,
            origins=access.origins,
            buckets=Buckets(access.rate, burst=access.burst, workers=workers) if access.rate else None,
            declared=declared_access(app.routes),
        )

    @asynccontextmanager
    async def running(self, app: Litestar) -> AsyncGenerator[None, None]:
        began = time.monotonic()
        async with (
            self.parts.running(),
            open_resources(
                self._settings,
                database_class=self.parts.database_class,
                cache_class=self.parts.cache_class,
            ) as resources,
            publishing(resources.cache.metrics),
            watching_changes(resources.cache, self.listeners),
            watching(self._keys),
            removing_expired_answers(resources.database, self._settings.idempotency_kept_hours),
            indexing_names(resources.database),
            completing_reports(
                resources.database,
                resources.cache,
                self.parts.database_class(for_repairs(self._settings.database), resources.database.watch),
            ),
            counting_prices(resources.database),
        ):
            self._resources = app.state["resources"] = resources
            self._store.cache = resources.cache
            log.info("service.started", pid=os.getpid(), database=resources.database.address)
            yield
        log.info(
            "service.stopped",
            pid=os.getpid(),
            uptime_s=round(time.monotonic() - began, 1),
            requests=self._observer.answered if self._observer else 0,
            cut_off=self._observer.cut_off if self._observer else 0,
        )


def _parts(settings: Settings) -> Parts:
    """Return the parts of the application. Raises StartupError if packages are missing."""
    if not settings.tracing.endpoint:
        return Parts()
    try:
        from product_dashboard.tracing.parts import traced  # noqa: PLC0415 - its packages are an extra
    except ModuleNotFoundError as error:
        raise StartupError(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set, and the module {error.name} is not installed: "
            "install the extra otel, or the packages of requirements-otel.lock"
        ) from error
    return traced(settings.tracing)


def only_canonical_paths(app: ASGIApp) -> ASGIApp:
    """Answer 404 to a path that is not spelt in the one canonical way, before `app` routes it.

    Litestar routes //metrics, /%6detrics, /metrics%2f and /metrics/ to /metrics; a proxy that guards /metrics may not.
    Under /api and /swagger a slash at the end is allowed, as in the existing service.
    """

    def middleware(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        raw = scope["raw_path"] if scope["type"] == ScopeType.HTTP else b""
        if (b"%" in raw or b"//" in raw or raw.endswith(b"/")) and not _is_canonical(raw):
            return error_reply(NotFound("There is nothing at this path.")).answer(scope, receive, send)
        return app(scope, receive, send)

    return middleware


def _is_canonical(path: bytes) -> bool:
    """True if a path has no empty segment, and percent-encodes only what must be (RFC 3986, 2.3)."""
    if path == b"/":
        return True
    if b"//" in path or (path.endswith(b"/") and not path.startswith((b"/api/", b"/swagger/"))):
        return False
    return quote(unquote_to_bytes(path), safe=SAFE_IN_PATH).encode() == path


def _allowed_methods(app: Litestar) -> dict[str, str]:
    """Return the `Allow` of each path template."""
    return {
        route.path_format: allow_header(map(str, route.methods))
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }
