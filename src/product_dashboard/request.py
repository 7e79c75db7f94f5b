"""Arguments of handlers: JSON bodies, query Structs, conditional headers and the service's resources."""

import re
from typing import Annotated, Any, TypeAlias, cast

from litestar import Request
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.params import HeaderParameter
from litestar.types import Scope

from product_dashboard.errors import AppError, BadRequest, Code
from product_dashboard.fields import Input
from product_dashboard.preconditions import RawHeaders, combine_lines
from product_dashboard.resources import Resources
from product_dashboard.validation import decode_body, decode_query

Injected: TypeAlias = NamedDependency[Resources]
"""The open resources of the service: `resources: Injected`."""

IfNoneMatch: TypeAlias = Annotated[
    str | None,
    HeaderParameter(name="If-None-Match", description="The ETag of the answer that the client has."),
]

IfMatch: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The ETag of what the client has read. If this has changed since, nothing is done: 412.",
    ),
]

MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = ("application/json", MERGE_PATCH)


class ApiRequest(Request[Any, Any, Any]):
    """Decodes a body straight into the Struct that its handler declares as `data: JSONBody[...]`.

    Litestar's own decoder passes money through float, takes "5" for a number, and names one bad field only.
    """

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        headers = cast("RawHeaders", scope["headers"])
        scope["headers"] = combine_lines(headers)
        super().__init__(scope, *args, **kwargs)

    async def body(self) -> bytes:
        """Return the body, which is JSON and not empty.

        Raises `AppError` (UNSUPPORTED_MEDIA_TYPE), Litestar's `RequestEntityTooLarge`, or `BadRequest`.
        """
        _require_json(self)
        try:
            raw = await super().body()
        except InternalServerException as error:
            raise BadRequest("The body did not arrive completely.", code=Code.REQUEST_TIMEOUT) from error
        if not raw:
            raise BadRequest("The body is not JSON: it ends too early.", code=Code.MALFORMED_JSON)
        return raw

    async def json(self) -> Input:
        """Return the body as the handler's Struct. Raises `BadRequest` naming every bad field.

        Litestar calls `body` first, which has checked the content type.
        """
        declared = self.route_handler.parsed_data_field
        assert declared is not None, "Litestar asks for JSON only if the handler declares `data`"
        shape: type[Input] = declared.annotation
        return decode_body(shape, await super().body())


def read_query(request: Request[Any, Any, Any], resources: Injected) -> Input:
    """Decode the query into the Struct that the handler declares as `params: NamedDependency[...]`.

    It depends on `resources` for the reason in resources.py. Raises `BadRequest` naming every bad parameter.
    """
    del resources
    shape: type[Input] = request.route_handler.parsed_fn_signature.parameters["params"].annotation
    return decode_query(shape, request.scope["query_string"])


def _require_json(request: ApiRequest) -> None:
    """Refuse a content type other than JSON, another charset and a compression. None at all counts as JSON.

    Of the types of a patch, only those whose meaning is that of RFC 7396 are JSON here.
    """
    kind, _, parameters = request.headers.get("content-type", "application/json").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    kind = kind.strip()
    if request.method == "PATCH" and kind not in PATCH_TYPES:
        raise _unsupported(f"A patch must be {' or '.join(PATCH_TYPES)}.")
    is_json = kind == "application/json" or kind.endswith("+json")
    if not is_json or (charset and charset.group(1) not in {"utf-8", "utf8"}):
        raise _unsupported("The body must be JSON: send content-type application/json, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported("The body must not be compressed.")


def _unsupported(message: str) -> AppError:
    return AppError(message, code=Code.UNSUPPORTED_MEDIA_TYPE)
