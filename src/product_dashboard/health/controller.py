"""Liveness, readiness, and the metrics of the service."""

from typing import Literal

import msgspec
from litestar import Controller, get
from litestar.types import Scope
from msgspec import Struct

from product_dashboard.access.rules import Access
from product_dashboard.cache import CacheState
from product_dashboard.database.schema import SchemaVersion
from product_dashboard.errors import Unavailable
from product_dashboard.observability.metrics import render_metrics
from product_dashboard.observability.publishing import publish
from product_dashboard.readiness import StoreStates
from product_dashboard.web.envelope import Envelope, Reply, ok
from product_dashboard.web.request import Injected


class Health(Struct, frozen=True):
    """`cache` is "down" if Redis does not answer, and "bypassed" if it does and is not used.

    In both, reads go to the database. `primary` is the server that takes writes if there are several, else null.
    `secondaries` are the servers that answer lists and reports beside it; null if DATABASE_READS is not secondary.
    """

    status: Literal["ready"]
    database: Literal["up"]
    primary: str | None
    secondaries: list[str] | None
    schema: SchemaVersion
    cache: CacheState


class Alive(Struct, frozen=True):
    status: Literal["alive"]


READY = Health(
    status="ready",
    database="up",
    primary=None,
    secondaries=None,
    schema=SchemaVersion(version="0012.add-a-column", expected="0012.add-a-column", missing=0),
    cache="up",
)


class HealthController(Controller):
    path = "/health"
    tags = ("Health",)
    opt = {"access": Access.PROBE}  # noqa: RUF012 - an attribute of Litestar's Controller

    @get("/live", summary="Is the process alive?", example=Alive("alive"))
    async def get_liveness(self) -> Reply[Envelope[Alive]]:
        return ok(Alive("alive"))

    @get("/ready", summary="Can requests be answered?", example=READY)
    async def get_readiness(self, resources: Injected, scope: Scope) -> Reply[Envelope[Health]]:
        """Looks at the database, its schema and the cache, for at most 1.5 seconds.

        503 while the service ends, and while the database does not answer or lacks a migration; `details` then has the
        states. Without the cache the service is ready.
        """
        if scope["state"].get("stopping"):
            raise Unavailable("The service is stopping.")
        states = await resources.readiness.look()
        if states.schema is None:
            raise _not_ready("The database does not answer.", states)
        if states.schema.missing:
            raise _not_ready(
                f"The database lacks {states.schema.missing} of the migrations that this version needs: "
                "run `python -m product_dashboard.migrate up`.",
                states,
            )
        return ok(
            Health(
                status="ready",
                database="up",
                primary=states.primary,
                secondaries=states.secondaries,
                schema=states.schema,
                cache=states.cache,
            )
        )


@get("/metrics", include_in_schema=False, access=Access.METRICS)
async def get_metrics(resources: Injected) -> Reply[bytes]:
    publish(resources.cache.metrics)
    return Reply(render_metrics(), media_type=b"text/plain; version=0.0.4; charset=utf-8")


def _not_ready(reason: str, states: StoreStates) -> Unavailable:
    return Unavailable(reason, details=(msgspec.to_builtins(states),))
