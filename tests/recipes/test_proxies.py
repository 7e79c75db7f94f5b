"""The client behind a proxy is the one that uvicorn's own middleware finds."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from product_dashboard.recipes.proxies import TrustedProxies

NETWORKS = ["127.0.0.1", "10.0.0.0/8", "::1"]
PLACES = [
    "127.0.0.1",
    "10.1.2.3",
    "192.0.2.1",
    "192.0.2.1:80",
    "[2001:db8::1]:9",
    "2001:db8::1",
    "",
    "unknown",
    " ",
]
LINES = st.lists(st.sampled_from(PLACES), max_size=3).map(", ".join)


@given(st.sampled_from(["127.0.0.1", "10.9.9.9", "192.0.2.7", "::1", ""]), st.lists(LINES, max_size=3))
def test_the_client_is_the_one_of_the_middleware(peer: str, lines: list[str]) -> None:
    headers = [(b"host", b"test"), *((b"x-forwarded-for", line.encode()) for line in lines)]
    seen: list[Any] = []

    async def application(scope: Any, *_: Any) -> None:
        seen.append(scope["client"])

    middleware: Any = ProxyHeadersMiddleware(application, NETWORKS)
    call = middleware({"type": "http", "client": (peer, 1), "headers": headers}, None, None)
    with suppress(StopIteration):  # its end
        call.send(None)  # it waits for nothing
    assert seen == [TrustedProxies(NETWORKS).find_client((peer, 1), headers)]
