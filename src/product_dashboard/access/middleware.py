"""The ASGI middleware that asks admission control, and remembers the client of a request that was let in."""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from product_dashboard.access.admission import AdmissionControl, Unauthenticated
from product_dashboard.access.client import STATE_KEY
from product_dashboard.access.key_file import WatchedKeys
from product_dashboard.errors import AppError
from product_dashboard.observability.metrics import REFUSED
from product_dashboard.web.envelope import Reply
from product_dashboard.web.errors import error_reply


def guarded(app: ASGIApp, admission: AdmissionControl) -> ASGIApp:
    """Answer with an error in the envelope if `admission` refuses the request; otherwise call `app`.

    A request whose client is in its state is not checked again: `recipes` has admitted it, and could not answer it.
    """

    def middleware(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != ScopeType.HTTP or STATE_KEY in scope["state"]:
            return app(scope, receive, send)
        peer = scope["client"]
        headers: Any = scope["headers"]  # Litestar's type is an iterable, the server's a list
        try:
            client = admission.admit(scope["method"], scope["path"], headers, peer[0] if peer else "")
        except AppError as error:
            return refusal(error).answer(scope, receive, send)
        scope["state"][STATE_KEY] = client
        return app(scope, receive, send)

    return middleware


def refusal(error: AppError) -> Reply[Any]:
    """Make the answer to a request that admission control has refused, and count it."""
    REFUSED.labels(error.code).inc()
    challenge = ((b"www-authenticate", error.challenge),) if isinstance(error, Unauthenticated) else ()
    return error_reply(error, challenge)


@asynccontextmanager
async def watching(keys: WatchedKeys | None) -> AsyncGenerator[None, None]:
    """Follow changes of the key file, if there is one, until the block ends."""
    if keys is None:
        yield
    else:
        async with keys.watching():
            yield
