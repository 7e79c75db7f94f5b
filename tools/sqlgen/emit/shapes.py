"""Writes nested Structs for the JSON that a query builds, and how it is decoded.

If msgspec can decode MySQL's JSON directly into the public Struct, it does. If it cannot (a datetime without zone,
a TIME, binary in base64, a SET, the object of nulls from an outer join), the text is decoded into a private Struct
with the types of the JSON, and a function converts it to the public one.
"""

from typing import TypeAlias

import msgspec
from msgspec import Struct

from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.python_types import EnumNames, PyType, annotation, decode, python_type
from tools.sqlgen.emit.text import literal, struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import camel_case, identifier, snake_case, unique
from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple
from tools.sqlgen.types.sql_type import SqlType, type_class

_RAW = PyType("raw", "msgspec", "Raw")
"""Never nullable inside of JSON: msgspec returns the text `null` as Raw too."""


_FLAG = PyType("flag", "", "bool")


class Scalar(Struct, frozen=True):
    type: PyType
    nullable: bool


class Field(Struct, frozen=True):
    key: str
    name: str
    shape: "Shape"


class Object(Struct, frozen=True):
    name: str
    fields: tuple[Field, ...]
    nullable: bool
    null_extended: tuple[str, ...] = ()
    """Names of the fields that are all None in the object of an outer join without a match."""


class Array(Struct, frozen=True):
    element: "Shape"
    nullable: bool


class Tuple(Struct, frozen=True):
    elements: "tuple[Shape, ...]"
    nullable: bool


Shape: TypeAlias = Scalar | Object | Array | Tuple


