"""The content type of requests that write: JSON, in UTF-8 and not compressed.

A browser sends HTML forms and the simple requests of scripts to another site without asking that site first. They
cannot have this type. A body without a type is refused for the same reason.
"""

import re

from product_dashboard.errors import AppError, Code

RawHeaders = list[tuple[bytes, bytes]]

_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w-]+)")
_UTF8 = (b"utf-8", b"utf8")


def require_json(headers: RawHeaders) -> None:
    """Raise AppError (UNSUPPORTED_MEDIA_TYPE) for a type that is not JSON, and for a body without a type."""
    kinds: list[bytes] = []
    codings: list[bytes] = []
    has_body = False
    for name, value in headers:
        if name == b"content-type":
            kinds.append(value)
        elif name == b"content-encoding":
            codings.append(value.strip().lower())
        elif name == b"transfer-encoding" or (name == b"content-length" and value.strip(b" 0")):
            has_body = True
    if len(kinds) > 1 or (has_body and not kinds) or (kinds and not is_json(kinds[0])):
        raise _unsupported("The body must be JSON: send content-type application/json, in UTF-8.")
    if any(coding != b"identity" for coding in codings):
        raise _unsupported("The body must not be compressed.")


def is_json(content_type: bytes) -> bool:
    """True for application/json and types that end in +json, without a charset or with UTF-8."""
    if content_type == b"application/json":
        return True
    kind, _, parameters = content_type.lower().partition(b";")
    kind = kind.strip()
    charset = _CHARSET.search(parameters)
    return (kind == b"application/json" or kind.endswith(b"+json")) and (
        charset is None or charset[1] in _UTF8
    )


def _unsupported(message: str) -> AppError:
    return AppError(message, code=Code.UNSUPPORTED_MEDIA_TYPE)
