"""Liveness, readiness, and the metrics of the service."""

from typing import Literal

from litestar import Controller, get
from litestar.types import Scope
from msgspec import Struct

from product_dashboard.access.rules import Access
from product_dashboard.cache import CacheState
from product_dashboard.envelope import Envelope, Reply, ok
from product_dashboard.errors import Unavailable
from product_dashboard.observability.cache_figures import publish
from product_dashboard.observability.metrics import render_metrics
from product_dashboard.request import Injected
from product_dashboard.schema import check_schema


class Health(Struct, frozen=True):
    """`redis` is the state of the cache. "down": Redis does not answer. "bypassed": it does, and is not used.

    In both, reads go to the database.
    """

    status: Literal["ready"]
    database: Literal["up"]
    redis: CacheState


class Alive(Struct, frozen=True):
    status: Literal["alive"]


class HealthController(Controller):
    path = "/health"
    tags = ("Health",)
    opt = {"access": Access.PROBE}  # noqa: RUF012 - an attribute of Litestar's Controller

    @get("/live", summary="Is the process alive?", example=Alive("alive"))
    async def get_liveness(self) -> Reply[Envelope[Alive]]:
        return ok(Alive("alive"))

    @get("/ready", summary="Can requests be answered?", example=Health("ready", "up", "up"))
    async def get_readiness(self, resources: Injected, scope: Scope) -> Reply[Envelope[Health]]:
        """Asks the database for its migrations. Reports the state of the cache, which the service can do without."""
        if scope["state"].get("stopping"):
            raise Unavailable("The service is stopping.")
        await check_schema(resources.database)
        await resources.cache.ping()
        return ok(Health("ready", "up", resources.cache.state))


@get("/metrics", include_in_schema=False, access=Access.METRICS)
async def get_metrics(resources: Injected) -> Reply[bytes]:
    publish(resources.cache.metrics)
    return Reply(render_metrics(), media_type=b"text/plain; version=0.0.4; charset=utf-8")
