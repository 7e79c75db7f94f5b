"""Requests into typed Structs, naming every bad field at once.

msgspec stops at the first thing that is wrong. Here a request is read untyped, and each field is then
converted on its own by msgspec with the type and constraints of the Struct's field; what the field
expects is told in words made from the same type (`fields.py`).
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from msgspec import inspect

from product_dashboard.errors import (
    BadRequest,
    Code,
    FieldProblem,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from product_dashboard.fields import MoneyRule, money_rule, words

S = TypeVar("S", bound=msgspec.Struct)

MAX_SHOWN = 100


async def parse_body(request: Request[Any, Any, Any], shape: type[S]) -> S:
    """The request's JSON body as a `shape`.

    Raises `UnsupportedMediaType`, `PayloadTooLarge`, or `BadRequest`: one that names every bad field.
    """
    _require_json(request)
    try:
        raw = await request.body()
    except HTTPException as error:
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise PayloadTooLarge("The body is larger than the service accepts.") from None
        raise BadRequest("The body did not arrive completely.", code=Code.REQUEST_TIMEOUT) from error
    try:
        document = _json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise BadRequest(f"The body is not JSON{_reason(error)}.", code=Code.MALFORMED_JSON) from None
    if not isinstance(document, dict):
        raise BadRequest.of([FieldProblem("body", "must be a JSON object")])
    return _build(shape, cast("dict[str, object]", document))


def parse_query(request: Request[Any, Any, Any], shape: type[S]) -> S:
    """The request's query parameters as a `shape`. An empty value counts as not given.

    Parameters that the path does not know are left alone, as fields that a body has beyond its Struct are:
    what clients, proxies and campaigns add must not break a request. Raises `BadRequest` naming every
    parameter that is bad or given twice.
    """
    query: bytes = request.scope["query_string"]
    if not query:
        return _build(shape, {})
    fields = _fields(shape)
    problems: list[FieldProblem] = []
    values: dict[str, object] = {}
    for name, text in _pairs(query):
        if name not in fields:
            continue
        if name in values:
            problems.append(FieldProblem(name, "is given more than once"))
        elif text:
            values[name] = _from_text(fields[name], text)
    return _build(shape, values, problems)


def path_id(request: Request[Any, Any, Any], parameter: str) -> UUID:
    """The UUID in the path. Raises `BadRequest` where the text is not one."""
    text: str = request.path_params[parameter]
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        raise BadRequest.of([FieldProblem("id", "must be a UUID", _shown(text))]) from None


_json: msgspec.json.Decoder[object] = msgspec.json.Decoder(object, float_hook=Decimal)


def _reason(error: Exception) -> str:
    """Why a body is not JSON, in words of ours: the decoder's own speak of its insides."""
    if isinstance(error, UnicodeDecodeError):
        return ": it is not UTF-8"
    if isinstance(error, RecursionError):
        return " that can be read: it is nested too deeply"
    if "truncated" in str(error):
        return ": it ends too early"
    place = re.search(r"\(byte (\d+)\)", str(error))
    return f": see byte {place.group(1)}" if place else " that can be read: a number is too large"


def _require_json(request: Request[Any, Any, Any]) -> None:
    """No content type is taken for JSON; a wrong one, another charset or a compression is refused."""
    kind, _, parameters = request.headers.get("content-type", "application/json").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    is_json = kind.strip() == "application/json" or kind.strip().endswith("+json")
    if not is_json or (charset and charset.group(1) not in {"utf-8", "utf8"}):
        raise UnsupportedMediaType("The body must be JSON: send content-type application/json, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.")


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise BadRequest.of([FieldProblem("query", "is not a readable query text")]) from None


class _Field(msgspec.Struct, frozen=True):
    """A field of a Struct: its name on the wire and in Python, its type, and what it expects in words.

    `money` is the rule of an amount, `item` the Struct of a list's items; None for other fields.
    """

    name: str
    attribute: str
    declared: Any
    rule: inspect.Type
    money: MoneyRule | None
    item: type[msgspec.Struct] | None
    nullable: bool
    required: bool
    words: str


