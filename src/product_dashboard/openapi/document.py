"""The OpenAPI 3.1 document, built from the routes themselves: see `operation.py`."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, cast

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from msgspec.json import schema_components

from product_dashboard.envelope import STATUS_OF, ErrorBody
from product_dashboard.errors import Code, FieldProblem
from product_dashboard.openapi.examples import ERROR_EXAMPLES
from product_dashboard.openapi.operation import OPT_KEY, Operation
from product_dashboard.paging import ListMeta

Json = dict[str, Any]

REF = "#/components/schemas/{name}"
EVERYWHERE = (Code.BAD_REQUEST, Code.INTERNAL_ERROR, Code.UNAVAILABLE, Code.OVERLOADED, Code.TIMEOUT)
_METHODS = ("get", "post", "put", "patch", "delete")
FROM_THE_SERVER = (
    Code.REQUEST_TIMEOUT,
    Code.HEADERS_TOO_LARGE,
    Code.NOT_IMPLEMENTED,
    Code.HTTP_VERSION_NOT_SUPPORTED,
)
DESCRIPTION = """\
Categories, products, customers, orders, and reports on them.

Every answer is an envelope: `{"ok": true, "data": ..., "meta": null | {...}, "error": null}`, or
`{"ok": false, "data": null, "meta": null, "error": {"code", "message", "details"}}`. Switch on `code`; the
message is for people. Ids are UUIDs (version 7), money is an exact number with two decimals, times are
RFC 3339 in UTC. A 503 says in `Retry-After` when to come back; quote `X-Request-Id` when you report a fault.
"""


class UndocumentedRouteError(Exception):
    """A route has neither `opt=operation(...)` nor `opt={"undocumented": reason}`."""


def build_document(app: Litestar) -> Json:
    """The document of all routes of `app`; `UndocumentedRouteError` where one says nothing of itself."""
    routes = sorted(_documented(app), key=lambda route: (route[0], _METHODS.index(route[1])))
    schemas, components = _schemas(operation for _, _, _, operation in routes)
    paths: Json = {}
    for path, method, handler, described in routes:
        paths.setdefault(path, {})[method] = _operation(path, method, handler, described, schemas)
    components |= {"ErrorEnvelope": _ERROR_ENVELOPE, "ErrorBody": _ERROR_BODY}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Product dashboard", "version": "1.0.0", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(_tag(handler) for _, _, handler, _ in routes)],
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _documented(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler, Operation]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        path = route.path_format
        for handler in route.route_handlers:
            described = handler.opt.get(OPT_KEY)
            if (
                described is None
                and handler.http_methods != {"OPTIONS"}
                and "undocumented" not in handler.opt
            ):
                raise UndocumentedRouteError(f"{path}: {handler} has no opt=operation(...)")
            if described is not None:
                for method in handler.http_methods:
                    yield path, str(method).lower(), handler, described


def _schemas(operations: Iterable[Operation]) -> tuple[dict[Any, Json], Json]:
    """The schema of each type that an answer or a body has, and the components that they refer to."""
    types: list[Any] = [FieldProblem, ListMeta]
    for operation in operations:
        types += [
            kind for kind in (operation.returns.type, operation.body, operation.query) if kind is not None
        ]
    unique = list(dict.fromkeys(types))
    found, components = schema_components(unique, ref_template=REF)
    money_as_numbers = cast("tuple[list[Json], Json]", _with_numbers((list(found), components)))
    return dict(zip(unique, money_as_numbers[0], strict=True)), money_as_numbers[1]


def _with_numbers(schema: Any) -> Any:
    """A Decimal, which msgspec describes as text, is sent as an exact number."""
    if isinstance(schema, dict):
        entries = cast("Json", schema)
        if entries.get("format") == "decimal":
            return {**{k: v for k, v in entries.items() if k != "format"}, "type": "number"}
        return {
            key: _with_numbers(value)
            for key, value in entries.items()
            if not (key == "format" and value is None)
        }
    if isinstance(schema, list | tuple):
        return type(cast("list[Any]", schema))(_with_numbers(item) for item in cast("list[Any]", schema))
    return schema


def _operation(
    path: str, method: str, handler: HTTPRouteHandler, described: Operation, schemas: dict[Any, Json]
) -> Json:
    document: Json = {
        "operationId": handler.handler_name,
        "tags": [_tag(handler)],
        "summary": described.summary,
        "parameters": [
            *_path_parameters(path),
            *_query_parameters(described),
            *_header_parameters(described),
        ],
        "responses": {**_success(described, schemas), **_failures(path, method, described)},
    }
    if described.description:
        document["description"] = described.description
    if described.body is not None:
        content: Json = {"schema": schemas[described.body]}
        if described.body_example is not None:
            content["example"] = _builtins(described.body_example)
        document["requestBody"] = {"required": True, "content": {"application/json": content}}
    return document


def _path_parameters(path: str) -> Iterator[Json]:
    for part in path.split("/"):
        if part.startswith("{"):
            yield {
                "name": part.strip("{}"),
                "in": "path",
                "required": True,
                "schema": {"type": "string", "format": "uuid"},
            }


def _query_parameters(described: Operation) -> Iterator[Json]:
    if described.query is None:
        return
    schema, components = schema_components([described.query], ref_template=REF)
    name = schema[0]["$ref"].rsplit("/", maxsplit=1)[1]
    for field, declared in _with_numbers(components[name])["properties"].items():
        yield {
            "name": field,
            "in": "query",
            "required": field in components[name].get("required", ()),
            "description": declared.pop("description", ""),
            "schema": declared,
        }


def _header_parameters(described: Operation) -> Iterator[Json]:
    if described.cached:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "The ETag of the answer that the client has.",
            "schema": {"type": "string"},
        }


def _success(described: Operation, schemas: dict[Any, Json]) -> Json:
    returns = described.returns
    answer: Json = {"description": HTTPStatus(returns.status).phrase}
    if returns.type is not None:
        envelope: Json = {
            "schema": _envelope(schemas[returns.type], schemas[ListMeta] if returns.meta else None)
        }
        if returns.example is not None:
            envelope["example"] = _example(described)
        answer["content"] = {"application/json": envelope}
    if returns.status == HTTPStatus.CREATED:
        answer["headers"] = {"Location": _header("The path of what was created.")}
    answers: Json = {str(returns.status): answer}
    if described.cached:
        answer["headers"] = _cache_headers()
        answers["304"] = {"description": "The client has the current answer.", "headers": _cache_headers()}
    return answers


def _envelope(data: Json, meta: Json | None) -> Json:
    return {
        "type": "object",
        "required": ["ok", "data", "meta", "error"],
        "properties": {
            "ok": {"const": True},
            "data": data,
            "meta": meta or {"type": "null"},
            "error": {"type": "null"},
        },
        "additionalProperties": False,
    }


_ERROR_ENVELOPE: Json = {
    "type": "object",
    "required": ["ok", "data", "meta", "error"],
    "properties": {
        "ok": {"const": False},
        "data": {"type": "null"},
        "meta": {"type": "null"},
        "error": {"$ref": REF.format(name="ErrorBody")},
    },
    "additionalProperties": False,
}
_ERROR_BODY: Json = {
    "type": "object",
    "description": "`details` has one object for each field or thing that the error is about.",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "string", "enum": [str(code) for code in Code]},
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {"anyOf": [{"$ref": REF.format(name="FieldProblem")}, {"type": "object"}]},
        },
    },
    "additionalProperties": False,
}


def _failures(path: str, method: str, described: Operation) -> Json:
    """The errors by status; each answer names its codes and has an example of each."""
    codes: list[Code] = [*EVERYWHERE, *FROM_THE_SERVER, *described.errors]
    if described.query is not None or described.body is not None or "{" in path:
        codes.append(Code.VALIDATION_ERROR)
    if described.body is not None:
        codes += (Code.MALFORMED_JSON, Code.UNSUPPORTED_MEDIA_TYPE, Code.PAYLOAD_TOO_LARGE)
    if method != "get":
        codes.append(Code.BUSY)
    by_status: dict[int, list[Code]] = {}
    for code in sorted(set(codes), key=lambda code: (STATUS_OF[code], code)):
        by_status.setdefault(STATUS_OF[code], []).append(code)
    return {str(status): _failure(status, found) for status, found in by_status.items()}


def _failure(status: int, codes: list[Code]) -> Json:
    schema = {
        "allOf": [
            {"$ref": REF.format(name="ErrorEnvelope")},
            {"properties": {"error": {"properties": {"code": {"enum": [str(code) for code in codes]}}}}},
        ]
    }
    examples = {
        str(code): {"value": {"ok": False, "data": None, "meta": None, "error": _error_example(code)}}
        for code in codes
    }
    answer: Json = {
        "description": f"{HTTPStatus(status).phrase}: " + ", ".join(f"`{code}`" for code in codes),
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["headers"] = {"Retry-After": _header("Seconds after which to try again.")}
    return answer


def _error_example(code: Code) -> Any:
    message, details = ERROR_EXAMPLES[code]
    return _builtins(ErrorBody(code, message, details))


def _example(described: Operation) -> Json:
    data = _builtins(described.returns.example)
    meta = (
        ListMeta(total=1, total_pages=1, page=1, page_size=10, next_cursor=None)
        if described.returns.meta
        else None
    )
    return {"ok": True, "data": data, "meta": _builtins(meta), "error": None}


def _cache_headers() -> Json:
    return {
        "ETag": _header("Names this answer; send it back in If-None-Match."),
        "X-Cache": {
            "schema": {"enum": ["HIT", "MISS", "STALE", "BYPASS"]},
            "description": "Where it came from.",
        },
        "Age": {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds since it was loaded."},
    }


def _header(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


def _builtins(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(value))


def _tag(handler: HTTPRouteHandler) -> str:
    tags = getattr(handler.owner, "tags", None) or ["Service"]
    return str(tags[0])
