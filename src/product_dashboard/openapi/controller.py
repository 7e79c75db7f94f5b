"""The OpenAPI document, and Swagger UI from this server alone: no other host is asked for anything."""

from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from litestar import Controller, Request, Response, get

from product_dashboard.envelope import Headers, Reply
from product_dashboard.errors import NotFound
from product_dashboard.openapi.page import INITIALIZER, PAGE

DOCUMENT_PATH = "/openapi.json"
ASSETS = {
    "swagger-ui.css": b"text/css; charset=utf-8",
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
    "favicon-32x32.png": b"image/png",
}
CONTENT_SECURITY = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
)
FOR_A_DAY: Headers = ((b"cache-control", b"public, max-age=86400"),)
_UNDOCUMENTED = {"undocumented": "part of the documentation itself"}


class SwaggerController(Controller):
    path = "/"
    opt = _UNDOCUMENTED

    @get([DOCUMENT_PATH, "/swagger/doc.json"])
    async def get_document(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        document: bytes = request.app.state["openapi"]
        return Reply(document)

    @get(["/swagger", "/swagger/index.html"])
    async def get_page(self) -> Response[bytes]:
        return Reply(PAGE, headers=(CONTENT_SECURITY,), media_type=b"text/html; charset=utf-8")

    @get("/swagger/initializer.js")
    async def get_initializer(self) -> Response[bytes]:
        return Reply(INITIALIZER, media_type=b"text/javascript; charset=utf-8")

    @get("/swagger/{asset:str}")
    async def get_asset(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        asset: str = request.path_params["asset"]
        if asset not in ASSETS:
            raise NotFound("There is nothing at this path.")
        return Reply(_read_asset(asset), headers=FOR_A_DAY, media_type=ASSETS[asset])


@cache
def _read_asset(name: str) -> bytes:
    """A file of Swagger UI, out of a package that is only read: importing it would bring more than files."""
    folder = Path(str(distribution("swagger-ui-py").locate_file("swagger_ui/static")))
    return (folder / name).read_bytes()
