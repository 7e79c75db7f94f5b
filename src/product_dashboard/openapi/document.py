"""The OpenAPI 3.1 document: Litestar's own, made from the handlers' signatures, and completed here.

A handler says in its decorator what its signature cannot say:

    errors=[Code.EMAIL_IN_USE]  codes it may answer, beside those that follow from its parameters and its body
    example=PRODUCT             `data` of its answer; left out where `data` is null
    body_example=PRODUCT_INPUT  the body of a request
    access=Access.PROBE         the access that a request needs, if not the one that follows from its method
"""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from itertools import groupby
from typing import Any, TypeAlias, cast

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    Example,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    Schema,
    Tag,
)
from litestar.openapi.spec.enums import OpenAPIType
from litestar.routes import HTTPRoute

from product_dashboard.access.content_type import MERGE_PATCH
from product_dashboard.access.routes import OPT_KEY, access_of
from product_dashboard.access.rules import Access
from product_dashboard.errors import Code, FieldProblem
from product_dashboard.idempotency.header import HEADER as IDEMPOTENCY_KEY
from product_dashboard.openapi.examples import ERROR_EXAMPLES
from product_dashboard.openapi.schemas import REF, Json, StructSchemas
from product_dashboard.openapi.security import access_codes, requirement
from product_dashboard.web.envelope import Cached, Envelope, Failure, Page, Tagged
from product_dashboard.web.errors import error_body
from product_dashboard.web.fields import Input
from product_dashboard.web.paging import ListMeta
from product_dashboard.web.representation import ENCODER
from product_dashboard.web.validation import decode_body

EVERYWHERE = (Code.BAD_REQUEST, Code.INTERNAL_ERROR, Code.UNAVAILABLE, Code.OVERLOADED, Code.TIMEOUT)
FROM_THE_SERVER = (
    Code.REQUEST_TIMEOUT,
    Code.HEADERS_TOO_LARGE,
    Code.NOT_IMPLEMENTED,
    Code.HTTP_VERSION_NOT_SUPPORTED,
)
RETRY_AFTER = {
    Code.RATE_LIMITED,
    Code.UNAVAILABLE,
    Code.OVERLOADED,
    Code.TIMEOUT,
    Code.BUSY,
    Code.IDEMPOTENCY_KEY_IN_USE,
}
WITH_A_BODY = (Code.MALFORMED_JSON, Code.PAYLOAD_TOO_LARGE)
DESCRIPTION = """\
Categories, products, customers, orders, and reports on them.

Every answer is an envelope: `{"ok": true, "data": ..., "meta": null | {...}, "error": null}`, or
`{"ok": false, "data": null, "meta": null, "error": {"code", "message", "details"}}`. Switch on `code`; the
message is for people. Ids are UUIDs (version 7), money is an exact number with at most two decimals, times are
RFC 3339 in UTC. A whole number has no decimal point: 45, not 45.0. `page` and `cursor` exclude each other.
A query parameter with an empty value counts as not given.

No change is lost if each PUT, PATCH and DELETE has `If-Match` with the `ETag` that its client has read: if the
resource has changed since, the answer is 412, and nothing is done. A PATCH changes only the fields that it names
(RFC 7396); `POST /products/{product_id}/stock` moves the stock by a difference.

A 503 says in `Retry-After` when to come back, except `OUTCOME_UNKNOWN`: then the change may have been made, and
sending it again could make it twice. A request with an `Idempotency-Key` can always be sent again: the change is made
once, and each retry gets the same answer. Quote `X-Request-Id` when you report a fault.
"""
TAGS = {
    "Categories": "The groups that products are in.",
    "Products": "What the shop sells, and the changes of its stock.",
    "Customers": "The buyers.",
    "Orders": "Sales: each takes its pieces out of stock, and is counted in the reports.",
    "Dashboard": "Reports on all products and customers, and the events that tell when to read them again.",
    "Health": "The state of this process and of its stores, for load balancers and monitoring.",
}
_JSON = "application/json"

Failures: TypeAlias = dict[str, OpenAPIResponse | Reference]
"""The answers to requests that fail, by name; see `_failures`."""

_KEYWORDS = {"errors", "example", "body_example", OPT_KEY}


class _Sent(msgspec.Struct):
    """An envelope as an example. Not a dict: from a dict, Litestar leaves out what is null."""

    ok: bool
    data: Any
    meta: Any
    error: Any


class UndocumentedError(Exception):
    """A handler's decorator does not say what the document needs, or says something unknown."""


