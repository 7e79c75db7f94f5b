"""Swagger UI and the document over HTTP. The page loads nothing from other hosts."""

from functools import cache
from http import HTTPStatus
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, cast

from litestar import Request, Response, Router, get
from litestar.datastructures import ResponseHeader
from litestar.enums import OpenAPIMediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components

from product_dashboard import __version__
from product_dashboard.access.rules import Access
from product_dashboard.errors import NotFound
from product_dashboard.openapi.document import DESCRIPTION
from product_dashboard.openapi.security import security_components
from product_dashboard.web.envelope import Headers, Reply

PATH = "/swagger"
# No inline script, and nothing from elsewhere. Swagger UI writes styles into its elements.
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOR_A_DAY: Headers = ((b"cache-control", b"public, max-age=86400"),)
SCRIPT = b"text/javascript; charset=utf-8"
ASSETS = {"swagger-ui.css": b"text/css; charset=utf-8", "swagger-ui-bundle.js": SCRIPT}
PAGE = b"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Product dashboard API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/swagger/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script>
<script src="/swagger/initializer.js"></script>
</body>
</html>
"""
INITIALIZER = b"""\
SwaggerUIBundle({
  url: "/swagger/doc.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""


class SwaggerUI(OpenAPIRenderPlugin):
    """Litestar's own plugin loads from a CDN, and puts its script and the document into the page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        del request, openapi_schema
        return PAGE

    def receive_router(self, router: Router) -> None:
        """Serve the files that the page names."""
        for name in (*ASSETS, "initializer.js"):
            router.register(_serve(name))


def openapi_config(*, has_keys: bool = False) -> OpenAPIConfig:
    """Make the frame of the document, and say where it and Swagger UI are served.

    Both are public: they have no data, and a browser cannot send a key with a script that a page loads.
    """
    policy = ResponseHeader(name="content-security-policy", value=CONTENT_SECURITY)
    router = Router(
        PATH,
        route_handlers=[],
        include_in_schema=False,
        opt={"access": Access.PUBLIC},
        response_headers=[policy],
        after_request=_in_the_envelope,
    )
    return OpenAPIConfig(
        title="Product dashboard",
        version=__version__,
        description=DESCRIPTION,
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        components=security_components() if has_keys else Components(),
        openapi_router=router,
        render_plugins=[
            SwaggerUI(path="/index.html"),
            JsonRenderPlugin(path="/doc.json", media_type=cast("OpenAPIMediaType", "application/json")),
        ],
    )


@get("/openapi.json", include_in_schema=False, access=Access.PUBLIC)
async def get_document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return request.app.openapi_schema.to_schema()


async def _in_the_envelope(response: Response[Any]) -> Response[Any]:
    """Replace Litestar's own 404, a page in HTML."""
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise NotFound("There is nothing at this path.")
    return response


def _operation_id(handler: HTTPRouteHandler, *_: object) -> str:
    return handler.handler_name


def _serve(name: str) -> HTTPRouteHandler:
    @get(f"/{name}")
    async def get_asset() -> Reply[bytes]:
        if name in ASSETS:
            return Reply(_read_asset(name), headers=FOR_A_DAY, media_type=ASSETS[name])
        return Reply(INITIALIZER, media_type=SCRIPT)

    return get_asset


@cache
def _read_asset(name: str) -> bytes:
    """Read a file out of a package that is never imported: nothing of it runs."""
    folder = Path(str(distribution("litestar-offline-docs").locate_file("litestar_offline_docs/static")))
    return (folder / name).read_bytes()
