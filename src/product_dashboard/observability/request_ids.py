"""One id for each request: in every log line it causes, in its answer's headers, and in a 500's message."""

import re
from contextvars import ContextVar

from uuid_utils import uuid7

HEADER = b"x-request-id"

_current: ContextVar[str] = ContextVar("request_id", default="")
_acceptable = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch


def current_request_id() -> str:
    """The id of the request that is being answered, or an empty text outside of one."""
    return _current.get()


def begin_request(headers: list[tuple[bytes, bytes]]) -> str:
    """Take over the caller's id where it is harmless, else make one; from now on it is the current one."""
    given = next((value for name, value in headers if name == HEADER), b"")
    request_id = given.decode() if _acceptable(given) else str(uuid7())
    _current.set(request_id)
    return request_id
