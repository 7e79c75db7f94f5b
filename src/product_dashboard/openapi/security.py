"""The part of the document about access: the key, the scopes, and the errors of requests that are refused."""

from collections.abc import Iterator

from litestar.openapi.spec import Components, SecurityScheme

from product_dashboard.access.rules import Access, scope_of
from product_dashboard.errors import Code

_SCHEME = "ApiKey"
_DESCRIPTION = """\
An API key, sent as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. Requests that read need the scope `read`,
requests that write need `write`, and /metrics needs `metrics`.
"""


def security_components() -> Components:
    """Make the security scheme, which gives Swagger UI its Authorize button."""
    scheme = SecurityScheme(type="http", scheme="bearer", description=_DESCRIPTION)
    return Components(security_schemes={_SCHEME: scheme})


def requirement(needed: Access) -> list[dict[str, list[str]]]:
    """Return the `security` of an operation: the scheme with the scope; nothing if no key is needed."""
    scope = scope_of(needed)
    return [{_SCHEME: [scope.value]}] if scope else []


def access_codes(needed: Access) -> Iterator[Code]:
    """Yield the errors of requests that are refused before they are routed."""
    if needed is Access.PROBE:
        return
    yield from (Code.MISDIRECTED, Code.RATE_LIMITED)
    if scope_of(needed):
        yield from (Code.UNAUTHENTICATED, Code.FORBIDDEN)
    if needed is Access.WRITE:
        yield from (Code.CROSS_SITE, Code.UNSUPPORTED_MEDIA_TYPE)
