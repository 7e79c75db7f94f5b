"""The type map: the Python type of a MySQL type, in rows and as a parameter.

A PyType is data; `decode` and `encode` write the Python expressions that convert from and to the driver's value.
Both of asyncmy's protocols give the same values: int, float, Decimal, str, bytes, date, naive datetime,
timedelta, and bytes for BIT.
"""

from typing import Literal, Protocol

from msgspec import Struct

from tools.sqlgen.input.config import Config
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import SqlType, TypeClass, is_small_bit, type_class

_PLAIN: dict[TypeClass, tuple[str, str]] = {
    "int": ("", "int"), "float": ("", "float"), "decimal": ("decimal", "Decimal"), "string": ("", "str"),
    "bytes": ("", "bytes"), "date": ("datetime", "date"), "time": ("datetime", "timedelta"),
    "geometry": ("", "bytes"), "vector": ("", "bytes"), "any": ("typing", "Any"),
}  # fmt: skip

_UUID_BYTES = 16


class PyType(Struct, frozen=True):
    """A type of the generated code."""

    kind: Literal[
        "plain",
        "uuid",
        "uuid_text",
        "datetime",
        "bool",
        "flag",
        "enum",
        "set",
        "bit",
        "small_bit",
        "time",
        "bytes",
        "raw",
        "json",
        "custom",
    ]
    """A "flag" is a bool of which JSON has the number: a TINYINT(1) may be 5."""
    module: str
    """Empty for a builtin; `.models` for an enum of the schema."""
    name: str
    base: "PyType | None" = None
    """For a custom type: the type without the override."""
    decoder: str | None = None
    encoder: str | None = None
    closed: bool = True
    """True if a value refers only to values of this map, so that no reference cycle can run through it."""


class Names(Protocol):
    """Names in a module; to ask for a name imports it."""

    def ref(self, module: str, name: str) -> str: ...


class EnumNames(Protocol):
    """Which enum of models.py a column's members are."""

    def enum(self, source_column: SourceColumn) -> str | None: ...


def python_type(
    type_: SqlType, source_column: SourceColumn | None, config: Config, enums: EnumNames
) -> PyType:
    """The Python type of a value of that SQL type, which is a copy of that column."""
    base = _base_type(type_, source_column, config, enums)
    override = config.override(
        type_.name,
        source_column.schema if source_column else None,
        source_column.table if source_column else "",
        source_column.column if source_column else "",
    )
    if override is None:
        return base
    module, _, name = override.type.partition(":")
    if base.kind == "raw" and override.decode is None:
        return PyType("json", module, name, closed=False)
    return PyType("custom", module, name, base, override.decode, override.encode, closed=False)


def _base_type(
    type_: SqlType, source_column: SourceColumn | None, config: Config, enums: EnumNames
) -> PyType:
    kind = type_class(type_)
    if type_.name == "UUID":
        return PyType("uuid_text", "uuid", "UUID")
    if (
        type_.name in {"ENUM", "SET"}
        and kind == "string"
        and source_column
        and (name := enums.enum(source_column))
    ):
        return PyType("enum" if type_.name == "ENUM" else "set", ".models", name)
    match kind:
        case "bytes":
            if (
                type_.name == "BINARY"
                and type_.length == _UUID_BYTES
                and source_column
                and config.is_uuid(source_column.table, source_column.column)
            ):
                return PyType("uuid", "uuid", "UUID")
            return PyType("bytes", "", "bytes")
        case "datetime":
            return PyType("datetime", "datetime", "datetime")
        case "bool":
            return PyType("bool", "", "bool")
        case "bit":
            return PyType("small_bit" if is_small_bit(type_) else "bit", "", "int")
        case "json":
            return PyType("raw", "msgspec", "Raw")
        case "time":
            return PyType("time", "datetime", "timedelta")
        case _:
            module, name = _PLAIN[kind]
            return PyType("plain", module, name, closed=kind != "any")


def annotation(type_: PyType, names: Names) -> str:
    name = names.ref(type_.module, type_.name)
    return f"{names.ref('', 'frozenset')}[{name}]" if type_.kind == "set" else name


def decode(type_: PyType, value: str, names: Names) -> str:
    """Return the expression that decodes a driver's value that is not None; `value` itself if it needs no decoding."""
    match type_.kind:
        case "uuid":
            return f"{names.ref('.runtime', 'to_uuid')}({value})"
        case "datetime":
            return f"{names.ref('.runtime', 'from_utc')}({value})"
        case "bool" | "enum" | "raw" | "uuid_text":
            return f"{names.ref(type_.module, type_.name)}({value})"
        case "set":
            return f"{names.ref('.runtime', 'members')}({names.ref(type_.module, type_.name)}, {value})"
        case "bit":
            return f"{names.ref('.runtime', 'bits')}({value})"
        case "small_bit":
            return f"{names.ref('.runtime', 'small_bits')}({value})"
        case "custom":
            assert type_.base is not None
            inner = decode(type_.base, value, names)
            maker = type_.decoder.split(":") if type_.decoder else (type_.module, type_.name)
            return f"{names.ref(maker[0], maker[1])}({inner})"
        case _:
            return value


def encode(type_: PyType, value: str, names: Names) -> str:
    """Return the expression that encodes a value that is not None for the driver."""
    match type_.kind:
        case "uuid":
            return f"{value}.bytes"
        case "uuid_text":
            return f"{names.ref('', 'str')}({value})"
        case "datetime":
            return f"{names.ref('.runtime', 'to_utc')}({value})"
        case "set":
            return f"{names.ref('.runtime', 'member_list')}({value})"
        case "raw":
            return f"{names.ref('.runtime', 'raw_text')}({value})"
        case "json":
            return f"{names.ref('.runtime', 'json_text')}({value})"
        case "custom":
            assert type_.base is not None
            inner = value
            if type_.encoder:
                module, _, name = type_.encoder.partition(":")
                inner = f"{names.ref(module, name)}({value})"
            return encode(type_.base, inner, names)
        case _:
            return value


def display(type_: PyType, *, nullable: bool = False) -> str:
    """The type as a reader would write it: `frozenset[Flag] | None`."""
    name = f"frozenset[{type_.name}]" if type_.kind == "set" else type_.name
    return f"{name} | None" if nullable and name != "Any" else name
