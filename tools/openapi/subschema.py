"""Compares JSON schemas of two documents: is every value that one allows allowed by the other?

Only the keywords of the service's document are known. Any other is an error, so that no change is overlooked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from jsonschema import Draft202012Validator

Json: TypeAlias = dict[str, Any]

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT_RULES = ("format", "pattern", "multipleOf", "uniqueItems", "not")
_RULES = {*_LOWER_BOUNDS, *_UPPER_BOUNDS, *_EXACT_RULES}
_TEXTS = {"title", "description", "default", "example", "examples", "deprecated"}
_KNOWN = {
    *_RULES, *_TEXTS, "$ref", "type", "enum", "const", "anyOf", "oneOf",
    "properties", "required", "additionalProperties", "items",
}  # fmt: skip


class UnknownKeywordError(Exception):
    """A schema has a keyword that this module cannot compare."""


@dataclass(frozen=True)
class Schemas:
    """The schemas of an old and a new document, with the references between them."""

    old: Json
    new: Json

    def of_requests(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Yield why a value that clients send by the old schema may not be valid, or not be used, by the new one."""
        yield from _Comparison(self.old, self.new, "before", "now").problems(old, new, where, frozenset())

    def of_answers(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Yield why a value that is sent by the new schema may not be one of the old schema."""
        yield from _Comparison(self.new, self.old, "now", "before").problems(new, old, where, frozenset())


@dataclass(frozen=True)
class _Comparison:
    """Is each value of a schema `sub` a value of a schema `sup`? One is of the document before, the other of now."""

    sub: Json
    sup: Json
    sub_is: str
    sup_is: str

    def problems(self, sub: Json, sup: Json, where: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        """Yield why there may be other values, with the place of each."""
        pair = cast("tuple[str, str]", (sub.get("$ref", ""), sup.get("$ref", "")))
        if all(pair):
            if pair in seen:  # a schema that refers to itself
                return
            seen |= {pair}
        sub, sup = _known(_resolved(self.sub, sub), where), _known(_resolved(self.sup, sup), where)
        if branches := sub.get("anyOf") or sub.get("oneOf"):
            for branch in branches:
                yield from self.problems(branch, sup, where, seen)
        elif branches := sup.get("anyOf") or sup.get("oneOf"):
            yield from min((list(self.problems(sub, each, where, seen)) for each in branches), key=len)
        elif (values := _values(sub)) is not None:
            yield from self._values(values, sup, where)
        else:
            yield from self._types(sub, sup, where)
            yield from self._rules(sub, sup, where)
            yield from self._fields(sub, sup, where, seen)
            if "items" in sup:
                yield from self.problems(sub.get("items", {}), sup["items"], f"{where}[]", seen)

    def _values(self, values: Sequence[object], sup: Json, where: str) -> Iterator[str]:
        validator: Any = Draft202012Validator({**sup, "components": self.sup.get("components", {})})
        for value in values:
            if not validator.is_valid(value):
                yield f"{where}: the value {value!r}: allowed {self.sub_is}, not allowed {self.sup_is}"

    def _types(self, sub: Json, sup: Json, where: str) -> Iterator[str]:
        if (values := _values(sup)) is not None:
            yield f"{where}: any value {self.sub_is}, one of {values} {self.sup_is}"
        elif "type" in sup:
            found, allowed = sorted(_names(sub)), sorted(_names(sup))
            if {*found} - {*allowed} - ({"integer"} if "number" in allowed else set()):
                yield f"{where}: {' or '.join(found)} {self.sub_is}, {' or '.join(allowed)} {self.sup_is}"

    def _rules(self, sub: Json, sup: Json, where: str) -> Iterator[str]:
        for rule in _RULES & sup.keys():
            is_looser = (
                rule not in sub
                or (rule in _LOWER_BOUNDS and sub[rule] < sup[rule])
                or (rule in _UPPER_BOUNDS and sub[rule] > sup[rule])
                or (rule in _EXACT_RULES and sub[rule] != sup[rule])
            )
            if is_looser:
                yield f"{where}: {rule}: {sub.get(rule, 'free')} {self.sub_is}, {sup[rule]} {self.sup_is}"

    def _fields(self, sub: Json, sup: Json, where: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        fields, allowed = cast("Json", sub.get("properties", {})), cast("Json", sup.get("properties", {}))
        before, now = (fields, allowed) if self.sub_is == "before" else (allowed, fields)
        gone = before.keys() - now.keys()
        for name in sorted(gone):
            yield f"{where}: the field {name} is gone"
        always = set(cast("list[str]", sub.get("required", [])))
        for name in cast("list[str]", sup.get("required", [])):
            if name not in always and name not in gone:
                yield f"{where}: the field {name}: optional {self.sub_is}, required {self.sup_is}"
        for name, schema in fields.items():
            if name in allowed:
                yield from self.problems(schema, allowed[name], f"{where}.{name}", seen)
            elif name not in gone and sup.get("additionalProperties", True) is False:
                yield f"{where}: the field {name} is new, in an object that had no other fields"


def _resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        schema = cast("Json", document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def _known(schema: Json, where: str) -> Json:
    if unknown := schema.keys() - _KNOWN:
        raise UnknownKeywordError(
            f"{where}: {', '.join(sorted(unknown))} cannot be compared; add it to tools/openapi/subschema.py"
        )
    return schema


def _values(schema: Json) -> list[object] | None:
    """Return the values of an enumeration; None if a schema does not list its values."""
    if "const" in schema:
        return [schema["const"]]
    return cast("list[object] | None", schema.get("enum"))


def _names(schema: Json) -> set[str]:
    kinds = cast("str | list[str]", schema.get("type", "any type"))
    return {kinds} if isinstance(kinds, str) else set(kinds)