def complete(app: Litestar) -> None:
    """Add to Litestar's document of `app` what the signatures do not say.

    Raises `UndocumentedError` for a keyword or an error code that does not exist, and for an example that is missing
    or is not what the signature says.
    """
    document, schemas = app.openapi_schema, app.plugins.get(StructSchemas)
    has_keys = bool(document.components.security_schemes)
    failures: Failures = {}
    tags: list[str] = []
    for route in app.routes:
        item = (document.paths or {}).get(route.path_format)
        if isinstance(route, HTTPRoute) and item is not None:
            for method, (handler, _) in route.route_handler_map.items():
                operation: Operation | None = getattr(item, method.lower())
                if operation is not None:
                    needed = access_of(handler, method)
                    _complete(operation, handler, needed, schemas, failures)
                    operation.security = requirement(needed) if has_keys else None
                    tags += operation.tags or ()
    document.tags = [Tag(name, description=_about(name)) for name in dict.fromkeys(tags)]
    schemas.add(FieldProblem)
    schemas.add(Failure)
    document.components.schemas = cast("dict[str, Schema]", dict(sorted(schemas.components.items())))
    document.components.responses = dict(sorted(failures.items()))


def _complete(
    operation: Operation,
    handler: HTTPRouteHandler,
    needed: Access,
    schemas: StructSchemas,
    failures: Failures,
) -> None:
    codes = {*EVERYWHERE, *FROM_THE_SERVER, *access_codes(needed), *_errors(handler)}
    parameters = [*_mended(operation.parameters or ()), *_query_parameters(handler, schemas)]
    if any(parameter.param_in != "header" for parameter in parameters):
        codes.add(Code.VALIDATION_ERROR)
    if any(parameter.param_in == "path" for parameter in parameters):
        codes.add(Code.NOT_FOUND)
    if any(parameter.name == "If-Match" for parameter in parameters):
        codes.add(Code.PRECONDITION_FAILED)
    if operation.request_body is not None:
        codes |= {Code.VALIDATION_ERROR, *WITH_A_BODY}
        content = cast("Any", operation.request_body).content
        content[_JSON].example = _body_example(handler)
        if handler.http_methods == {"PATCH"}:
            content[MERGE_PATCH] = content[_JSON]
    if handler.http_methods != {"GET"}:
        codes |= {Code.BUSY, Code.OUTCOME_UNKNOWN}
    if is_idempotent := any(parameter.name == IDEMPOTENCY_KEY for parameter in parameters):
        codes |= {Code.IDEMPOTENCY_KEY_IN_USE, Code.IDEMPOTENCY_KEY_REUSED}
    operation.parameters = cast("list[Parameter | Reference]", parameters) or None
    success = _success(operation, handler)
    if is_idempotent:
        answer = cast("OpenAPIResponse", success[str(handler.status_code)])
        answer.headers = {**(answer.headers or {}), "Idempotency-Replayed": _replayed()}
    operation.responses = {**success, **dict(_failures(codes, failures))}


def _errors(handler: HTTPRouteHandler) -> Iterator[Code]:
    if unknown := handler.opt.keys() - _KEYWORDS:
        raise UndocumentedError(f"{handler}: there is no keyword {', '.join(sorted(unknown))}")
    errors: list[object] = handler.opt.get("errors", [])
    for code in errors:
        if not isinstance(code, Code):
            raise UndocumentedError(f"{handler}: errors has {code!r}, which is no Code")
        yield code


def _about(tag: str) -> str:
    if tag not in TAGS:
        raise UndocumentedError(f"the tag {tag} has no description; add it to TAGS")
    return TAGS[tag]


def _mended(parameters: Iterable[Parameter | Reference]) -> Iterator[Parameter]:
    """Yield Litestar's own parameters. One that is left out has no value: to Litestar its value is then null."""
    for parameter in cast("Iterable[Parameter]", parameters):
        schema = cast("Schema", parameter.schema)
        if parameter.param_in == "path":
            noun = parameter.name.removesuffix("_id").replace("_", " ")
            parameter.description = parameter.description or f"The id of the {noun}."
        if schema.one_of:
            parameter.schema = own = cast("Schema", schema.one_of[0])
            # Litestar puts what a parameter adds beside the types, not into them.
            own.pattern = schema.pattern
        yield parameter


def _query_parameters(handler: HTTPRouteHandler, schemas: StructSchemas) -> Iterator[Parameter]:
    for field in handler.parsed_fn_signature.parameters.values():
        if field.name == "data" or not field.is_subclass_of(Input):
            continue
        described: Json = schemas.components.pop(schemas.add(field.annotation))
        for name, schema in described["properties"].items():
            yield Parameter(
                name,
                "query",
                schema=cast("Schema", {key: value for key, value in schema.items() if key != "description"}),
                description=schema.get("description"),
                required=name in described.get("required", ()),
                allow_empty_value=True,
            )


def _body_example(handler: HTTPRouteHandler) -> object:
    declared = cast("Any", handler.parsed_data_field).annotation
    raw = ENCODER.encode(handler.opt.get("body_example"))
    try:
        decode_body(declared, raw)
    except Exception as error:
        raise UndocumentedError(f"{handler}: body_example is no {declared.__name__}: {error}") from error
    return msgspec.json.decode(raw)


