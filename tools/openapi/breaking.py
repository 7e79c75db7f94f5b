"""Finds the changes of an OpenAPI document that break a client of the earlier one.

A client may send every request that the old document allows, and reads every answer by the old document. So a request
that was valid has to stay valid and to mean the same, and an answer has to be one that the old document allows. New
operations, new optional parameters and fields, new fields of answers, and new errors break no client.
"""

from collections.abc import Iterator
from typing import TypeAlias, cast

from tools.openapi.subschema import Json, Schemas

Operations: TypeAlias = dict[tuple[str, str], Json]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def breaking_changes(old: Json, new: Json) -> Iterator[str]:
    """Yield a line for each change that breaks clients of `old`: the operation, the place, and the change."""
    schemas = Schemas(old, new)
    before, after = _operations(old), _operations(new)
    for (method, path), operation in before.items():
        where = f"{method.upper()} {path}"
        if (method, path) not in after:
            yield f"{where}: the operation is gone"
            continue
        now = after[method, path]
        for change in (
            *_parameters(schemas, operation, now),
            *_body(schemas, operation, now),
            *_answers(schemas, old, operation, new, now),
            *_security(operation, now),
        ):
            yield f"{where}: {change}"


def _operations(document: Json) -> Operations:
    return {
        (method, path): item[method]
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    }


def _parameters(schemas: Schemas, old: Json, new: Json) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name, parameter in before.items():
        if name not in after:
            yield f"{name} is gone"
            continue
        now = after[name]
        if now.get("required", False) and not parameter.get("required", False):
            yield f"{name} is required now"
        if parameter.get("allowEmptyValue", False) and not now.get("allowEmptyValue", False):
            yield f"{name} may not be empty any more"
        yield from schemas.of_requests(parameter["schema"], now["schema"], name)
    for name, now in after.items():
        if name not in before and now.get("required", False):
            yield f"{name} is new and required"


def _by_name(operation: Json) -> dict[str, Json]:
    return {f"{each['in']} parameter {each['name']}": each for each in operation.get("parameters", ())}


def _body(schemas: Schemas, old: Json, new: Json) -> Iterator[str]:
    before, after = cast("Json", old.get("requestBody", {})), cast("Json", new.get("requestBody", {}))
    if after.get("required", False) and not before.get("required", False):
        yield "a body is required now"
    for media, described in before.get("content", {}).items():
        if media not in after.get("content", {}):
            yield f"a body of {media} is no longer taken"
        else:
            now = after["content"][media]
            yield from schemas.of_requests(described["schema"], now["schema"], "body")


def _answers(schemas: Schemas, old: Json, before: Json, new: Json, after: Json) -> Iterator[str]:
    """Compare the successes and redirections. Errors have one schema, and clients have to expect new codes."""
    for status, described in before["responses"].items():
        if status >= "400":
            continue
        if status not in after["responses"]:
            yield f"the answer {status} is gone"
            continue
        promised, given = _resolved(old, described), _resolved(new, after["responses"][status])
        for name, header in promised.get("headers", {}).items():
            now = given.get("headers", {}).get(name)
            if now is None or (header.get("required", False) and not now.get("required", False)):
                yield f"answer {status}: the header {name} is not always sent any more"
            else:
                yield from schemas.of_answers(
                    header["schema"], now["schema"], f"answer {status}: header {name}"
                )
        for media, content in promised.get("content", {}).items():
            if media not in given.get("content", {}):
                yield f"answer {status}: {media} is gone"
            else:
                now = given["content"][media]
                yield from schemas.of_answers(content["schema"], now["schema"], f"answer {status}")
    for status in after["responses"]:
        if status < "400" and status not in before["responses"]:
            yield f"the answer {status} is new, and no error"


def _resolved(document: Json, answer: Json) -> Json:
    if "$ref" not in answer:
        return answer
    return cast("Json", document["components"]["responses"][answer["$ref"].rpartition("/")[2]])


def _security(old: Json, new: Json) -> Iterator[str]:
    before, now = (cast("list[Json]", operation.get("security") or []) for operation in (old, new))
    if any(need not in before for need in now):
        yield "it needs a key or a scope that it did not need"
