"""Compares answers with the OpenAPI document: the status, the error code, the headers and the body.

Successes are decoded into types that are made from the schemas of the document, which checks them at the speed of
msgspec and returns the data of the answer. Failures are rarer, and are checked by a JSON Schema validator.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, cast
from uuid import UUID

import msgspec

from tests.api_client import Contract, Json, codes_of, with_answers
from tests.faults.client import Answer


class Undocumented(Exception):
    """An answer that the OpenAPI document does not describe."""


class Types:
    """Makes types from the schemas of the document. Raises TypeError for a schema that it cannot express exactly."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._made: dict[str, Any] = {}

    def of(self, schema: Json) -> Any:
        """Return the type of a schema of an answer."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            if name not in self._made:
                self._made[name] = self.of(self._schemas[name])
            return self._made[name]
        if "anyOf" in schema:
            return Union[tuple(self.of(each) for each in schema["anyOf"])]  # noqa: UP007 - made at run time
        if "const" in schema or "enum" in schema:
            values = tuple(schema.get("enum", [schema.get("const")]))
            # A Literal of True does not exist in msgspec; the only constant of that kind is `ok` of a success.
            return bool if values == (True,) else Literal[values]
        return self._of_type(schema)

    def _of_type(self, schema: Json) -> Any:
        kind = schema["type"]
        limits = {_META[key]: value for key, value in schema.items() if key in _META}
        unknown = schema.keys() - _META.keys() - _KNOWN
        if unknown:
            raise TypeError(f"cannot express {sorted(unknown)} of {schema}")
        if kind == "object":
            return self._struct(schema)
        made: Any
        if kind == "array":
            made = list[self.of(schema["items"])]  # type: ignore[misc]  # made at run time
        elif kind == "string":
            made = _FORMATS[schema.get("format", "")]
        else:
            made = _SIMPLE[kind]
        return Annotated[made, msgspec.Meta(**limits)] if limits else made

    def _struct(self, schema: Json) -> Any:
        """Make a Struct that refuses fields which the schema does not name: what is sent must be described."""
        required = schema.get("required", ())
        fields: list[Any] = [
            (name, self.of(each))
            if name in required
            else (name, self.of(each) | msgspec.UnsetType, msgspec.UNSET)
            for name, each in schema["properties"].items()
        ]
        name = schema.get("title", "Envelope")
        return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True, gc=False)


_KNOWN = {"type", "title", "description", "properties", "required", "additionalProperties", "items", "format"}
_META = {
    "minimum": "ge",
    "maximum": "le",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
}
_FORMATS: dict[str, Any] = {
    "": str,
    "uuid": UUID,
    "date": Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")],
    "date-time": Annotated[datetime, msgspec.Meta(tz=True)],
}
_SIMPLE: dict[str, Any] = {"integer": int, "number": Decimal, "boolean": bool, "null": None}


class Documented:
    """The answers that the document of a running service allows."""

    def __init__(self, document: Json) -> None:
        self._contract = Contract(document)
        self._types = Types(document["components"]["schemas"])
        self._operations = {
            (method.upper(), re.sub(r"{[^}]*}", "{}", path)): operation
            for path, operations in with_answers(document)["paths"].items()
            for method, operation in operations.items()
        }
        self._decoders: dict[tuple[str, str, int], msgspec.json.Decoder[Any]] = {}
        self._seen_failures: set[str] = set()
        self.codes = set(document["components"]["schemas"]["Code"]["enum"])

    def has(self, method: str, template: str) -> bool:
        """Return True if there is such an operation; `template` has `{}` in place of each parameter."""
        return (method, template) in self._operations

    def takes_header(self, method: str, template: str, name: str) -> bool:
        """Return True if the operation has a header parameter of this name."""
        parameters = self._operations[method, template].get("parameters", ())
        return any(each["in"] == "header" and each["name"].lower() == name.lower() for each in parameters)

    def success(self, method: str, template: str, answer: Answer) -> Any:
        """Return the envelope of a success; None for 304. Raises Undocumented."""
        promised = self._promised(method, template, answer)
        if "content" not in promised:
            if answer.body:
                raise Undocumented(f"{answer.status} has a body: {answer.body[:200]!r}")
            return None
        where = method, template, answer.status
        decoder = self._decoders.get(where)
        if decoder is None:
            schema = promised["content"]["application/json"]["schema"]
            decoder = self._decoders[where] = msgspec.json.Decoder(self._types.of(schema))
        try:
            envelope = decoder.decode(answer.body)
        except msgspec.MsgspecError as error:
            raise Undocumented(f"{answer.status}: {error}: {answer.body[:300]!r}") from error
        if envelope.ok is not True:
            raise Undocumented(f"{answer.status}: ok is not true")
        return envelope

    def failure(self, method: str, template: str, answer: Answer) -> Json:
        """Return `error` of a failure. Raises Undocumented."""
        promised = self._promised(method, template, answer)
        try:
            body: Json = msgspec.json.decode(answer.body, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Undocumented(f"{answer.status}: not JSON: {answer.body[:300]!r}") from error
        # Failures that differ only in their texts and numbers are the same to the schema.
        shape = f"{method} {template} {answer.status} {_shape(body)}"
        if shape not in self._seen_failures:
            schema = promised["content"]["application/json"]["schema"]
            problems = list(self._contract.problems(schema, body))
            if problems:
                raise Undocumented(f"{answer.status}: {problems[0]}: {answer.body[:300]!r}")
            if body["error"]["code"] not in codes_of(promised):
                raise Undocumented(f"{answer.status}: not a code of this operation: {answer.body[:300]!r}")
            self._seen_failures.add(shape)
        return cast("Json", body["error"])

    def _promised(self, method: str, template: str, answer: Answer) -> Json:
        promised = self._operations[method, template]["responses"].get(str(answer.status))
        if promised is None:
            raise Undocumented(f"{answer.status} is not a status of this operation: {answer.body[:300]!r}")
        for name, header in promised.get("headers", {}).items():
            if header.get("required") and answer.header(name.lower()) is None:
                raise Undocumented(f"{answer.status} without the header {name}")
        return cast("Json", promised)


def _shape(value: object, key: str = "") -> str:
    """Return the structure of a JSON value: its keys and types, and the error code."""
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return "{" + ",".join(f"{name}:{_shape(each, name)}" for name, each in fields.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_shape(each) for each in cast("list[object]", value)})) + "]"
    return str(value) if key == "code" else type(value).__name__
