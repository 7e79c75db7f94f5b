"""The content type of a body, as RFC 9110 (8.3.1) defines it."""

import re
from collections.abc import Collection

JSON_TYPES = ("application/json",)
MERGE_PATCH = "application/merge-patch+json"  # RFC 7396 defines the meaning of a PATCH
PATCH_TYPES = (*JSON_TYPES, MERGE_PATCH)

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
# Only one way to read each character: a header can be long, and must not be read in many ways before it is refused.
_PARAMETER = rf'[ \t]*;(?:[ \t]*({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*"))?'
_CONTENT_TYPE = re.compile(rf"({_WORD}/{_WORD})((?:{_PARAMETER})*)[ \t]*")
_PARAMETERS = re.compile(_PARAMETER)


def is_json(content_type: str, types: Collection[str] = JSON_TYPES) -> bool:
    """Return True if a header names one of `types`, and no charset other than UTF-8.

    A type that ends in +json is not application/json: it has a meaning of its own, which the service does not know.
    JSON has no charset (RFC 8259, 11), but a client that names another one sends bytes that would be misread. An empty
    charset, or a header that is not well-formed, says nothing that could be relied on.
    """
    found = _CONTENT_TYPE.fullmatch(content_type)
    if found is None or found[1].lower() not in types:
        return False
    charsets = [value for name, value in _PARAMETERS.findall(found[2]) if name.lower() == "charset"]
    return all(charset.strip('"').lower() in {"utf-8", "utf8"} for charset in charsets)