class Shaper:
    """Plans and writes the nested Structs of one module."""

    def __init__(self, namespace: ModuleNamespace, config: Config, enums: EnumNames) -> None:
        self.namespace = namespace
        self.config = config
        self.enums = enums

    # --- planning ---

    def plan(self, shape: JsonShape, name: str) -> Shape:
        """Return the shape in Python. `name` is the name of an object's Struct."""
        match shape:
            case JsonScalar():
                type_ = self._scalar_type(shape)
                return Scalar(type_, shape.nullable and type_.kind != "raw")
            case JsonAny():
                type_ = python_type(SqlType("JSON"), shape.source_column, self.config, self.enums)
                return Scalar(type_, shape.nullable and type_.kind != "raw")
            case JsonObject():
                return self._object(shape, name)
            case JsonArray():
                element = self.plan(shape.element, name)
                if isinstance(element, Object) and shape.null_extended:
                    named = {field.key: field.name for field in element.fields}
                    null_extended = tuple(named[key] for key in shape.null_extended)
                    element = Object(element.name, element.fields, element.nullable, null_extended)
                return Array(element, shape.nullable)
            case JsonTuple():
                elements = tuple(
                    self.plan(each, f"{name}{number}") for number, each in enumerate(shape.elements, 1)
                )
                return Tuple(elements, shape.nullable)

    def _scalar_type(self, shape: JsonScalar) -> PyType:
        if type_class(shape.type) == "geometry":
            return _RAW  # a GeoJSON object
        found = python_type(shape.type, shape.source_column, self.config, self.enums)
        if not (shape.type.is_bool and shape.type.length == 1):
            return found
        if found.kind == "custom" and found.base is not None and found.base.kind == "bool":
            return msgspec.structs.replace(found, base=_FLAG)
        return _FLAG if found.kind == "bool" else found

    def _object(self, shape: JsonObject, name: str) -> Object:
        defined = self.namespace.define(name)
        fields: list[Field] = []
        taken: set[str] = set()
        for number, each in enumerate(shape.fields, 1):
            field = unique(identifier(each.name, f"field_{number}"), taken)
            taken.add(field)
            fields.append(Field(each.name, field, self.plan(each.shape, defined + camel_case(each.name))))
        self.namespace.reserve(taken)
        return Object(defined, tuple(fields), shape.nullable)

    # --- writing ---

    def annotation(self, shape: Shape, *, wire: bool = False, bare: bool = False) -> str:
        """Return the public type, or with `wire` the type that the JSON is decoded into.

        `bare` leaves out None at the top.
        """
        wire = wire and indirect(shape)
        match shape:
            case Scalar():
                text = self._wire_scalar(shape.type) if wire else annotation(shape.type, self.namespace)
            case Object():
                text = f"_{shape.name}Json" if wire else shape.name
            case Array():
                text = f"{self.namespace.ref('', 'tuple')}[{self.annotation(shape.element, wire=wire)}, ...]"
            case Tuple():
                inner = ", ".join(self.annotation(each, wire=wire) for each in shape.elements) or "()"
                text = f"{self.namespace.ref('', 'tuple')}[{inner}]"
        return f"{text} | None" if shape.nullable and not bare and text != "Any" else text

    def _wire_scalar(self, type_: PyType) -> str:
        base = type_.base or type_
        if base.kind == "flag":
            return f"{self.namespace.ref('', 'int')} | {self.namespace.ref('', 'bool')}"
        return (
            annotation(base, self.namespace)
            if base.kind in {"datetime", "plain", "bool", "enum"}
            else self.namespace.ref("", "str")
        )

    def structs(self, shape: Shape) -> list[str]:
        """Return the classes and functions that a shape needs, innermost first."""
        match shape:
            case Scalar():
                return []
            case Array():
                return self.structs(shape.element)
            case Tuple():
                return [text for each in shape.elements for text in self.structs(each)]
            case Object():
                inner = [text for field in shape.fields for text in self.structs(field.shape)]
                own = [self._struct(shape)]
                if indirect(shape):
                    own += [self._wire_struct(shape), self._maker(shape)]
                return inner + own

    def _struct(self, shape: Object) -> str:
        fields = [self._field(field, self.annotation(field.shape)) for field in shape.fields]
        return struct(shape.name, fields, self.namespace.ref("msgspec", "Struct"), closed=closed(shape))

    def _wire_struct(self, shape: Object) -> str:
        fields: list[str] = []
        for field in shape.fields:
            text = self.annotation(field.shape, wire=True, bare=True)
            if field.shape.nullable or field.name in shape.null_extended:
                text += " | None"
            fields.append(self._field(field, text))
        return struct(
            f"_{shape.name}Json", fields, self.namespace.ref("msgspec", "Struct"), closed=closed(shape)
        )

    def _field(self, field: Field, text: str) -> str:
        if field.name == field.key:
            return f"{field.name}: {text}"
        return f"{field.name}: {text} = {self.namespace.ref('msgspec', 'field')}(name={literal(field.key)})"

    def _maker(self, shape: Object) -> str:
        values = ", ".join(self.convert(field.shape, f"value.{field.name}") for field in shape.fields)
        any_ = self.namespace.ref("typing", "Any")
        return (
            f"def {_maker_name(shape)}(value: {any_}) -> {shape.name}:\n    return {shape.name}({values})\n"
        )

    def convert(self, shape: Shape, value: str, *, bare: bool = False) -> str:
        """Return the expression that converts a decoded value to the public one."""
        if not indirect(shape):
            return value
        match shape:
            case Scalar():
                text = self._convert_scalar(shape.type, value)
            case Object():
                text = f"{_maker_name(shape)}({value})"
            case Array():
                text = self._convert_array(shape, value)
            case Tuple():
                items = [self.convert(each, f"{value}[{index}]") for index, each in enumerate(shape.elements)]
                text = f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        return f"None if {value} is None else {text}" if shape.nullable and not bare else text

    def _convert_array(self, shape: Array, value: str) -> str:
        condition = ""
        element = shape.element
        if isinstance(element, Object) and element.null_extended:
            nullability_source = [
                f.name for f in element.fields if f.name in element.null_extended and not f.shape.nullable
            ]
            names = nullability_source[:1] or element.null_extended
            condition = " if " + " or ".join(f"item.{name} is not None" for name in names)
        return f"{self.namespace.ref('', 'tuple')}({self.convert(element, 'item')} for item in {value}{condition})"

    def _convert_scalar(self, type_: PyType, value: str) -> str:
        if type_.kind == "custom" and type_.base:
            inner = self._convert_scalar(type_.base, value)
            module, _, name = (type_.decoder or f"{type_.module}:{type_.name}").partition(":")
            return f"{self.namespace.ref(module, name)}({inner})"
        helper = _HELPERS.get(type_.kind)
        if helper:
            return f"{self.namespace.ref('.runtime', helper)}({value})"
        if type_.kind == "flag":
            return f"{self.namespace.ref('', 'bool')}({value})"
        if type_.kind in {"datetime", "set"}:
            return decode(type_, value, self.namespace)
        return value


_HELPERS = {
    "uuid": "json_uuid", "bytes": "json_bytes", "bit": "json_bits", "small_bit": "json_small_bits", "time": "json_time",
}  # fmt: skip


def _maker_name(shape: Object) -> str:
    return f"_make_{snake_case(shape.name)}"


def indirect(shape: Shape) -> bool:
    """True if msgspec cannot decode the JSON into the public type."""
    match shape:
        case Scalar():
            return shape.type.kind in {*_HELPERS, "datetime", "flag", "set", "custom"}
        case Object():
            return bool(shape.null_extended) or any(indirect(field.shape) for field in shape.fields)
        case Array():
            return indirect(shape.element)
        case Tuple():
            return any(indirect(each) for each in shape.elements)


def closed(shape: Shape) -> bool:
    """True if a value cannot be part of a reference cycle."""
    match shape:
        case Scalar():
            return shape.type.closed
        case Object():
            return all(closed(field.shape) for field in shape.fields)
        case Array():
            return closed(shape.element)
        case Tuple():
            return all(closed(each) for each in shape.elements)


def lenient(shape: Shape) -> bool:
    """True if MySQL writes 0 and 1 for a value of the type bool."""
    match shape:
        case Scalar():
            return shape.type.kind == "bool" or (
                shape.type.base is not None and shape.type.base.kind == "bool"
            )
        case Object():
            return any(lenient(field.shape) for field in shape.fields)
        case Array():
            return lenient(shape.element)
        case Tuple():
            return any(lenient(each) for each in shape.elements)
