"""One id for each request: in all of its log lines, in the headers of its answer, and in the message of a 500."""

import re
from contextvars import ContextVar

from uuid_utils import uuid7

HEADER = b"x-request-id"

_current: ContextVar[str] = ContextVar("request_id", default="")
_acceptable = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch


def current_request_id() -> str:
    """Return the id of the current request, or an empty text outside of a request."""
    return _current.get()


def begin_request(headers: list[tuple[bytes, bytes]]) -> str:
    """Make the caller's id the current one if it is harmless, else a new one; return it."""
    for name, value in headers:
        if name == HEADER:
            request_id = value.decode() if _acceptable(value) else str(uuid7())
            break
    else:
        request_id = str(uuid7())
    _current.set(request_id)
    return request_id
