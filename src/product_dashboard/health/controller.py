"""Whether the service lives, whether it can do its work, and its figures."""

from litestar import Controller, Response, get
from litestar.types import Scope
from msgspec import Struct

from product_dashboard.envelope import Reply, ok
from product_dashboard.errors import Code, Unavailable
from product_dashboard.observability.cache_figures import publish
from product_dashboard.observability.metrics import render_metrics
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.resources import Injected
from product_dashboard.schema import check_schema


class Health(Struct, frozen=True):
    """`redis` is "down" while it does not answer: reads then go to the database."""

    status: str
    database: str
    redis: str


class Alive(Struct, frozen=True):
    status: str


class HealthController(Controller):
    path = "/health"
    tags = ("Health",)

    @get(
        "/live",
        opt=operation("Is the process alive?", returns=Returns(200, Alive, example=Alive("alive"))),
    )
    async def get_liveness(self) -> Response[bytes]:
        return ok(Alive("alive"))

    @get(
        "/ready",
        opt=operation(
            "Can requests be answered?",
            description="Asks the database for its migrations. Redis is told of, but not needed.",
            returns=Returns(200, Health, example=Health("ready", "up", "up")),
            errors=(Code.UNAVAILABLE,),
        ),
    )
    async def get_readiness(self, resources: Injected, scope: Scope) -> Response[bytes]:
        if scope["state"].get("stopping"):
            raise Unavailable("The service is stopping.")
        await check_schema(resources.database)
        redis = "up" if await resources.cache.ping() else "down"
        return ok(Health("ready", "up", redis))


@get("/metrics", opt={"undocumented": "Prometheus' text format, for machines of our own"})
async def get_metrics(resources: Injected) -> Response[bytes]:
    publish(resources.cache.metrics)
    return Reply(render_metrics(), media_type=b"text/plain; version=0.0.4; charset=utf-8")
