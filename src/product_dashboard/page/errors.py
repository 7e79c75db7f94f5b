"""Errors as documents. The rest of the service answers errors as JSON; for people they are translated at the outside.

A document has the status and the headers of the JSON, such as WWW-Authenticate and Retry-After. It says what to do
next. While the service cannot answer, its script asks again, and opens the page when it can.
"""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, Final, NamedTuple, cast

import htpy as h
import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.page.frame import HEADERS, HTML, PLACES, document
from product_dashboard.web.envelope import JSON, ErrorBody, Failure, Headers, Reply

PROGRAMS: Final = ("/api/", "/health", "/metrics", "/openapi", "/page/")
"""The beginnings of paths whose errors stay JSON, also for a browser."""
_OF_THE_BODY: Final = {b"content-type", b"content-length"}


class Advice(NamedTuple):
    """The title of an error, and what to do next. `asks_again`: the script asks until the page can be shown."""

    title: str
    next_step: str
    asks_again: bool = False


_SOON: Final = "This page asks again every 5 seconds, and opens as soon as it can."
_REFUSED: Final = Advice("This request is not right", "Open one of the pages above.")
_FAILED: Final = Advice("Something went wrong", "Try again. If it happens again, report the request id.")
_ADVICE: Final[dict[int, Advice]] = {
    401: Advice(
        "An API key is needed",
        "Open the overview. Your browser asks for a name and a password: enter an API key with the scope read as the "
        "password, and any name.",
    ),
    403: Advice(
        "This key may not read",
        "The page needs an API key with the scope read. Close the browser, which keeps the key until then, and enter "
        "another one.",
    ),
    404: Advice("There is no such page", "Look at the address, or open one of the pages above."),
    405: Advice("The page can only be read", "Changes are made by the API."),
    421: Advice("The service has another name", "Open the page by a host name that ALLOWED_HOSTS contains."),
    429: Advice("Too many requests", _SOON, asks_again=True),
    503: Advice("Not possible now", _SOON, asks_again=True),
}


def is_for_people(path: str, headers: RawHeaders) -> bool:
    """Return whether an error at this path is answered by a document: on the page, and elsewhere if a browser asks."""
    if path in PLACES:
        return True
    if path.startswith(PROGRAMS):
        return False
    return any(name == b"accept" and b"text/html" in value.lower() for name, value in headers)


def with_documents(app: ASGIApp) -> ASGIApp:
    """Make documents of the errors that `app` answers to people."""

    def middleware(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        headers: Any = scope["headers"] if scope["type"] == ScopeType.HTTP else ()
        if scope["type"] != ScopeType.HTTP or not is_for_people(scope["path"], headers):
            return app(scope, receive, send)
        return app(scope, receive, _translating(scope, receive, send))

    return middleware


def _translating(scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a `send` that holds the head of an error until its body is there: an error is sent as one body."""
    held: Any = None

    async def translate(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start" and _is_error(message["status"], message["headers"]):
            held = message
        elif held is not None and message["type"] == "http.response.body":
            reply = error_document(held["status"], held["headers"], message["body"])
            await reply.answer(scope, receive, send)
        else:
            await send(message)

    return translate


def _is_error(status: int, headers: Headers) -> bool:
    return status >= HTTPStatus.BAD_REQUEST and (b"content-type", JSON) in headers


def refusal_for(path: str, headers: RawHeaders, refusal: StoredAnswer) -> StoredAnswer:
    """Return the refusal of a request as it is answered: as a document for people."""
    if not is_for_people(path, headers):
        return refusal
    lines = [line.partition(b": ") for line in refusal.headers.splitlines()]
    return error_document(
        refusal.status, [(name, value) for name, _, value in lines], refusal.body
    ).to_answer()


def error_document(status: int, headers: Headers, body: bytes) -> Reply[bytes]:
    """Make the document of an error from its answer in JSON."""
    error = msgspec.json.decode(body, type=Failure).error
    advice = _ADVICE.get(status) or (_FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSED)
    kept = [each for each in headers if each[0] not in _OF_THE_BODY]
    return Reply(_document(error, advice), status=status, headers=(*kept, *HEADERS), media_type=HTML)


def _document(error: ErrorBody, advice: Advice) -> bytes:
    details = [cast("dict[str, object]", each) for each in error.details if isinstance(each, dict)]
    traces = [str(each["trace_id"]) for each in details if "trace_id" in each]
    return document(
        advice.title,
        None,
        h.h1[advice.title],
        h.p[error.message],
        h.p(".lead")[advice.next_step],
        (h.p(".quiet")["Trace: ", h.code[trace]] for trace in traces),
        failed="again" if advice.asks_again else "final",
    )
