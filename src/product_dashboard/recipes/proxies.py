"""The client behind a trusted proxy, before uvicorn's middleware for it has run."""

from collections.abc import Sequence
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.recipes.direct import Address


class TrustedProxies:
    """Finds the client as uvicorn's ProxyHeadersMiddleware does, which answers of recipes do not pass."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._trusted = ProxyHeadersMiddleware(_no_application, list(networks)).trusted_hosts

    def find_client(self, peer: Address, headers: RawHeaders) -> Address:
        """Return the client that X-Forwarded-For names if the peer is trusted; else the peer."""
        if peer is None or peer[0] not in self._trusted:
            return peer
        values = [value for name, value in headers if name == b"x-forwarded-for"]
        if not values:
            return peer
        host, port = self._trusted.get_trusted_client_address(b", ".join(values).decode("latin-1"))
        return (host, port) if host else peer


async def _no_application(*_: Any) -> None:
    raise RuntimeError("only the rules of the middleware are used")
