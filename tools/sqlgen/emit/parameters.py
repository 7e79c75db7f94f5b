"""Parameters of the generated functions: names, types, and the value that the driver gets."""

from collections.abc import Iterable

from msgspec import Struct

from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.python_types import EnumNames, PyType, annotation, encode, python_type
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import identifier, unique
from tools.sqlgen.ir.query import AnalysedQuery, Parameter


class Argument(Struct, frozen=True):
    """A parameter of the generated function, or a field of its Params Struct."""

    name: str
    type: PyType
    parameter: Parameter

    def annotation(self, namespace: ModuleNamespace) -> str:
        """Return the type, with None and UnsetType if they are allowed."""
        parameter = self.parameter
        if parameter.is_flag:
            return namespace.ref("", "bool")
        text = annotation(self.type, namespace)
        if parameter.is_slice:
            text = f"{namespace.ref('collections.abc', 'Sequence')}[{text}]"
        if parameter.nullable and self.type.name != "Any":
            text += " | None"
        return f"{text} | {namespace.ref('msgspec', 'UnsetType')}" if parameter.optional else text

    def default(self, namespace: ModuleNamespace) -> str:
        """Return ` = UNSET` or ` = False`; empty for a parameter that must be given."""
        if self.parameter.is_flag:
            return f" = {namespace.ref('', 'False')}"
        return f" = {namespace.ref('msgspec', 'UNSET')}" if self.parameter.optional else ""

    def declaration(self, namespace: ModuleNamespace) -> str:
        """Return the parameter as the signature or the Struct has it."""
        return f"{self.name}: {self.annotation(namespace)}{self.default(namespace)}"

    def given(self, owner: str, namespace: ModuleNamespace) -> str:
        """Return the Python condition that is true if the caller gave the parameter."""
        if self.parameter.is_flag:
            return f"{owner}{self.name}"
        return f"{owner}{self.name} is not {namespace.ref('msgspec', 'UNSET')}"

    def value(self, owner: str, namespace: ModuleNamespace, *, padded: bool = False) -> str:
        """Return the expression for the driver's value. For a slice, it has the star that unpacks the values.

        `padded` repeats the last value of a slice, as its placeholders in IN (...) need it.
        """
        name = f"{owner}{self.name}"
        if self.parameter.is_slice:
            name = f"{namespace.ref('.runtime', 'padded')}({name})" if padded else name
            each = encode(self.type, "value", namespace)
            return f"*{name}" if each == "value" else f"*({each} for value in {name})"
        made = encode(self.type, name, namespace)
        return f"None if {name} is None else {made}" if self.parameter.nullable and made != name else made


def argument_names(query: AnalysedQuery, taken: Iterable[str]) -> list[str]:
    """Return the Python names of a query's parameters, in order. `taken` are other names of the signature."""
    used = {"conn", "self", *taken}
    names: list[str] = []
    for number, parameter in enumerate(query.parameters, 1):
        name = identifier(parameter.name or parameter.suggested_name or f"arg{number}", f"arg{number}")
        if parameter.name is not None and name in {"conn", "self", *taken}:
            name += "_"
        name = unique(name, used)
        used.add(name)
        names.append(name)
    return names


def arguments(
    query: AnalysedQuery, config: Config, enums: EnumNames, taken: Iterable[str] = ()
) -> list[Argument]:
    """Return the query's parameters, in order. `taken` are other names of the signature."""
    return [
        Argument(name, python_type(parameter.type, parameter.source_column, config, enums), parameter)
        for name, parameter in zip(argument_names(query, taken), query.parameters, strict=True)
    ]