def _success(operation: Operation, handler: HTTPRouteHandler) -> dict[str, OpenAPIResponse | Reference]:
    returns = handler.parsed_fn_signature.return_type
    status = handler.status_code
    answer = cast("OpenAPIResponse", cast("Any", operation.responses)[str(status)])
    answer.description = HTTPStatus(status).phrase
    content = cast("dict[str, OpenAPIMediaType]", answer.content)
    if _JSON in content:
        content[_JSON].example = _example(handler)
    else:  # a stream of text
        (media,) = content.values()
        media.schema = Schema(type=OpenAPIType.STRING)
        media.example = handler.opt.get("example")
    answers: dict[str, OpenAPIResponse | Reference] = {str(status): answer}
    if status == HTTPStatus.CREATED:
        answer.headers = {"Location": _header("The path of what was created."), **_etag_header()}
    if returns.is_subclass_of(Tagged):
        answer.headers = _cache_headers() if returns.is_subclass_of(Cached) else _etag_header()
        if handler.http_methods == {"GET"}:
            unchanged = OpenAPIResponse("The client has the current answer.", headers=answer.headers)
            answers[str(HTTPStatus.NOT_MODIFIED.value)] = unchanged
    return answers


def _example(handler: HTTPRouteHandler) -> _Sent:
    declared = handler.parsed_fn_signature.return_type.inner_types[0].annotation
    data = handler.opt.get("example")
    envelope: object = Envelope(ok=True, data=data, meta=None, error=None)
    if getattr(declared, "__origin__", None) is Page:
        meta = ListMeta(total=1, total_pages=1, page=1, page_size=10, next_cursor=None)
        envelope = Page(ok=True, data=data or (), meta=meta, error=None)
    raw = ENCODER.encode(envelope)
    try:
        same = ENCODER.encode(msgspec.json.decode(raw, type=declared)) == raw
    except msgspec.ValidationError:
        same = False
    if not same:
        raise UndocumentedError(f"{handler}: its example is not what it returns, {declared}")
    return msgspec.json.decode(raw, type=_Sent)


def _failures(codes: Iterable[Code], failures: Failures) -> Iterator[tuple[str, Reference]]:
    """Yield the errors by status, each a reference to an answer for all operations with the same codes.

    The name of such an answer has its codes: `409.BUSY.EMAIL_IN_USE`. Missing answers are added to `failures`.
    """
    in_order = sorted(codes, key=lambda code: (code.status, code))
    for status, group in groupby(in_order, key=lambda code: code.status):
        found = [*group]
        name = ".".join((str(status), *found))
        if name not in failures:
            failures[name] = _failure(status, found)
        yield str(status), Reference(f"#/components/responses/{name}")


def _failure(status: int, codes: Sequence[Code]) -> OpenAPIResponse:
    """Describe the answer with one of these codes: it has an example of each code, and of no other."""
    media = OpenAPIMediaType(
        schema=Reference(REF.format(name="Failure")),
        examples={str(code): Example(value=_error_example(code)) for code in codes},
    )
    names = ", ".join(f"`{code}`" for code in codes)
    answer = OpenAPIResponse(f"{HTTPStatus(status).phrase}: {names}", content={_JSON: media})
    if wait := [code for code in codes if code in RETRY_AFTER]:
        retry_after = _header("Seconds after which to try again.")
        retry_after.required = wait == codes
        answer.headers = {"Retry-After": retry_after}
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers = {
            "WWW-Authenticate": _header("The scheme to send a key with: Bearer, or Basic for the events.")
        }
    return answer


def _error_example(code: Code) -> _Sent:
    message, details = ERROR_EXAMPLES[code]
    return msgspec.json.decode(error_body(code, message, details), type=_Sent)


def _etag_header() -> dict[str, OpenAPIHeader | Reference]:
    return {"ETag": _header("Names this state; send it back in If-None-Match, or in If-Match of a change.")}


def _cache_headers() -> dict[str, OpenAPIHeader | Reference]:
    return {
        **_etag_header(),
        "X-Cache": _header("Where it came from.", Schema(enum=["HIT", "MISS", "BYPASS"])),
        "Age": _header("Seconds since it was loaded.", Schema(type=OpenAPIType.INTEGER, minimum=0)),
    }


def _replayed() -> OpenAPIHeader:
    header = _header("Sent if this is the stored answer to an earlier request.", Schema(const="true"))
    header.required = False
    return header


def _header(description: str, schema: Schema | None = None) -> OpenAPIHeader:
    """Describe a header that the answer always has."""
    return OpenAPIHeader(
        description=description, schema=schema or Schema(type=OpenAPIType.STRING), required=True
    )
