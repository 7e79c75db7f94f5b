"""Decodes bodies and queries into typed Structs; a bad one raises an error that names every bad field.

msgspec decodes a good request straight into its Struct, and stops at the first bad field of a bad one. Only a
request that msgspec refuses is read again, untyped: each field is then converted on its own, by msgspec with the
field's own type, and `fields.words` says what it expects.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from product_dashboard.errors import BadRequest, Code, FieldProblem
from product_dashboard.web.fields import Input, decode_amount, decode_text, words

InputT = TypeVar("InputT", bound=Input)

MAX_SHOWN = 100
MAX_PARAMETERS = 100
_FIRST_HIDDEN = 10**MAX_SHOWN

# A high surrogate that is escaped, without the escape that must follow it.
_LONE_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*(\\u[dD][89abAB][0-9a-fA-F]{2})(?!\\u|\\?\Z)")
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)
_untyped: msgspec.json.Decoder[object] = msgspec.json.Decoder(object, float_hook=Decimal)


def decode_body(shape: type[InputT], raw: bytes) -> InputT:
    """Decode the JSON of a body into a `shape`. Raises `BadRequest`: MALFORMED_JSON, or naming every bad field."""
    try:
        found = cast("InputT", _decoder(shape).decode(raw))
    except _NOT_JSON:
        raise _bad_body(shape, raw) from None
    return _checked(found)


def decode_query(shape: type[InputT], query: bytes) -> InputT:
    """Decode the parameters of a query into a `shape`. An empty value counts as not given.

    Ignores parameters that `shape` does not have, as it ignores such fields of a body: what clients, proxies and
    campaigns add must not break a request. Raises `BadRequest` naming every parameter that is bad or given twice.
    """
    rules = _rules(shape)
    values: dict[str, object] = {}
    problems: list[FieldProblem] = []
    for name, text in _pairs(query) if query else ():
        if name not in rules:
            continue
        if name in values:
            problems.append(FieldProblem(name, "is given more than once"))
        elif text:
            values[name] = decode_text(rules[name].type, text)
    try:
        found = msgspec.convert(values, shape, dec_hook=decode_amount)
    except msgspec.ValidationError:
        problems += _problems(shape, values, "")
    else:
        if not problems:
            return _checked(found)
    raise BadRequest.of(problems)


def shown(value: object) -> object:
    """Return the value that an error shows; UNSET for a long number, a list or an object.

    A text is cut after MAX_SHOWN characters.
    """
    if isinstance(value, str):
        return value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "..."
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) < MAX_SHOWN else msgspec.UNSET
    if isinstance(value, int):
        return value if abs(value) < _FIRST_HIDDEN else msgspec.UNSET
    return None if value is None else msgspec.UNSET


@cache
def _decoder(shape: type[Input]) -> msgspec.json.Decoder[Input]:
    return msgspec.json.Decoder(shape, dec_hook=decode_amount, float_hook=Decimal)


def _checked(found: InputT) -> InputT:
    if problems := [*found.problems()]:
        raise BadRequest.of(problems)
    return found


def _pairs(query: bytes) -> list[tuple[str, str]]:
    if query.count(b"&") >= MAX_PARAMETERS:
        raise BadRequest.of([FieldProblem("query", f"has more than {MAX_PARAMETERS} parameters")])
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest.of([FieldProblem("query", "is not a readable query text")]) from None


def _bad_body(shape: type[Input], raw: bytes) -> BadRequest:
    try:
        document = _untyped.decode(raw)
    except _NOT_JSON as error:
        return BadRequest(f"The body is not JSON{_reason(error, raw)}.", code=Code.MALFORMED_JSON)
    if not isinstance(document, dict):
        return BadRequest.of([FieldProblem("body", "must be a JSON object")])
    problems = [*_problems(shape, cast("dict[str, object]", document), "")]
    # The untyped reading keeps the last of two fields with one name, and it was the first that msgspec refused.
    return BadRequest.of(problems or [FieldProblem("body", "has a field more than once")])


def _reason(error: Exception, raw: bytes) -> str:
    """Say why a body is not JSON. msgspec's own words speak of its internals, and not always truly."""
    if isinstance(error, UnicodeDecodeError):
        return ": it is not UTF-8"
    if isinstance(error, RecursionError):
        return " that can be read: it is nested too deeply"
    if "truncated" in str(error):
        # msgspec reports the same where the second half of a surrogate pair is missing.
        half = _LONE_SURROGATE.search(raw)
        reason = (
            f"the escape at byte {half.start(1)} is half of a surrogate pair" if half else "it ends too early"
        )
        return f": {reason}"
    place = re.search(r"\(byte (\d+)\)", str(error))
    return f": see byte {place.group(1)}" if place else " that can be read: a number is too large"


@cache
def _rules(shape: type[msgspec.Struct]) -> Mapping[str, inspect.Field]:
    """The fields of a Struct by their names on the wire. Cached, as msgspec works them out at each call."""
    return {field.encode_name: field for field in cast("inspect.StructType", inspect.type_info(shape)).fields}


@cache
def _types(shape: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(shape)}


def _problems(
    shape: type[msgspec.Struct], values: Mapping[str, object], prefix: str
) -> Iterator[FieldProblem]:
    types = _types(shape)
    for name, field in _rules(shape).items():
        if name in values:
            yield from _problems_of(types[name], field.type, values[name], prefix + name)
        elif field.required:
            yield FieldProblem(prefix + name, f"is required: {words(field.type)}")


def _problems_of(declared: Any, rule: inspect.Type, value: object, path: str) -> Iterator[FieldProblem]:
    if isinstance(rule, inspect.ListType) and isinstance(rule.item_type, inspect.StructType):
        items = _as_list(value)
        if items is not None and (rule.min_length or 0) <= len(items) <= (rule.max_length or len(items)):
            for index, item in enumerate(items):
                yield from _problems_of(rule.item_type.cls, rule.item_type, item, f"{path}[{index}]")
            return
    if isinstance(rule, inspect.StructType) and isinstance(value, dict):
        yield from _problems(rule.cls, cast("dict[str, object]", value), path + ".")
        return
    try:
        msgspec.convert(value, declared, dec_hook=decode_amount)
    except msgspec.ValidationError:
        yield FieldProblem(path, words(rule), shown(value))


def _as_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None
