"""What leaves the service: the envelope, the status of every error code, and the exception handlers.

success  {"ok": true,  "data": ..., "meta": null | {...}, "error": null}
failure  {"ok": false, "data": null, "meta": null, "error": {"code", "message", "details"}}
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from product_dashboard.cache import CachedAnswer
from product_dashboard.errors import (
    AppError,
    BadRequest,
    Code,
    Detail,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from product_dashboard.observability.request_ids import current_request_id

log = structlog.stdlib.get_logger()

STATUS_OF: Mapping[Code, int] = {
    Code.BAD_REQUEST: 400,
    Code.VALIDATION_ERROR: 400,
    Code.MALFORMED_JSON: 400,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.REQUEST_TIMEOUT: 408,
    Code.CONFLICT: 409,
    Code.CATEGORY_IN_USE: 409,
    Code.PRODUCT_IN_USE: 409,
    Code.CUSTOMER_IN_USE: 409,
    Code.EMAIL_IN_USE: 409,
    Code.PRODUCT_INACTIVE: 409,
    Code.PRICE_CHANGED: 409,
    Code.INSUFFICIENT_STOCK: 409,
    Code.PAYLOAD_TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.UNKNOWN_REFERENCE: 422,
    Code.HEADERS_TOO_LARGE: 431,
    Code.INTERNAL_ERROR: 500,
    Code.UNAVAILABLE: 503,
    Code.OVERLOADED: 503,
    Code.BUSY: 503,
    Code.TIMEOUT: 503,
    Code.NOT_IMPLEMENTED: 501,
    Code.HTTP_VERSION_NOT_SUPPORTED: 505,
}

# Encodes every answer, and what the cache stores. A Decimal is an exact number: 12.30 stays 12.30.
ENCODER = msgspec.json.Encoder(decimal_format="number")

BASE_PATH = "/api/v1"
JSON = b"application/json"
NO_STORE = (b"cache-control", b"no-store")
REVALIDATE = (b"cache-control", b"no-cache")

Headers = Iterable[tuple[bytes, bytes]]


class ErrorBody(msgspec.Struct, frozen=True):
    """`details` is empty, or has one object for each field or thing that the error is about."""

    code: Code
    message: str
    details: tuple[Detail, ...] = ()


class Reply(Response[Any]):
    """A complete answer: bytes as they are sent, and their headers. It is its own ASGI application."""

    def __init__(
        self, body: bytes, *, status: int = 200, headers: Headers = (NO_STORE,), media_type: bytes = JSON
    ) -> None:
        super().__init__(body, status_code=status)
        self._body = body
        self._status = status
        self._headers = [*headers]
        if status not in {204, 304}:
            self._headers += ((b"content-type", media_type), (b"content-length", b"%d" % len(body)))

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any) -> Any:
        """Nothing is left to be added: that makes an answer cheap."""
        del app, request
        return self.answer

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer: an ASGI application."""
        del scope, receive
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def success_body(data: object, meta: object = None) -> bytes:
    """The bytes of a success envelope. Decimals must already have two decimals."""
    return b"".join(
        (
            b'{"ok":true,"data":',
            ENCODER.encode(data),
            b',"meta":',
            b"null" if meta is None else ENCODER.encode(meta),
            b',"error":null}',
        )
    )


def error_body(error: ErrorBody) -> bytes:
    """The bytes of a failure envelope."""
    return b'{"ok":false,"data":null,"meta":null,"error":' + ENCODER.encode(error) + b"}"


def ok(data: object, *, meta: object = None, headers: Headers = (NO_STORE,)) -> Reply:
    """200 with `data` in the envelope, and `meta` for a list."""
    return Reply(success_body(data, meta), headers=headers)


def cached_reply(
    request: Request[Any, Any, Any], answer: CachedAnswer[Any], body: bytes | None = None
) -> Reply:
    """Send a cached answer in the envelope, or `body` in its place; 304 where the client has it already."""
    headers = [(name.encode(), str(value).encode()) for name, value in answer.headers().items()]
    headers.append(REVALIDATE)
    if answer.not_modified(request.headers.get("if-none-match")):
        return Reply(b"", status=304, headers=headers)
    return Reply(success_body(msgspec.Raw(answer.body)) if body is None else body, headers=headers)


def created(data: object, *, location: str) -> Reply:
    """201 with what was created, and its path."""
    return Reply(success_body(data), status=201, headers=(NO_STORE, (b"location", location.encode())))


def no_content() -> Reply:
    """204: done, and nothing to say about it."""
    return Reply(b"", status=204)


def error_reply(error: AppError, headers: Headers = ()) -> Reply:
    """The answer for an error that a client may be told."""
    body = error_body(ErrorBody(error.code, error.message, error.details))
    extra = ((b"retry-after", b"%d" % error.retry_after_s),) if isinstance(error, Unavailable) else ()
    return Reply(body, status=STATUS_OF[error.code], headers=(NO_STORE, *extra, *headers))


def internal_error_reply() -> Reply:
    """The answer for a fault of ours: it says nothing but the id under which the log has everything."""
    message = f"Something went wrong on our side. Report it with the request id {current_request_id()}."
    return Reply(error_body(ErrorBody(Code.INTERNAL_ERROR, message)), status=500)


def on_app_error(_: Request[Any, Any, Any], error: AppError) -> Reply:
    if error.code in {Code.UNAVAILABLE, Code.INTERNAL_ERROR}:
        log.warning("request.unavailable", code=error.code, reason=str(error.__cause__ or error))
    return error_reply(error)


def on_framework_error(request: Request[Any, Any, Any], error: HTTPException) -> Reply:
    """Litestar's own 404, 405, 413 ... in our envelope; what it calls a 5xx is a fault of ours."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == HTTPStatus.NOT_FOUND:
        return error_reply(NotFound("There is nothing at this path."))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = allow_header(method.strip() for method in headers.get("allow", "").split(","))
        told = MethodNotAllowed(f"This path knows only {allow}.", details=({"allow": allow},))
        return error_reply(told, headers=((b"allow", allow.encode()),))
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return error_reply(PayloadTooLarge("The body is larger than the service accepts."))
    if error.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return error_reply(UnsupportedMediaType("The body must be JSON."))
    if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error_reply(BadRequest("The request is not valid.", code=Code.BAD_REQUEST))
    return on_unexpected_error(request, error)


def allow_header(methods: Iterable[str]) -> str:
    """The value of `Allow`: what has GET has HEAD too."""
    known = set(methods)
    return ", ".join(sorted(known | {"HEAD"} if "GET" in known else known))


def on_unexpected_error(_: Request[Any, Any, Any], error: Exception) -> Reply:
    log.error("request.failed", exc_info=error)
    return internal_error_reply()
