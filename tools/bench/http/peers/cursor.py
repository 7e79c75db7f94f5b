"""The cursors of lists, of the form that the service gives them: the peers answer the same requests."""

import base64
import json
from typing import Any


def encode(**fields: Any) -> str:
    """Encode the last row of a page as text for a URL."""
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(cursor: str) -> dict[str, Any]:
    """Decode a cursor. Raises ValueError if it is not one."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return found
