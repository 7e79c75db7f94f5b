"""The access that handlers declare: `@get("/metrics", access=Access.METRICS)`."""

from collections.abc import Iterable, Mapping

from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute

from product_dashboard.access.rules import Access, access_by_method

OPT_KEY = "access"


def access_of(handler: HTTPRouteHandler, method: str) -> Access:
    """Return the access that a request of `method` to this handler needs."""
    declared: Access | None = handler.opt.get(OPT_KEY)
    return declared or access_by_method(method)


def declared_access(routes: Iterable[BaseRoute]) -> Mapping[str, Access]:
    """Return the access of each path whose handlers declare one, with and without a slash at its end.

    A path with parameters is left out, so that it needs a key: admission control compares complete paths.
    """
    found: dict[str, Access] = {}
    for route in routes:
        if not isinstance(route, HTTPRoute) or route.path_parameters:
            continue
        for handler in route.route_handlers:
            if OPT_KEY in handler.opt:
                found[route.path] = found[route.path.rstrip("/") + "/"] = handler.opt[OPT_KEY]
    return found
