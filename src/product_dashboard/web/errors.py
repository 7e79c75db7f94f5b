"""Answers to errors, and the exception handlers of Litestar that make them."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException

from product_dashboard.access.content_type import PATCH_TYPES
from product_dashboard.errors import AppError, BadRequest, Code, Detail, FieldProblem
from product_dashboard.observability.request_ids import current_request_id
from product_dashboard.observability.trace_ids import current_trace_id
from product_dashboard.web.envelope import NO_STORE, ErrorBody, Failure, Headers, Reply
from product_dashboard.web.representation import ENCODER
from product_dashboard.web.validation import shown

log = structlog.stdlib.get_logger()


def error_reply(error: AppError, headers: Headers = ()) -> Reply[Any]:
    """Make the answer for an error of the client, or for an outage."""
    body = error_body(error.code, error.message, error.details)
    extra = ((b"retry-after", b"%d" % error.retry_after_s),) if error.retry_after_s is not None else ()
    return Reply(body, status=error.code.status, headers=(NO_STORE, *extra, *headers))


def internal_error_reply() -> Reply[Any]:
    """Make the answer for a fault of the service: the request id, under which the log has everything."""
    message = f"Something went wrong on our side. Report it with the request id {current_request_id()}."
    return Reply(error_body(Code.INTERNAL_ERROR, message), status=500)


def error_body(code: Code, message: str, details: tuple[Detail, ...] = ()) -> bytes:
    """Encode an error in the envelope; a 5xx names its trace, if it has one."""
    if code.status >= HTTPStatus.INTERNAL_SERVER_ERROR and (trace_id := current_trace_id()):
        details = (*details, {"trace_id": trace_id})
    return ENCODER.encode(Failure(ok=False, data=None, meta=None, error=ErrorBody(code, message, details)))


def on_app_error(_: Request[Any, Any, Any], error: AppError) -> Reply[Any]:
    if error.code in {Code.UNAVAILABLE, Code.OUTCOME_UNKNOWN, Code.INTERNAL_ERROR}:
        log.warning("request.unavailable", code=error.code, reason=str(error.__cause__ or error))
    return error_reply(error)


def on_invalid_path(request: Request[Any, Any, Any], _: ValidationException) -> Reply[Any]:
    """Name the ids of a path that are none. Litestar validates nothing else: see `request.py`."""
    ids: Iterable[tuple[str, object]] = request.path_params.items()
    return error_reply(BadRequest.of(FieldProblem(name, "must be a UUID", shown(text)) for name, text in ids))


def on_framework_error(request: Request[Any, Any, Any], error: HTTPException) -> Reply[Any]:
    """Put Litestar's own 404, 405, 413 ... into the envelope; its 5xx are faults of the service."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_unexpected_error(request, error)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        allow = allow_header(method.strip() for method in headers.get("allow", "").split(","))
        message = f"This path knows only {allow}."
        refusal = AppError(message, code=Code.METHOD_NOT_ALLOWED, details=({"allow": allow},))
        return error_reply(refusal, headers=allow_headers(allow))
    code, message = _OF_LITESTAR.get(error.status_code, (Code.BAD_REQUEST, "The request is not valid."))
    return error_reply(AppError(message, code=code))


_OF_LITESTAR = {
    404: (Code.NOT_FOUND, "There is nothing at this path."),
    413: (Code.PAYLOAD_TOO_LARGE, "The body is larger than the service accepts."),
}


def allow_header(methods: Iterable[str]) -> str:
    """Make the value of `Allow`: a path with GET has HEAD too."""
    known = set(methods)
    return ", ".join(sorted(known | {"HEAD"} if "GET" in known else known))


def allow_headers(allow: str) -> Headers:
    """Make the header `Allow`, and `Accept-Patch` (RFC 5789) if it has PATCH."""
    yield b"allow", allow.encode()
    if "PATCH" in allow:
        yield b"accept-patch", ", ".join(PATCH_TYPES).encode()


def on_unexpected_error(_: Request[Any, Any, Any], error: Exception) -> Reply[Any]:
    log.error("request.failed", exc_info=error)
    return internal_error_reply()
