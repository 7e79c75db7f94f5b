"""Arguments of handlers: JSON bodies, query Structs, conditional headers and the service's resources."""

import time
from typing import Annotated, Any, TypeAlias, cast

from litestar import Request
from litestar.datastructures import URL
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.params import HeaderParameter
from litestar.types import Scope

from product_dashboard import deadline
from product_dashboard.access.content_type import RawHeaders
from product_dashboard.errors import BadRequest, Code
from product_dashboard.resources import Resources
from product_dashboard.web.fields import Input
from product_dashboard.web.preconditions import combine_lines
from product_dashboard.web.validation import decode_body, decode_query

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

IfNoneMatchOfWrite: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match",
        description="The opposite of If-Match: if the resource has one of these ETags, nothing is done: 412.",
    ),
]


class ApiRequest(Request[Any, Any, Any]):
    """Decodes a body straight into the Struct that its handler declares as `data: JSONBody[...]`.

    Litestar's own decoder passes money through float, takes "5" for a number, and names one bad field only.
    """

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        headers = cast("RawHeaders", scope["headers"])
        scope["headers"] = combine_lines(headers)
        super().__init__(scope, *args, **kwargs)

    @property
    def url(self) -> URL:
        """The path only.

        Litestar's errors about arguments read it. Its own one fails where the host or the address of the server can be
        no part of a URL, such as an IPv6 address without brackets.
        """
        return URL.from_components(path=self.scope["path"])

    async def body(self) -> bytes:
        """Return the body, which is not empty. `access` has checked its content type.

        Raises Litestar's `RequestEntityTooLarge`, or `BadRequest`.
        """
        began = time.monotonic()
        try:
            raw = await super().body()
        except InternalServerException as error:
            raise BadRequest("The body did not arrive completely.", code=Code.REQUEST_TIMEOUT) from error
        deadline.postpone(time.monotonic() - began)
        if not raw:
            raise BadRequest("The body is not JSON: it ends too early.", code=Code.MALFORMED_JSON)
        return raw

    async def json(self) -> Input:
        """Return the body as the handler's Struct. Raises `BadRequest` naming every bad field.

        Litestar has called `body` before: the bytes are here, and are not empty.
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
