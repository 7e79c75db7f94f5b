"""What a route says of itself, beside its handler: `@get("/{id:str}", opt=operation(...))`.

The document is built from these and from the Structs that validate the requests and shape the answers,
so that it cannot say anything else than what happens.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from product_dashboard.errors import Code

OPT_KEY = "operation"


@dataclass(frozen=True, slots=True)
class Returns:
    """The answer when all goes well: `type` is what `data` holds (None: no body); `meta` is for lists."""

    status: int
    type: Any = None
    meta: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    summary: str
    returns: Returns
    description: str
    query: type[msgspec.Struct] | None
    body: type[msgspec.Struct] | None
    body_example: Any
    errors: tuple[Code, ...]
    cached: bool


def operation(
    summary: str,
    *,
    returns: Returns,
    description: str = "",
    query: type[msgspec.Struct] | None = None,
    body: type[msgspec.Struct] | None = None,
    body_example: Any = None,
    errors: tuple[Code, ...] = (),
    cached: bool = False,
) -> dict[str, Any]:
    """The `opt` of a route handler. Name in `errors` what the route itself can answer.

    What every route can answer (500, 503), and what follows from having a query, a path parameter or a body
    (400, 413, 415), is added by the document. `cached`: the answer has an ETag, and may be a 304.
    """
    described = Operation(summary, returns, description, query, body, body_example, errors, cached)
    return {OPT_KEY: described}
