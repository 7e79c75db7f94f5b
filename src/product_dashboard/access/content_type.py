"""The content type of requests that write: JSON, in UTF-8 and not compressed.

A browser sends HTML forms and the simple requests of scripts to another site without asking that site first. They
cannot have this type. A body without a type is refused for the same reason.
"""

import re
from collections.abc import Collection

from product_dashboard.errors import AppError, Code

JSON_TYPES = ("application/json",)
MERGE_PATCH = "application/merge-patch+json"  # RFC 7396 defines the meaning of a PATCH
PATCH_TYPES = (*JSON_TYPES, MERGE_PATCH)

RawHeaders = list[tuple[bytes, bytes]]

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
# Only one way to read each character: a header can be long, and must not be read in many ways before it is refused.
_PARAMETER = rf'[ \t]*;(?:[ \t]*({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*"))?'
_CONTENT_TYPE = re.compile(rf"({_WORD}/{_WORD})((?:{_PARAMETER})*)[ \t]*")
_PARAMETERS = re.compile(_PARAMETER)


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
        raise _unsupported("The body must not be compressed: send it without content-encoding.")


def is_json(content_type: str, types: Collection[str] = JSON_TYPES) -> bool:
    """Return True if a header (RFC 9110, 8.3.1) names one of `types`, and no charset other than UTF-8.

    A type that ends in +json is not application/json: it has a meaning of its own, which the service does not know.
    JSON has no charset (RFC 8259, 11), but a client that names another one sends bytes that would be misread. An empty
    charset, or a header that is not well-formed, says nothing that could be relied on.
    """
    found = _CONTENT_TYPE.fullmatch(content_type)
    if found is None or found[1].lower() not in types:
        return False
    charsets = [value for name, value in _PARAMETERS.findall(found[2]) if name.lower() == "charset"]
    return all(charset.strip('"').lower() in {"utf-8", "utf8"} for charset in charsets)


def _unsupported(message: str) -> AppError:
    return AppError(message, code=Code.UNSUPPORTED_MEDIA_TYPE)
