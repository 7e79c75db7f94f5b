"""The content type of requests that write: JSON, in UTF-8 and not compressed.

A browser sends HTML forms and the simple requests of scripts to another site without asking that site first. They
cannot have this type. A body without a type is refused for the same reason.
"""

from product_dashboard.access.media_type import JSON_TYPES, PATCH_TYPES, is_json
from product_dashboard.errors import AppError, Code

RawHeaders = list[tuple[bytes, bytes]]


def require_json(method: str, headers: RawHeaders) -> None:
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
    types = PATCH_TYPES if method == "PATCH" else JSON_TYPES
    if (
        len(kinds) > 1
        or (has_body and not kinds)
        or (kinds and not is_json(kinds[0].decode("latin-1"), types))
    ):
        raise _unsupported(f"The body must be JSON: send content-type {' or '.join(types)}, in UTF-8.")
    if any(coding != b"identity" for coding in codings):
        raise _unsupported("The body must not be compressed.")


def _unsupported(message: str) -> AppError:
    return AppError(message, code=Code.UNSUPPORTED_MEDIA_TYPE)
