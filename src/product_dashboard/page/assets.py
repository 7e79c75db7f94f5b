"""The files of `static/`. Their names have a digest of their content, so that a browser can keep them for a year."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from litestar import Router, get
from litestar.handlers import HTTPRouteHandler

from product_dashboard.access.rules import Access
from product_dashboard.web.envelope import Headers, Reply

PATH: Final = "/page"
_MEDIA_TYPES: Final = {
    "page.css": b"text/css; charset=utf-8",
    "page.js": b"text/javascript; charset=utf-8",
    "icon.svg": b"image/svg+xml",
}
_FOR_A_YEAR: Final[Headers] = ((b"cache-control", b"public, max-age=31536000, immutable"),)
# An SVG that is opened on its own is a document, which may have scripts.
_NOTHING_MORE: Final = ((b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: its name with the digest, its content, and its headers."""

    name: str
    content: bytes
    media_type: bytes
    headers: Headers

    @property
    def path(self) -> str:
        return f"{PATH}/{self.name}"


@cache
def asset(name: str) -> Asset:
    """Read a file of `static/`."""
    content = files("product_dashboard.page").joinpath("static", name).read_bytes()
    stem, _, ending = name.rpartition(".")
    extra = _NOTHING_MORE if ending == "svg" else ()
    return Asset(f"{stem}-{digest(content)}.{ending}", content, _MEDIA_TYPES[name], (*_FOR_A_YEAR, *extra))


def digest(content: bytes) -> str:
    """Return 12 characters that are others for another content."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def asset_router() -> Router:
    """Make the routes of all files. They are public: they have no data."""
    return Router(
        PATH,
        route_handlers=[_serve(asset(name)) for name in _MEDIA_TYPES],
        include_in_schema=False,
        opt={"access": Access.PUBLIC},
    )


def _serve(file: Asset) -> HTTPRouteHandler:
    @get(f"/{file.name}")
    async def get_page_asset() -> Reply[bytes]:
        return Reply(file.content, headers=file.headers, media_type=file.media_type)

    return get_page_asset