@cache
def _fields(shape: type[msgspec.Struct]) -> Mapping[str, _Field]:
    described = inspect.type_info(shape)
    assert isinstance(described, inspect.StructType)
    declared = msgspec.structs.fields(shape)
    return {
        each.encode_name: _field(each, declaration.type)
        for declaration, each in zip(declared, described.fields, strict=True)
    }


def _field(described: inspect.Field, declared_type: object) -> _Field:
    rule = _bare(described.type)
    return _Field(
        name=described.encode_name,
        attribute=described.name,
        declared=declared_type,
        rule=rule,
        money=money_rule(rule),
        item=_item_struct(rule),
        nullable=isinstance(rule, inspect.UnionType) and rule.includes_none,
        required=described.required,
        words=words(described.type),
    )


def _build(shape: type[S], values: Mapping[str, object], problems: Iterable[FieldProblem] = ()) -> S:
    found = [*problems]
    arguments = _arguments(shape, values, "", found)
    if not found:
        built = shape(**arguments)
        own_rules = getattr(built, "problems", None)
        found.extend(own_rules() if own_rules else ())
        if not found:
            return built
    raise BadRequest.of(found)


def _arguments(
    shape: type[msgspec.Struct], values: Mapping[str, object], prefix: str, problems: list[FieldProblem]
) -> dict[str, object]:
    """The Struct's arguments; what is wrong with them is added to `problems`."""
    arguments: dict[str, object] = {}
    for field in _fields(shape).values():
        path = prefix + field.name
        if field.name in values:
            arguments[field.attribute] = _convert(field, values[field.name], path, problems)
        elif field.required:
            problems.append(FieldProblem(path, f"is required: {field.words}"))
    return arguments


def _convert(field: _Field, value: object, path: str, problems: list[FieldProblem]) -> object:
    if field.item is not None and isinstance(value, list):
        return _convert_items(field, field.item, cast("list[object]", value), path, problems)
    if value is None and field.nullable:
        return None
    try:
        if field.money is not None:
            return field.money.apply(value)
        return msgspec.convert(value, field.declared)
    except (msgspec.ValidationError, ValueError, ArithmeticError):
        problems.append(FieldProblem(path, field.words, _shown(value)))
        return None


def _convert_items(
    field: _Field, item: type[msgspec.Struct], values: list[object], path: str, problems: list[FieldProblem]
) -> list[msgspec.Struct]:
    rule = field.rule
    assert isinstance(rule, inspect.ListType)
    if not (rule.min_length or 0) <= len(values) <= (rule.max_length or len(values)):
        problems.append(FieldProblem(path, field.words))
        return []
    items: list[msgspec.Struct] = []
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            problems.append(FieldProblem(f"{path}[{index}]", "must be an object", _shown(value)))
            continue
        before = len(problems)
        arguments = _arguments(item, cast("dict[str, object]", value), f"{path}[{index}].", problems)
        if len(problems) == before:
            items.append(item(**arguments))
    return items


def _from_text(field: _Field, text: str) -> object:
    """The text of a query parameter as JSON would have it; what does not fit stays text, and is refused."""
    if isinstance(field.rule, inspect.IntType) and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if field.money is not None and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        return Decimal(text)
    if isinstance(field.rule, inspect.BoolType) and text in {"true", "false"}:
        return text == "true"
    return text


def _bare(rule: inspect.Type) -> inspect.Type:
    """The type without what was added to describe it, unless that is a rule for money."""
    while isinstance(rule, inspect.Metadata) and money_rule(rule) is None:
        rule = rule.type
    return rule


def _item_struct(rule: inspect.Type) -> type[msgspec.Struct] | None:
    if isinstance(rule, inspect.ListType) and isinstance(rule.item_type, inspect.StructType):
        return rule.item_type.cls
    return None


def _shown(value: object) -> object:
    """What was sent, for the answer: scalars only, and not more of a text than helps."""
    if isinstance(value, str):
        return value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "..."
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) < MAX_SHOWN else msgspec.UNSET
    return value if isinstance(value, int | bool | None) else msgspec.UNSET
